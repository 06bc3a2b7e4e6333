"""Report in reviewdog's diagnostic format.

See https://github.com/reviewdog/reviewdog/tree/master/proto/rdf: columns count bytes of UTF-8.
"""

from collections.abc import Iterator
from itertools import groupby

from rustgate.model.finding import Finding, Severity
from rustgate.reports.findings.report import Report, source_lines
from rustgate.reports.json_document import stream_json
from rustgate.reports.sanitize import escape_surrogates
from rustgate.reports.terminal import TextStyle

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "INFO"}


def render(report: Report, _style: TextStyle) -> Iterator[str]:
    """Yield one `DiagnosticResult` with the findings that count."""
    source = {"name": "rustgate", **({"url": report.home} if report.home else {})}
    return stream_json({"source": source, "diagnostics": []}, _diagnostics(report))


def _diagnostics(report: Report) -> Iterator[dict[str, object]]:
    for path, findings in groupby(report.counting, key=lambda finding: finding.path):
        lines = source_lines(report, path)
        for finding in findings:
            url = report.url(finding.rule)
            yield {
                "message": finding.message,
                "location": {"path": escape_surrogates(path), "range": _range(finding, lines)},
                "severity": _SEVERITIES[finding.severity],
                "code": {"value": finding.rule, **({"url": url} if url else {})},
            }


def _range(finding: Finding, lines: list[str]) -> dict[str, object]:
    line = lines[finding.line - 1] if finding.line <= len(lines) else ""
    columns = (len(line[: column - 1].encode(errors="surrogateescape")) + 1 for column in (finding.column, finding.end_column))
    start, end = ({"line": finding.line, "column": column} for column in columns)
    return {"start": start, "end": end}
