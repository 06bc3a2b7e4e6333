"""Numbers that are compared and calculated with, and have no name."""

import re
from collections.abc import Iterator

from rustgate.api import Captures, File, Match, Outline, bytes_of

_PLAIN = re.compile(
    rb"-?\s*(?:(?:0b[0_]*+(?:1_*+0?)?|0[ox][0_]*+[12]?)_*+(?:[iu](?:8|16|32|64|128|size))?"
    rb"|[0_]*+[12]?(?:\.0*)?_*+(?:[iuf](?:8|16|32|64|128|size))?)"
)
"""Nought, one, two and their negatives, in any base and of any type."""


def magic_number(file: File, matches: list[Captures]) -> Iterator[Match]:
    """The numbers that do not explain themselves, outside enums: there the name of the variant stands beside them."""
    for captures in matches:
        node = captures["finding"][0]
        number = bytes_of(node, file.scan.source)
        if not _PLAIN.fullmatch(number) and not _in_enum(file.outline, node.start_byte):
            yield Match(node.start_byte, node.end_byte, {"number": number.decode()})


def _in_enum(outline: Outline, byte: int) -> bool:
    """Whether the compiler calculates what stands at `byte` for an enum."""
    outline_node = next(
        (outline_node for outline_node in outline.ancestors(byte) if outline_node.kind in {"closure", "function", "type"}), None
    )
    return (
        outline_node is not None
        and outline_node.kind == "type"
        and outline.source[outline_node.start : outline_node.head_start].rstrip().endswith(b"enum")
    )
