"""The report for people that groups findings by file."""

from collections.abc import Iterator

from rustgate.reports.findings.entries import BOLD, by_file, painted_label, said
from rustgate.reports.findings.report import Report
from rustgate.reports.sanitize import escape_controls
from rustgate.reports.terminal import TextStyle, cell_width, wrapped

_INDENT = "  "
_PLACE = 8


def render(report: Report, style: TextStyle) -> Iterator[str]:
    """Yield each file with its entries, an empty line between files."""
    between = ""
    for path, found in by_file(report):
        yield f"{between}{style.paint(escape_controls(report.display(path)), BOLD)}\n"
        between = "\n"
        for entry in found:
            place = f"{_INDENT}{f'{entry.first.line}:{entry.first.column}':<{_PLACE}} "
            first, *rest = wrapped(said(entry), style.width - len(place), first=cell_width(f"{entry.label} "))
            lines = [f"{place}{painted_label(entry, style)} {first}", *(" " * len(place) + line for line in rest)]
            yield "\n".join(lines) + "\n"
