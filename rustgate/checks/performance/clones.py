"""Checks of clones that nobody needs."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from rustgate.api import FIELDS, STRINGS, Captures, File, Match, bytes_of, chain_start, children_of, function_at, line_of, match_of, uses_of
from rustgate.checks.performance.borrowed_copies import borrowing_use
from rustgate.checks.performance.ownership import can_be_moved, ownership_of

_MAKERS = re.compile(r"format|vec|to_string|to_vec|into_owned|String::(?:from|new)|Vec::new")
_FRESH = STRINGS | {"char_literal", "integer_literal", "float_literal", "struct_expression"}
_NAMED = frozenset({"identifier", "self", "field_expression"})
_AND_VALUE = 2
"""Children of `&x`; `&mut x` has one more."""


def needless_clone(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find needless clones.

    They are of variables that are not used again, of values that are only borrowed, and of values that have just been created.
    """
    seen = set()
    for captures in matches:
        clone = captures["clone"][0]
        if clone.start_byte in seen:
            continue
        what = _needless(file, captures)
        if what:
            seen.add(clone.start_byte)
            yield match_of(clone, what=what)


def _needless(file: File, captures: Captures) -> str | None:
    """Return why a clone is needless, or None."""
    value, copy = captures["value"][0], captures["copy"][0]
    if _is_fresh(file, value):
        return "the value has just been created; use it directly"
    call = _lent_to(copy) if value.type in _NAMED else None
    if call and _can_be_lent(file, value, call):
        return f"`{line_of(value, file.scan.source)}` is only borrowed here; pass a reference to it"
    use = borrowing_use(file, value, copy)
    if use:
        return f"`{line_of(value, file.scan.source)}` is only {use} here; use it without a copy"
    if value.type == "identifier" and can_be_moved(file, value):
        return f"`{line_of(value, file.scan.source)}` is not used again; move it"
    return None


def _is_fresh(file: File, value: Node) -> bool:
    """Return whether an expression creates a value.

    It is a literal, or a call or macro that is known to create one.
    """
    if value.type in _FRESH:
        return True
    maker = value.child_by_field_name("macro") if value.type == "macro_invocation" else value.child_by_field_name("function")
    if maker is None or value.type not in {"call_expression", "macro_invocation"}:
        return False
    maker = maker.child_by_field_name("field") if maker.type == "field_expression" else maker
    return maker is not None and _MAKERS.fullmatch(line_of(maker, file.scan.source)) is not None


def _lent_to(copy: Node) -> Node | None:
    """Return the call `f` in `f(&x.clone())`, if any."""
    reference = copy.parent
    arguments = reference.parent if reference and reference.type == "reference_expression" and reference.child_count == _AND_VALUE else None
    return arguments.parent if arguments and arguments.type == "arguments" else None


def _can_be_lent(file: File, lent: Node, call: Node) -> bool:
    """Return whether a call can borrow a value without `.clone()`.

    No other argument of the call may use or change the variable that `x` belongs to.
    """
    function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if function is None or arguments is None or function.type not in {"identifier", "scoped_identifier"}:
        return False
    if len(children_of(arguments)) == 1:
        return True
    root = chain_start(lent, FIELDS)
    holder = function_at(file.outline, lent.start_byte)
    if root.type != "identifier" or holder is None:
        return False
    used = [*uses_of(file.scan, bytes_of(root, file.scan.source), holder.head_end, arguments.end_byte)]
    found = ownership_of(file, used[0]) if used else None
    if found is None or not (found.owned or found.lent) or found.mutable:
        return False
    return [use.start_byte for use in used if use.start_byte > call.start_byte] == [root.start_byte]
