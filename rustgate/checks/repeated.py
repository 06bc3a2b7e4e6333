"""Copies of the same thing in every turn of a loop."""

import re
from collections.abc import Iterator
from textwrap import shorten

from tree_sitter import Node

from rustgate.checks.clones import root_of, uses
from rustgate.checks.nodes import function_at, line_of
from rustgate.frames import Frame, FunctionFrame
from rustgate.model import Hit
from rustgate.plan import File
from rustgate.scan import Captures

_LOOPS = frozenset({"for", "loop", "while"})
_ELSEWHERE = frozenset({"async", "closure", "const", "function"})
_LITERALS = frozenset({"boolean_literal", "char_literal", "float_literal", "integer_literal", "raw_string_literal", "string_literal"})
_ENDS = frozenset({"break_expression", "return_expression"})
_PATTERNS = frozenset({
    "captured_pattern", "closure_parameters", "field_pattern", "match_pattern", "mut_pattern", "or_pattern", "ref_pattern",
    "reference_pattern", "slice_pattern", "tuple_pattern", "tuple_struct_pattern",
})  # fmt: skip
_HANDLE = re.compile(r"&?\s*(?:'\w+\s+)?(?:\w+::)*(?:Arc|Rc|Weak|\w*Sender|\w*Handle|Waker|Bytes|PhantomData)\b")
_MAY_CHANGE = re.compile(r"&\s*(?:'\w+\s+)?mut\b|.*(?:\b(?:get_mut|iter_mut|as_mut|borrow_mut|lock|write|first_mut|last_mut)\()", re.DOTALL)
_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")
_FORMAT = re.compile(r'[(\[{]\s*"((?:[^"\\]|\\.)*)"((?:\s*,\s*[\w.]+)*)\s*,?\s*[)\]}]')
_INLINE = re.compile(r"(?<!\{)\{([A-Za-z_]\w*)")
_LONGEST = 60
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


def clones_in_loops(file: File, matches: list[Captures]) -> Iterator[Hit]:
    """The copies in the body of a loop of what the loop does not change."""
    for captures in matches:
        found, source = captures["finding"][0], captures["source"][0]
        loop = _loop(file, found.start_byte)
        if loop is None:
            continue
        names = _names_in_format(line_of(source, file.scan.source)) if "format" in captures else _name(file, source)
        if names is not None and all(_stays(file, name, found, loop) for name in names) and _is_repeated(file, found, loop):
            call = line_of(found, file.scan.source)
            yield Hit(found.start_byte, found.end_byte, {"call": shorten(call, _LONGEST, placeholder="...")})


def _loop(file: File, byte: int) -> Frame | None:
    """The innermost loop around a place, if no closure or async block stands between."""
    for frame in file.outline.around(byte):
        if frame.kind in _LOOPS:
            return frame
        if frame.kind in _ELSEWHERE:
            return None
    return None


def _name(file: File, source: Node) -> list[str] | None:
    """The names that a copied expression is made of; None when it is more than a literal or a path of fields."""
    if source.type in _LITERALS:
        return []
    root = root_of(source)
    return [line_of(root, file.scan.source)] if root is not None and root.type in {"identifier", "self"} else None


def _names_in_format(text: str) -> list[str] | None:
    """The variables in the arguments of `format!`; None when one of them is more than a path of fields."""
    parts = _FORMAT.fullmatch(text)
    return [*_INLINE.findall(parts[1]), *(word for word in _WORD.findall(parts[2]))] if parts else None


def _stays(file: File, name: str, found: Node, loop: Frame) -> bool:
    """Whether what `name` stands for is there before the loop and the same in each of its turns."""
    if _CONSTANT.fullmatch(name):
        return True
    function = function_at(file.outline, found.start_byte)
    if function is None:
        return False
    if name == "self":
        return _borrows_self(file, function)
    used = [*uses(file, name.encode(), function.head_end, loop.end)]
    binding = used[0].parent if used else None
    if binding is None or used[0].start_byte >= loop.start or not _is_fixed(file, used[0], binding):
        return False
    return not any(_changes(use) for use in used[1:])


def _borrows_self(file: File, function: FunctionFrame) -> bool:
    head = file.scan.source[function.head_end : function.body_start].decode(errors="replace")
    return re.match(r"[^(]*\(\s*&\s*(?:'\w+\s+)?self\b", head) is not None


def _is_fixed(file: File, name: Node, binding: Node) -> bool:
    """Whether a parameter or a `let` binds a plain name that cannot change, and not to a handle."""
    if binding.type not in {"parameter", "let_declaration"} or any(child.type == "mutable_specifier" for child in binding.children):
        return False
    given, value = binding.child_by_field_name("type"), binding.child_by_field_name("value")
    said = line_of(given, file.scan.source) if given else line_of(value, file.scan.source) if value else ""
    return bool(said) and binding.child_by_field_name("pattern") == name and not _HANDLE.match(said) and not _MAY_CHANGE.match(said)


def _changes(use: Node) -> bool:
    """Whether a use binds the name anew, or assigns to it or to a part of it."""
    node, parent = use, use.parent
    while parent is not None and parent.type in {"field_expression", "index_expression"} and parent.child(0) == node:
        node, parent = parent, parent.parent
    if parent is None or parent.type in _PATTERNS or parent.type == "shorthand_field_identifier":
        return True
    if parent.type in {"assignment_expression", "compound_assignment_expr"}:
        return parent.child_by_field_name("left") == node
    if parent.type == "reference_expression":
        return any(child.type == "mutable_specifier" for child in parent.children)
    return parent.child_by_field_name("pattern") == node


def _is_repeated(file: File, found: Node, loop: Frame) -> bool:
    """Whether a place in a loop is in its body, and does not end the loop, hand on a failure or bind a name of its own again."""
    node, parent = found, found.parent
    while parent is not None and (parent.start_byte, parent.end_byte) != (loop.start, loop.end):
        if parent.type in _ENDS or (parent.type == "call_expression" and _is_failure(file, parent)):
            return False
        if parent.type == "let_declaration" and node == found and _rebinds(file, parent, found):
            return False
        is_body = parent.parent is not None and (parent.parent.start_byte, parent.parent.end_byte) == (loop.start, loop.end)
        if parent.type == "block" and not is_body and _ends_loop(parent):
            return False
        node, parent = parent, parent.parent
    return parent is not None and parent.child_by_field_name("body") == node


def _is_failure(file: File, call: Node) -> bool:
    function = call.child_by_field_name("function")
    return function is not None and line_of(function, file.scan.source) == "Err"


def _rebinds(file: File, declaration: Node, found: Node) -> bool:
    pattern = declaration.child_by_field_name("pattern")
    return pattern is not None and line_of(found, file.scan.source).startswith(f"{line_of(pattern, file.scan.source)}.")


def _ends_loop(block: Node) -> bool:
    """Whether the last thing that a block does is to leave."""
    last = next((child for child in reversed(block.named_children) if not child.is_extra), None)
    if last is not None and last.type == "expression_statement":
        last = last.named_children[0] if last.named_children else None
    return last is not None and last.type in _ENDS
