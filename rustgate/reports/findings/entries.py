"""Entries of the text reports: findings that belong together."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from msgspec import Struct

from rustgate.model.finding import Finding, Severity
from rustgate.model.rule import Rule
from rustgate.reports.findings.report import Report
from rustgate.reports.sanitize import escape_controls
from rustgate.reports.terminal import TextStyle

NOUNS = {
    "file.lines": "{} lines",
    "function.bool_parameters": "{} `bool` parameters",
    "function.cognitive": "cognitive {}",
    "function.cyclomatic": "cyclomatic {}",
    "function.lines": "{} lines",
    "function.nesting": "nesting {}",
    "function.parameters": "{} parameters",
    "impl.lines": "{} lines",
    "trait.required_methods": "{} required methods",
}
"""How the value of each measure is said beside others of the same item."""
COLORS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.NOTE: "36;1"}
DIM, BOLD = "2", "1"


class Entry(Struct, frozen=True):
    """What a report says at one place: one finding, or several measured ones of one item, the worst first."""

    findings: tuple[Finding, ...]
    problem: str
    help: str

    @property
    def first(self) -> Finding:
        """The worst finding, which stands for the entry."""
        return self.findings[0]

    @property
    def label(self) -> str:
        """The severity and the rules, such as `error[unwrap-used]`."""
        return f"{self.first.severity}[{', '.join(finding.rule for finding in self.findings)}]"

    @property
    def muted(self) -> str:
        """What muted it, and why; empty for what counts."""
        by = self.first.muted
        return f" (muted by {by.by}{f': {by.reason}' if by.reason else ', without a reason'})" if by else ""


def entries(report: Report) -> Iterator[Entry]:
    """Yield the entries of a report, in the order of its findings."""
    for _, group in groupby(report.shown, key=lambda finding: (finding.path, finding.line, finding.column)):
        findings = list(group)
        measured = [finding for finding in findings if _is_measured(finding, report.rules)]
        if len(measured) > 1:
            yield _joined(measured, report.rules)
            findings = [finding for finding in findings if finding not in measured]
        yield from (Entry((finding,), finding.problem, finding.help) for finding in findings)


def by_file(report: Report) -> Iterator[tuple[str, Iterable[Entry]]]:
    """Yield each file with its entries."""
    return groupby(entries(report), key=lambda entry: entry.first.path)


def _is_measured(finding: Finding, rules: Mapping[str, Rule]) -> bool:
    return bool(finding.item and not finding.muted and finding.limit is not None and rules[finding.rule].measure in NOUNS)


def _joined(findings: list[Finding], rules: Mapping[str, Rule]) -> Entry:
    """Join findings of one item, as "`parse`: 78 lines (30), cyclomatic 14 (10)"."""
    worst = sorted(findings, key=lambda finding: -finding.severity.rank)
    said = [f"{NOUNS[rules[finding.rule].measure or ''].format(finding.value)} ({finding.limit})" for finding in worst]
    remedies = dict.fromkeys(finding.help for finding in worst if finding.help)
    return Entry(tuple(worst), f"`{worst[0].item.rpartition('::')[2]}`: {', '.join(said)}", "; ".join(remedies))


def painted_label(entry: Entry, style: TextStyle) -> str:
    """Return the label of an entry, in the colour of its severity."""
    return style.paint(entry.label, DIM if entry.first.muted else COLORS[entry.first.severity])


def said(entry: Entry) -> str:
    """Return the problem of an entry and what muted it, safe to print."""
    return escape_controls(f"{entry.problem}{entry.muted}")
