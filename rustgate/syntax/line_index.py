"""Bytes of a source to lines and columns, and what its lines hold."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate, repeat
from operator import add

_CARRIAGE_RETURN = 0x0D
_NEAR = 1_000


class Lines:
    """The lines of a UTF-8 source. Numbers and columns are 1-based; columns count characters."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._starts: list[int] = [
            0,
            *accumulate(map(add, map(len, source.split(b"\n")[:-1]), repeat(1))),
        ]
        self._last = (0, 0, 1)

    @property
    def count(self) -> int:
        """Physical lines: a last line without a line end counts, the emptiness after a final one does not."""
        return len(self._starts) - (self._starts[-1] == len(self._source))

    def number(self, byte: int) -> int:
        """The line that holds `byte`."""
        return bisect_right(self._starts, byte)

    def start(self, number: int) -> int:
        """The first byte of a line."""
        return self._starts[number - 1]

    def end(self, number: int) -> int:
        """The byte after the last visible one of a line; its line end is not part of it."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self._source)
        while end > start and self._source[end - 1] == _CARRIAGE_RETURN:
            end -= 1
        return end

    def text(self, number: int) -> str:
        """The text of a line without its line end."""
        return self._source[self.start(number) : self.end(number)].decode(errors="replace")

    def near(self, byte: int, number: int) -> str:
        """The text around `byte` of the line that holds it, which has this number: all of it, unless it is a very long one."""
        first, last = max(self.start(number), byte - _NEAR), min(self.end(number), byte + _NEAR)
        return self._source[first:last].decode(errors="replace")

    def column(self, byte: int) -> int:
        """The column of `byte` in its line."""
        return self.position(byte)[1]

    def position(self, byte: int) -> tuple[int, int]:
        """The line and column of `byte`; the last answer is remembered, so that many on one long line cost one pass over it."""
        number = self.number(byte)
        start = self._starts[number - 1]
        seen_start, seen_byte, column = self._last
        if start != seen_start or byte < seen_byte:
            seen_byte, column = start, 1
        column += len(self._source[seen_byte:byte].decode(errors="replace"))
        self._last = (start, byte, column)
        return number, column

    def code_before(self, comments: Iterable[tuple[int, int]]) -> list[int]:
        """For each line, and after the last, how many lines before it hold more than blanks and `comments` (byte ranges in order)."""
        counts = [0]
        for line in _without(self._source, comments).split(b"\n"):
            counts.append(counts[-1] + bool(line.strip()))
        return counts

    def comment_lines(self, comments: Iterable[tuple[int, int]]) -> set[int]:
        """The numbers of the lines that a comment touches."""
        return {line for start, end in comments for line in range(self.number(start), self.number(max(start, end - 1)) + 1)}


def not_utf8(source: bytes) -> str | None:
    """Why a source cannot be read as UTF-8, as the rest of a sentence about its file; None when it can."""
    try:
        source.decode()
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        return f"is not UTF-8: byte 0x{source[error.start]:02x} on line {line}; save it as UTF-8"
    return None


def _without(source: bytes, ranges: Iterable[tuple[int, int]]) -> bytes:
    """The source with the ranges taken out, their line ends kept."""
    pieces, position = [], 0
    for start, end in ranges:
        pieces += [source[position:start], b"\n" * source.count(b"\n", start, end)]
        position = max(position, end)
    return b"".join([*pieces, source[position:]])
