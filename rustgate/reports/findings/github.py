"""Report as workflow commands of GitHub Actions.

Each finding becomes an annotation on its line.
"""

from collections.abc import Iterator

from rustgate.model.finding import Finding, Severity
from rustgate.reports.findings.importance import choose, most_important_first
from rustgate.reports.findings.report import Report
from rustgate.reports.sanitize import escape_controls
from rustgate.reports.terminal import TextStyle

ANNOTATIONS_PER_LEVEL = 10
"""Annotations that GitHub shows of one step, for each level; it drops the rest silently."""

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, _style: TextStyle) -> Iterator[str]:
    """Yield one command for each finding that counts, worst first.

    At most ten of a level are shown, those of the change under review first, then a count of the rest.
    """
    for severity in sorted(_COMMANDS, key=lambda severity: -severity.rank):
        findings = most_important_first((finding for finding in report.counting if finding.severity is severity), report.rules)
        for finding in _nearest(findings, report):
            yield f"{_command(finding)}\n"
        left = len(findings) - ANNOTATIONS_PER_LEVEL
        if left > 0:
            name = _COMMANDS[severity]
            yield f"::{name} title=rustgate::{left} more of this level are not shown here; --output text or sarif has all of them\n"


def _nearest(findings: list[Finding], report: Report) -> list[Finding]:
    """Choose the findings to show: in changed lines, in changed files, elsewhere."""
    chosen: list[Finding] = []
    for distance in range(3):
        found = [finding for finding in findings if _distance(finding, report) == distance]
        chosen += choose(found, ANNOTATIONS_PER_LEVEL - len(chosen))
    return chosen


def _distance(finding: Finding, report: Report) -> int:
    """Return 0 for what lies in changed lines, 1 in changed files, 2 elsewhere."""
    changed = (report.changed or {}).get(finding.path)
    if changed is None:
        return 2
    return int(not any(finding.line in lines for lines in changed))


def _command(finding: Finding) -> str:
    properties = {
        "file": finding.path,
        "line": finding.line,
        "col": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
        "title": f"rustgate: {finding.rule}",
    }
    text = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {text}::{_data(finding.message)}"


def _data(text: str) -> str:
    return escape_controls(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
