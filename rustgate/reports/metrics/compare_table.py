"""Sheets of numbers as aligned columns: numbers to the right, names to the left, ranks in colour."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from rich.cells import cell_len

from rustgate.reports.sanitize import printable
from rustgate.reports.terminal import Look

ROOMY = 140
"""From this many columns on, a row of numbers, a function and its place fit beside each other."""

_NAMES = frozenset({"function", "at", "file", "crate", "all"})
_FOLDED = {"cyclomatic": "cyclo-\nmatic", "cognitive": "cogni-\ntive", "nesting": "nest-\ning", "parameters": "param-\neters"}
_COLORS = {"A": "32", "B": "32", "C": "33", "D": "33", "E": "31", "F": "31;1", "≠": "33"}
_DIM = "2"
_GAP = "  "


class Sheet(Struct, frozen=True):
    """The titles of columns, and rows of as many texts. A column titled `at`, the place of a function, is the last one."""

    titles: Sequence[str]
    rows: Iterable[Sequence[str]]


def rendered(parts: Iterable[Sheet | str], look: Look) -> str:
    """Sheets and sentences one after another, an empty line between a sheet and what follows.

    Laid out here and not by rich, whose tables take half a millisecond for each row: a large workspace has 50,000 of them.
    """
    lines: list[str] = []
    for part in parts:
        lines += [part] if isinstance(part, str) else [*_lines(part, look), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _lines(sheet: Sheet, look: Look) -> Iterator[str]:
    """The head and the rows; where there is little room, titles are folded and the place of a function stands below its name."""
    stacked = look.width < ROOMY and sheet.titles[-1] == "at"
    titles = [_FOLDED.get(title, title) for title in sheet.titles[:-1]] if stacked else sheet.titles
    head = list(zip(*(_two_lines(title) for title in titles), strict=True))
    rows = [[printable(text) for text in row] for row in sheet.rows]
    widths = [max(map(cell_len, column)) for column in zip(*head, *(row[: len(titles)] for row in rows), strict=True)]
    left = [title in _NAMES for title in titles]
    for line in head:
        if any(line):
            yield look.paint(_aligned(line, widths, left).rstrip(), _DIM)
    indent = " " * (sum(widths[:-1]) + len(_GAP) * len(widths))
    for row in rows:
        text = _aligned(row[: len(titles)], widths, left).rstrip()
        code = _COLORS.get(row[0])
        yield text.replace(row[0], look.paint(row[0], code), 1) if code else text
        if stacked:
            yield indent + row[-1]


def _two_lines(title: str) -> tuple[str, str]:
    upper, _, lower = title.rpartition("\n")
    return upper, lower


def _aligned(cells: Sequence[str], widths: Sequence[int], left: Sequence[bool]) -> str:
    return _GAP.join(
        f"{cell}{' ' * (width - cell_len(cell))}" if to_left else f"{cell:>{width}}"
        for cell, width, to_left in zip(cells, widths, left, strict=True)
    )
