"""The report for people: findings grouped by file, each with its source line and a caret under the place, and a table at the end."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from rustgate.model.finding import Finding, Severity
from rustgate.model.rule import UNREADABLE
from rustgate.reports.findings.report import Report, source_lines
from rustgate.reports.sanitize import printable
from rustgate.reports.terminal import PLAIN, Look

_COLORS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.NOTE: "36;1"}
_DIM, _BOLD = "2", "1"
_WIDEST_SOURCE, _NARROWEST_SOURCE = 120, 40
_GUTTER = 11
_ELLIPSES = 2
_TAB = 4


def to_text(report: Report, look: Look = PLAIN) -> Iterator[str]:
    """All findings by file, then how many each rule has; nothing when there are none."""
    between = ""
    for block in chain(_files(report, look), to_statistics(report, look)):
        yield between + block
        between = "\n"


def to_statistics(report: Report, look: Look = PLAIN) -> Iterator[str]:
    """The table alone, if there is anything in it."""
    return filter(None, [statistics(report, look)])


def statistics(report: Report, look: Look = PLAIN) -> str:
    """A table of the rules that found something, most findings first."""
    counts = Counter((finding.rule, finding.severity) for finding in report.shown if not finding.muted)
    totals = Counter(finding.rule for finding in report.shown if not finding.muted)
    if not totals:
        return ""
    width = max(len(rule) for rule in totals)
    lines = [look.paint(f"{'rule':{width}}  errors  warnings  notes", _DIM)]
    for rule, _ in sorted(totals.items(), key=lambda entry: (-entry[1], entry[0])):
        numbers = [_number(counts[rule, severity], wide, severity, look) for severity, wide in _COLUMNS]
        lines.append(f"{rule:{width}}  {'  '.join(numbers)}".rstrip())
    return "\n".join(lines) + "\n"


def summary(report: Report, look: Look = PLAIN) -> str:
    """One or two lines: what was read, what was found, what could not be judged."""
    counted = [
        look.paint(_plural(report.counts[severity], severity), _COLORS[severity])
        for severity in sorted(Severity, key=lambda severity: -severity.rank)
        if report.counts[severity]
    ]
    found = ", ".join(counted) or "no findings"
    muted = f", {report.muted:,} muted" if report.muted else ""
    read = f"{_plural(report.files, 'file')}, {_plural(report.lines, 'line')}, profile {report.profile}, {report.seconds:.2f} s"
    lines = [f"{look.paint('rustgate:', _BOLD)} {found}{muted} ({read})"]
    syntax, unreadable = report.count_of("syntax-error"), report.count_of(UNREADABLE)
    if syntax:
        lines.append(f"  {_plural(syntax, 'syntax error')}: what could be read around {'it' if syntax == 1 else 'them'} was checked")
    if unreadable:
        lines.append(f"  {_plural(unreadable, 'file')} could not be read and {'was' if unreadable == 1 else 'were'} not checked")
    return "\n".join(lines) + "\n"


_COLUMNS = ((Severity.ERROR, 6), (Severity.WARNING, 8), (Severity.NOTE, 5))


def _number(count: int, width: int, severity: Severity, look: Look) -> str:
    text = f"{count or '-':>{width}}"
    return look.paint(text, _COLORS[severity]) if count else text


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _files(report: Report, look: Look) -> Iterator[str]:
    groups: dict[str, list[Finding]] = {}
    for finding in report.shown:
        groups.setdefault(finding.path, []).append(finding)
    for path, findings in groups.items():
        lines = source_lines(report, path)
        blocks = [_finding(finding, lines, look) for finding in findings]
        yield f"{look.paint(printable(report.display(path)), _BOLD)}\n{''.join(blocks)}"


def _finding(finding: Finding, lines: list[str], look: Look) -> str:
    where = f"{finding.line}:{finding.column}"
    why = f": {printable(finding.muted.reason)}" if finding.muted and finding.muted.reason else ", without a reason"
    muted = look.paint(f" (muted by {finding.muted.by}{why})", _DIM) if finding.muted else ""
    level = look.paint(f"{finding.severity:<7}", _DIM if finding.muted else _COLORS[finding.severity])
    head = f"  {where:<8} {level}  {printable(finding.message)}  {look.paint(f'[{finding.rule}]', _DIM)}{muted}\n"
    if not 1 <= finding.line <= len(lines) or not lines[finding.line - 1].strip():
        return head
    room = max(_NARROWEST_SOURCE, min(_WIDEST_SOURCE, look.width - _GUTTER - _ELLIPSES))
    source, caret = _excerpt(lines[finding.line - 1], finding, room)
    number = str(finding.line)
    gutter = look.paint(f"  {number:>6} │ ", _DIM), look.paint(f"  {'':>6} │ ", _DIM)
    shown = f"{head}{gutter[0]}{source}\n{gutter[1]}{look.paint(caret, _COLORS[finding.severity])}\n"
    if finding.last_line and finding.last_line <= len(lines):
        last = lines[finding.last_line - 1].strip()
        end = _shown(last[:room]) + "…" * (len(last) > room)
        shown += f"{look.paint(f'  {finding.last_line:>6} │ ', _DIM)}{end}\n"
    return shown


def _excerpt(line: str, finding: Finding, room: int) -> tuple[str, str]:
    """The part of a line around a finding, and the carets under it; both have `room` characters."""
    start, end = finding.column - 1, max(finding.end_column - 1, finding.column)
    indent = len(line) - len(line.lstrip())
    if finding.end_column <= finding.column <= indent:  # a line as a whole
        start = end = indent
    first = indent if start - indent <= room - room // 3 else start - room // 3
    first = min(first, start)
    last = first + room
    before, marked, after = line[first:start], line[start : min(end, last)], line[min(end, last) : last]
    lead, tail = "…" if first > indent else "", "…" if len(line.rstrip()) > last else ""
    source = _shown(f"{lead}{before}{marked}{after}").rstrip() + tail
    width = _width(_shown(lead + before))
    return source, " " * width + "^" * max(1, _width(_shown(lead + before + marked.rstrip())) - width)


def _shown(text: str) -> str:
    return printable(text.expandtabs(_TAB))


def _width(text: str) -> int:
    """The columns that `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    import unicodedata  # noqa: PLC0415  # most lines do without

    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)
