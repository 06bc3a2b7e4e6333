"""Source in, matches out: one parse and one joined query for a file, and the macro bodies that are worth it parsed again."""

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path
from string import Formatter
from typing import TypeAlias

from msgspec import Struct
from tree_sitter import Node, Parser, Query, QueryCursor, QueryError

from rustgate.errors import PageError
from rustgate.grammar import LANGUAGE
from rustgate.macros import arms, bodies
from rustgate.model import Rule
from rustgate.prefilter import looks_for_errors, may_hold_match, patterns
from rustgate.wanted import Wanted, wanted_in_macros

Captures: TypeAlias = dict[str, list[Node]]

COMMENTS = frozenset({"line_comment", "block_comment"})
_PLACE = re.compile(r" at row (\d+), column \d+")
"""Where an error of tree-sitter says that it is, counted from the beginning of the query."""
_DEEPEST = 8
"""Macros in macros that are read: what stands in them is parsed once for each level."""
_CAPTURE = re.compile(r"@([\w.-]+)")


class JoinedQuery(Struct, frozen=True):
    """The outline's patterns and those of all rules in one query.

    `kinds` names the outline event of each of the first patterns; `owners` maps the number of every later pattern to the names of the
    rules that have it. `queries` holds the query of each of these rules, `wanted` says which macro bodies are read.
    Patterns for nothing but errors stand apart in `errors`: one for `MISSING` looks at every node of a tree.
    """

    query: Query
    kinds: tuple[str, ...]
    owners: dict[int, tuple[str, ...]]
    queries: dict[str, str]
    wanted: Wanted
    errors: "JoinedQuery | None" = None


class _Found(Struct, frozen=True):
    """What the joined query has found in a file: nodes by kind of outline event, and captures by rule."""

    events: dict[str, list[Node]]
    matches: dict[str, list[Captures]]


class Scan:
    """A file that has been parsed, and what its joined query finds in it; what stands in macro bodies comes last.

    It is looked for when it is first asked for: of most files of tests no one asks more than whether they can be parsed.
    """

    def __init__(self, source: bytes, root: Node, readable: bytes, joined: JoinedQuery) -> None:
        """`readable` is the source as the grammar has read it."""
        self.source = source
        self.root = root
        self._readable = readable
        self._joined = joined
        self._found: _Found | None = None

    @property
    def events(self) -> dict[str, list[Node]]:
        """The nodes of every kind of outline event."""
        return self._searched().events

    @property
    def matches(self) -> dict[str, list[Captures]]:
        """The captures of every rule that matches."""
        return self._searched().matches

    def matches_of(self, rule: str) -> list[Captures]:
        """The captures of one rule; nothing is looked for if words are enough to see that there are none."""
        query = self._joined.queries.get(rule)
        if query is None or not (self._found or self.root.has_error or may_hold_match(query, self._readable)):
            return []
        return self.matches.get(rule, [])

    def _searched(self) -> _Found:
        self._found = self._found or self._search()
        return self._found

    def _search(self) -> _Found:
        joined, readable, wanted = self._joined, self._readable, self._joined.wanted.anything
        parser = Parser(LANGUAGE)
        found = _Found({kind: [] for kind in joined.kinds}, {})
        _collect(found, joined, self.root)
        if joined.errors and self.root.has_error:
            _collect(found, joined.errors, self.root)
        as_code, ranges = arms(readable, found.events["macro-rules"], wanted)
        pending = [(readable, body, 1) for body in bodies(readable, found.events["macro"], wanted)]
        pending += [(as_code, arm, 1) for arm in ranges]
        while pending:
            text, body, depth = pending.pop()
            parser.included_ranges = [body]
            macros = _collect_inner(found, joined, parser.parse(text).root_node, cache(partial(joined.wanted.by, source=text, body=body)))
            if depth < _DEEPEST:
                pending += [(text, inner, depth + 1) for inner in bodies(text, macros, wanted)]
        return found


def join_queries(rules: Iterable[Rule], wanted: Wanted | None = None) -> JoinedQuery:
    """One query of the outline's patterns and those of `rules`; raises `PageError` naming the page and line of one that cannot be used.

    `wanted` says which macro bodies to read; by default what the queries of `rules` or the metrics could want.
    """
    rules = [rule for rule in rules if rule.query]
    owners: dict[str, list[Rule]] = {}
    owners_of_errors: dict[str, list[Rule]] = {}
    for rule in rules:
        for pattern in patterns(rule.query or ""):
            (owners_of_errors if looks_for_errors(pattern) else owners).setdefault(pattern, []).append(rule)
    wanted = wanted or wanted_in_macros(rules)
    errors = _joined([], owners_of_errors, wanted) if owners_of_errors else None
    return _joined(patterns(_text_of("items.scm") + _text_of("metrics.scm")), owners, wanted, errors)


def _joined(base: list[str], owners: dict[str, list[Rule]], wanted: Wanted, errors: JoinedQuery | None = None) -> JoinedQuery:
    """One query of the outline's patterns `base` and those that rules own."""
    rules = [*{rule.name: rule for owning in owners.values() for rule in owning}.values()]
    try:
        query = Query(LANGUAGE, "\n".join([*base, *owners]))
    except QueryError as error:
        raise _blame(rules, error) from error
    if query.pattern_count != len(base) + len(owners):
        raise _odd(rules)
    numbered = dict(enumerate(owners.values(), len(base)))
    for number, owning in numbered.items():
        for rule in owning:
            _require_captures(query, number, rule)
    return JoinedQuery(
        query=query,
        kinds=_kinds(base),
        owners={number: tuple(rule.name for rule in owning) for number, owning in numbered.items()},
        queries={rule.name: rule.query or "" for rule in rules} | (errors.queries if errors else {}),
        wanted=wanted,
        errors=errors,
    )


@cache
def query_of_items() -> JoinedQuery:
    """The query for what a file declares, without what the metrics are made from."""
    text = _text_of("items.scm")
    return JoinedQuery(Query(LANGUAGE, text), _kinds(patterns(text)), {}, {}, wanted_in_macros([]))


def scan(source: bytes, joined: JoinedQuery) -> Scan:
    """Parse `source`, which must be UTF-8, and look in it for what `joined` wants; a byte order mark is no part of it, as for rustc.

    Where the grammar cannot read valid Rust, matches read the text that bridges the gap; all positions are those of `source`.
    """
    source = source.removeprefix(BOM_UTF8)
    readable, root = source, parse(source)
    if root.has_error:
        from rustgate.gaps import bridged  # its table takes longer to compile than most files to scan

        readable, root = bridged(source, root, parse)
    return Scan(source, root, readable, joined)


def all_comments(scanned: Scan) -> list[Node]:
    """Every comment of a file, documentation as well, by a query of its own."""
    return QueryCursor(_comment_query()).captures(scanned.root).get("comment", [])


@cache
def _comment_query() -> Query:
    return Query(LANGUAGE, "(line_comment) @comment (block_comment) @comment")


def parse(source: bytes) -> Node:
    """The tree of a piece of Rust, such as the text of a comment."""
    return Parser(LANGUAGE).parse(source).root_node


@cache
def _text_of(file: str) -> str:
    return Path(__file__).with_name(file).read_text(encoding="ascii")


def _kinds(base: list[str]) -> tuple[str, ...]:
    """The kind of event that each of the outline's patterns finds."""
    return tuple(_CAPTURE.findall(pattern)[-1] for pattern in base)


def _collect(result: _Found, joined: JoinedQuery, root: Node) -> None:
    """Sort all matches of the file into `result`."""
    outline, kinds, owners, matches = len(joined.kinds), joined.kinds, joined.owners, result.matches
    events = [result.events[kind] for kind in kinds]
    for pattern, captures in QueryCursor(joined.query).matches(root):
        if pattern < outline:
            events[pattern].append(captures[kinds[pattern]][0])
        else:
            for rule in owners[pattern]:
                matches.setdefault(rule, []).append(captures)


def _collect_inner(result: _Found, joined: JoinedQuery, root: Node, is_wanted: Callable[[str], bool]) -> list[Node]:
    """The same for a macro body, of which only what parsed without an error counts, and whose comments the file's own tree has already.

    A match counts if its rule by itself would have looked into the body: what one rule finds does not depend on what else is looked for.
    """
    outline, kinds = len(joined.kinds), joined.kinds
    macros, broken = [], root.has_error
    for pattern, captures in QueryCursor(joined.query).matches(root):
        if broken and any(node.has_error for nodes in captures.values() for node in nodes):
            continue
        if pattern >= outline:
            for rule in filter(is_wanted, joined.owners[pattern]):
                result.matches.setdefault(rule, []).append(captures)
        elif kinds[pattern] != "comment":
            node = captures[kinds[pattern]][0]
            result.events[kinds[pattern]].append(node)
            if kinds[pattern] == "macro":
                macros.append(node)
    return macros


def _require_captures(query: Query, pattern: int, rule: Rule) -> None:
    """Where no check makes the findings, every match must say where one stands and what its message holds."""
    names = [] if rule.check else ["finding", *placeholders(rule)]
    captured = {query.capture_name(index) for index in range(query.capture_count) if _always_captured(query, pattern, index)}
    for name in names:
        if name not in captured:
            raise PageError(f"{rule.path}:{rule.query_line}: a pattern of the query can match without @{name}; capture it in every pattern")


def placeholders(rule: Rule) -> list[str]:
    """The names between braces in the message of a rule, in order."""
    return [name for _, name, _, _ in Formatter().parse(rule.message) if name]


def _always_captured(query: Query, pattern: int, index: int) -> bool:
    try:
        return query.capture_quantifier(pattern, index) in {"", "+"}
    except SystemError:  # what the bindings raise where a pattern does not hold the capture at all
        return False


def _odd(rules: Iterable[Rule]) -> PageError:
    """The error of the page whose patterns are other ones for tree-sitter than for us, which numbers them as they stand."""
    odd = next((rule for rule in rules if Query(LANGUAGE, rule.query or "").pattern_count != len(patterns(rule.query or ""))), None)
    where = f"{odd.path}:{odd.query_line}" if odd else "the rules together"
    return PageError(f"{where}: it cannot be told where a pattern of the query begins; put each into parentheses of its own")


def _blame(rules: Iterable[Rule], joined_error: QueryError) -> PageError:
    """The error of the one page whose query does not compile by itself."""
    for rule in rules:
        try:
            Query(LANGUAGE, rule.query or "")
        except QueryError as error:
            place = _PLACE.search(str(error))
            line = rule.query_line + (int(place[1]) if place else 0)
            return PageError(f"{rule.path}:{line}: the query does not compile: {_PLACE.sub('', str(error))}")
    return PageError(f"the joined query of all rules does not compile: {joined_error}")
