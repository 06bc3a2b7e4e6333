"""Source in, matches out: one parse and one joined query for a file, and the macro bodies that are worth it parsed again."""

from codecs import BOM_UTF8
from collections.abc import Callable
from functools import cache, partial
from typing import TypeAlias

from msgspec import Struct
from tree_sitter import Node, Parser, Query, QueryCursor

from rustgate.syntax.grammar import LANGUAGE
from rustgate.syntax.joined_query import JoinedQuery
from rustgate.syntax.macros import arms, bodies
from rustgate.syntax.prefilter import may_hold_match

Captures: TypeAlias = dict[str, list[Node]]

COMMENTS = frozenset({"line_comment", "block_comment"})
_DEEPEST = 8
"""Macros in macros that are read: what stands in them is parsed once for each level."""


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
        joined, readable, macro_filter = self._joined, self._readable, self._joined.macro_filter.anything
        parser = Parser(LANGUAGE)
        found = _Found({kind: [] for kind in joined.kinds}, {})
        _collect(found, joined, self.root)
        if joined.errors and self.root.has_error:
            _collect(found, joined.errors, self.root)
        as_code, ranges = arms(readable, found.events["macro-rules"], macro_filter)
        pending = [(readable, body, 1) for body in bodies(readable, found.events["macro"], macro_filter)]
        pending += [(as_code, arm, 1) for arm in ranges]
        while pending:
            text, body, depth = pending.pop()
            parser.included_ranges = [body]
            macros = _collect_inner(
                found, joined, parser.parse(text).root_node, cache(partial(joined.macro_filter.by, source=text, body=body))
            )
            if depth < _DEEPEST:
                pending += [(text, inner, depth + 1) for inner in bodies(text, macros, macro_filter)]
        return found


def scan_source(source: bytes, joined: JoinedQuery) -> Scan:
    """Parse `source`, which must be UTF-8, and look in it for what `joined` wants; a byte order mark is no part of it, as for rustc.

    Where the grammar cannot read valid Rust, matches read the text that bridges the gap; all positions are those of `source`.
    """
    source = source.removeprefix(BOM_UTF8)
    readable, root = source, parse_rust(source)
    if root.has_error:
        from rustgate.syntax.grammar_workarounds import mask_unsupported_syntax  # noqa: PLC0415  # its table takes longer to compile than most files to scan

        readable, root = mask_unsupported_syntax(source, root, parse_rust)
    return Scan(source, root, readable, joined)


def all_comments(scanned: Scan) -> list[Node]:
    """Every comment of a file, documentation as well, by a query of its own."""
    return QueryCursor(_comment_query()).captures(scanned.root).get("comment", [])


@cache
def _comment_query() -> Query:
    return Query(LANGUAGE, "(line_comment) @comment (block_comment) @comment")


def parse_rust(source: bytes) -> Node:
    """The tree of a piece of Rust, such as the text of a comment."""
    return Parser(LANGUAGE).parse(source).root_node


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
