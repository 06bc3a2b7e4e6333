"""Bytes of a source to lines and columns, and what its lines hold."""

from bisect import bisect_right
from collections.abc import Iterable


class Lines:
    """The lines of a UTF-8 source. Numbers and columns are 1-based; columns count characters."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._starts = [0]
        find = source.find
        position = find(b"\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = find(b"\n", position + 1)

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
        following = self._starts[number] if number < len(self._starts) else len(self._source) + 1
        return len(self._source[self._starts[number - 1] : following - 1].rstrip(b"\r")) + self._starts[number - 1]

    def text(self, number: int) -> str:
        """The text of a line without its line end."""
        return self._source[self.start(number) : self.end(number)].decode(errors="replace")

    def column(self, byte: int) -> int:
        """The column of `byte` in its line."""
        start = self.start(self.number(byte))
        return len(self._source[start:byte].decode(errors="replace")) + 1

    def code_before(self, comments: Iterable[tuple[int, int]]) -> list[int]:
        """For each line, and after the last, how many lines before it hold more than blanks and `comments` (byte ranges in order)."""
        counts = [0]
        for line in _without(self._source, comments).split(b"\n"):
            counts.append(counts[-1] + bool(line.strip()))
        return counts

    def comment_lines(self, comments: Iterable[tuple[int, int]]) -> set[int]:
        """The numbers of the lines that a comment touches."""
        return {line for start, end in comments for line in range(self.number(start), self.number(max(start, end - 1)) + 1)}


def _without(source: bytes, ranges: Iterable[tuple[int, int]]) -> bytes:
    """The source with the ranges taken out, their line ends kept."""
    pieces, position = [], 0
    for start, end in ranges:
        pieces += [source[position:start], b"\n" * source.count(b"\n", start, end)]
        position = max(position, end)
    return b"".join([*pieces, source[position:]])
