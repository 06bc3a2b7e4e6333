"""Aligned tables of numbers.

Numbers are aligned right, names left; ranks are coloured.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from rich.cells import cell_len

from rustgate.reports.sanitize import escape_controls
from rustgate.reports.terminal import TextStyle, wrapped

_NAMES = frozenset({"function", "at", "file", "crate", "all"})
_FOLDED = {
    "average": "aver-\nage",
    "highest": "high-\nest",
    "cyclomatic": "cyclo-\nmatic",
    "cognitive": "cogni-\ntive",
    "nesting": "nest-\ning",
    "parameters": "param-\neters",
    "functions": "func-\ntions",
    "comments": "com-\nments",
    "difficulty": "diffi-\nculty",
    "documented": "docu-\nmented",
}
_HANGING = 4
_COLORS = {"A": "32", "B": "32", "C": "33", "D": "33", "E": "31", "F": "31;1", "≠": "33"}
_DIM = "2"
_COLUMN_GAP = "  "


class Table(Struct, frozen=True):
    """Column titles, and rows of as many texts.

    A column titled `at`, the location of a function, is the last one.
    """

    titles: Sequence[str]
    rows: Iterable[Sequence[str]]


class _Layout(Struct, frozen=True):
    """Titles and widths of the columns that stand beside each other, and the indent of what stands below a row."""

    titles: Sequence[str]
    widths: Sequence[int]
    indent: int = _HANGING

    @property
    def width(self) -> int:
        """The columns of the widest line."""
        return sum(self.widths) + len(_COLUMN_GAP) * (len(self.widths) - 1)


def render_tables(parts: Iterable[Table | str], style: TextStyle) -> Iterator[str]:
    """Yield the lines of tables and sentences.

    An empty line follows a table. They are laid out here and not by rich, whose tables take half a millisecond for each row: a large
    workspace has 50,000 of them.
    """
    between = ""
    for part in parts:
        for line in _sentence(part, style) if isinstance(part, str) else _lines(part, style):
            yield f"{between}{line}\n"
            between = ""
        between = "" if isinstance(part, str) else "\n"


def _sentence(text: str, style: TextStyle) -> list[str]:
    """Wrap a sentence; what has several lines already is laid out."""
    return [text] if "\n" in text else wrapped(text, style.width)


def _lines(table: Table, style: TextStyle) -> Iterator[str]:
    """Yield the head and the rows of a table.

    Where there is little room, titles are folded, the location of a function stands below its name, and a name that is too long for its
    row stands below the numbers. Nothing is cut.
    """
    rows = [[escape_controls(text) for text in row] for row in table.rows]
    layout = _layout(table.titles, rows, style.width)
    left = [title in _NAMES for title in layout.titles]
    for line in zip(*map(_two_lines, layout.titles), strict=True):
        if any(line):
            yield style.paint(_aligned(line, layout.widths, left).rstrip(), _DIM)
    for row in rows:
        beside, *below = _fitted(row, layout, left, style.width)
        code = _COLORS.get(row[0])
        yield beside.replace(row[0], style.paint(row[0], code), 1) if code else beside
        yield from below


def _fitted(row: Sequence[str], layout: _Layout, left: Sequence[bool], width: int) -> Iterator[str]:
    """Yield a row, and below it what does not fit beside its numbers."""
    cells, location = row[: len(layout.titles)], row[len(layout.titles) :]
    line = _aligned(cells, layout.widths, left).rstrip()
    if cell_len(line) <= width:
        yield line
    else:
        yield _aligned(cells[:-1], layout.widths[:-1], left[:-1])
        yield f"{' ' * layout.indent}{cells[-1]}"
    yield from (f"{' ' * layout.indent}{text}" for text in location)


def _layout(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> _Layout:
    """Return the first layout that fits: as it is, with folded titles, or with locations below."""
    folded = [_FOLDED.get(title, title) for title in titles]
    for heads in (titles, folded):
        layout = _Layout(heads, _widths(heads, rows))
        if layout.width <= width:
            return layout
    if titles[-1] != "at":
        return layout
    beside = _Layout(folded[:-1], _widths(folded[:-1], rows))
    below_name = beside.width - beside.widths[-1] + len(_COLUMN_GAP)
    fits = below_name + max(map(cell_len, (row[-1] for row in rows)), default=0) <= width
    return _Layout(beside.titles, beside.widths, indent=below_name if fits else _HANGING)


def _widths(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    cells = [*zip(*map(_two_lines, titles), strict=True), *(row[: len(titles)] for row in rows)]
    return [max(map(cell_len, column)) for column in zip(*cells, strict=True)]


def _two_lines(title: str) -> tuple[str, str]:
    upper, _, lower = title.rpartition("\n")
    return upper, lower


def _aligned(cells: Sequence[str], widths: Sequence[int], left: Sequence[bool]) -> str:
    return _COLUMN_GAP.join(
        f"{cell}{' ' * (width - cell_len(cell))}" if to_left else f"{cell:>{width}}"
        for cell, width, to_left in zip(cells, widths, left, strict=True)
    )
