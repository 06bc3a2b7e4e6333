"""The full report for people: each finding with its code and what to do."""

from collections.abc import Iterator

from rustgate.reports.findings.entries import BOLD, COLORS, DIM, Entry, by_file, painted_label, said
from rustgate.reports.findings.report import Report, source_lines
from rustgate.reports.findings.snippet import snippet
from rustgate.reports.sanitize import escape_controls
from rustgate.reports.terminal import TextStyle, cell_width, wrapped

_WIDEST_SOURCE, _NARROWEST_SOURCE = 120, 40
_INDENT = "  "
_NUMBER = 6
_GUTTER = len(_INDENT) + _NUMBER + len(" │ ")
_ELLIPSES = 2


def render(report: Report, style: TextStyle) -> Iterator[str]:
    """Yield the entries, an empty line between them; nothing if there are none."""
    between = ""
    for path, found in by_file(report):
        lines, shown = source_lines(report, path), escape_controls(report.display(path))
        for entry in found:
            yield between + _entry(entry, shown, lines, report, style)
            between = "\n"


def _entry(entry: Entry, path: str, lines: list[str], report: Report, style: TextStyle) -> str:
    finding = entry.first
    where = f"{path}:{finding.line}:{finding.column}:"
    text = _head(entry, where, style)
    room = max(_NARROWEST_SOURCE, min(_WIDEST_SOURCE, style.width - _GUTTER - _ELLIPSES))
    for number, source in snippet(finding, lines, room):
        gutter = style.paint(f"{_INDENT}{number:>{_NUMBER}} │ ", DIM)
        text.append(f"{gutter}{source if number else style.paint(source, COLORS[finding.severity])}".rstrip())
    if entry.help:
        text += _labelled("help: ", escape_controls(entry.help), style)
    if style.color:  # a file or a pipe gets no addresses: `rustgate explain` says more
        urls = filter(None, (report.url(one.rule) for one in entry.findings))
        text += (f"{_INDENT}{style.paint('see:', DIM)}  {style.link(url, url)}" for url in urls)
    return "\n".join(text) + "\n"


def _head(entry: Entry, where: str, style: TextStyle) -> list[str]:
    """Return the lines that say where, how bad, which rule and what; each begins a new line where it does not fit."""
    place, label = style.paint(where, BOLD), painted_label(entry, style)
    beside = cell_width(f"{where} {entry.label}") <= style.width
    used = cell_width(f"{where} {entry.label} " if beside else f"{_INDENT}{entry.label} ")
    first, *rest = wrapped(said(entry), style.width - len(_INDENT), first=used - len(_INDENT))
    begun = [f"{place} {label} {first}"] if beside else [place, f"{_INDENT}{label} {first}"]
    return [*(line.rstrip() for line in begun), *(f"{_INDENT}{line}" for line in rest)]


def _labelled(label: str, text: str, style: TextStyle) -> Iterator[str]:
    """Yield a labelled text; its further lines hang below the first."""
    hanging = _INDENT + " " * len(label)
    first, *rest = wrapped(text, style.width - len(hanging))
    yield f"{_INDENT}{style.paint(label, BOLD)}{first}"
    yield from (f"{hanging}{line}" for line in rest)
