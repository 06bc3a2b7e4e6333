"""Where things stand in a TOML file: the bytes of its keys and comments. What the keys hold is for tomllib to say."""

import tomllib
from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

from tree_sitter import Node, Parser, Query, QueryCursor

from rustgate.syntax.grammar import toml

Key: TypeAlias = tuple[str | int, ...]
"""The names from the top of a file to a value; a number counts the tables of an array of tables, from 0."""

_KEYS = frozenset({"bare_key", "quoted_key", "dotted_key"})


class Positions:
    """The places in one TOML source, which tomllib must have accepted; bytes."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._tree = Parser(toml()).parse(source)

    def key(self, key: Key) -> tuple[int, int] | None:
        """The first and the last byte of a key where its value is written, or, for a table that has no place of its own, first named."""
        return self._written.get(key) or self._named.get(key)

    @property
    def comments(self) -> Iterator[tuple[int, int, int]]:
        """Every comment as (start, end, end of what it is about).

        That is the pair or the table on the lines after it, or the comment itself where there is none.
        """
        query = Query(toml(), "(comment) @comment")
        for node in sorted(QueryCursor(query).captures(self._tree.root_node).get("comment", []), key=lambda node: node.start_byte):
            following = _following(node)
            end = following.end_byte if following else node.end_byte
            yield node.start_byte, node.end_byte, len(self._source[:end].rstrip())

    @property
    def _written(self) -> dict[Key, tuple[int, int]]:
        return self._places[0]

    @property
    def _named(self) -> dict[Key, tuple[int, int]]:
        return self._places[1]

    @cached_property
    def _places(self) -> tuple[dict[Key, tuple[int, int]], dict[Key, tuple[int, int]]]:
        """The places of keys that are written out, and of those that are only the beginning of another."""
        written: dict[Key, tuple[int, int]] = {}
        named: dict[Key, tuple[int, int]] = {}
        arrays: dict[Key, int] = {}
        pending: list[tuple[Key, Node]] = [((), node) for node in reversed(self._tree.root_node.named_children)]
        while pending:
            prefix, node = pending.pop()
            head = next((child for child in node.named_children if child.type in _KEYS), None)
            if head is None:
                continue
            key, place = prefix, (0, 0)
            for leaf in _leaves(head):
                # below an array of tables, a path goes on in the table that was written last
                key = (*key, arrays[key] - 1) if key in arrays else key
                key, place = (*key, _name(leaf)), (leaf.start_byte, leaf.end_byte)
                named.setdefault(key, place)
            if node.type == "table_array_element":
                arrays[key] = arrays.get(key, 0) + 1
                key = (*key, arrays[key] - 1)
            written.setdefault(key, place)
            pending += [(key, inner) for inner in reversed(_pairs(node))]
        return written, named


def _pairs(node: Node) -> list[Node]:
    """The pairs in a table, or in the inline table that a pair holds."""
    inside = node.named_children
    if node.type == "pair":
        inside = [child for value in inside if value.type == "inline_table" for child in value.named_children]
    return [child for child in inside if child.type == "pair"]


def _leaves(key: Node) -> Iterator[Node]:
    """The single names of a key, which the grammar nests to the left."""
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
    """The pair or table after a comment; a comment above a table belongs, for the grammar, to the table before."""
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
