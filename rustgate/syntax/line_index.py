"""Convert bytes of a source to lines and columns."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate, repeat
from operator import add

_CARRIAGE_RETURN = 0x0D
_EXCERPT = 1_000
"""Bytes on either side of a byte that `Lines.near` gives of a very long line."""


class Lines:
    """The lines of a UTF-8 source.

    Numbers and columns are 1-based; columns count characters.
    """

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._starts: list[int] = [
            0,
            *accumulate(map(add, map(len, source.split(b"\n")[:-1]), repeat(1))),
        ]
        self._last = (0, 0, 1)

    @property
    def count(self) -> int:
        """The number of physical lines.

        A last line without a line end counts; the emptiness after a final line end does not.
        """
        return len(self._starts) - (self._starts[-1] == len(self._source))

    def number(self, byte: int) -> int:
        """Return the number of the line that holds `byte`."""
        return bisect_right(self._starts, byte)

    def start(self, number: int) -> int:
        """Return the first byte of a line."""
        return self._starts[number - 1]

    def end(self, number: int) -> int:
        """Return the end of a line's text, its line end excluded.

        It is the byte after the last visible one.
        """
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self._source)
        while end > start and self._source[end - 1] == _CARRIAGE_RETURN:
            end -= 1
        return end

    def text(self, number: int) -> str:
        """Return the text of a line without its line end."""
        return self._source[self.start(number) : self.end(number)].decode(errors="replace")

    def near(self, byte: int, number: int) -> str:
        """Return the text around `byte` in line `number`, which holds it.

        It is the whole line, unless that is a very long one.
        """
        first, last = max(self.start(number), byte - _EXCERPT), min(self.end(number), byte + _EXCERPT)
        return self._source[first:last].decode(errors="replace")

    def column(self, byte: int) -> int:
        """Return the column of `byte` in its line."""
        return self.position(byte)[1]

    def position(self, byte: int) -> tuple[int, int]:
        """Return the line and column of `byte`.

        The last answer is remembered, so that many on one long line cost one pass over it.
        """
        number = self.number(byte)
        start = self._starts[number - 1]
        seen_start, seen_byte, column = self._last
        if start != seen_start or byte < seen_byte:
            seen_byte, column = start, 1
        column += len(self._source[seen_byte:byte].decode(errors="replace"))
        self._last = (start, byte, column)
        return number, column

    def code_before(self, comments: Iterable[tuple[int, int]]) -> list[int]:
        """Count the lines of code before each line, and in total.

        A line of code holds more than blanks and `comments`, which are byte ranges in order. The total comes last.
        """
        counts = [0]
        for line in _without(self._source, comments).split(b"\n"):
            counts.append(counts[-1] + bool(line.strip()))
        return counts

    def comment_lines(self, comments: Iterable[tuple[int, int]]) -> set[int]:
        """Return the numbers of the lines that a comment touches."""
        return {line for start, end in comments for line in range(self.number(start), self.number(max(start, end - 1)) + 1)}


def not_utf8(source: bytes) -> str | None:
    """Return why a source is not UTF-8, or None if it is.

    The answer is the rest of a sentence about the file.
    """
    try:
        source.decode()
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        return f"is not UTF-8: byte 0x{source[error.start]:02x} on line {line}; save it as UTF-8"
    return None


def _without(source: bytes, ranges: Iterable[tuple[int, int]]) -> bytes:
    """Remove ranges from a source, but keep their line ends."""
    parts, position = [], 0
    for start, end in ranges:
        parts += [source[position:start], b"\n" * source.count(b"\n", start, end)]
        position = max(position, end)
    return b"".join([*parts, source[position:]])
