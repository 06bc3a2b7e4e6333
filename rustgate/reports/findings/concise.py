"""The concise report for people: a line for each finding."""

from collections.abc import Iterator

from rustgate.reports.findings.entries import BOLD, Entry, entries, painted_label
from rustgate.reports.findings.report import Report
from rustgate.reports.sanitize import escape_controls
from rustgate.reports.terminal import TextStyle


def render(report: Report, style: TextStyle) -> Iterator[str]:
    """Yield a line for each entry, as long as it is."""
    for entry in entries(report):
        where = f"{escape_controls(report.display(entry.first.path))}:{entry.first.line}:{entry.first.column}:"
        yield f"{style.paint(where, BOLD)} {painted_label(entry, style)} {_sentence(entry)}\n"


def _sentence(entry: Entry) -> str:
    said = entry.problem if len(entry.findings) > 1 else entry.first.message
    return escape_controls(f"{said}{entry.muted}")
