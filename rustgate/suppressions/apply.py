"""Apply suppressions to findings.

Findings are marked as muted, with the reason; none of them is dropped.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, structs

from rustgate.model.file import FileResult
from rustgate.model.finding import Finding, Suppressed, Suppression
from rustgate.model.finding_builder import FindingBuilder, Region
from rustgate.model.rule import Rule, Setting
from rustgate.rules.lookup import unknown_rule


class SuppressOptions(Struct, frozen=True):
    """Options for applying suppressions in a run.

    `respect_clippy` lets clippy attributes count too. `full` says that the run is full, so that unused suppressions can be told.
    """

    respect_clippy: bool
    full: bool


def suppress(
    result: FileResult, settings: Mapping[str, Setting], catalog: Mapping[str, Rule], options: SuppressOptions
) -> Iterator[Finding]:
    """Yield the findings of a file, suppressed ones marked.

    Findings about the suppressions themselves follow.
    """
    usable = [
        suppression
        for suppression in result.suppressions
        if not suppression.problem and (options.respect_clippy or suppression.origin != "clippy")
    ]
    used: set[tuple[int, str]] = set()
    lookup = _SuppressionLookup(_by_precedence(usable), result.findings)
    for finding in result.findings:
        suppression = lookup.of(finding)
        if suppression is None:
            yield finding
            continue
        used.add((id(suppression), finding.rule))
        yield structs.replace(finding, muted=Suppressed("suppression", suppression.reason))
    comments = [suppression for suppression in result.suppressions if suppression.origin == "comment"]
    checker = _SuppressionChecker(result.path, settings, catalog)
    yield from checker.check(comments, used if options.full else None)


def _by_precedence(suppressions: Sequence[Suppression]) -> list[Suppression]:
    """Sort suppressions so that the first one about a place decides.

    Comments always count. Of lint levels, which come from the outermost to the innermost, the innermost does; nothing lifts a `forbid`.
    """
    comments = [suppression for suppression in suppressions if suppression.origin == "comment"]
    levels = [suppression for suppression in reversed(suppressions) if suppression.origin != "comment"]
    return [*comments, *sorted(levels, key=lambda suppression: suppression.level != "forbid")]


class _SuppressionLookup:
    """Finds the suppression of each finding.

    It is the first that covers the place where the code that was found begins or ends: a chain of calls may end with `.unwrap()` far below.
    For each lint that a rule goes by, a place is assigned once, however many suppressions and findings there are; a level that does not
    allow takes its places from those that follow.
    """

    def __init__(self, suppressions: Sequence[Suppression], findings: Sequence[Finding]) -> None:
        self._numbers: dict[tuple[str, tuple[int, int]], int] = {}
        self._suppressions = suppressions
        positions: dict[str, set[tuple[int, int]]] = {}
        for finding in findings:
            positions.setdefault(finding.rule, set()).update(_positions(finding))
        sorted_positions = {rule: sorted(found) for rule, found in positions.items()} if suppressions else {}
        unassigned: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for number, suppression in enumerate(suppressions):
            for key in suppression.keys:
                if key[0] not in sorted_positions:
                    continue
                rule_positions = unassigned.setdefault(key, sorted_positions[key[0]].copy())
                first, last = zip((suppression.first, suppression.last), suppression.columns, strict=True)
                covered = slice(bisect_left(rule_positions, first), bisect_right(rule_positions, last))
                if suppression.level == "allow":
                    for position in rule_positions[covered]:
                        self._numbers.setdefault((key[0], position), number)
                del rule_positions[covered]

    def of(self, finding: Finding) -> Suppression | None:
        """Return the suppression of a finding, if any."""
        numbers = [self._numbers[finding.rule, position] for position in _positions(finding) if (finding.rule, position) in self._numbers]
        return self._suppressions[min(numbers)] if numbers else None


def _positions(finding: Finding) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the line and column where the code that was found begins, and where it ends."""
    first = finding.line, finding.column
    return first, (finding.last_line, finding.last_column) if finding.last_line else first


class _SuppressionChecker:
    """Checks the suppressions of a file."""

    def __init__(self, path: str, settings: Mapping[str, Setting], catalog: Mapping[str, Rule]) -> None:
        self._settings = settings
        self._catalog = catalog
        self._builder = FindingBuilder(path)

    def check(self, suppressions: Sequence[Suppression], used: set[tuple[int, str]] | None) -> Iterator[Finding]:
        """Yield findings about faulty suppressions.

        These are unreadable, name unknown rules, or have no reason; or they are unused, which can be told only if `used` is not None.
        `used` holds pairs of the identity of a suppression and the name of a rule that it suppressed.
        """
        for comment in suppressions:
            unknown = [name for name in comment.rules if name not in self._catalog]
            if comment.problem:
                yield from self._finding("unknown-rule", comment, comment.problem)
            for name in unknown:
                yield from self._finding("unknown-rule", comment, unknown_rule(name, self._catalog))
            if not comment.reason and not comment.problem:
                yield from self._finding("suppression-without-reason", comment, "add one after the rules: `-- why this is right here`")
            if used is None or comment.problem:
                continue
            for name in comment.rules:
                if name in self._settings and name not in unknown and (id(comment), name) not in used:
                    yield from self._finding("unused-suppression", comment, f"`{name}` finds nothing here; remove it from the suppression")

    def _finding(self, name: str, suppression: Suppression, problem: str) -> Iterator[Finding]:
        setting, rule = self._settings.get(name), self._catalog.get(name)
        if rule and setting and setting.severity:
            region = Region(suppression.line, suppression.column, suppression.end_column or suppression.column)
            yield self._builder.build(rule, setting.severity, region, {"problem": problem}, snippet=problem)
