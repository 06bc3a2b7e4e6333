"""Loop analysis for clone-in-loop: needed and repeated clones."""

import re

from tree_sitter import Node

from rustgate.api import LEAVING, LITERALS, File, OutlineNode, ancestors, bytes_of, is_mutable, last_of, line_of, uses_of

_ENDS = LEAVING - {"continue_expression"}
_PLAIN_MACRO = re.compile(rb'(?:panic|todo|unimplemented|unreachable)!|format!\s*\(\s*"[^"{]*"\s*\)')
_CONTINUES = re.compile(rb"\bcontinue\b")
_ITERATES = frozenset({
    "all", "any", "chain", "collect", "count", "cycle", "enumerate", "filter", "filter_map", "find", "find_map", "flat_map",
    "flatten", "fold", "for_each", "fuse", "inspect", "last", "map", "map_while", "max", "max_by", "max_by_key", "min", "min_by",
    "min_by_key", "next", "next_back", "nth", "partition", "peekable", "position", "product", "rev", "scan", "skip", "skip_while",
    "step_by", "sum", "take", "take_while", "try_fold", "try_for_each", "unzip", "zip",
})  # fmt: skip
"""Methods that consume an iterator, so that they need a clone of it."""
_MAKES_STRING = frozenset({"String::from", "String::new"})
_CHOOSES = frozenset({"if_expression", "match_expression"})
_ARMS = frozenset({"block", "else_clause", "match_arm", "match_block"})
_TAKES = frozenset({
    "arguments", "array_expression", "field_initializer", "return_expression", "shorthand_field_initializer", "tuple_expression",
})  # fmt: skip
_WRAPPERS = frozenset({"block", "else_clause", "expression_statement"})


def is_repeated(file: File, clone: Node, loop: OutlineNode) -> bool:
    """Return whether several iterations may reach a clone.

    It is in the body of the loop, but not in code that leaves the loop or makes an `Err`.
    """
    node = clone
    for parent in ancestors(clone):
        if (parent.start_byte, parent.end_byte) == (loop.start, loop.end):
            return parent.child_by_field_name("body") == node
        if parent.type in _ENDS or (parent.type == "call_expression" and _is_err(file, parent)):
            return False
        is_body = parent.parent is not None and (parent.parent.start_byte, parent.parent.end_byte) == (loop.start, loop.end)
        if parent.type == "block" and not is_body and _ends_loop(parent):
            return False
        node = parent
    return False


def runs_once_from(file: File, loop: OutlineNode) -> int:
    """Return the byte from which a loop runs only once.

    That is behind its last `continue` if it ends with `return` or `break`; else the end of the loop.
    """
    node = file.scan.root.descendant_for_byte_range(loop.start, loop.end)
    body = node.child_by_field_name("body") if node else None
    if body is None or not _ends_loop(body):
        return loop.end
    continues = _CONTINUES.finditer(file.scan.source, body.start_byte, body.end_byte)
    return max((found.end() for found in continues), default=body.start_byte)


def is_used_up(clone: Node, source: bytes) -> bool:
    """Return whether a clone is changed or consumed at once.

    `let mut`, `&mut`, `+` and methods of iterators do that, and so does `let` with the name of the original.
    """
    parent = clone.parent
    if parent is None:
        return False
    if parent.type in {"let_declaration", "reference_expression"} and is_mutable(parent):
        return True
    if parent.type == "let_declaration":
        pattern = parent.child_by_field_name("pattern")
        return pattern is not None and line_of(clone, source).startswith(f"{line_of(pattern, source)}.")
    if parent.type == "binary_expression":
        operator = parent.child_by_field_name("operator")
        return operator is not None and operator.type == "+" and parent.child_by_field_name("left") == clone
    method = parent.child_by_field_name("field") if parent.type == "field_expression" else None
    return method is not None and line_of(method, source) in _ITERATES


def is_given_away(file: File, value: Node, loop: OutlineNode) -> bool:
    """Return whether an owner takes a value.

    It is passed by value, put into a field, a list or a result, or bound to a name of which that is true.
    """
    parent = value.parent
    parent = parent.parent if parent and parent.type == "try_expression" else parent
    if parent is None or parent.type in _TAKES:
        return parent is not None
    pattern = parent.child_by_field_name("pattern") if parent.type == "let_declaration" else None
    if pattern is None or pattern.type != "identifier":
        return False
    uses = uses_of(file.scan, bytes_of(pattern, file.scan.source), value.end_byte, loop.end)
    return any(use.parent is not None and use.parent.type in _TAKES for use in uses)


def outermost_choice(clone: Node) -> Node | None:
    """Return the outermost `if` or `match` with a clone's value."""
    node, choice = clone, None
    for parent in ancestors(clone):
        if not _has_value_of(parent, node):
            break
        node = parent
        choice = node if node.type in _CHOOSES else choice
    return choice


def has_more_than_literals(file: File, choice: Node) -> bool:
    """Return whether an arm of a choice is no literal.

    A choice is an `if` or `match`.
    """
    values: list[Node | None] = [choice]
    while values:
        value = _last(values.pop())
        if value is not None and value.type in _CHOOSES:
            values += _arms(value)
        elif value is not None and not _is_literal(value, file.scan.source):
            return True
    return False


def _has_value_of(parent: Node, node: Node) -> bool:
    """Return whether a parent may have the value of a node."""
    if parent.type in _CHOOSES:
        return node.type in _ARMS
    if parent.type == "block":
        return node.next_named_sibling is None
    return parent.type in _ARMS or (parent.type == "expression_statement" and parent.child_count == 1)


def _arms(choice: Node) -> list[Node | None]:
    """Return the arm values of an `if` or `match`."""
    body = choice.child_by_field_name("body")
    if body is None:
        return [choice.child_by_field_name("consequence"), choice.child_by_field_name("alternative")]
    return [arm.child_by_field_name("value") for arm in body.named_children]


def _last(node: Node | None) -> Node | None:
    """Return the value of a block or `else`.

    Any other node is its own value.
    """
    while node and node.type in _WRAPPERS:
        node = last_of(node)
    return node


def _is_literal(value: Node, source: bytes) -> bool:
    """Return whether a value is a literal.

    A string made of a literal counts, and so does code that leaves, which has no value.
    """
    if value.type in LITERALS or value.type in LEAVING:
        return True
    function = value.child_by_field_name("function") if value.type == "call_expression" else None
    if function is None:
        return value.type == "macro_invocation" and _PLAIN_MACRO.match(bytes_of(value, source)) is not None
    receiver = function.child_by_field_name("value")
    return line_of(function, source) in _MAKES_STRING or (receiver is not None and receiver.type in LITERALS)


def _is_err(file: File, call: Node) -> bool:
    """Return whether a call is `Err(..)`."""
    function = call.child_by_field_name("function")
    return function is not None and line_of(function, file.scan.source) == "Err"


def _ends_loop(block: Node) -> bool:
    """Return whether a block ends with `return` or `break`."""
    last = _last(block)
    return last is not None and last.type in _ENDS
