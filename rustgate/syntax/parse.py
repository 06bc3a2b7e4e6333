"""Parse Rust and run the joined query, also in macro bodies.

A file costs one parse and one query; macro bodies that are worth it are parsed again.
"""

from codecs import BOM_UTF8
from collections.abc import Callable
from functools import cache, partial
from typing import TypeAlias

from msgspec import Struct
from tree_sitter import Node, Parser, Query, QueryCursor

from rustgate.syntax.grammar import LANGUAGE
from rustgate.syntax.joined_query import JoinedQuery
from rustgate.syntax.macros import arms, bodies, body_at, is_macro_2, macro_around
from rustgate.syntax.prefilter import may_hold_match

Captures: TypeAlias = dict[str, list[Node]]

COMMENTS = frozenset({"line_comment", "block_comment"})
_IN_COMMENTS = frozenset({"doc_comment", "inner_doc_comment_marker", "outer_doc_comment_marker", "!", "/", "*", "//", "/*", "*/"})
_DEEPEST = 8
"""Levels of nested macros that are read; a body is parsed once for each level around it."""


class _QueryResult(Struct, frozen=True):
    """Query results: nodes by kind of outline event, captures by rule."""

    events: dict[str, list[Node]]
    matches: dict[str, list[Captures]]


class Scan:
    """A parsed file and the matches of its joined query.

    Matches in macro bodies come last. The query runs when its matches are first asked for: of most test files no one asks more than whether
    they can be parsed.
    """

    def __init__(self, source: bytes, root: Node, readable: bytes, joined: JoinedQuery) -> None:
        """`readable` is the source as the grammar has read it, with what it cannot read masked."""
        self.source = source
        self.root = root
        self.readable = readable
        self._joined = joined
        self._result: _QueryResult | None = None

    @property
    def events(self) -> dict[str, list[Node]]:
        """The nodes of every kind of outline event."""
        return self._results().events

    @property
    def matches(self) -> dict[str, list[Captures]]:
        """The captures of every rule that matches."""
        return self._results().matches

    def matches_of(self, rule: str) -> list[Captures]:
        """Return the captures of one rule.

        The query is not run if words are enough to see that the rule has no match.
        """
        query = self._joined.queries.get(rule)
        if query is None or not (self._result or self.root.has_error or may_hold_match(query, self.readable)):
            return []
        return self.matches.get(rule, [])

    def code_at(self, byte: int) -> Node | None:
        """Return the smallest node at `byte`, read as code.

        It is a node of the file, or in a macro's arm, body or arguments, one of the tree that these make when parsed by themselves.
        """
        source, root, parser = self.readable, self.root, Parser(LANGUAGE)
        for _ in range(_DEEPEST):
            macro = macro_around(root, byte)
            source, body = body_at(source, macro, byte) if macro else (source, None)
            if body is None:
                break
            parser.included_ranges = [body]
            root = parser.parse(source).root_node
        return root.descendant_for_byte_range(byte, byte + 1)

    def _results(self) -> _QueryResult:
        self._result = self._result or self._search()
        return self._result

    def _search(self) -> _QueryResult:
        joined, readable, macro_pattern = self._joined, self.readable, self._joined.macro_filter.pattern
        parser = Parser(LANGUAGE)
        result = _QueryResult({kind: [] for kind in joined.kinds}, {})
        _collect(result, joined, self.root)
        if joined.errors and self.root.has_error:
            _collect(result, joined.errors, self.root)
        result.events["macro-rules"] += filter(is_macro_2, result.events["macro"])
        result.events["macro"] = [macro for macro in result.events["macro"] if not is_macro_2(macro)]
        as_code, ranges = arms(readable, result.events["macro-rules"], macro_pattern)
        pending = [(readable, body, 1) for body in bodies(readable, result.events["macro"], macro_pattern)]
        pending += [(as_code, arm, 1) for arm in ranges]
        while pending:
            text, body, depth = pending.pop()
            parser.included_ranges = [body]
            macros = _collect_inner(
                result, joined, parser.parse(text).root_node, cache(partial(joined.macro_filter.rule_reads, source=text, body=body))
            )
            if depth < _DEEPEST:
                pending += [(text, inner, depth + 1) for inner in bodies(text, macros, macro_pattern)]
        return result


def scan_source(source: bytes, joined: JoinedQuery) -> Scan:
    """Parse `source` and prepare the joined query over it.

    The source must be UTF-8; a byte order mark is no part of it, as for rustc. Where the grammar cannot read valid Rust, matches read the
    masked text; all positions are those of `source`.
    """
    source = source.removeprefix(BOM_UTF8)
    readable, root = source, parse_rust(source)
    if root.has_error:
        from rustgate.syntax.grammar_workarounds.masking import mask_unsupported_syntax  # noqa: PLC0415  # its table takes longer to compile than most files to read

        readable, root = mask_unsupported_syntax(source, root, parse_rust)
    return Scan(source, root, readable, joined)


def all_comments(scanned: Scan) -> list[Node]:
    """Return every comment of a file, documentation included.

    They are found by a query of their own.
    """
    return QueryCursor(_comment_query()).captures(scanned.root).get("comment", [])


def comment_at(scanned: Scan, byte: int) -> Node | None:
    """Return the comment that holds `byte`, if any."""
    node = scanned.root.descendant_for_byte_range(byte, byte + 1)
    while node and node.type not in COMMENTS:
        node = node.parent if node.type in _IN_COMMENTS else None
    return node


@cache
def _comment_query() -> Query:
    return Query(LANGUAGE, "(line_comment) @comment (block_comment) @comment")


def parse_rust(source: bytes) -> Node:
    """Parse Rust and return the root node.

    The source may be any piece of Rust, such as the text of a comment.
    """
    return Parser(LANGUAGE).parse(source).root_node


def _collect(result: _QueryResult, joined: JoinedQuery, root: Node) -> None:
    """Sort all matches of the file into `result`."""
    outline, kinds, owners, matches = len(joined.kinds), joined.kinds, joined.owners, result.matches
    events = [result.events[kind] for kind in kinds]
    for pattern, captures in QueryCursor(joined.query).matches(root):
        if pattern < outline:
            events[pattern].append(captures[kinds[pattern]][0])
        else:
            for rule in owners[pattern]:
                matches.setdefault(rule, []).append(captures)


def _collect_inner(result: _QueryResult, joined: JoinedQuery, root: Node, rule_reads: Callable[[str], bool]) -> list[Node]:
    """Sort the matches of a macro body into `result`; return macros within.

    Of a body that does not parse, only matches without an error count; its comments are in the file's own tree already. A match counts if
    its rule by itself would have looked into the body: what one rule finds does not depend on what the others look for.
    """
    outline, kinds = len(joined.kinds), joined.kinds
    macros, broken = [], root.has_error
    for pattern, captures in QueryCursor(joined.query).matches(root):
        if broken and any(node.has_error for nodes in captures.values() for node in nodes):
            continue
        if pattern >= outline:
            for rule in filter(rule_reads, joined.owners[pattern]):
                result.matches.setdefault(rule, []).append(captures)
        elif kinds[pattern] != "comment":
            node = captures[kinds[pattern]][0]
            result.events[kinds[pattern]].append(node)
            if kinds[pattern] == "macro":
                macros.append(node)
    return macros
