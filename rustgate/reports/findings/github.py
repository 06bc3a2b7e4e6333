"""Workflow commands for GitHub Actions: each finding an annotation on its line."""

from collections.abc import Iterator

from rustgate.model.finding import Finding, Severity
from rustgate.reports.findings.report import Report
from rustgate.reports.sanitize import printable

ANNOTATIONS_PER_LEVEL = 10
"""What GitHub shows of one step, for each level; the rest would vanish without a word."""

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def to_github(report: Report) -> Iterator[str]:
    """One command for each finding that counts, worst first, at most ten of a level, and then how many more there are."""
    return (f"{line}\n" for line in _commands(report))


def _commands(report: Report) -> Iterator[str]:
    for severity in sorted(_COMMANDS, key=lambda severity: -severity.rank):
        found = [finding for finding in report.shown if finding.severity is severity and not finding.muted]
        for finding in found[:ANNOTATIONS_PER_LEVEL]:
            yield _command(finding)
        more = len(found) - ANNOTATIONS_PER_LEVEL
        if more > 0:
            name = _COMMANDS[severity]
            yield f"::{name} title=rustgate::{more} more of this level are not shown here; --output text or sarif has all of them"


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
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
