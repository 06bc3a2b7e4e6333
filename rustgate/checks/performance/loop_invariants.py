"""Loop invariants: variables that a loop does not change."""

import re

from tree_sitter import Node

from rustgate.api import File, FunctionNode, OutlineNode, declaration_of, function_at, is_mutable, line_of, uses_of

_PATTERNS = frozenset({
    "captured_pattern", "closure_parameters", "field_pattern", "match_pattern", "mut_pattern", "or_pattern", "ref_pattern",
    "reference_pattern", "slice_pattern", "tuple_pattern", "tuple_struct_pattern",
})  # fmt: skip
_HANDLE = re.compile(r"&?\s*(?:'\w+\s+)?(?:\w+::)*(?:Arc|Rc|Weak|\w*Sender|\w*Handle|Waker|Bytes|PhantomData)\b")
_MUTABLE = re.compile(r"&\s*(?:'\w+\s+)?mut\b")
_BORROWS_MUTABLY = re.compile(r"\b(?:\w+_mut|entry|lock|or_default|or_insert(?:_with(?:_key)?)?|write)\(")
_CHANGES = re.compile(
    rb"(?:\s*\.\s*\w+){0,4}?\s*\.\s*(?:\w+_mut|advance|append|clear|drain|fill|next|next_back|resize|retain|reverse|swap|take|truncate"
    rb"|(?:extend|insert|pop|push|remove|set|sort)(?:_\w+)?)\s*\(",
)
"""A method that changes its receiver, or a field of it."""
_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")


def is_invariant(file: File, name: str, clone: Node, loop: OutlineNode) -> bool:
    """Return whether a variable keeps its value in a loop.

    It must exist before the loop.
    """
    if _CONSTANT.fullmatch(name):
        return True
    function = function_at(file.outline, clone.start_byte)
    if function is None:
        return False
    if name == "self":
        return _borrows_self(file, function)
    used = [*uses_of(file.scan, name.encode(), function.head_end, loop.end)]
    declaration = declaration_of(used[0]) if used else None
    if declaration is None or used[0].start_byte >= loop.start or not _is_fixed(file, declaration):
        return False
    return not any(_changes(use) or (use.start_byte >= loop.start and _CHANGES.match(file.scan.source, use.end_byte)) for use in used[1:])


def _borrows_self(file: File, function: FunctionNode) -> bool:
    """Return whether a method takes `&self`."""
    head = file.scan.source[function.head_end : function.body_start].decode(errors="replace")
    return re.match(r"[^(]*\(\s*&\s*(?:'\w+\s+)?self\b", head) is not None


def _is_fixed(file: File, declaration: Node) -> bool:
    """Return whether a declaration binds an unchangeable value.

    Handles such as `Arc` and senders do not count: cloning one copies no data.
    """
    type_and_value = (declaration.child_by_field_name(field) for field in ("type", "value"))
    written, value = (line_of(part, file.scan.source) if part else "" for part in type_and_value)
    if is_mutable(declaration) or _MUTABLE.search(written) or _MUTABLE.match(value) or _BORROWS_MUTABLY.search(value):
        return False
    shown = written or value
    return bool(shown) and not _HANDLE.match(shown)


def _changes(use: Node) -> bool:
    """Return whether a use may change the variable.

    It binds the name again, assigns to it or a part of it, or borrows it mutably.
    """
    node, parent = use, use.parent
    while parent is not None and parent.type in {"field_expression", "index_expression"} and parent.child(0) == node:
        node, parent = parent, parent.parent
    if parent is None or parent.type in _PATTERNS or parent.type == "shorthand_field_identifier":
        return True
    if parent.type in {"assignment_expression", "compound_assignment_expr"}:
        return parent.child_by_field_name("left") == node
    if parent.type == "reference_expression":
        return is_mutable(parent)
    return parent.child_by_field_name("pattern") == node
