"""The steps between judging and reporting: each marks findings as muted and says why, none of them drops one."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, structs

from rustgate.model.file import FileResult
from rustgate.model.finding import Finding, Suppressed, Suppression
from rustgate.model.finding_builder import FindingBuilder, Region
from rustgate.model.rule import Rule, Setting
from rustgate.rules.lookup import unknown_rule


class SuppressOptions(Struct, frozen=True):
    """How suppressions count in a run: `clippy` attributes too, and whether the run is full, so that unused ones can be told."""

    respect_clippy: bool
    full: bool


def suppress(
    report: FileResult, settings: Mapping[str, Setting], catalog: Mapping[str, Rule], options: SuppressOptions
) -> Iterator[Finding]:
    """The findings of a file, those that a suppression covers marked, and what is wrong with the suppressions themselves."""
    usable = [
        suppression
        for suppression in report.suppressions
        if not suppression.problem and (options.respect_clippy or suppression.origin != "clippy")
    ]
    used: set[tuple[int, str]] = set()
    covers = _Covers(usable, report.findings)
    for finding in report.findings:
        cover = covers.of(finding)
        if cover is None:
            yield finding
            continue
        used.add((id(cover), finding.rule))
        yield structs.replace(finding, muted=Suppressed("suppression", cover.reason))
    comments = [one for one in report.suppressions if one.origin == "comment"]
    writer = _Complaints(report.path, settings, catalog)
    yield from writer.about(comments, used if options.full else None)


class _Covers:
    """Which suppression each finding of a file has: the first that covers the line where the code that was found begins or ends.

    A chain of calls may end with `.unwrap()` far below. Each line is given away once, however many suppressions and findings there are.
    """

    def __init__(self, suppressions: Sequence[Suppression], findings: Sequence[Finding]) -> None:
        self._numbers: dict[tuple[str, int], int] = {}
        self._suppressions = suppressions
        lines: dict[str, set[int]] = {}
        for finding in findings:
            lines.setdefault(finding.rule, set()).update(_lines(finding))
        free = {rule: sorted(numbers) for rule, numbers in lines.items()} if suppressions else {}
        for number, suppression in enumerate(suppressions):
            for rule in suppression.rules:
                known = free.get(rule, [])
                taken = slice(bisect_left(known, suppression.first), bisect_right(known, suppression.last))
                self._numbers |= dict.fromkeys(((rule, line) for line in known[taken]), number)
                del known[taken]

    def of(self, finding: Finding) -> Suppression | None:
        """The suppression of a finding, if it has one."""
        numbers = [self._numbers[finding.rule, line] for line in _lines(finding) if (finding.rule, line) in self._numbers]
        return self._suppressions[min(numbers)] if numbers else None


def _lines(finding: Finding) -> tuple[int, int]:
    return finding.line, finding.last_line or finding.line


class _Complaints:
    """What is wrong with the suppressions of a file."""

    def __init__(self, path: str, settings: Mapping[str, Setting], catalog: Mapping[str, Rule]) -> None:
        self._settings = settings
        self._catalog = catalog
        self._builder = FindingBuilder(path)

    def about(self, suppressions: Sequence[Suppression], used: set[tuple[int, str]] | None) -> Iterator[Finding]:
        """Unreadable, unknown, without a reason; and unused, if `used` is known."""
        for one in suppressions:
            unknown = [name for name in one.rules if name not in self._catalog]
            if one.problem:
                yield from self._finding("unknown-rule", one, one.problem)
            for name in unknown:
                yield from self._finding("unknown-rule", one, unknown_rule(name, self._catalog))
            if not one.reason and not one.problem:
                yield from self._finding("suppression-without-reason", one, "add one after the rules: `-- why this is right here`")
            if used is None or one.problem:
                continue
            for name in one.rules:
                if name in self._settings and name not in unknown and (id(one), name) not in used:
                    yield from self._finding("unused-suppression", one, f"`{name}` finds nothing here; remove it from the suppression")

    def _finding(self, name: str, suppression: Suppression, problem: str) -> Iterator[Finding]:
        setting, rule = self._settings.get(name), self._catalog.get(name)
        if rule and setting and setting.severity:
            region = Region(suppression.line, suppression.column, suppression.end_column or suppression.column)
            yield self._builder.build(rule, setting.severity, region, rule.message.format(problem=problem), snippet=problem)
