"""Targets of attributes, and items below comments."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from rustgate.syntax.attributes import Attribute, attribute_name
from rustgate.syntax.parse import COMMENTS, Scan

_SKIPPED = COMMENTS | {"attribute_item", "inner_attribute_item"}
_HOLD_THEIR_ATTRIBUTES = frozenset({"match_arm", "field_initializer", "shorthand_field_initializer"})
_TARGET_UNUSED = re.compile(r"#\[(?:derive|inline|must_use|repr|cold|track_caller|non_exhaustive|default|error|from|serde|clap|arg)\b")
"""Frequent attributes whose target no rule asks for; to look it up takes time."""

_ATTRIBUTE = re.compile(rb"#\s*\[(?:[^\[\]]|\[[^\[\]]*\])*+\]")
_NO_CODE = re.compile(rb"(?:\s|//[^\n]*+|/\*(?s:.)*?\*/)*+")
_HOLD_OTHERS = frozenset({"block", "source_file", "expression_statement", "binary_expression", "range_expression", "ERROR"})


class NextItems:
    """Finder of the items below comments and attributes.

    That is the next sibling that is neither. Of a thousand comments in a row, each is looked at once.
    """

    def __init__(self) -> None:
        self._known: dict[int, Node | None] = {}

    def of(self, node: Node) -> Node | None:
        """Return what follows a comment or attribute."""
        skipped: list[int] = []
        after: Node | None = node
        while after and after.type in _SKIPPED and after.id not in self._known:
            skipped.append(after.id)
            after = after.next_named_sibling
        if after and after.type in _SKIPPED:
            after = self._known[after.id]
        self._known |= dict.fromkeys(skipped, after)
        return after


def read_attributes(scan: Scan) -> Iterator[Attribute]:
    """Yield the attributes of a scan with their targets.

    An inner attribute of the file has all of it for a target; frequent attributes that no rule asks about have 0, 0.
    """
    next_items = NextItems()
    for node in scan.events["attribute"]:
        text = scan.source[node.start_byte : node.end_byte].decode().rstrip()
        inner = text.startswith("#!")
        start = end = 0
        if not _TARGET_UNUSED.match(text):
            target = _inner_target(node) if inner else _outer_target(node, next_items)
            start, end = (0, len(scan.source)) if target == scan.root else (target.start_byte, target.end_byte)
        yield Attribute(attribute_name(text), text, node.start_byte, node.start_byte + len(text.encode()), start, end, inner)
    if scan.readable is not scan.source:
        yield from _masked_attributes(scan)


def _masked_attributes(scan: Scan) -> Iterator[Attribute]:
    """Yield the attributes that the grammar could not read.

    They stand on elements of tuples, parameters of closures and other expressions. Their target is what follows.
    """
    for found in _ATTRIBUTE.finditer(scan.source):
        if scan.readable[found.start()] != scan.source[found.start()] and not scan.readable[found.start() : found.end()].strip():
            text = found[0].decode()
            blanks = _NO_CODE.match(scan.readable, found.end())
            target = _largest_at(scan.root, blanks.end() if blanks else found.end())
            yield Attribute(attribute_name(text), text, found.start(), found.end(), *target, inner=False)


def _largest_at(root: Node, start: int) -> tuple[int, int]:
    """Return the bytes of the largest expression, pattern or parameter that begins at `start`."""
    node = root.descendant_for_byte_range(start, start + 1) or root
    while node.parent and node.parent.start_byte == start and node.parent.type not in _HOLD_OTHERS:
        node = node.parent
    return node.start_byte, node.end_byte


def _outer_target(node: Node, next_items: NextItems) -> Node:
    """Return the target of an outer attribute.

    On a match arm or the field of a struct expression, that is its parent; elsewhere the next item, past comments and attributes, or the
    attribute itself if nothing follows.
    """
    if node.parent and node.parent.type in _HOLD_THEIR_ATTRIBUTES:
        return node.parent
    return next_items.of(node) or node


def _inner_target(node: Node) -> Node:
    """Return the target of an inner attribute.

    It is the module, function, macro body or file around it.
    """
    holder = node.parent or node
    return holder.parent or holder
