"""Halstead measures and maintainability index, from the leaves of a tree."""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator

from msgspec import Struct
from tree_sitter import Node

SECONDS_PER_DECISION = 18
"""Stroud's number: the elementary discriminations that a mind makes in a second, in Halstead's equation of time."""
VOLUME_PER_BUG = 3000

_NAMES = frozenset({
    "identifier", "type_identifier", "field_identifier", "shorthand_field_identifier", "primitive_type", "self", "super", "crate", "_",
    "lifetime", "label", "metavariable", "fragment_specifier",
})  # fmt: skip
_LITERALS = frozenset({
    "string_literal", "raw_string_literal", "char_literal", "integer_literal", "float_literal", "boolean_literal",
})  # fmt: skip
_OPERANDS = _NAMES | _LITERALS
_IGNORED = frozenset({"line_comment", "block_comment", "attribute_item", "inner_attribute_item", "shebang"})
_CLOSING = frozenset({")", "]", "}"})
_CLOSING_AT_END = frozenset({">", "|"})


class Halstead(Struct, frozen=True):
    """Halstead's measures, named by the letters of his book.

    n1 and n2 are distinct operators and operands, N1 and N2 all of them. `time` is in seconds. The fields are the keys of the JSON and the
    columns of the CSV.
    """

    n1: int
    n2: int
    N1: int
    N2: int
    vocabulary: int
    length: int
    volume: float
    difficulty: float
    effort: float
    time: float
    bugs: float


class Token(Struct, frozen=True):
    """A leaf that counts.

    `operand` is false for an operator.
    """

    start: int
    text: bytes
    operand: bool


class Tokens:
    """The tokens of a file in order.

    Operands are names (of types and lifetimes too), literals, `self`, `super`, `crate` and `_`; operators are all other tokens, a pair of
    brackets once. Comments and attributes are left out. A macro's body counts token by token. That is how Mozilla's rust-code-analysis
    sorts tokens, except that it counts neither the names of types nor all keywords.
    """

    def __init__(self, root: Node, source: bytes) -> None:
        self._tokens = list(_tokens(root, source))
        self._starts = [token.start for token in self._tokens]

    def halstead(self, start: int, end: int) -> Halstead:
        """Return the measures of the tokens between two bytes."""
        tokens = self._tokens[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        operands = [token.text for token in tokens if token.operand]
        operators = [token.text for token in tokens if not token.operand]
        return measures(len(set(operators)), len(set(operands)), len(operators), len(operands))


def measures(n1: int, n2: int, all_operators: int, all_operands: int) -> Halstead:
    """Return the measures from the four counts.

    Source: M. H. Halstead, Elements of Software Science, 1977; bugs as volume / 3000, as in radon.
    """
    vocabulary, length = n1 + n2, all_operators + all_operands
    volume = length * math.log2(vocabulary) if vocabulary else 0.0
    difficulty = n1 / 2 * all_operands / n2 if n2 else 0.0
    effort = difficulty * volume
    return Halstead(
        n1=n1,
        n2=n2,
        N1=all_operators,
        N2=all_operands,
        vocabulary=vocabulary,
        length=length,
        volume=volume,
        difficulty=difficulty,
        effort=effort,
        time=effort / SECONDS_PER_DECISION,
        bugs=volume / VOLUME_PER_BUG,
    )


def maintainability(volume: float, cyclomatic: int, code: int, comments: int) -> float:
    """Return a file's maintainability index, from 0 (worst) to 100.

    It is radon's `mi`: the SEI's formula on the scale of Visual Studio. `cyclomatic` is the sum over the functions, `code` and `comments`
    count lines. The share of comments is of the lines that are not blank, so that it stays below 100 %: radon takes it of the lines of
    code, where more and more documentation lowers the index again. A file without code has 100.
    """
    if volume <= 0 or code <= 0:
        return 100.0
    percent = 100 * comments / (code + comments)
    bonus = 50 * math.sin(math.sqrt(2.4 * math.radians(percent)))
    index = 171 - 5.2 * math.log(volume) - 0.23 * cyclomatic - 16.2 * math.log(code) + bonus
    return min(100.0, max(0.0, 100 * index / 171))


def _tokens(root: Node, source: bytes) -> Iterator[Token]:
    for node, end_of_parent in _leaves(root, lambda kind: kind in _OPERANDS or kind in _IGNORED):
        kind, start, end = node.type, node.start_byte, node.end_byte
        closing = kind in _CLOSING or (kind in _CLOSING_AT_END and end == end_of_parent)
        if kind not in _IGNORED and not closing and start < end:
            yield Token(start, source[start:end], kind in _OPERANDS)


def _leaves(root: Node, is_whole: Callable[[str], bool]) -> Iterator[tuple[Node, int]]:
    """Yield the leaves of a tree in order.

    Each comes with the last byte of its parent. A node whose kind `is_whole` accepts counts as a leaf. It uses a cursor, because recursion
    and `node.parent` fail on a deep tree.
    """
    cursor = root.walk()
    ends = [root.end_byte]
    while True:
        node = cursor.node
        if node and not is_whole(node.type) and cursor.goto_first_child():
            ends.append(node.end_byte)
            continue
        if node:
            yield node, ends[-1]
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            ends.pop()
