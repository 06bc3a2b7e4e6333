"""Reminders such as TODO in comments, which nobody tracks."""

import re
from collections.abc import Iterator

from rustgate.api import Captures, File, Match

_REMINDERS = (b"TODO", b"FIXME", b"XXX", b"HACK")
_REMEDIES = {b"XXX": "resolve it now", b"HACK": "replace it now"}
REMINDER_WORD = rb"(?:" + b"|".join(_REMINDERS) + rb")\b"
_REMINDER = re.compile(REMINDER_WORD + rb"(?![-.]\w|['\"`])")
_SMALL = re.compile(rb"\btodo(?=\s*:(?!:)|\([\w@#. -]+\))")
_COMMENT_START = re.compile(rb"[/*!\s]*$")
_SENTENCE_START = re.compile(rb"(?:^(?:[/*!\s]*#!?\[.*\])?|(?<!e\.g)(?<!i\.e)[.!?;:]['\")\]*_]*\s|[(\[{])(?:[^\w'\"`\x80-\xff]|\xe2..)*$")
_LINK = re.compile(rb"\s*\([^()\n]*#\d[^()\n]*\)|[^\n]*(?:\n[ \t]*(?://|\*)[^\n]*)?\bhttps?://")
_MOST_BEFORE_REMINDER = 200
"""Bytes before a reminder on its line in which the beginning of a sentence is searched: a line can be a whole file."""


def todo_comment(file: File, _matches: list[Captures]) -> Iterator[Match]:
    """Report reminders that begin a comment or sentence.

    With `allow-issue-links` not those that name an issue.
    """
    source = file.scan.source
    if b"todo" in source:
        yield from _small_reminders(file)
    if not any(word in source for word in _REMINDERS):  # a tenth of the time of the expression
        return
    for word in _REMINDER.finditer(source):
        comment = file.outline.comment_at(word.start())
        if comment is None:
            continue
        line_start = max(comment[0], source.rfind(b"\n", 0, word.start()) + 1, word.start() - _MOST_BEFORE_REMINDER)
        if _SENTENCE_START.search(source[line_start : word.start()]) and not _is_linked(file, word):
            yield Match(word.start(), word.end(), {"word": word[0].decode(), "remedy": _REMEDIES.get(word[0], "do it now")})


def _small_reminders(file: File) -> Iterator[Match]:
    """Yield each `todo:` and `todo(name)` that begins a comment."""
    source = file.scan.source
    for word in _SMALL.finditer(source):
        comment = file.outline.comment_at(word.start())
        if comment and _COMMENT_START.fullmatch(source, comment[0], word.start()) and not _is_linked(file, word):
            yield Match(word.start(), word.end(), {"word": "todo", "remedy": "do it now"})


def _is_linked(file: File, word: re.Match[bytes]) -> bool:
    """Return whether a reminder names its issue, and may."""
    return bool(file.options["allow-issue-links"]) and _LINK.match(file.scan.source, word.end()) is not None
