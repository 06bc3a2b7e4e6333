"""Read macro bodies as Rust: choose token trees, make `macro_rules!` arms parseable."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from tree_sitter import Node, Point, Query, QueryCursor, Range

from rustgate.syntax.grammar import LANGUAGE

_TOKENS_ONLY = re.compile(rb"(?:\w+::)*(?:quote|quote_spanned|parse_quote|parse_quote_spanned|stringify|concat|macro_rules)\s*!")
"""Macros whose body is not code that runs there."""
_OPEN_BRACE = ord("{")
_REPETITION_END = re.compile(rb"\)([^()\[\]{}]*)[*+?]$", re.DOTALL)
_IN_ARMS = "(macro_rule right: (token_tree) @arm) (token_repetition) @repetition (metavariable) @metavariable"


def bodies(source: bytes, macros: Iterable[Node], pattern: re.Pattern[bytes]) -> Iterator[Range]:
    """Yield the ranges of macro bodies that may hold something.

    They include the delimiters for `(` and `[`, and exclude them for `{`.
    """
    for macro in macros:
        body = macro.child(macro.child_count - 1)
        if body.type != "token_tree" or not pattern.search(source, body.start_byte, body.end_byte):
            continue
        if _TOKENS_ONLY.match(source, macro.start_byte):
            continue
        if source[body.start_byte] == _OPEN_BRACE:
            yield from _inside(body)
        else:
            yield body.range


def arms(source: bytes, definitions: Sequence[Node], pattern: re.Pattern[bytes]) -> tuple[bytes, list[Range]]:
    """Return source with readable `macro_rules!` arms, and the ranges of the arms.

    Every byte stays in its place: `$name` becomes `_name`, and of a repetition only what it repeats is left.
    """
    selected = [definition for definition in definitions if pattern.search(source, definition.start_byte, definition.end_byte)]
    if not selected:
        return source, []
    readable = bytearray(source)
    ranges: list[Range] = []
    for definition in selected:
        captured = QueryCursor(_arm_query()).captures(definition)  # their order differs between processes
        found = {kind: sorted(nodes, key=_start_byte) for kind, nodes in captured.items()}
        for name in found.get("metavariable", ()):
            readable[name.start_byte] = ord(" ") if name.text == b"$crate" else ord("_")
        for repetition in found.get("repetition", ()):
            _blank_repetition_operators(readable, repetition)
        for arm in found.get("arm", ()):
            ranges += _inside(arm)
    return bytes(readable), ranges


def _start_byte(node: Node) -> int:
    return node.start_byte


def _blank_repetition_operators(readable: bytearray, repetition: Node) -> None:
    """Blank the operators around a repetition's content.

    They are the `$(` at its start, and the `)`, separator and operator at its end.
    """
    start, end = repetition.start_byte, repetition.end_byte
    readable[start : start + 2] = b"  "
    closing = _REPETITION_END.search(readable, max(start, end - 16), end)
    if closing:
        readable[closing.start() : end] = b" " * (end - closing.start())


def _inside(body: Node) -> Iterator[Range]:
    """Yield the range between the delimiters of a token tree.

    Delimiters are one byte long. An empty token tree yields nothing.
    """
    first, last = body.start_point, body.end_point
    if body.end_byte - body.start_byte > len("{}"):
        yield Range(Point(first.row, first.column + 1), Point(last.row, last.column - 1), body.start_byte + 1, body.end_byte - 1)


@cache
def _arm_query() -> Query:
    return Query(LANGUAGE, _IN_ARMS)
