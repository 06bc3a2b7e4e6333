"""Rule out queries by words that a match needs.

The words are read off the query. Most rules of a catalogue have nothing to look for in most files.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TypeAlias

from rustgate.model.rule import Enclosure, Rule

_Group: TypeAlias = "list[str | _Group]"

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|;[^\n]*|#[\w-]+\?|!\w+|@[\w.-]+|[?*](?:\s*@[\w.-]+)*|[()\[\]]|\w+:?')
_PART_OF_PATTERN = re.compile(r'"(?:[^"\\]|\\.)*"|;[^\n]*|[()\[\]]|[^\s()\[\]";]+')
_ONLY_ERRORS = re.compile(r"\( (?:ERROR|MISSING) \)(?: @[\w.-]+)*")
_DEEPEST = 40
"""Levels of brackets; queries have a handful."""
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
_ENCLOSURE_WORDS = {
    Enclosure.ASYNC: ("async",),
    Enclosure.CONST: ("const", "static", "[", "enum", "<"),
    Enclosure.DROP: ("Drop",),
    Enclosure.LOOP: ("for", "while", "loop"),
    Enclosure.MACRO_RULES: ("macro_rules",),
    Enclosure.STATIC: ("const", "static"),
    Enclosure.UNSAFE: ("unsafe",),
}


def can_match(rule: Rule, source: bytes) -> bool:
    """Return whether a rule's query can match in `source`, judging by words.

    It is never False where the query matches.
    """
    return can_hold(rule.conditions.inside, source) and any(not words or _holds_one(words, source) for words in required(rule.query or ""))


def can_hold(enclosures: Iterable[Enclosure], source: bytes) -> bool:
    """Return whether all `enclosures` can occur in `source`, judging by words.

    It is never False where they do.
    """
    return all(_holds_one(_ENCLOSURE_WORDS[enclosure], source) for enclosure in enclosures)


def may_hold_match(query: str, source: bytes) -> bool:
    """Return whether a query can match in a source without errors.

    Patterns that look for errors alone match nothing there.
    """
    return any(not words or _holds_one(words, source) for words in _required_where_readable(query))


def patterns(query: str) -> list[str]:
    """Split a query into the text of each pattern.

    Comments are dropped and blanks are normalised, so that equal patterns have equal text.
    """
    found: list[list[str]] = []
    depth = 0
    for token in _PART_OF_PATTERN.findall(query):
        if token[0] == ";":
            continue
        if not found or (not depth and (token[0] in '(["' or token == "_")):
            found.append([])
        depth += (token in {"(", "["}) - (token in {")", "]"})
        found[-1].append(token)
    return [" ".join(tokens) for tokens in found]


def looks_for_errors(pattern: str) -> bool:
    """Return whether a pattern matches nothing but syntax errors.

    The pattern is one of the texts that `patterns` returns.
    """
    return _ONLY_ERRORS.fullmatch(pattern) is not None


def required(query: str) -> list[tuple[str, ...]]:
    """For each pattern, list words of which a match holds one.

    The list is empty where the query does not say. The words are what an `#eq?` or `#any-of?` compares a capture with that every match
    holds, of each text the last word (`std::dbg` holds `dbg`); otherwise a keyword that every match holds.
    """
    return [_required(group) for group in _groups(query)] or [()]


@cache
def _required_where_readable(query: str) -> list[tuple[str, ...]]:
    """Like `required`, without patterns that match only errors."""
    needed, found = required(query), patterns(query)
    if len(needed) != len(found):
        return [()]
    return [words for pattern, words in zip(found, needed, strict=True) if not looks_for_errors(pattern)]


def _required(group: _Group) -> tuple[str, ...]:
    held = _always_held(group)
    for inner in _nested(group):
        match inner:
            case ["#eq?" | "#any-of?", capture, *texts] if capture in held and all(text[0] == '"' for text in texts):
                return tuple(dict.fromkeys(_last_word(str(text)) for text in texts))
    keywords = sorted(held & {*_KEYWORDS.values()})
    return tuple(keywords[:1])


def _last_word(text: str) -> str:
    """Return the last word of a quoted text, or an empty one.

    It is empty where the text has escapes or the word begins with `_`, which in a macro arm may stand for `$`.
    """
    word = "" if "\\" in text else re.split(r"\W", text[1:-1])[-1]
    return "" if word.startswith("_") else word


def _groups(query: str) -> list[_Group]:
    """Parse a query into groups: an opening bracket, tokens, inner groups.

    Empty for brackets that do not match, or that nest too deep to be looked into.
    """
    root: _Group = ["("]
    stack = [root]
    for token in _TOKEN.findall(query):
        if token in {"(", "["}:
            inner: _Group = [token]
            stack[-1].append(inner)
            stack.append(inner)
        elif token in {")", "]"}:
            stack.pop()
        elif len(stack) == 1 and (token[0] == '"' or token == "_"):
            root.append(["(", token])
        elif not token.startswith(";"):
            stack[-1].append(token)
        if not 1 <= len(stack) <= _DEEPEST:
            return []
    return [group for group in root if isinstance(group, list)] if len(stack) == 1 else []


def _nested(group: _Group) -> Iterator[_Group]:
    """Yield the groups within a group, at any depth.

    Each comes without its opening bracket.
    """
    for part in group:
        if isinstance(part, list):
            yield part[1:]
            yield from _nested(part)


def _always_held(group: _Group) -> set[str]:
    """Return the captures and keywords that every match of a group holds."""
    parts: list[set[str]] = []
    for part in group[1:]:
        if isinstance(part, list):
            parts.append(_always_held(part))
        elif part[0] == "#" or part == "MISSING":
            return set()
        elif part[0] in "?*":
            parts[-1:] = [set()]
        elif part[0] == "@":
            parts[-1:] = [{part, *(parts[-1] if parts else ())}]
        elif part[-1] != ":" and part[0] != "!":
            parts.append({_KEYWORDS.get(part, part.strip('"'))})
    return set.intersection(*parts) if group[0] == "[" and parts else set().union(*parts)


def _holds_one(words: Iterable[str], source: bytes) -> bool:
    return any(word.encode() in source and _word_pattern(word).search(source) for word in words)


@cache
def _word_pattern(word: str) -> re.Pattern[bytes]:
    """Compile a pattern for a word that ends where it does.

    `10px` holds `px`, but `ignored` does not hold `ignore`.
    """
    return re.compile(re.escape(word).encode() + rb"\b" * (word.isascii() and word.isidentifier()))
