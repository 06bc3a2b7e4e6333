"""Checks of the rules about panics: what their queries cannot tell apart without types."""

import re
from collections.abc import Iterator
from functools import partial

from tree_sitter import Node

from rustgate.api import Captures, File, Match, text_of

_QUESTION_MARK = re.compile(rb"\s*\?")


def expect_calls(file: File, matches: list[Captures]) -> Iterator[Match]:
    """The calls that can be those of `Option` and `Result`: paths that say so, and methods that look like it."""
    source = file.scan.source
    for captures in matches:
        if "arguments" not in captures or _panics(captures, source):
            call, method = captures["finding"][0], captures["method"][0]
            yield Match(call.start_byte, call.end_byte, {"method": source[method.start_byte : method.end_byte].decode()})


def panics_in_drop(file: File, matches: list[Captures]) -> Iterator[Match]:
    """The calls and macros that panic."""
    for captures in filter(partial(may_panic, file.scan.source), matches):
        place, what = captures["finding"][0], captures["what"][0]
        yield Match(place.start_byte, place.end_byte, {"what": text_of(what, file.scan.source)})


def may_panic(source: bytes, captures: Captures) -> bool:
    """Whether a match is more than a method that has its name, `@what`, from `Option` and `Result`, but takes other `@arguments`."""
    if "arguments" not in captures:
        return True
    if source.startswith(b"expect", captures["what"][0].start_byte):
        return _panics(captures, source)
    return not _given(captures)


def _panics(captures: Captures, source: bytes) -> bool:
    """Whether a method call has the one argument of `expect(message)`, and does not return something for `?` to pass on."""
    return len(_given(captures)) == 1 and not _QUESTION_MARK.match(source, captures["finding"][0].end_byte)


def _given(captures: Captures) -> list[Node]:
    return [child for child in captures["arguments"][0].named_children if not child.is_extra]
