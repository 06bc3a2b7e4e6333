"""JSON report of findings, a stable contract for other programs."""

from collections.abc import Iterator

from msgspec import structs

from rustgate.model.finding import Finding, Severity
from rustgate.reports.findings.report import Report
from rustgate.reports.json_document import stream_json
from rustgate.reports.sanitize import escape_surrogates
from rustgate.reports.terminal import TextStyle


def render(report: Report, _style: TextStyle) -> Iterator[str]:
    """Yield one JSON object, indented, ending in a line end."""
    head: dict[str, object] = {
        "rustgate": report.version,
        "profile": report.profile,
        "root": escape_surrogates(report.root),
        "summary": {
            "files": report.files,
            "lines": report.lines,
            "errors": report.counts[Severity.ERROR],
            "warnings": report.counts[Severity.WARNING],
            "notes": report.counts[Severity.NOTE],
            "muted": report.muted,
            "seconds": round(report.seconds, 3),
            **({} if report.baseline is None else {"baseline": report.baseline}),
        },
        "findings": [],
    }
    return stream_json(head, map(_row, report.shown))


def _row(finding: Finding) -> dict[str, object]:
    """Return a finding with the keys of the contract, in their order."""
    row: dict[str, object] = structs.asdict(finding)
    del row["last_line"], row["help"], row["snippet"]
    for key in ("state", "baseline_value"):
        if row[key] is None:
            del row[key]
    row["path"] = escape_surrogates(finding.path)
    return {"message" if key == "problem" else key: finding.message if key == "problem" else value for key, value in row.items()}
