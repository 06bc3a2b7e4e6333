"""Find test code: items under test attributes, and `proptest!` bodies."""

import re
from collections.abc import Callable, Iterable, Iterator

from rustgate.syntax.attributes import Attribute, makes_test
from rustgate.syntax.parse import Scan

Range = tuple[int, int]

_PROPTEST = re.compile(rb"(?:::\s*)?(?:proptest\s*::\s*)?proptest\s*!")
_FUZZ_TARGET = re.compile(rb"(?:(?:::\s*)?libfuzzer_sys\s*::\s*)?fuzz_target\s*!")


def find_test_ranges(scan: Scan, attributes: Iterable[Attribute], beginning: Callable[[int], int]) -> list[Range]:
    """Return the byte ranges of the outermost test items, in source order.

    `beginning` maps the first byte of an item to that of its first attribute.
    """
    return merge_ranges(_test_items(scan, attributes, beginning))


def merge_ranges(ranges: Iterable[Range]) -> list[Range]:
    """Return the outermost of possibly nested ranges, in order."""
    merged: list[Range] = []
    for start, end in sorted(ranges, key=lambda span: (span[0], -span[1])):
        if not merged or start >= merged[-1][1]:
            merged.append((start, end))
    return merged


def _test_items(scan: Scan, attributes: Iterable[Attribute], beginning: Callable[[int], int]) -> Iterator[Range]:
    for attribute in attributes:
        if makes_test(attribute.name, attribute.text):
            yield beginning(attribute.target_start), attribute.target_end
    for macro in scan.events["macro"]:
        if _PROPTEST.match(scan.source, macro.start_byte):
            yield macro.start_byte, macro.end_byte
        elif _FUZZ_TARGET.match(scan.source, macro.start_byte):
            yield 0, len(scan.source)
