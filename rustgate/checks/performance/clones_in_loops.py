"""Copies of the same thing in every turn of a loop."""

import re
from collections.abc import Iterator
from functools import cache, partial
from textwrap import shorten

from tree_sitter import Node

from rustgate.api import LITERALS, Captures, File, FunctionNode, Match, OutlineNode, function_at, line_of
from rustgate.checks.performance.clones import root_of, uses
from rustgate.checks.performance.loop_analysis import choice_around, has_more_than_literals, is_repeated, is_used_up, runs_once_from

_LOOPS = frozenset({"for", "loop", "while"})
_ELSEWHERE = frozenset({"async", "closure", "const", "function"})
_PATTERNS = frozenset({
    "captured_pattern", "closure_parameters", "field_pattern", "match_pattern", "mut_pattern", "or_pattern", "ref_pattern",
    "reference_pattern", "slice_pattern", "tuple_pattern", "tuple_struct_pattern",
})  # fmt: skip
_HANDLE = re.compile(r"&?\s*(?:'\w+\s+)?(?:\w+::)*(?:Arc|Rc|Weak|\w*Sender|\w*Handle|Waker|Bytes|PhantomData)\b")
_MUTABLE = re.compile(r"&\s*(?:'\w+\s+)?mut\b")
_LENDS_TO_CHANGE = re.compile(r"\b(?:\w+_mut|entry|lock|or_default|or_insert(?:_with(?:_key)?)?|write)\(")
_CHANGES = re.compile(
    rb"(?:\s*\.\s*\w+){0,4}?\s*\.\s*(?:\w+_mut|advance|append|clear|drain|fill|next|next_back|resize|retain|reverse|swap|take|truncate"
    rb"|(?:extend|insert|pop|push|remove|set|sort)(?:_\w+)?)\s*\(",
)
"""A method that changes what stands before it, or a field of that."""
_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")
_FORMAT = re.compile(r'[(\[{]\s*"((?:[^"\\]|\\.)*)"((?:\s*,\s*[\w.]+)*)\s*,?\s*[)\]}]')
_PLACEHOLDER = re.compile(r"\{\{|\{([^{}]*)\}")
_INLINE = re.compile(r"^[A-Za-z_]\w*|\b[A-Za-z_]\w*(?=\$)")
_LONGEST = 60
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


def clones_in_loops(file: File, matches: list[Captures]) -> Iterator[Match]:
    """The copies in the body of a loop of what the loop does not change."""
    once_from, is_mixed = cache(partial(runs_once_from, file)), cache(partial(has_more_than_literals, file))
    for captures in matches:
        found, source = captures["finding"][0], captures["source"][0]
        loop = _loop(file, found.start_byte)
        if loop is None or is_used_up(found, file.scan.source) or found.start_byte >= once_from(loop):
            continue
        names = _names_in_format(line_of(source, file.scan.source)) if "format" in captures else _name(file, source)
        choice = choice_around(found) if names == [] else None
        if names is None or (choice and is_mixed(choice)):
            continue
        if all(_stays(file, name, found, loop) for name in names) and is_repeated(file, found, loop):
            call = line_of(found, file.scan.source)
            yield Match(found.start_byte, found.end_byte, {"call": shorten(call, _LONGEST, placeholder="...")})


def _loop(file: File, byte: int) -> OutlineNode | None:
    """The innermost loop around a place, if no closure or async block stands between."""
    for outline_node in file.outline.ancestors(byte):
        if outline_node.kind in _LOOPS:
            return outline_node
        if outline_node.kind in _ELSEWHERE:
            return None
    return None


def _name(file: File, source: Node) -> list[str] | None:
    """The names that a copied expression is made of; None when it is more than a literal or a path of fields."""
    if source.type in LITERALS:
        return []
    root = root_of(source)
    return [line_of(root, file.scan.source)] if root is not None and root.type in {"identifier", "self"} else None


def _names_in_format(text: str) -> list[str] | None:
    """The variables in the arguments of `format!`; None when one of them is more than a path of fields."""
    parts = _FORMAT.fullmatch(text)
    if parts is None:
        return None
    inline = (name for placeholder in _PLACEHOLDER.findall(parts[1]) for name in _INLINE.findall(placeholder))
    return [*inline, *_WORD.findall(parts[2])]


def _stays(file: File, name: str, found: Node, loop: OutlineNode) -> bool:
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
    return not any(_changes(use) or (use.start_byte >= loop.start and _CHANGES.match(file.scan.source, use.end_byte)) for use in used[1:])


def _borrows_self(file: File, function: FunctionNode) -> bool:
    head = file.scan.source[function.head_end : function.body_start].decode(errors="replace")
    return re.match(r"[^(]*\(\s*&\s*(?:'\w+\s+)?self\b", head) is not None


def _is_fixed(file: File, name: Node, binding: Node) -> bool:
    """Whether a parameter or a `let` binds a plain name that cannot change, and not to a handle."""
    if binding.type not in {"parameter", "let_declaration"} or any(child.type == "mutable_specifier" for child in binding.children):
        return False
    given, value = binding.child_by_field_name("type"), binding.child_by_field_name("value")
    written, made = (line_of(part, file.scan.source) if part else "" for part in (given, value))
    if _MUTABLE.search(written) or _MUTABLE.match(made) or _LENDS_TO_CHANGE.search(made):
        return False
    said = written or made
    return bool(said) and binding.child_by_field_name("pattern") == name and not _HANDLE.match(said)


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
