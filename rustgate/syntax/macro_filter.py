"""Which macro bodies are worth a parse: those in which a query could match, and those with items or statements."""

import re
from collections.abc import Iterable
from functools import cache, cached_property

from msgspec import Struct
from tree_sitter import Range

from rustgate.model.rule import Rule
from rustgate.syntax.prefilter import required

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ITEMS = frozenset({
    *("if", "match", "for", "while", "loop", "&&", r"\|\|"),
    *("fn", "mod", "impl", "trait", "async", "unsafe", "static", "const", "let", "use", r"#\["),
})  # fmt: skip
_MODULE = r"\bmod[\s/]"
_NODE_WORDS = {
    "index_expression": r"[\w)\]]\s*\[",
    "integer_literal": r"\d\S*\s*[-+*/%<>!=]|[-+*/%<>=]\s*-?\d",
    "macro_invocation": r"\w\s*!\s*[(\[{]",
    "use_wildcard": r"\*",
    "unsafe_block": "unsafe",
}


class MacroFilter(Struct, frozen=True, dict=True):
    """Which macro bodies are worth a parse: those in which some rule could find something, and those with items or statements.

    `words` holds for each rule what it looks for, `items` what all of them do: words of Rust, and regular expressions.
    """

    words: dict[str, frozenset[str]]
    items: frozenset[str]

    @cached_property
    def anything(self) -> re.Pattern[bytes]:
        """What the bytes of a body must hold for anything to be found there."""
        return _any_of(self.items.union(*self.words.values()))

    def by(self, rule: str, source: bytes, body: Range) -> bool:
        """Whether a rule looks into a body, whatever the others look for; all of them do where items or statements stand."""
        return any(_any_of(words).search(source, body.start_byte, body.end_byte) for words in (self.items, self.words[rule]))


def macro_filter_for(rules: Iterable[Rule]) -> MacroFilter:
    """What `rules` and the metrics want."""
    return MacroFilter({rule.name: _words(rule.query or "") for rule in rules}, _ITEMS)


def macro_filter_for_tests(rules: Iterable[Rule]) -> MacroFilter:
    """What `rules` want, or what declares modules: nothing is measured in tests."""
    return MacroFilter({rule.name: _words(rule.query or "") for rule in rules}, frozenset({_MODULE}))


def _words(query: str) -> frozenset[str]:
    """What a macro body must hold one of before a query can match in it."""
    needed = required(query)
    if all(words and all(words) for words in needed):
        return frozenset(word if word.isidentifier() else re.escape(word) for words in needed for word in words)
    named = {text for text in _STRING.findall(query) if text.isidentifier()}
    if named:
        return frozenset(named)
    return frozenset(pattern for kind, pattern in _NODE_WORDS.items() if kind in query)


@cache
def _any_of(looked_for: frozenset[str]) -> re.Pattern[bytes]:
    words = sorted(word for word in looked_for if word.isidentifier())
    patterns = sorted(pattern for pattern in looked_for if not pattern.isidentifier())
    ways = [rf"\b(?:{'|'.join(words)})\b"] * bool(words) + patterns
    return re.compile("|".join(ways).encode() if ways else rb"(?!)")
