"""What a text must hold before a rule's query can match in it, read off the query: most of a catalogue has no say in most files."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TypeAlias

from rustgate.model.rule import Context, Rule

_Group: TypeAlias = "list[str | _Group]"

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|;[^\n]*|#[\w-]+\?|!\w+|@[\w.-]+|[?*](?:\s*@[\w.-]+)*|[()\[\]]|\w+:?')
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|;[^\n]*|[()\[\]]|[^\s()\[\]";]+')
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
_CONTEXT_WORDS = {
    Context.ASYNC: ("async",),
    Context.CONST: ("const", "static"),
    Context.DROP: ("Drop",),
    Context.LOOP: ("for", "while", "loop"),
    Context.MACRO_RULES: ("macro_rules",),
    Context.STATIC: ("const", "static"),
    Context.UNSAFE: ("unsafe",),
}


def can_match(rule: Rule, source: bytes) -> bool:
    """Whether the query of a rule can match somewhere in `source`, as far as words tell; never False where it does."""
    return can_hold(rule.conditions.inside, source) and any(not words or _holds_one(words, source) for words in required(rule.query or ""))


def can_hold(contexts: Iterable[Context], source: bytes) -> bool:
    """Whether all of these can stand somewhere in `source`, as far as words tell; never False where they do."""
    return all(_holds_one(_CONTEXT_WORDS[context], source) for context in contexts)


def may_hold_match(query: str, source: bytes) -> bool:
    """The same for a query in a source that the grammar can read, where patterns that look for errors alone match nothing."""
    return any(not words or _holds_one(words, source) for words in _required_where_readable(query))


def patterns(query: str) -> list[str]:
    """The text of each pattern of a query, without comments, all blanks alike: those that say the same are the same."""
    found: list[list[str]] = []
    depth = 0
    for token in _PIECE.findall(query):
        if token[0] == ";":
            continue
        if not found or (not depth and (token[0] in '(["' or token == "_")):
            found.append([])
        depth += (token in {"(", "["}) - (token in {")", "]"})
        found[-1].append(token)
    return [" ".join(tokens) for tokens in found]


def looks_for_errors(pattern: str) -> bool:
    """Whether a pattern, as `patterns` gives it, matches nothing but what the grammar cannot read."""
    return _ONLY_ERRORS.fullmatch(pattern) is not None


def required(query: str) -> list[tuple[str, ...]]:
    """For each pattern of a query the words of which one must stand where it matches; none where the query does not say.

    They are what an `#eq?` or `#any-of?` compares something with that every match holds, of each text the last word (`std::dbg` holds
    `dbg`); otherwise a keyword that every match holds.
    """
    return [_required(group) for group in _groups(query)] or [()]


@cache
def _required_where_readable(query: str) -> list[tuple[str, ...]]:
    """The same without the patterns that match nothing but errors."""
    needed, found = required(query), patterns(query)
    if len(needed) != len(found):
        return [()]
    return [words for pattern, words in zip(found, needed, strict=True) if not looks_for_errors(pattern)]


def _required(group: _Group) -> tuple[str, ...]:
    held = _always(group)
    for inner in _inner(group):
        match inner:
            case ["#eq?" | "#any-of?", capture, *texts] if capture in held and all(text[0] == '"' for text in texts):
                return tuple(dict.fromkeys(_last_word(str(text)) for text in texts))
    keywords = sorted(held & {*_KEYWORDS.values()})
    return tuple(keywords[:1])


def _last_word(text: str) -> str:
    """The last word of a quoted text; none where it has escapes, or begins with `_`, which in the arm of a macro may stand for `$`."""
    word = "" if "\\" in text else re.split(r"\W", text[1:-1])[-1]
    return "" if word.startswith("_") else word


def _groups(query: str) -> list[_Group]:
    """The patterns of a query, as what stands in brackets: the opening one, then tokens and further groups.

    None for brackets that do not match, or that nest too deep to be looked into.
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
    return any(word.encode() in source and _ending(word).search(source) for word in words)


@cache
def _ending(word: str) -> re.Pattern[bytes]:
    """What finds a word that ends where it does: `10px` holds `px`, and `ignored` not `ignore`."""
    return re.compile(re.escape(word).encode() + rb"\b" * (word.isascii() and word.isidentifier()))
