"""Checks of calls that panic.

Queries cannot tell methods of the same name apart; their arguments can.
"""

import re
from collections.abc import Iterator

from rustgate.api import Captures, File, Match, children_of, match_of, text_of

_QUESTION_MARK = re.compile(rb"\s*\?")


def expect_calls(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find calls of `Option::expect` and `Result::expect`.

    A call may be of another type's method if it looks the same.
    """
    source = file.scan.source
    for captures in matches:
        if "arguments" not in captures or _is_panicking_expect(captures, source):
            yield match_of(captures["finding"][0], method=text_of(captures["method"][0], source))


def panics_in_drop(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find calls and macros that may panic in `Drop`."""
    source = file.scan.source
    for captures in matches:
        if may_panic(source, captures):
            yield match_of(captures["finding"][0], what=text_of(captures["what"][0], source))


def may_panic(source: bytes, captures: Captures) -> bool:
    """Return whether a call or macro may panic.

    A method `@what` that takes other `@arguments` than the one of `Option` and `Result` does not.
    """
    if "arguments" not in captures:
        return True
    if source.startswith(b"expect", captures["what"][0].start_byte):
        return _is_panicking_expect(captures, source)
    return not children_of(captures["arguments"][0])


def _is_panicking_expect(captures: Captures, source: bytes) -> bool:
    """Return whether a call looks like `expect(message)`.

    It has one argument, and no `?` behind it.
    """
    return len(children_of(captures["arguments"][0])) == 1 and not _QUESTION_MARK.match(source, captures["finding"][0].end_byte)
