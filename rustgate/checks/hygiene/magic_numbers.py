"""Magic numbers in comparisons and calculations."""

import re
from collections.abc import Iterator

from rustgate.api import Captures, File, Match, Outline, bytes_of, match_of

_PLAIN = re.compile(
    rb"-?\s*(?:(?:0b[0_]*+(?:1_*+0?)?|0[ox][0_]*+[12]?)_*+(?:[iu](?:8|16|32|64|128|size))?"
    rb"|[0_]*+[12]?(?:\.0*)?_*+(?:[iuf](?:8|16|32|64|128|size))?)"
)
"""Zero, one, two and their negatives, in any base and of any type."""


def magic_number(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Report numbers that do not explain themselves.

    In an enum the name of the variant explains the number.
    """
    for captures in matches:
        node = captures["finding"][0]
        number = bytes_of(node, file.scan.source)
        if not _PLAIN.fullmatch(number) and not _in_enum(file.outline, node.start_byte):
            yield match_of(node, number=number.decode())


def _in_enum(outline: Outline, byte: int) -> bool:
    """Return whether the compiler computes code for an enum."""
    holder = next((outer for outer in outline.ancestors(byte) if outer.kind in {"closure", "function", "type"}), None)
    if holder is None or holder.kind != "type":
        return False
    return outline.source[holder.start : holder.head_start].rstrip().endswith(b"enum")
