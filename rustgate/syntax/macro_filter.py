"""Select the macro bodies that are worth parsing."""

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
    return MacroFilter({rule.name: _words(rule.query or "") for rule in rules}, _ITEMS)


def macro_filter_for_tests(rules: Iterable[Rule]) -> MacroFilter:
    """Build the filter for `rules` in test code.

    Nothing is measured in tests, so only declared modules count beside what the rules look for.
    """
    return MacroFilter({rule.name: _words(rule.query or "") for rule in rules}, frozenset({_MODULE}))


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
