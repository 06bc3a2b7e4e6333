"""Find keys and comments in a TOML file.

The values are for tomllib to read.
"""

import tomllib
from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

from tree_sitter import Node, Parser, Query, QueryCursor

from rustgate.syntax.grammar import toml

Key: TypeAlias = tuple[str | int, ...]
"""Names from the top of a file to a value; a number is an index in an array of tables."""

_KEYS = frozenset({"bare_key", "quoted_key", "dotted_key"})


class Positions:
    """Positions in a TOML source, in bytes.

    tomllib must have accepted the source.
    """

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._tree = Parser(toml()).parse(source)

    def key(self, key: Key) -> tuple[int, int] | None:
        """Return the start and end of a key.

        That is where its value is written. A table without a header of its own is found where its name first appears in another key. None
        for an unknown key.
        """
        written, named = self._key_positions
        return written.get(key) or named.get(key)

    @property
    def comments(self) -> Iterator[tuple[int, int, int]]:
        """Comments as (start, end, end of the subject).

        The subject is the pair or table that follows, or the comment itself if there is none.
        """
        query = Query(toml(), "(comment) @comment")
        for node in sorted(QueryCursor(query).captures(self._tree.root_node).get("comment", []), key=lambda node: node.start_byte):
            following = _following(node)
            end = following.end_byte if following else node.end_byte
            yield node.start_byte, node.end_byte, len(self._source[:end].rstrip())

    @cached_property
    def _key_positions(self) -> tuple[dict[Key, tuple[int, int]], dict[Key, tuple[int, int]]]:
        """Positions of keys with a value, and of others.

        The others only begin the name of another key.
        """
        written: dict[Key, tuple[int, int]] = {}
        named: dict[Key, tuple[int, int]] = {}
        arrays: dict[Key, int] = {}
        pending: list[tuple[Key, Node]] = [((), node) for node in reversed(self._tree.root_node.named_children)]
        while pending:
            prefix, node = pending.pop()
            head = next((child for child in node.named_children if child.type in _KEYS), None)
            if head is None:
                continue
            key, position = prefix, (0, 0)
            for leaf in _leaves(head):
                # below an array of tables, a path goes on in the table that was written last
                key = (*key, arrays[key] - 1) if key in arrays else key
                key, position = (*key, _name(leaf)), (leaf.start_byte, leaf.end_byte)
                named.setdefault(key, position)
            if node.type == "table_array_element":
                arrays[key] = arrays.get(key, 0) + 1
                key = (*key, arrays[key] - 1)
            written.setdefault(key, position)
            pending += [(key, inner) for inner in reversed(_pairs(node))]
        return written, named


def _pairs(node: Node) -> list[Node]:
    """List the pairs in a table or inline table."""
    inside = node.named_children
    if node.type == "pair":
        inside = [child for value in inside if value.type == "inline_table" for child in value.named_children]
    return [child for child in inside if child.type == "pair"]


def _leaves(key: Node) -> Iterator[Node]:
    """Yield the names in a dotted key.

    The grammar nests them to the left.
    """
    last: list[Node] = []
    while key.type == "dotted_key":
        first, *rest = key.named_children
        last += reversed(rest)
        key = first
    yield key
    yield from reversed(last)


def _name(leaf: Node) -> str:
    text = (leaf.text or b"").decode()
    return text if leaf.type == "bare_key" else next(iter(tomllib.loads(f"{text} = 0")))


def _following(comment: Node) -> Node | None:
    """Return the pair or table after a comment.

    The grammar puts a comment above a table into the table before.
    """
    node: Node | None = comment
    while node:
        sibling = node.next_named_sibling
        while sibling and sibling.type == "comment":
            sibling = sibling.next_named_sibling
        if sibling:
            return sibling
        node = node.parent
        if node and node.type not in {"table", "table_array_element"}:
            return None
    return None
