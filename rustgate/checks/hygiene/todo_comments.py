"""Reminders such as TODO in comments, which nobody tracks."""

import re
from collections.abc import Iterator

from rustgate.api import Captures, File, Match

_REMINDERS = (b"TODO", b"FIXME", b"XXX", b"HACK")
_REMEDIES = {b"XXX": "resolve it now", b"HACK": "replace it now"}
REMINDER_WORD = rb"(?:" + b"|".join(_REMINDERS) + rb")\b"
_REMINDER = re.compile(REMINDER_WORD + rb"(?![-.]\w|['\"`])")
_SENTENCE_START = re.compile(rb"(?:^(?:[/*!\s]*#!?\[.*\])?|(?<!e\.g)(?<!i\.e)[.!?;:]['\")\]*_]*\s|[(\[{])(?:[^\w'\"`\x80-\xff]|\xe2..)*$")
_LINK = re.compile(rb"\s*\([^()\n]*#\d[^()\n]*\)|[^\n]*(?:\n[ \t]*(?://|\*)[^\n]*)?\bhttps?://")
_MOST_BEFORE_REMINDER = 200
"""Bytes before a reminder on its line in which the beginning of a sentence is searched: a line can be a whole file."""


def todo_comment(file: File, _matches: list[Captures]) -> Iterator[Match]:
    """Report reminders that begin a comment or sentence.

    With `allow-issue-links` not those that name an issue.
    """
    source = file.scan.source
    if not any(word in source for word in _REMINDERS):  # a tenth of the time of the expression
        return
    for word in _REMINDER.finditer(source):
        comment = file.outline.comment_at(word.start())
        if comment is None:
            continue
        line_start = max(comment[0], source.rfind(b"\n", 0, word.start()) + 1, word.start() - _MOST_BEFORE_REMINDER)
        linked = file.options["allow-issue-links"] and _LINK.match(source, word.end())
        if _SENTENCE_START.search(source[line_start : word.start()]) and not linked:
            yield Match(word.start(), word.end(), {"word": word[0].decode(), "remedy": _REMEDIES.get(word[0], "do it now")})
