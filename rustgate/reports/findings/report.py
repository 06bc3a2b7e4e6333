"""The report that every format of findings is made from."""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from rustgate.model.finding import Finding, Severity
from rustgate.model.rule import Profile, Rule

Reader = Callable[[str], str]
Changes = Mapping[str, Sequence[range]]
"""The changed lines of changed files, by path."""


def _no_url(_rule: Rule) -> None:
    return None


class Report(Struct, frozen=True, dict=True):
    """A finished run as the formats see it.

    `findings` holds all of them, muted ones marked; `shown` is what a format lists. `read` gives the text of a file by its path relative to
    the root, or an empty string. `home` is the address of the project, `rule_url` gives that of a rule's page. `changed` are the lines
    that the change under review touches, None where that is not known. `root` is the root relative to the working folder. `seconds` is
    the time of the run, `baseline` counts what became of the entries of a baseline.
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
    home: str = ""
    rule_url: Callable[[Rule], str | None] = _no_url
    changed: Changes | None = None
    baseline: Mapping[str, int] | None = None

    @cached_property
    def shown(self) -> tuple[Finding, ...]:
        """The findings that count, and the muted ones if asked for."""
        return tuple(finding for finding in self.findings if self.show_muted or not finding.muted)

    @cached_property
    def counting(self) -> tuple[Finding, ...]:
        """The findings that count."""
        return tuple(finding for finding in self.findings if not finding.muted)

    @cached_property
    def counts(self) -> Counter[Severity]:
        """The number of findings that count, by severity."""
        return Counter(finding.severity for finding in self.counting)

    def display(self, path: str) -> str:
        """Return a path relative to the working folder, with `/`."""
        return os.path.relpath(os.path.join(self.root, path)).replace(os.sep, "/")

    @property
    def muted(self) -> int:
        """The number of muted findings."""
        return sum(finding.muted is not None for finding in self.findings)

    @cached_property
    def by_rule(self) -> Counter[str]:
        """The number of findings that count, by rule."""
        return Counter(finding.rule for finding in self.counting)

    @property
    def files_with_findings(self) -> int:
        """The number of files that have findings that count."""
        return len({finding.path for finding in self.counting})

    def url(self, rule: str) -> str | None:
        """Return the address of a rule's page, if there is one."""
        return self.rule_url(self.rules[rule])


def source_lines(report: Report, path: str) -> list[str]:
    """Return the lines of a file as findings count them.

    They have no line ends, and no byte order mark.
    """
    return report.read(path).removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
