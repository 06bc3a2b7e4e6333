"""Macro bodies as Rust: which token trees are worth a parse of their own, and the arms of `macro_rules!` made readable for the grammar."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from tree_sitter import Node, Point, Query, QueryCursor, Range

from rustgate.syntax.grammar import LANGUAGE

_TOKENS_ONLY = re.compile(rb"(?:\w+::)*(?:quote|quote_spanned|parse_quote|parse_quote_spanned|stringify|concat|macro_rules)\s*!")
"""Macros whose body is not code that runs where it stands."""
_OPEN_BRACE = ord("{")
_REPETITION_END = re.compile(rb"\)([^()\[\]{}]*)[*+?]$", re.DOTALL)
_IN_ARMS = "(macro_rule right: (token_tree) @arm) (token_repetition) @repetition (metavariable) @metavariable"


def bodies(source: bytes, macros: Iterable[Node], macro_filter: re.Pattern[bytes]) -> Iterator[Range]:
    """The ranges of macro invocations' bodies that may hold something: with their delimiters for `(` and `[`, without for `{`."""
    for macro in macros:
        body = macro.child(macro.child_count - 1)
        if body.type != "token_tree" or not macro_filter.search(source, body.start_byte, body.end_byte):
            continue
        if _TOKENS_ONLY.match(source, macro.start_byte):
            continue
        if source[body.start_byte] == _OPEN_BRACE:
            yield from _inside(body)
        else:
            yield body.range


def arms(source: bytes, definitions: Sequence[Node], macro_filter: re.Pattern[bytes]) -> tuple[bytes, list[Range]]:
    """The source with the `macro_rules!` of `definitions` made readable, byte for byte in the same place, and the ranges of their arms.

    `$name` becomes `_name`, and of a repetition only what it repeats is left.
    """
    wanting = [definition for definition in definitions if macro_filter.search(source, definition.start_byte, definition.end_byte)]
    if not wanting:
        return source, []
    readable = bytearray(source)
    ranges: list[Range] = []
    for definition in wanting:
        captured = QueryCursor(_arm_query()).captures(definition)  # in an order that is another in each process
        found = {kind: sorted(nodes, key=_start) for kind, nodes in captured.items()}
        for name in found.get("metavariable", ()):
            readable[name.start_byte] = ord(" ") if name.text == b"$crate" else ord("_")
        for repetition in found.get("repetition", ()):
            _keep_what_is_repeated(readable, repetition)
        for arm in found.get("arm", ()):
            ranges += _inside(arm)
    return bytes(readable), ranges


def _start(node: Node) -> int:
    return node.start_byte


def _keep_what_is_repeated(readable: bytearray, repetition: Node) -> None:
    """Blank the `$(` at the start of a repetition and the `)`, separator and operator at its end."""
    start, end = repetition.start_byte, repetition.end_byte
    readable[start : start + 2] = b"  "
    closing = _REPETITION_END.search(readable, max(start, end - 16), end)
    if closing:
        readable[closing.start() : end] = b" " * (end - closing.start())


def _inside(body: Node) -> Iterator[Range]:
    """The range between the delimiters of a token tree, which all are one byte long; nothing for an empty one."""
    first, last = body.start_point, body.end_point
    if body.end_byte - body.start_byte > len("{}"):
        yield Range(Point(first.row, first.column + 1), Point(last.row, last.column - 1), body.start_byte + 1, body.end_byte - 1)


@cache
def _arm_query() -> Query:
    return Query(LANGUAGE, _IN_ARMS)
