"""Checkstyle report: https://github.com/checkstyle/checkstyle has the format's schema."""

from collections.abc import Iterator
from itertools import groupby

from rustgate.model.finding import Severity
from rustgate.reports.findings.report import Report
from rustgate.reports.findings.xml import HEAD, tag
from rustgate.reports.terminal import TextStyle

_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "info"}


def render(report: Report, _style: TextStyle) -> Iterator[str]:
    """Yield the document: each file with its findings that count."""
    yield f"{HEAD}<{tag('checkstyle', {'version': '10.0'})}>\n"
    for path, findings in groupby(report.counting, key=lambda finding: finding.path):
        yield f"  <{tag('file', {'name': path})}>\n"
        for finding in findings:
            attributes = {
                "line": finding.line,
                "column": finding.column,
                "severity": _SEVERITIES[finding.severity],
                "message": finding.message,
                "source": f"rustgate.{finding.rule}",
            }
            yield f"    <{tag('error', attributes)}/>\n"
        yield "  </file>\n"
    yield "</checkstyle>\n"
