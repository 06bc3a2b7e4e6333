"""Checks of the rules about panics: what their queries cannot tell apart without types."""

import re
from collections.abc import Iterator

from rustgate.model import Hit
from rustgate.plan import File
from rustgate.scan import Captures

_QUESTION_MARK = re.compile(rb"\s*\?")


def expect_calls(file: File, matches: list[Captures]) -> Iterator[Hit]:
    """The calls that can be those of `Option` and `Result`: paths that say so, and methods that look like it."""
    source = file.scan.source
    for captures in matches:
        if "arguments" not in captures or _panics(captures, source):
            call, method = captures["finding"][0], captures["method"][0]
            yield Hit(call.start_byte, call.end_byte, {"method": source[method.start_byte : method.end_byte].decode()})


def _panics(captures: Captures, source: bytes) -> bool:
    """Whether a method call has the one argument of `expect(message)`, and does not return something for `?` to pass on."""
    arguments = [child for child in captures["arguments"][0].named_children if not child.is_extra]
    return len(arguments) == 1 and not _QUESTION_MARK.match(source, captures["finding"][0].end_byte)
