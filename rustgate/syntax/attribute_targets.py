"""What attributes are attached to."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from rustgate.syntax.attributes import Attribute, attribute_name
from rustgate.syntax.parse import COMMENTS, Scan

_BESIDE = COMMENTS | {"attribute_item", "inner_attribute_item"}
_WITH_ATTRIBUTES = frozenset({"match_arm", "field_initializer", "shorthand_field_initializer"})
_UNINTERESTING = re.compile(r"#\[(?:derive|inline|must_use|repr|cold|track_caller|non_exhaustive|default|error|from|serde|clap|arg)\b")


class NextItems:
    """Finds what comments and attributes stand before: the next sibling that is neither. Of a thousand in a row, each is looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, Node | None] = {}

    def of(self, node: Node) -> Node | None:
        """What follows a comment or an attribute, if anything does."""
        passed: list[int] = []
        after: Node | None = node
        while after and after.type in _BESIDE and after.id not in self._known:
            passed.append(after.id)
            after = after.next_named_sibling
        if after and after.type in _BESIDE:
            after = self._known[after.id]
        self._known |= dict.fromkeys(passed, after)
        return after


def read_attributes(scan: Scan) -> Iterator[Attribute]:
    """The attributes of a scan with what they are attached to; of the many that no rule asks about, the target is not looked up."""
    following = NextItems()
    for node in scan.events["attribute"]:
        text = scan.source[node.start_byte : node.end_byte].decode().rstrip()
        inner = text.startswith("#!")
        start = end = 0
        if not _UNINTERESTING.match(text):
            target = _holder(node) if inner else _next_item(node, following)
            start, end = (0, len(scan.source)) if target == scan.root else (target.start_byte, target.end_byte)
        yield Attribute(attribute_name(text), text, node.start_byte, node.start_byte + len(text.encode()), start, end, inner)


def _next_item(node: Node, following: NextItems) -> Node:
    """What follows an attribute, other attributes and comments apart, or what it is a part of; itself when nothing follows."""
    if node.parent and node.parent.type in _WITH_ATTRIBUTES:
        return node.parent
    return following.of(node) or node


def _holder(node: Node) -> Node:
    """The module, function, macro body or file whose inside an inner attribute stands in."""
    holder = node.parent or node
    return holder.parent or holder
