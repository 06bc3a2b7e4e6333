"""Checks of calls that panic.

Queries cannot tell methods of the same name apart; their arguments can.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from rustgate.api import LEAVING, Captures, File, Match, ancestors, function_at, is_panicking_expect, last_of, match_of, may_panic, text_of

_FLAG = re.compile(rb"\blet\s+(\w+)\s*=\s*(?:\w+\s*::\s*)*panicking\s*\(\s*\)\s*;")
"""A variable that holds whether another panic is unwinding (captured)."""


def expect_calls(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find calls of `Option::expect` and `Result::expect`.

    A call may be of another type's method if it looks the same.
    """
    source = file.scan.source
    for captures in matches:
        if "arguments" not in captures or is_panicking_expect(captures, source):
            yield match_of(captures["finding"][0], method=text_of(captures["method"][0], source))


def panics_in_drop(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find calls and macros that may panic in `Drop`."""
    source = file.scan.source
    for captures in matches:
        found = captures["finding"][0]
        if may_panic(source, captures) and not _is_guarded(file, found):
            yield match_of(found, what=text_of(captures["what"][0], source))


def _is_guarded(file: File, panic: Node) -> bool:
    """Return whether a panic happens only if no other is unwinding.

    It is in an `if !std::thread::panicking()`, or behind an `if` that leaves when another panic is.
    """
    source = file.scan.source
    function = function_at(file.outline, panic.start_byte)
    if function is None or b"panicking" not in source[function.start : panic.start_byte]:
        return False
    flags = _FLAG.findall(source, function.start, panic.start_byte)
    asks = re.compile(rb"(!?)\s*(?:\w+\s*::\s*)*(?:panicking\s*\(\s*\)" + b"".join(rb"|" + name + rb"\b" for name in flags) + b")")
    node = panic
    for parent in ancestors(panic):
        if parent.type == "if_expression" and _goes_into(parent, node, asks, source):
            return True
        before = (child for child in parent.named_children if child.end_byte <= node.start_byte) if parent.type == "block" else ()
        if any(_leaves_if_panicking(child, asks, source) for child in before):
            return True
        if parent.type == "function_item":
            break
        node = parent
    return False


def _goes_into(choice: Node, branch: Node, asks: re.Pattern[bytes], source: bytes) -> bool:
    """Return whether a branch of an `if` runs only without another panic."""
    condition, consequence = choice.child_by_field_name("condition"), choice.child_by_field_name("consequence")
    found = asks.search(source, condition.start_byte, condition.end_byte) if condition else None
    if found is None or condition is None or branch == condition:
        return False
    separator = b"||" if branch == consequence else b"&&"
    return bool(found[1]) == (branch == consequence) and separator not in source[condition.start_byte : condition.end_byte]


def _leaves_if_panicking(statement: Node, asks: re.Pattern[bytes], source: bytes) -> bool:
    """Return whether a statement is `if panicking() { return; }`."""
    choice = statement.children[0] if statement.type == "expression_statement" else statement
    consequence = choice.child_by_field_name("consequence") if choice.type == "if_expression" else None
    last = last_of(consequence) if consequence else None
    last = last.named_child(0) if last and last.type == "expression_statement" else last
    condition = choice.child_by_field_name("condition")
    if last is None or condition is None or last.type not in LEAVING:
        return False
    found = asks.search(source, condition.start_byte, condition.end_byte)
    return found is not None and not found[1] and b"&&" not in source[condition.start_byte : condition.end_byte]
