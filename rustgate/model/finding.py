"""Matches, findings, facts and suppressions; all frozen."""

from enum import StrEnum
from typing import Any

from msgspec import Struct


class Severity(StrEnum):
    """How bad a finding is; the same three words in pages, configuration, JSON and help."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for a note, 1 for a warning, 2 for an error."""
        return _SEVERITIES.index(self)


_SEVERITIES = list(Severity)


class Match(Struct, frozen=True):
    """What a rule found in a file, before it becomes a finding: a byte range and the values for the message.

    A measured hit has its `value` and the `limit` that it passed; `soft` when only the soft limit. `anchored` is true when the
    text of the line tells this hit from others of its item; a measured item is told by its name.
    """

    start: int
    end: int
    values: dict[str, object] = {}
    value: int | None = None
    limit: int | None = None
    soft: bool = False
    anchored: bool = True


class Suppressed(Struct, frozen=True):
    """Why a finding does not count: `by` is `suppression`, `baseline` or `since`."""

    by: str
    reason: str


class Finding(Struct, frozen=True):
    """One place that breaks one rule. Lines and columns are 1-based, columns count characters, the end is exclusive.

    The region lies on one line; `last_line` is where the code that was found ends, if that is another one. It is no part of the JSON.
    """

    rule: str
    category: str
    severity: Severity
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    item: str
    value: int | None
    limit: int | None
    fingerprint: str
    muted: Suppressed | None = None
    last_line: int | None = None

    @property
    def order(self) -> tuple[str, int, int, str, int, str]:
        """The key that findings are sorted by in every report."""
        return (self.path, self.line, self.column, self.rule, self.end_column, self.message)


class Fact(Struct, frozen=True):
    """What a file contributes to a rule of a wider scope: plain `data`, and the finding that it becomes if the whole says so.

    `values` fill the message's placeholders, together with those that the reduce adds.
    """

    finding: Finding
    values: dict[str, object]
    data: Any = None


class Suppression(Struct, frozen=True):
    """A comment or a clippy attribute that mutes `rules` on the lines from `first` to `last`, both 1-based and inclusive.

    `line` is where it stands. `origin` is `comment` or `clippy`; `problem` says what is wrong with a comment that cannot be used.
    """

    rules: tuple[str, ...]
    line: int
    column: int
    first: int
    last: int
    reason: str
    origin: str = "comment"
    problem: str | None = None
    end_column: int | None = None
