"""Width and colours of text for people."""

from msgspec import Struct

UNLIMITED = 100_000
"""The width of a pipe or a file."""


class TextStyle(Struct, frozen=True):
    """The width of the output in columns, and whether it has colours."""

    width: int = UNLIMITED
    color: bool = False

    def paint(self, text: str, codes: str) -> str:
        """Return the text in a colour, named by ANSI codes.

        Without colours it is returned as it is.
        """
        return f"\x1b[{codes}m{text}\x1b[0m" if self.color else text


PLAIN = TextStyle()
"""The style of text that goes to a file."""
