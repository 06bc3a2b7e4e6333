"""Aligned tables of numbers.

Numbers are aligned right, names left; ranks are coloured.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from rich.cells import cell_len

from rustgate.reports.sanitize import escape_controls
from rustgate.reports.terminal import TextStyle

WIDE_ENOUGH = 140
"""Columns from which a row of numbers, a function and its location fit beside each other."""

_NAMES = frozenset({"function", "at", "file", "crate", "all"})
_FOLDED = {"cyclomatic": "cyclo-\nmatic", "cognitive": "cogni-\ntive", "nesting": "nest-\ning", "parameters": "param-\neters"}
_COLORS = {"A": "32", "B": "32", "C": "33", "D": "33", "E": "31", "F": "31;1", "≠": "33"}
_DIM = "2"
_COLUMN_GAP = "  "


class Table(Struct, frozen=True):
    """Column titles, and rows of as many texts.

    A column titled `at`, the location of a function, is the last one.
    """

    titles: Sequence[str]
    rows: Iterable[Sequence[str]]


def render_tables(parts: Iterable[Table | str], style: TextStyle) -> Iterator[str]:
    """Yield the lines of tables and sentences.

    An empty line follows a table. They are laid out here and not by rich, whose tables take half a millisecond for each row: a large
    workspace has 50,000 of them.
    """
    between = ""
    for part in parts:
        for line in [part] if isinstance(part, str) else _lines(part, style):
            yield f"{between}{line}\n"
            between = ""
        between = "" if isinstance(part, str) else "\n"


def _lines(table: Table, style: TextStyle) -> Iterator[str]:
    """Yield the head and the rows of a table.

    Where there is little room, titles are folded and the location of a function stands below its name.
    """
    stacked = style.width < WIDE_ENOUGH and table.titles[-1] == "at"
    titles = [_FOLDED.get(title, title) for title in table.titles[:-1]] if stacked else table.titles
    head = list(zip(*(_two_lines(title) for title in titles), strict=True))
    rows = [[escape_controls(text) for text in row] for row in table.rows]
    widths = [max(map(cell_len, column)) for column in zip(*head, *(row[: len(titles)] for row in rows), strict=True)]
    left = [title in _NAMES for title in titles]
    for line in head:
        if any(line):
            yield style.paint(_aligned(line, widths, left).rstrip(), _DIM)
    indent = " " * (sum(widths[:-1]) + len(_COLUMN_GAP) * len(widths))
    for row in rows:
        text = _aligned(row[: len(titles)], widths, left).rstrip()
        code = _COLORS.get(row[0])
        yield text.replace(row[0], style.paint(row[0], code), 1) if code else text
        if stacked:
            yield indent + row[-1]


def _two_lines(title: str) -> tuple[str, str]:
    upper, _, lower = title.rpartition("\n")
    return upper, lower


def _aligned(cells: Sequence[str], widths: Sequence[int], left: Sequence[bool]) -> str:
    return _COLUMN_GAP.join(
        f"{cell}{' ' * (width - cell_len(cell))}" if to_left else f"{cell:>{width}}"
        for cell, width, to_left in zip(cells, widths, left, strict=True)
    )
