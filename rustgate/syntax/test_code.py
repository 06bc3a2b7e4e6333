"""Find test code: items under test attributes, and what only tests are made of."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from tree_sitter import Node

from rustgate.syntax.attributes import Attribute, attribute_name, makes_test
from rustgate.syntax.parse import Scan

Range = tuple[int, int]

_PROPTEST = re.compile(rb"(?:::\s*)?(?:proptest\s*::\s*)?proptest\s*!")
_MAY_MAKE_TESTS = re.compile(rb"#\s*\[[^\]]{0,200}?(?:test|bench|quickcheck)")
_CODE_ARGUMENT = re.compile(rb"\$(?:r#)?(\w+)\s*:\s*(?:expr(?:_2021)?|block|stmt|item|tt)\b")
_ARGUMENT = re.compile(rb"\$(?:r#)?(\w+)")
_DEEPEST = 16
"""Levels of modules and repetitions that are looked into."""
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
    makers = _test_making_macros(scan.source, scan.events["macro-rules"])
    for macro in scan.events["macro"]:
        if _PROPTEST.match(scan.source, macro.start_byte) or (makers and _called(macro) in makers):
            yield macro.start_byte, macro.end_byte
        elif _FUZZ_TARGET.match(scan.source, macro.start_byte):
            yield 0, len(scan.source)


def _called(macro: Node) -> bytes | None:
    """Return the last name of the macro that is called."""
    path = macro.child_by_field_name("macro")
    return path.text.rpartition(b"::")[2] if path and path.text else None


# macros whose arguments go only into tests


def _test_making_macros(source: bytes, definitions: Iterable[Node]) -> frozenset[bytes]:
    """Return the names of macros that use their arguments only in tests.

    Only arguments that can hold code matter. What a macro hands to itself counts where it ends up.
    """
    return frozenset(
        name.text
        for definition in definitions
        if _MAY_MAKE_TESTS.search(source, definition.start_byte, definition.end_byte)
        and (name := definition.child_by_field_name("name"))
        and name.text
        and all(_keeps_to_tests(rule, source, name.text) for rule in definition.named_children if rule.type == "macro_rule")
    )


def _keeps_to_tests(rule: Node, source: bytes, macro: bytes) -> bool:
    """Return whether an arm uses its code arguments in tests alone."""
    left, right = rule.child_by_field_name("left"), rule.child_by_field_name("right")
    if not (left and right):
        return False
    arguments = frozenset(_CODE_ARGUMENT.findall(source, left.start_byte, left.end_byte))
    itself = re.compile(rb"\b%b\s*!" % re.escape(macro))
    return not any(
        arguments.intersection(_ARGUMENT.findall(source, item[0].start_byte, item[-1].end_byte))
        for item in _items_outside_tests(right, source, _DEEPEST)
        if not itself.search(source, item[0].start_byte, item[-1].end_byte)
    )


def _items_outside_tests(tree: Node, source: bytes, depth: int) -> Iterator[Sequence[Node]]:
    """Yield the tokens of each item in a token tree that is no test.

    Of a module and a repetition, those of the items inside.
    """
    item: list[Node] = []
    for token in tree.children[1:-1]:
        item.append(token)
        body = source[token.start_byte] == ord("{")
        inner = token.type == "token_repetition" and b"{" in source[token.start_byte : token.end_byte]
        if not (body or inner or token.type == ";"):
            continue
        if not _is_test(item, source):
            if depth and (inner or any(one.type == "mod" for one in item)):
                yield from _items_outside_tests(token, source, depth - 1)
                item = item[:-1]
            if item:
                yield item
        item = []
    if item:
        yield item


def _is_test(item: Sequence[Node], source: bytes) -> bool:
    """Return whether an item has an attribute that makes it a test."""
    for mark, group in pairwise(item):
        if mark.type == "#" and group.type == "token_tree":
            text = source[mark.start_byte : group.end_byte].decode(errors="replace")
            if makes_test(attribute_name(text), text):
                return True
    return False
