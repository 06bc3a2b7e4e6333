"""Width, colours, links and wrapping of text for people."""

import re

from msgspec import Struct

_PAINT = re.compile(r"\x1b\[[\d;]*m")
_DOTS = "..."
UNLIMITED = 100_000
"""The width of a pipe or a file."""


class TextStyle(Struct, frozen=True):
    """The width of the output in columns, and whether it has colours and links."""

    width: int = UNLIMITED
    color: bool = False

    def paint(self, text: str, codes: str) -> str:
        """Return the text in a colour, named by ANSI codes.

        Without colours it is returned as it is.
        """
        return f"\x1b[{codes}m{text}\x1b[0m" if self.color else text

    def link(self, text: str, url: str | None) -> str:
        """Return the text as a link that terminals can follow (OSC 8)."""
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if self.color and url else text


PLAIN = TextStyle()
"""The style of text that goes to a file."""


def cell_width(text: str) -> int:
    """Return the columns that `text` takes on a terminal; its colours take none."""
    text = _PAINT.sub("", text)
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415  # most text is ASCII

    return cell_len(text)


def wrapped(text: str, width: int, first: int = 0) -> list[str]:
    """Break a text into lines of at most `width` columns.

    The first line has `first` columns less, and stays empty if no word fits. Only blanks are broken at: a word that is too long has a
    line of its own.
    """
    lines, line, room = [], "", width - first
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_width(longer) > room and (line or room < width):
            lines.append(line)
            line, room = word, width
        else:
            line = longer
    return [*lines, line]


def shortened(text: str, width: int) -> str:
    """Cut a text to `width` columns, with three dots at the end of what is cut."""
    if cell_width(text) <= width:
        return text
    from rich.cells import set_cell_size  # noqa: PLC0415  # most texts fit

    return set_cell_size(text, width - len(_DOTS)).rstrip() + _DOTS
