"""Code Quality report of GitLab, as its documentation has it.

See https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
"""

from collections.abc import Iterator

from rustgate.model.finding import Severity
from rustgate.reports.findings.report import Report
from rustgate.reports.json_document import json_text
from rustgate.reports.sanitize import escape_surrogates
from rustgate.reports.terminal import TextStyle

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(report: Report, _style: TextStyle) -> Iterator[str]:
    """Yield a JSON array with an object for each finding that counts."""
    yield json_text(
        [
            {
                "description": finding.message,
                "check_name": finding.rule,
                "fingerprint": finding.fingerprint,
                "severity": _SEVERITIES[finding.severity],
                "location": {"path": escape_surrogates(finding.path), "lines": {"begin": finding.line, "end": finding.end_line}},
            }
            for finding in report.counting
        ]
    )
