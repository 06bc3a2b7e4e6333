"""Matches, findings, facts and suppressions; all frozen."""

from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct

Data_co = TypeVar("Data_co", covariant=True)


class Severity(StrEnum):
    """Severity of a finding.

    Pages, configuration, JSON and help use the same three words.
    """

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """Return 0 for a note, 1 for a warning, 2 for an error."""
        return _SEVERITIES.index(self)


_SEVERITIES = list(Severity)
LAST_COLUMN = 2**31
"""A column that is past the end of every line."""


class Match(Struct, frozen=True):
    """Code that matched a rule; not yet a finding.

    That is a byte range and the values for the message.
    A measured match has its `value` and the `limit` that it passed; `soft` when only the warning limit;
    `severe` when a warning becomes an error. `anchored` is true when the
    tokens of the range tell this match from others of its item; a measured item is told by its name. Suppressions count on the line of the
    byte `last` too, wherever it is. `severity` is the highest that it has.
    """

    start: int
    end: int
    values: dict[str, object] = {}
    value: int | None = None
    limit: int | None = None
    soft: bool = False
    severe: bool = False
    anchored: bool = True
    last: int | None = None
    severity: Severity | None = None


class Suppressed(Struct, frozen=True):
    """Reason why a finding does not count.

    `by` is `suppression`, `baseline` or `since`.
    """

    by: str
    reason: str


class Finding(Struct, frozen=True):
    """One violation of one rule, at one place.

    Lines and columns are 1-based, columns count characters, the end is exclusive.
    The region lies on one line; `last_line` is where the code that was found ends, if that is another one. `problem` says what is wrong,
    `help` what to do. `snippet` is the tokens of what was found, empty for what is measured: with rule, path and item it is the identity.
    `state` is `new` or `grown` where there is a baseline, `baseline_value` the value that it accepts.
    """

    rule: str
    category: str
    severity: Severity
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    problem: str
    item: str
    value: int | None
    limit: int | None
    fingerprint: str
    muted: Suppressed | None = None
    last_line: int | None = None
    last_column: int = 0
    help: str = ""
    snippet: str = ""
    state: str | None = None
    baseline_value: int | None = None

    @property
    def message(self) -> str:
        """Return what is wrong and what to do, in one sentence."""
        return f"{self.problem}; {self.help}" if self.help else self.problem

    @property
    def order(self) -> tuple[str, int, int, str, int, str]:
        """Return the sort key of findings in every report."""
        return (self.path, self.line, self.column, self.rule, self.end_column, self.message)


class Fact(Struct, Generic[Data_co], frozen=True, array_like=True):
    """A file's contribution to a wider-scope rule.

    It holds `data` of the type that the rule's `gather` is annotated with, and the finding that it becomes if the check of the wider scope
    says so. Several types are a tagged union: structs with `tag=True`.
    `values` fill the message's placeholders, together with those that the check adds. With `noted`, it is a note in a package that is
    never published.
    """

    finding: Finding
    values: dict[str, object]
    data: Data_co
    noted: bool = False


class Suppression(Struct, frozen=True):
    """A comment or clippy lint level that suppresses findings, or forbids it.

    It suppresses those of `rules` on the lines from `first` to `last`, both 1-based and inclusive.
    `columns` are those of its first and last line between which a lint level holds; a comment holds for whole lines.
    `line` is where it is written. `origin` is `comment` or `clippy`; `problem` says what is wrong with a comment that cannot be used.
    A lint level has as `lints` the pairs of a rule and the equivalent that it is about. If its `level` is `warn`, it lifts what lies
    around it; if `forbid`, also what lies within it.
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
    level: str = "allow"
    lints: tuple[tuple[str, str], ...] = ()
    columns: tuple[int, int] = (0, LAST_COLUMN)

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return its rules, each with the lint that it goes by, if any."""
        return self.lints or tuple((rule, "") for rule in self.rules)
