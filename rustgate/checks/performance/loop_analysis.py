"""What a copy in a loop is for: one that every turn needs anew is no copy too many."""

import re

from tree_sitter import Node

from rustgate.api import LEAVING, LITERALS, File, OutlineNode, bytes_of, last_of, line_of

_ENDS = LEAVING - {"continue_expression"}
_PLAIN_MACRO = re.compile(rb'(?:panic|todo|unimplemented|unreachable)!|format!\s*\(\s*"[^"{]*"\s*\)')
_CONTINUES = re.compile(rb"\bcontinue\b")
_ITERATES = frozenset({
    "all", "any", "chain", "collect", "count", "cycle", "enumerate", "filter", "filter_map", "find", "find_map", "flat_map",
    "flatten", "fold", "for_each", "fuse", "inspect", "last", "map", "map_while", "max", "max_by", "max_by_key", "min", "min_by",
    "min_by_key", "next", "next_back", "nth", "partition", "peekable", "position", "product", "rev", "scan", "skip", "skip_while",
    "step_by", "sum", "take", "take_while", "try_fold", "try_for_each", "unzip", "zip",
})  # fmt: skip
"""Methods that use up an iterator, so that only a copy of it can be asked."""
_MAKES_STRING = frozenset({"String::from", "String::new"})
_CHOOSES = frozenset({"if_expression", "match_expression"})
_ARMS = frozenset({"block", "else_clause", "match_arm", "match_block"})
_FARTHEST = 40
"""Nodes above or within one that are looked at."""
_MOST_ARMS = 400


def is_repeated(file: File, found: Node, loop: OutlineNode) -> bool:
    """Whether a place in a loop is in its body, and neither ends the loop nor hands on a failure."""
    node, parent = found, found.parent
    while parent is not None and (parent.start_byte, parent.end_byte) != (loop.start, loop.end):
        if parent.type in _ENDS or (parent.type == "call_expression" and _is_failure(file, parent)):
            return False
        is_body = parent.parent is not None and (parent.parent.start_byte, parent.parent.end_byte) == (loop.start, loop.end)
        if parent.type == "block" and not is_body and _ends_loop(parent):
            return False
        node, parent = parent, parent.parent
    return parent is not None and parent.child_by_field_name("body") == node


def runs_once_from(file: File, loop: OutlineNode) -> int:
    """The byte from which on the body of a loop runs once at most, because it ends with `return` or `break`; otherwise where it ends."""
    node = file.scan.root.descendant_for_byte_range(loop.start, loop.end)
    body = node.child_by_field_name("body") if node else None
    if body is None or not _ends_loop(body):
        return loop.end
    continues = _CONTINUES.finditer(file.scan.source, body.start_byte, body.end_byte)
    return max((found.end() for found in continues), default=body.start_byte)


def is_used_up(copy: Node, source: bytes) -> bool:
    """Whether a copy is changed or used up where it is made: by `let mut`, `&mut`, `+`, an iterator's method, or under its old name."""
    holder = copy.parent
    if holder is None:
        return False
    if holder.type in {"let_declaration", "reference_expression"} and any(child.type == "mutable_specifier" for child in holder.children):
        return True
    if holder.type == "let_declaration":
        pattern = holder.child_by_field_name("pattern")
        return pattern is not None and line_of(copy, source).startswith(f"{line_of(pattern, source)}.")
    if holder.type == "binary_expression":
        operator = holder.child_by_field_name("operator")
        return operator is not None and operator.type == "+" and holder.child_by_field_name("left") == copy
    method = holder.child_by_field_name("field") if holder.type == "field_expression" else None
    return method is not None and line_of(method, source) in _ITERATES


def choice_around(copy: Node) -> Node | None:
    """The outermost `if` or `match` whose value a copy may be, if there is one."""
    node, choice = copy, None
    for _ in range(_FARTHEST):
        parent = node.parent
        if parent is None or not _has_value_of(parent, node):
            break
        node = parent
        choice = node if node.type in _CHOOSES else choice
    return choice


def has_more_than_literals(file: File, choice: Node) -> bool:
    """Whether an arm of an `if` or `match` has a value that no literal makes."""
    values: list[Node | None] = [choice]
    for _ in range(_MOST_ARMS):
        if not values:
            break
        value = _last(values.pop())
        if value is not None and value.type in _CHOOSES:
            values += _arms(value)
        elif value is not None and not _is_literal(value, file.scan.source):
            return True
    return False


def _has_value_of(parent: Node, node: Node) -> bool:
    """Whether the value of a node is, or may be, that of what stands around it."""
    if parent.type in _CHOOSES:
        return node.type in _ARMS
    if parent.type == "block":
        return node.next_named_sibling is None
    return parent.type in _ARMS or (parent.type == "expression_statement" and parent.child_count == 1)


def _arms(choice: Node) -> list[Node | None]:
    """What the arms of an `if` or `match` hold."""
    body = choice.child_by_field_name("body")
    if body is None:
        return [choice.child_by_field_name("consequence"), choice.child_by_field_name("alternative")]
    return [arm.child_by_field_name("value") for arm in body.named_children]


def _last(node: Node | None) -> Node | None:
    """The value of a block or of an `else`; any other node is its own."""
    for _ in range(_FARTHEST):
        if node is None or node.type not in {"block", "else_clause", "expression_statement"}:
            break
        node = last_of(node)
    return node


def _is_literal(value: Node, source: bytes) -> bool:
    """Whether a value is a literal, or a string made of one alone, or none at all because the code leaves there."""
    if value.type in LITERALS or value.type in LEAVING:
        return True
    function = value.child_by_field_name("function") if value.type == "call_expression" else None
    if function is None:
        return value.type == "macro_invocation" and _PLAIN_MACRO.match(bytes_of(value, source)) is not None
    receiver = function.child_by_field_name("value")
    return line_of(function, source) in _MAKES_STRING or (receiver is not None and receiver.type in LITERALS)


def _is_failure(file: File, call: Node) -> bool:
    function = call.child_by_field_name("function")
    return function is not None and line_of(function, file.scan.source) == "Err"


def _ends_loop(block: Node) -> bool:
    """Whether the last thing that a block does is to leave."""
    last = _last(block)
    return last is not None and last.type in _ENDS
