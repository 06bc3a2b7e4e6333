"""Join the queries of all rules into one tree-sitter query."""

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
from rustgate.syntax.macros import MacroFilter, macro_filter_for
from rustgate.syntax.prefilter import looks_for_errors, patterns

_ERROR_POSITION = re.compile(r" at row (\d+), column \d+")
"""The position in an error of tree-sitter, counted from the beginning of the query."""
_CAPTURE = re.compile(r"@([\w.-]+)")


class JoinedQuery(Struct, frozen=True):
    """One query with the patterns of the outline and of all rules.

    `kinds` names the outline event of each of the first patterns. `owners` maps the number of every later pattern to the names of the rules
    that have it. `queries` holds the query of each of these rules; `macro_filter` says which macro bodies are read.

    Patterns that match nothing but errors are kept apart in `errors`, because one for `MISSING` looks at every node of a tree.
    """

    query: Query
    kinds: tuple[str, ...]
    owners: dict[int, tuple[str, ...]]
    queries: dict[str, str]
    macro_filter: MacroFilter
    errors: "JoinedQuery | None" = None


def join_queries(rules: Iterable[Rule], macro_filter: MacroFilter | None = None) -> JoinedQuery:
    """Join the patterns of the outline and of `rules` into one query.

    `macro_filter` says which macro bodies to read; by default those in which the queries of `rules` or the metrics could find something.
    Raises `PageError` naming the page and line of a query that cannot be used.
    """
    rules = [rule for rule in rules if rule.query]
    owners: dict[str, list[Rule]] = {}
    owners_of_errors: dict[str, list[Rule]] = {}
    for rule in rules:
        for pattern in patterns(rule.query or ""):
            (owners_of_errors if looks_for_errors(pattern) else owners).setdefault(pattern, []).append(rule)
    macro_filter = macro_filter or macro_filter_for(rules)
    errors = _compile([], owners_of_errors, macro_filter) if owners_of_errors else None
    return _compile(patterns(_text_of("items.scm") + _text_of("metrics.scm")), owners, macro_filter, errors)


def _compile(base: list[str], owners: dict[str, list[Rule]], macro_filter: MacroFilter, errors: JoinedQuery | None = None) -> JoinedQuery:
    """Compile the outline's patterns `base` and those that rules own."""
    rules = [*{rule.name: rule for owning_rules in owners.values() for rule in owning_rules}.values()]
    try:
        query = Query(LANGUAGE, "\n".join([*base, *owners]))
    except QueryError as error:
        raise _compile_error(rules, error) from error
    if query.pattern_count != len(base) + len(owners):
        raise _miscounted_page_error(rules)
    numbered = dict(enumerate(owners.values(), len(base)))
    for number, owning_rules in numbered.items():
        for rule in owning_rules:
            _require_captures(query, number, rule)
    return JoinedQuery(
        query=query,
        kinds=_kinds(base),
        owners={number: tuple(rule.name for rule in owning_rules) for number, owning_rules in numbered.items()},
        queries={rule.name: rule.query or "" for rule in rules} | (errors.queries if errors else {}),
        macro_filter=macro_filter,
        errors=errors,
    )


@cache
def query_of_items() -> JoinedQuery:
    """Return the query for what a file declares.

    It lacks the patterns that only metrics need.
    """
    text = _text_of("items.scm")
    return JoinedQuery(Query(LANGUAGE, text), _kinds(patterns(text)), {}, {}, macro_filter_for([]))


@cache
def _text_of(file: str) -> str:
    return Path(__file__).with_name("queries").joinpath(file).read_text(encoding="ascii")


def _kinds(base: list[str]) -> tuple[str, ...]:
    """Name the outline event that each base pattern finds."""
    return tuple(_CAPTURE.findall(pattern)[-1] for pattern in base)


def _require_captures(query: Query, pattern: int, rule: Rule) -> None:
    """Raise `PageError` unless every match has the captures of its message.

    Where no check makes the findings, a match must also say where the finding is (`@finding`).
    """
    names = [] if rule.check else ["finding", *placeholders(rule)]
    captured = {query.capture_name(index) for index in range(query.capture_count) if _always_captured(query, pattern, index)}
    for name in names:
        if name not in captured:
            raise PageError(f"{rule.path}:{rule.query_line}: a pattern of the query can match without @{name}; capture it in every pattern")


def placeholders(rule: Rule) -> list[str]:
    """List the names in braces in a rule's message and help, in order."""
    return [name for text in (rule.message, rule.help) for _, name, _, _ in Formatter().parse(text) if name]


def _always_captured(query: Query, pattern: int, index: int) -> bool:
    try:
        return query.capture_quantifier(pattern, index) in {"", "+"}
    except SystemError:  # what the bindings raise where a pattern does not hold the capture at all
        return False


def _miscounted_page_error(rules: Iterable[Rule]) -> PageError:
    """Return the error of the page whose patterns are numbered differently.

    Patterns are numbered by their order in the text; tree-sitter must count as many in each query as `patterns` does.
    """
    miscounted = next((rule for rule in rules if Query(LANGUAGE, rule.query or "").pattern_count != len(patterns(rule.query or ""))), None)
    where = f"{miscounted.path}:{miscounted.query_line}" if miscounted else "the rules together"
    return PageError(f"{where}: it cannot be told where a pattern of the query begins; put each into parentheses of its own")


def _compile_error(rules: Iterable[Rule], joined_error: QueryError) -> PageError:
    """Return the error of the one page whose query does not compile."""
    for rule in rules:
        try:
            Query(LANGUAGE, rule.query or "")
        except QueryError as error:
            position = _ERROR_POSITION.search(str(error))
            line = rule.query_line + (int(position[1]) if position else 0)
            return PageError(f"{rule.path}:{line}: the query does not compile: {_ERROR_POSITION.sub('', str(error))}")
    return PageError(f"the joined query of all rules does not compile: {joined_error}")
