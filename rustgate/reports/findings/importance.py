"""The order in which findings matter, for formats that cannot show all.

By severity, security severity, precision, and rarity of the rule; never by path.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from rustgate.model.finding import Finding
from rustgate.model.rule import Rule

_PRECISIONS = ("low", "medium", "high", "very-high")


def most_important_first(findings: Iterable[Finding], rules: Mapping[str, Rule]) -> list[Finding]:
    """Sort findings by how much they matter; muted ones come last."""
    findings = list(findings)
    counts = Counter(finding.rule for finding in findings)
    ranks = {name: (-_security(rules[name]), -_PRECISIONS.index(rules[name].precision), count, name) for name, count in counts.items()}
    return sorted(findings, key=lambda finding: (finding.muted is not None, -finding.severity.rank, ranks[finding.rule]))


def _security(rule: Rule) -> float:
    return float(rule.security_severity or 0)


def choose(ordered: Sequence[Finding], most: int) -> list[Finding]:
    """Choose at most `most` of findings that are in the order of importance.

    Each rule keeps its first finding while there is room. Then, the worst severity first, all of a severity if they fit, or else an equal
    share for each rule before the rest goes by importance: no rule crowds out the others.
    """
    if len(ordered) <= most:
        return list(ordered)
    first: dict[str, Finding] = {}
    for finding in ordered:
        first.setdefault(finding.rule, finding)
    chosen = [*first.values()][:most]
    taken = {id(finding) for finding in chosen}
    for _, group in groupby(ordered, key=lambda finding: (finding.muted is not None, finding.severity)):
        chosen += _share([finding for finding in group if id(finding) not in taken], most - len(chosen))
    return chosen


def _share(ordered: list[Finding], room: int) -> list[Finding]:
    """Choose findings of one severity: an equal share of the room for each rule, and what is left by importance."""
    if len(ordered) <= room:
        return ordered
    share = room // max(1, len({finding.rule for finding in ordered}))
    counts: Counter[str] = Counter()
    chosen: list[Finding] = []
    rest: list[Finding] = []
    for finding in ordered:
        counts[finding.rule] += 1
        (chosen if counts[finding.rule] <= share else rest).append(finding)
    return [*chosen, *rest[: room - len(chosen)]]
