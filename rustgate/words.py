"""What a text must hold before a rule's query can match in it, read off the query: most of a catalogue has no say in most files."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TypeAlias

from msgspec import Struct
from tree_sitter import Range

from rustgate.model import Context, Rule

_Group: TypeAlias = "list[str | _Group]"

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|;[^\n]*|#[\w-]+\?|@[\w.-]+|[?*](?:\s*@[\w.-]+)*|[()\[\]]|\w+:?')
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|;[^\n]*|[()\[\]]|[^\s()\[\]";]+')
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ITEMS = r"\b(?:if|match|for|while|loop|fn|mod|impl|trait|async|unsafe|static|const|let|use)\b|&&|\|\||#\["
_MODULE = r"\bmod\s"
_NODE_WORDS = {
    "index_expression": r"[\w)\]]\s*\[",
    "integer_literal": r"\d\S*\s*[-+*/%<>!=]|[-+*/%<>=]\s*-?\d",
    "macro_invocation": r"\w\s*!\s*[(\[{]",
    "use_wildcard": r"\*",
    "unsafe_block": "unsafe",
}
_KEYWORDS = {
    "await_expression": "await",
    "enum_item": "enum",
    "enum_variant": "enum",
    "for_expression": "for",
    "impl_item": "impl",
    "macro_definition": "macro_rules",
    "mutable_specifier": "mut",
    "static_item": "static",
    "trait_item": "trait",
    "unsafe_block": "unsafe",
    "use_wildcard": "*",
}
_CONTEXT_WORDS = {
    Context.ASYNC: ("async",),
    Context.CONST: ("const", "static"),
    Context.DROP: ("Drop",),
    Context.LOOP: ("for", "while", "loop"),
    Context.MACRO_RULES: ("macro_rules",),
    Context.UNSAFE: ("unsafe",),
}


def can_match(rule: Rule, source: bytes) -> bool:
    """Whether the query of a rule can match somewhere in `source`, as far as words tell; never False where it does."""
    needed = [_CONTEXT_WORDS[context] for context in rule.conditions.inside]
    return all(_holds_one(words, source) for words in needed) and any(
        not words or _holds_one(words, source) for words in required(rule.query or "")
    )


def patterns(query: str) -> list[str]:
    """The text of each pattern of a query, without comments, all blanks alike: those that say the same are the same."""
    found: list[list[str]] = []
    depth = 0
    for token in _PIECE.findall(query):
        if not depth and token[0] in '(["':
            found.append([])
        depth += (token in {"(", "["}) - (token in {")", "]"})
        if found and token[0] != ";":
            found[-1].append(token)
    return [" ".join(tokens) for tokens in found]


def required(query: str) -> list[tuple[str, ...]]:
    """For each pattern of a query the words of which one must stand where it matches; none where the query does not say.

    They are what an `#eq?` or `#any-of?` compares something with that every match holds, of each text the last word (`std::dbg` holds
    `dbg`); otherwise a keyword that every match holds.
    """
    return [_required(group) for group in _groups(query)]


def _required(group: _Group) -> tuple[str, ...]:
    held = _always(group)
    for inner in _inner(group):
        match inner:
            case ["#eq?" | "#any-of?", capture, *texts] if capture in held and all(text[0] == '"' for text in texts):
                return tuple(dict.fromkeys(re.split(r"\W", str(text)[1:-1])[-1] for text in texts))
    keywords = sorted(held & {*_KEYWORDS.values()})
    return tuple(keywords[:1])


def _groups(query: str) -> list[_Group]:
    """The patterns of a query, as what stands in brackets: the opening one, then tokens and further groups."""
    root: _Group = ["("]
    stack = [root]
    for token in _TOKEN.findall(query):
        if token in {"(", "["}:
            inner: _Group = [token]
            stack[-1].append(inner)
            stack.append(inner)
        elif token in {")", "]"}:
            stack.pop()
        elif len(stack) == 1 and token[0] == '"':
            root.append(["(", token])
        elif not token.startswith(";"):
            stack[-1].append(token)
    return [group for group in root if isinstance(group, list)]


def _inner(group: _Group) -> Iterator[_Group]:
    """The groups in a group that is not an alternative, at any depth, without their opening bracket."""
    for part in group:
        if isinstance(part, list):
            yield part[1:]
            yield from _inner(part)


def _always(group: _Group) -> set[str]:
    """The captures and the keywords that every match of a group holds."""
    parts: list[set[str]] = []
    for part in group[1:]:
        if isinstance(part, list):
            parts.append(_always(part))
        elif part[0] in "?*":
            parts[-1] = set()
        elif part[0] == "@":
            parts[-1].add(part)
        elif part[0] == "#":
            return set()
        elif part[-1] != ":":
            parts.append({_KEYWORDS.get(part, part.strip('"'))})
    return set.intersection(*parts) if group[0] == "[" else set().union(*parts)


class Wanted(Struct, frozen=True):
    """Which macro bodies are worth a parse: those in which some rule could find something, and those with items or statements."""

    words: dict[str, frozenset[str]]
    items: frozenset[str]

    @property
    def anything(self) -> re.Pattern[bytes]:
        """What the bytes of a body must hold for anything to be found there."""
        return _any_of(self.items.union(*self.words.values()))

    def by(self, rule: str, source: bytes, body: Range) -> bool:
        """Whether a rule looks into a body, whatever the others look for; all of them do where items or statements stand."""
        return any(_any_of(words).search(source, body.start_byte, body.end_byte) for words in (self.items, self.words[rule]))


def wanted_in_macros(rules: Iterable[Rule]) -> Wanted:
    """What `rules` and the metrics want."""
    return Wanted({rule.name: _words(rule.query or "") for rule in rules}, frozenset({_ITEMS}))


def wanted_in_tests(rules: Iterable[Rule]) -> Wanted:
    """What `rules` want, or what declares modules: nothing is measured in tests."""
    return Wanted({rule.name: _words(rule.query or "") for rule in rules}, frozenset({_MODULE}))


def _holds_one(words: Iterable[str], source: bytes) -> bool:
    return any(word.encode() in source for word in words)


def _words(query: str) -> frozenset[str]:
    """What a macro body must hold before a query can match in it, as regular expressions."""
    named = {re.escape(text) for text in _STRING.findall(query) if text.isidentifier()}
    if named:
        return frozenset({rf"\b(?:{'|'.join(sorted(named))})\b"})
    return frozenset(pattern for kind, pattern in _NODE_WORDS.items() if kind in query)


@cache
def _any_of(words: frozenset[str]) -> re.Pattern[bytes]:
    return re.compile("|".join(sorted(words)).encode() if words else rb"(?!)")
