"""Text report for people: findings by file, and a table of rules.

Each finding has its source line, with carets below it.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from rustgate.model.finding import Finding, Severity
from rustgate.model.rule import UNREADABLE
from rustgate.reports.findings.report import Report, source_lines
from rustgate.reports.sanitize import escape_controls
from rustgate.reports.terminal import PLAIN, TextStyle

_COLORS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.NOTE: "36;1"}
_DIM, _BOLD = "2", "1"
_WIDEST_SOURCE, _NARROWEST_SOURCE = 120, 40
_GUTTER = 11
_ELLIPSES = 2
_TAB = 4


def to_text(report: Report, style: TextStyle = PLAIN) -> Iterator[str]:
    """Yield all findings by file, then how many each rule has.

    Nothing if there are no findings.
    """
    between = ""
    for block in chain(_file_blocks(report, style), to_statistics(report, style)):
        yield between + block
        between = "\n"


def to_statistics(report: Report, style: TextStyle = PLAIN) -> Iterator[str]:
    """Yield a table of the rules with findings, most findings first."""
    counts = Counter((finding.rule, finding.severity) for finding in report.shown if not finding.muted)
    totals = Counter(finding.rule for finding in report.shown if not finding.muted)
    if not totals:
        return
    width = max(len(rule) for rule in totals)
    lines = [style.paint(f"{'rule':{width}}  errors  warnings  notes", _DIM)]
    for rule, _ in sorted(totals.items(), key=lambda entry: (-entry[1], entry[0])):
        numbers = [_number(counts[rule, severity], column, severity, style) for severity, column in _COLUMNS]
        lines.append(f"{rule:{width}}  {'  '.join(numbers)}".rstrip())
    yield "\n".join(lines) + "\n"


def summary(report: Report, style: TextStyle = PLAIN) -> str:
    """Return a summary: files read, findings, files not checked.

    It has one to three lines.
    """
    counted = [
        style.paint(_plural(report.counts[severity], severity), _COLORS[severity])
        for severity in sorted(Severity, key=lambda severity: -severity.rank)
        if report.counts[severity]
    ]
    found = ", ".join(counted) or "no findings"
    muted = f", {report.muted:,} muted" if report.muted else ""
    read = f"{_plural(report.files, 'file')}, {_plural(report.lines, 'line')}, profile {report.profile}, {report.seconds:.2f} s"
    lines = [f"{style.paint('rustgate:', _BOLD)} {found}{muted} ({read})"]
    syntax, unreadable = report.count_of("syntax-error"), report.count_of(UNREADABLE)
    if syntax:
        lines.append(f"  {_plural(syntax, 'syntax error')}: what could be read around {'it' if syntax == 1 else 'them'} was checked")
    if unreadable:
        lines.append(f"  {_plural(unreadable, 'file')} could not be read and {'was' if unreadable == 1 else 'were'} not checked")
    return "\n".join(lines) + "\n"


_COLUMNS = ((Severity.ERROR, 6), (Severity.WARNING, 8), (Severity.NOTE, 5))


def _number(count: int, width: int, severity: Severity, style: TextStyle) -> str:
    text = f"{count or '-':>{width}}"
    return style.paint(text, _COLORS[severity]) if count else text


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _file_blocks(report: Report, style: TextStyle) -> Iterator[str]:
    groups: dict[str, list[Finding]] = {}
    for finding in report.shown:
        groups.setdefault(finding.path, []).append(finding)
    for path, findings in groups.items():
        lines = source_lines(report, path)
        blocks = [_finding_block(finding, lines, style) for finding in findings]
        yield f"{style.paint(escape_controls(report.display(path)), _BOLD)}\n{''.join(blocks)}"


def _finding_block(finding: Finding, lines: list[str], style: TextStyle) -> str:
    where = f"{finding.line}:{finding.column}"
    why = f": {escape_controls(finding.muted.reason)}" if finding.muted and finding.muted.reason else ", without a reason"
    muted = style.paint(f" (muted by {finding.muted.by}{why})", _DIM) if finding.muted else ""
    level = style.paint(f"{finding.severity:<7}", _DIM if finding.muted else _COLORS[finding.severity])
    head = f"  {where:<8} {level}  {escape_controls(finding.message)}  {style.paint(f'[{finding.rule}]', _DIM)}{muted}\n"
    if not 1 <= finding.line <= len(lines) or not lines[finding.line - 1].strip():
        return head
    room = max(_NARROWEST_SOURCE, min(_WIDEST_SOURCE, style.width - _GUTTER - _ELLIPSES))
    source, caret = _excerpt(lines[finding.line - 1], finding, room)
    number = str(finding.line)
    gutter = style.paint(f"  {number:>6} │ ", _DIM), style.paint(f"  {'':>6} │ ", _DIM)
    shown = f"{head}{gutter[0]}{source}\n{gutter[1]}{style.paint(caret, _COLORS[finding.severity])}\n"
    if finding.last_line and finding.last_line <= len(lines):
        last = lines[finding.last_line - 1].strip()
        end = _printable(last[:room]) + "…" * (len(last) > room)
        shown += f"{style.paint(f'  {finding.last_line:>6} │ ', _DIM)}{end}\n"
    return shown


def _excerpt(line: str, finding: Finding, room: int) -> tuple[str, str]:
    """Return the line around a finding, and carets below it.

    A long line is cut: both have at most `room` characters of it.
    """
    start, end = finding.column - 1, max(finding.end_column - 1, finding.column)
    indent = len(line) - len(line.lstrip())
    if finding.end_column <= finding.column <= indent:  # about the line as a whole
        start = end = indent
    first = indent if start - indent <= room - room // 3 else start - room // 3
    first = min(first, start)
    last = first + room
    before, marked, after = line[first:start], line[start : min(end, last)], line[min(end, last) : last]
    lead, tail = "…" if first > indent else "", "…" if len(line.rstrip()) > last else ""
    source = _printable(f"{lead}{before}{marked}{after}").rstrip() + tail
    width = _width(_printable(lead + before))
    return source, " " * width + "^" * max(1, _width(_printable(lead + before + marked.rstrip())) - width)


def _printable(text: str) -> str:
    return escape_controls(text.expandtabs(_TAB))


def _width(text: str) -> int:
    """Return the columns that `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    import unicodedata  # noqa: PLC0415  # most lines are ASCII

    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)
