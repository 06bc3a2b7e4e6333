"""The source line of a finding, with carets below it."""

from rustgate.model.finding import Finding
from rustgate.reports.sanitize import escape_controls
from rustgate.reports.terminal import cell_width

_TAB = 4
_KEPT_BEFORE = 3
"""Of a line that is too long, a third of the room is for what stands before the finding."""


def snippet(finding: Finding, lines: list[str], room: int) -> list[tuple[str, str]]:
    """Return the rows of a finding's snippet, each a line number and text.

    Carets are a row without a number. Empty for findings about a whole file or line, and where there is nothing to see. Each text takes
    about `room` columns at most; indentation stays, unless the finding would be beyond the room.
    """
    if finding.end_column <= finding.column or not 1 <= finding.line <= len(lines) or not lines[finding.line - 1].strip():
        return []
    source, caret = _excerpt(lines[finding.line - 1], finding, room)
    rows = [(str(finding.line), source), ("", caret)]
    if finding.last_line and finding.last_line <= len(lines):
        last = lines[finding.last_line - 1].expandtabs(_TAB).rstrip()
        rows.append((str(finding.last_line), escape_controls(last[:room]) + "…" * (len(last) > room)))
    return rows


def _excerpt(line: str, finding: Finding, room: int) -> tuple[str, str]:
    """Return the line around a finding, and carets below it.

    A long line is cut: both have at most `room` characters of it.
    """
    start, end = finding.column - 1, finding.end_column - 1
    first = 0 if start <= room - room // _KEPT_BEFORE else start - room // _KEPT_BEFORE
    last = first + room
    before, marked, after = line[first:start], line[start : min(end, last)], line[min(end, last) : last]
    lead, tail = "…" if first else "", "…" if len(line.rstrip()) > last else ""
    source = _printable(f"{lead}{before}{marked}{after}").rstrip() + tail
    width = cell_width(_printable(lead + before))
    return source, " " * width + "^" * max(1, cell_width(_printable(lead + before + marked.rstrip())) - width)


def _printable(text: str) -> str:
    return escape_controls(text.expandtabs(_TAB))
