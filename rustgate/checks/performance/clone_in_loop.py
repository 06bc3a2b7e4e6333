"""Checks of clones in loops that are the same in every iteration."""

import re
from collections.abc import Iterator
from functools import cache, partial
from textwrap import shorten

from tree_sitter import Node

from rustgate.api import (
    FIELDS,
    LITERALS,
    Captures,
    File,
    FunctionNode,
    Match,
    OutlineNode,
    chain_start,
    declaration_of,
    format_string,
    function_at,
    is_mutable,
    line_of,
    match_of,
    uses_of,
)
from rustgate.checks.performance.loop_analysis import (
    has_more_than_literals,
    is_reached_repeatedly,
    is_used_up,
    outermost_choice,
    runs_once_from,
)

_LOOPS = frozenset({"for", "loop", "while"})
_RUNS_LATER = frozenset({"async", "closure", "const", "function"})
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
_ENDS_ARGUMENT = frozenset({",", ")", "]", "}"})
_ARGUMENT = re.compile(r"[\w.]+")
_VARIABLE = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_LONGEST = 60
"""Characters of a call in a message: enough to find it, and the message stays on one line."""


def clone_in_loop(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find clones and formatted strings that are the same in every iteration of a loop."""
    once_from, is_mixed = cache(partial(runs_once_from, file)), cache(partial(has_more_than_literals, file))
    for captures in matches:
        clone, source = captures["finding"][0], captures["source"][0]
        loop = _loop(file, clone.start_byte)
        if loop is None or is_used_up(clone, file.scan.source) or clone.start_byte >= once_from(loop):
            continue
        names = _names_in_format(source) if "format" in captures else _name(file, source)
        choice = outermost_choice(clone) if names == [] else None
        if names is None or (choice and is_mixed(choice)):
            continue
        if all(_is_unchanged(file, name, clone, loop) for name in names) and is_reached_repeatedly(file, clone, loop):
            yield match_of(clone, call=shorten(line_of(clone, file.scan.source), _LONGEST, placeholder="..."))


def _loop(file: File, byte: int) -> OutlineNode | None:
    """Return the innermost loop around a byte, if no closure or async block is between."""
    for outline_node in file.outline.ancestors(byte):
        if outline_node.kind in _LOOPS:
            return outline_node
        if outline_node.kind in _RUNS_LATER:
            return None
    return None


def _name(file: File, source: Node) -> list[str] | None:
    """Return the variables in a cloned literal or path of fields; None for anything else."""
    if source.type in LITERALS:
        return []
    root = chain_start(source, FIELDS)
    return [line_of(root, file.scan.source)] if root.type in {"identifier", "self"} else None


def _names_in_format(tokens: Node) -> list[str] | None:
    """Return the variables in a `format!`; None if an argument is more than a path of fields."""
    found = format_string(tokens)
    is_first = found and found.start == tokens.children[1].start_byte and tokens.children[2].type in _ENDS_ARGUMENT
    if found is None or not is_first or not found.text.startswith('"'):
        return None
    arguments = [argument for argument in found.arguments if argument]
    if not all(map(_ARGUMENT.fullmatch, arguments)):
        return None
    inline = [name for placeholder in found.placeholders() for name in placeholder.names]
    return [*inline, *(name for argument in arguments for name in _VARIABLE.findall(argument))]


def _is_unchanged(file: File, name: str, clone: Node, loop: OutlineNode) -> bool:
    """Return whether a variable exists before a loop and keeps its value in it."""
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
    """Return whether a parameter or `let` binds a value that cannot change, and no handle."""
    type_and_value = (declaration.child_by_field_name(field) for field in ("type", "value"))
    written, value = (line_of(part, file.scan.source) if part else "" for part in type_and_value)
    if is_mutable(declaration) or _MUTABLE.search(written) or _MUTABLE.match(value) or _BORROWS_MUTABLY.search(value):
        return False
    shown = written or value
    return bool(shown) and not _HANDLE.match(shown)


def _changes(use: Node) -> bool:
    """Return whether a use rebinds the name, or assigns to it or a part of it."""
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
