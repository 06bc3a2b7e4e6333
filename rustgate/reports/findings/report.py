"""The report that every format of findings is made from."""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property

from msgspec import Struct

from rustgate.model.finding import Finding, Severity
from rustgate.model.rule import Profile, Rule

Reader = Callable[[str], str]


class Report(Struct, frozen=True, dict=True):
    """A finished run as the formats see it.

    `findings` holds all of them, muted ones marked; `shown` is what a format lists. `read` gives the text of a file by its path relative to
    the root, or an empty string. `root` is the root relative to the working folder. `seconds` is the time of the run.
    """

    version: str
    profile: Profile
    root: str
    rules: Mapping[str, Rule]
    findings: tuple[Finding, ...]
    show_muted: bool
    files: int
    lines: int
    seconds: float
    read: Reader

    @cached_property
    def shown(self) -> tuple[Finding, ...]:
        """The findings that count, and the muted ones if asked for."""
        return tuple(finding for finding in self.findings if self.show_muted or not finding.muted)

    @cached_property
    def counts(self) -> Counter[Severity]:
        """The number of findings that count, by severity."""
        return Counter(finding.severity for finding in self.findings if not finding.muted)

    def display(self, path: str) -> str:
        """Return a path relative to the working folder, with `/`."""
        return os.path.relpath(os.path.join(self.root, path)).replace(os.sep, "/")

    @property
    def muted(self) -> int:
        """The number of muted findings."""
        return sum(finding.muted is not None for finding in self.findings)

    def count_of(self, rule: str) -> int:
        """Return the number of findings of one rule that count."""
        return sum(finding.rule == rule and not finding.muted for finding in self.findings)


def source_lines(report: Report, path: str) -> list[str]:
    """Return the lines of a file as findings count them.

    They have no line ends, and no byte order mark.
    """
    return report.read(path).removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
