"""Report as workflow commands of GitHub Actions.

Each finding becomes an annotation on its line.
"""

from collections.abc import Iterator

from rustgate.model.finding import Finding, Severity
from rustgate.reports.findings.report import Report
from rustgate.reports.sanitize import escape_controls

ANNOTATIONS_PER_LEVEL = 10
"""Annotations that GitHub shows of one step, for each level; it drops the rest silently."""

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def to_github(report: Report) -> Iterator[str]:
    """Yield one command for each finding that counts, worst first.

    At most ten of a level are shown, then a count of the rest.
    """
    for severity in sorted(_COMMANDS, key=lambda severity: -severity.rank):
        findings = [finding for finding in report.shown if finding.severity is severity and not finding.muted]
        for finding in findings[:ANNOTATIONS_PER_LEVEL]:
            yield f"{_command(finding)}\n"
        left = len(findings) - ANNOTATIONS_PER_LEVEL
        if left > 0:
            name = _COMMANDS[severity]
            yield f"::{name} title=rustgate::{left} more of this level are not shown here; --output text or sarif has all of them\n"


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
