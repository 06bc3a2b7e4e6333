"""Where text for people is shown, and how it may look there."""

from msgspec import Struct

UNLIMITED = 100_000
"""The width of a pipe or a file."""


class Look(Struct, frozen=True):
    """How many columns there are, and whether there are colours."""

    width: int = UNLIMITED
    color: bool = False

    def paint(self, text: str, codes: str) -> str:
        """The text in the colour that the ANSI codes name, or as it is where there are no colours."""
        return f"\x1b[{codes}m{text}\x1b[0m" if self.color else text


PLAIN = Look()
"""That of a file."""
