"""What a run said, made ready to be said again by the next one that would say the same."""

import os
import sys

from click import unstyle

from rustgate.catalog import shipped_pages
from rustgate.cli.output import Written
from rustgate.model import UNREADABLE
from rustgate.replay import Words, remember
from rustgate.reports.report import Report

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_JSON = b'{\n  "rustgate"'
_SUMMARY = "rustgate:"


def words_of(report: Report, written: Written, stderr: str, code: int) -> Words | None:
    """What was said on standard output and standard error, and the exit code, as far as it can be said again.

    Not where a file could not be read, which has many causes, and not beside packs, whose Python can ask what it likes.
    """
    stdout = bytes(written.head)
    if report.count_of(UNREADABLE) or any(rule.pack for rule in report.rules.values()):
        return None
    shown = stderr if sys.stderr.isatty() else unstyle(stderr)  # as click writes it
    in_json = f'"seconds": {round(report.seconds, 3)}' if stdout.startswith(_JSON) else ""
    in_summary = f", {report.seconds:.2f} s)" if unstyle(stderr).startswith(_SUMMARY) else ""
    texts = _cut(stdout, in_json, str(round(report.seconds, 3))), _cut(_encoded(shown), in_summary, f"{report.seconds:.2f}")
    return Words(*texts, code, written.take_rest())


def remember_words(words: Words) -> None:
    """Keep what a run said; to be called when nothing else of it is held any more, as both take much memory."""
    remember(words, [_PACKAGE, str(shipped_pages())])


def _cut(text: bytes, around: str, seconds: str) -> list[bytes]:
    """The text before and after the seconds, which stand first where `around` stands; the text as it is where there are none."""
    if not around:
        return [text]
    before, _, after = text.partition(around.encode())
    lead, _, tail = around.partition(seconds)
    return [before + lead.encode(), tail.encode() + after]


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
