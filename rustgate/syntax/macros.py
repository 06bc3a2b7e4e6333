"""Macro bodies: select those worth parsing, and read them as Rust."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from itertools import pairwise

from msgspec import Struct
from tree_sitter import Node, Point, Query, QueryCursor, Range

from rustgate.model.rule import Rule
from rustgate.syntax.grammar import LANGUAGE
from rustgate.syntax.prefilter import required

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ITEMS = frozenset({
    *("if", "match", "for", "while", "loop", "&&", r"\|\|"),
    *("fn", "mod", "impl", "trait", "async", "unsafe", "static", "const", "let", "use", r"#\["),
})  # fmt: skip
_MODULE = r"\bmod[\s/]"
_INCLUDE = r"\binclude\s*!"
_NODE_WORDS = {
    "index_expression": r"[\w)\]]\s*\[",
    "integer_literal": r"\d\S*\s*[-+*/%<>!=]|[-+*/%<>=]\s*-?\d",
    "macro_invocation": r"\w\s*!\s*[(\[{]",
    "use_wildcard": r"\*",
    "unsafe_block": "unsafe",
}
_TOKENS_ONLY = re.compile(rb"(?:\w+::)*(?:quote|quote_spanned|parse_quote|parse_quote_spanned|stringify|concat|macro_rules)\s*!")
"""Macros whose body is not code that runs there."""
_ANY = re.compile(b"")
_VISIBILITY = re.compile(rb"(\$(?:r#)?\w+)\s*:\s*vis\b")
_MACROS = frozenset({"macro_invocation", "macro_definition"})
_OPEN_BRACE = ord("{")
_REPETITION_END = re.compile(rb"\)([^()\[\]{}]*)[*+?]$", re.DOTALL)
_IN_ARMS = "(macro_rule right: (token_tree) @arm) (token_repetition) @repetition (metavariable) @metavariable"


class MacroFilter(Struct, frozen=True, dict=True):
    """Selects the macro bodies that are worth parsing.

    They are those in which some rule could find something, and those with items or statements. `words` holds what each rule looks for,
    `items` what all of them do: words of Rust, and regular expressions.
    """

    words: dict[str, frozenset[str]]
    items: frozenset[str]

    @cached_property
    def pattern(self) -> re.Pattern[bytes]:
        """The pattern that matches every body worth parsing."""
        return _pattern_of_any(self.items.union(*self.words.values()))

    def rule_reads(self, rule: str, source: bytes, body: Range) -> bool:
        """Return whether a rule by itself would look into a body.

        What the other rules look for does not matter. All rules look where items or statements stand.
        """
        return any(_pattern_of_any(words).search(source, body.start_byte, body.end_byte) for words in (self.items, self.words[rule]))


def macro_filter_for(rules: Iterable[Rule]) -> MacroFilter:
    """Build the filter for `rules` and the metrics."""
    return MacroFilter({rule.name: _words(rule.query or "") for rule in rules}, _ITEMS | {_INCLUDE})


def macro_filter_for_tests(rules: Iterable[Rule]) -> MacroFilter:
    """Build the filter for `rules` in test code.

    Nothing is measured in tests, so only declared files count beside what the rules look for.
    """
    return MacroFilter({rule.name: _words(rule.query or "") for rule in rules}, frozenset({_MODULE, _INCLUDE}))


def _words(query: str) -> frozenset[str]:
    """Return words of which a body must hold one to match."""
    needed = required(query)
    if all(words and all(words) for words in needed):
        return frozenset(word if word.isidentifier() else re.escape(word) for words in needed for word in words)
    named = {text for text in _STRING.findall(query) if text.isidentifier()}
    if named:
        return frozenset(named)
    return frozenset(pattern for kind, pattern in _NODE_WORDS.items() if kind in query)


@cache
def _pattern_of_any(searched: frozenset[str]) -> re.Pattern[bytes]:
    words = sorted(word for word in searched if word.isidentifier())
    patterns = sorted(pattern for pattern in searched if not pattern.isidentifier())
    alternatives = [rf"\b(?:{'|'.join(words)})\b"] * bool(words) + patterns
    return re.compile("|".join(alternatives).encode() if alternatives else rb"(?!)")


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
    """Return source with readable arms of macro definitions, and the ranges of the arms.

    Every byte stays in its place: `$name` becomes `_name`, a visibility such as `$vis` becomes `pub` where there is room, and of a
    repetition only what it repeats is left.
    """
    selected = [definition for definition in definitions if pattern.search(source, definition.start_byte, definition.end_byte)]
    if not selected:
        return source, []
    readable = bytearray(source)
    ranges: list[Range] = []
    for definition in selected:
        captured = QueryCursor(_arm_query()).captures(definition)  # their order differs between processes
        found = {kind: sorted(nodes, key=_start_byte) for kind, nodes in captured.items()}
        visibilities = frozenset(_VISIBILITY.findall(source, definition.start_byte, definition.end_byte))
        for name in found.get("metavariable", ()):
            if name.text in visibilities:
                length = name.end_byte - name.start_byte
                readable[name.start_byte : name.end_byte] = (b"pub" if length > len("pub") else b"").ljust(length)
                continue
            readable[name.start_byte] = ord(" ") if name.text == b"$crate" else ord("_")
            if name.text == b"$r" and source.startswith(b"#", name.end_byte):  # `$r#type` is the metavariable of `$type`
                readable[name.end_byte] = ord("_")
        for repetition in found.get("repetition", ()):
            _blank_repetition_operators(readable, repetition)
        for arm in found.get("arm", ()) if definition.type == "macro_definition" else _arms_of_macro_2(definition):
            ranges += _inside(arm)
    return bytes(readable), ranges


def macro_around(root: Node, byte: int) -> Node | None:
    """Return the outermost macro in whose tokens `byte` stands."""
    cursor, macro = root.walk(), None
    while cursor.goto_first_child_for_byte(byte) is not None:
        node = cursor.node
        if node is None or node.start_byte > byte:
            return None
        if macro and node.type == "token_tree":
            return macro
        if node.type in _MACROS:
            macro = node
    return None


def body_at(source: bytes, macro: Node, byte: int) -> tuple[bytes, Range | None]:
    """Return source in which the macro can be read, and the range of its body or arm at `byte`, if it has one there."""
    if macro.type == "macro_definition" or is_macro_2(macro):
        source, ranges = arms(source, [macro], _ANY)
    else:
        ranges = [*bodies(source, [macro], _ANY)]
    return source, next((body for body in ranges if body.start_byte <= byte < body.end_byte), None)


def is_macro_2(macro: Node) -> bool:
    """Return whether an invocation stands for a definition by `macro name`.

    The grammar does not know these, so they are masked as calls of a macro named `macro`, a name that no macro can have.
    """
    return macro.child(0).text == b"macro"


def _arms_of_macro_2(definition: Node) -> list[Node]:
    """Return the bodies of a definition by `macro`: one, or one behind each `=>`."""
    body = definition.children[-1]
    behind = [arm for arrow, arm in pairwise(body.children) if arrow.type == "=>" and arm.type == "token_tree"]
    return behind or [body]


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
