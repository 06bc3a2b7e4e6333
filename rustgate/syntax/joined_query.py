"""Join the queries of all rules and the outline's patterns into one tree-sitter query."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from string import Formatter

from msgspec import Struct
from tree_sitter import Query, QueryError

from rustgate.errors import PageError
from rustgate.model.rule import Rule
from rustgate.syntax.grammar import LANGUAGE
from rustgate.syntax.macro_filter import MacroFilter, macro_filter_for
from rustgate.syntax.prefilter import looks_for_errors, patterns

_PLACE = re.compile(r" at row (\d+), column \d+")
"""Where an error of tree-sitter says that it is, counted from the beginning of the query."""
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
    macro_filter: MacroFilter
    errors: "JoinedQuery | None" = None


def join_queries(rules: Iterable[Rule], macro_filter: MacroFilter | None = None) -> JoinedQuery:
    """One query of the outline's patterns and those of `rules`; raises `PageError` naming the page and line of one that cannot be used.

    `wanted` says which macro bodies to read; by default what the queries of `rules` or the metrics could want.
    """
    rules = [rule for rule in rules if rule.query]
    owners: dict[str, list[Rule]] = {}
    owners_of_errors: dict[str, list[Rule]] = {}
    for rule in rules:
        for pattern in patterns(rule.query or ""):
            (owners_of_errors if looks_for_errors(pattern) else owners).setdefault(pattern, []).append(rule)
    macro_filter = macro_filter or macro_filter_for(rules)
    errors = _joined([], owners_of_errors, macro_filter) if owners_of_errors else None
    return _joined(patterns(_text_of("items.scm") + _text_of("metrics.scm")), owners, macro_filter, errors)


def _joined(base: list[str], owners: dict[str, list[Rule]], macro_filter: MacroFilter, errors: JoinedQuery | None = None) -> JoinedQuery:
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
        macro_filter=macro_filter,
        errors=errors,
    )


@cache
def query_of_items() -> JoinedQuery:
    """The query for what a file declares, without what the metrics are made from."""
    text = _text_of("items.scm")
    return JoinedQuery(Query(LANGUAGE, text), _kinds(patterns(text)), {}, {}, macro_filter_for([]))


@cache
def _text_of(file: str) -> str:
    return Path(__file__).with_name("queries").joinpath(file).read_text(encoding="ascii")


def _kinds(base: list[str]) -> tuple[str, ...]:
    """The kind of event that each of the outline's patterns finds."""
    return tuple(_CAPTURE.findall(pattern)[-1] for pattern in base)


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
