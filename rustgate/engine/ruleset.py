"""Rules of a run with their query and functions.

A rule set is built once for each worker.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any

from msgspec import Struct

from rustgate.checks.size.measures import MEASURES, Measured, Subject
from rustgate.engine.active_rules import ActiveRules, active_rules
from rustgate.engine.check_loader import load_check
from rustgate.errors import PageError, suggestion
from rustgate.model.file import FileContext
from rustgate.model.finding import Match
from rustgate.model.rule import Applies, Rule, Setting
from rustgate.project.context import File
from rustgate.syntax.joined_query import JoinedQuery, join_queries, placeholders
from rustgate.syntax.macros import macro_filter_for_tests
from rustgate.syntax.parse import Captures
from rustgate.syntax.prefilter import can_match

Settings = Mapping[str, Setting]
Check = Callable[[File, list[Captures]], Iterator[Match]]
Gather = Callable[[File, list[Captures]], Iterator[tuple[Match, object]]]
Measure = Callable[[Subject], Iterator[Measured]]

MEASURED_VALUES = ("name", "value", "limit", "over", "note", "remedy")
"""Placeholders that the message of a measured rule can hold."""


class RuleSet(Struct, frozen=True, dict=True):
    """Rules by name, with their query and functions.

    `joined` is the query for files that are not test code, `rules_in_tests` are the rules whose queries look at tests.
    """

    rules: dict[str, Rule]
    joined: JoinedQuery
    rules_in_tests: tuple[Rule, ...]
    checks: dict[str, Check]
    gathers: dict[str, Gather]
    measures: dict[str, Measure]

    @cached_property
    def joined_for_tests(self) -> JoinedQuery:
        """Return the joined query for test files.

        These are test code from end to end.
        """
        return join_queries(self.rules_in_tests, macro_filter_for_tests(self.rules_in_tests))

    @cached_property
    def _active_rules(self) -> dict[tuple[int, FileContext], tuple[Settings, ActiveRules]]:
        """Return the active rules computed so far, by settings and context.

        Settings are told apart by identity, so they are kept here as well. A run has few, and they live as long as the rule set.
        """
        return {}

    def active_rules(self, settings: Settings, context: FileContext) -> ActiveRules:
        """Return the rules that are enabled for files with these settings.

        The same dictionary is looked through once for each context.
        """
        key = (id(settings), context)
        if key not in self._active_rules:
            self._active_rules[key] = (settings, active_rules(self.rules, settings, context))
        return self._active_rules[key][1]


def build_rule_set(rules: Iterable[Rule], sources: Iterable[bytes] | None = None) -> RuleSet:
    """Build the rule set of `rules` that read Rust.

    Raises `PageError` for a query, check or measure that does not exist or compile. If only `sources` will ever be linted by it, queries
    that cannot match in any of them are left out: compiling all takes 0.1 s.
    """
    by_name = {rule.name: rule for rule in rules if not rule.reads_manifests}
    text = None if sources is None else b"\n".join(sources)
    with_query = [rule for rule in by_name.values() if rule.query and (text is None or can_match(rule, text))]
    return RuleSet(
        rules=by_name,
        joined=join_queries(with_query),
        rules_in_tests=tuple(rule for rule in with_query if rule.applies is not Applies.PRODUCTION),
        checks={rule.name: _function(rule, rule.check) for rule in by_name.values() if rule.check and not rule.gather},
        gathers={rule.name: _function(rule, rule.gather) for rule in by_name.values() if rule.gather},
        measures={rule.name: _measure(rule, rule.measure) for rule in by_name.values() if rule.measure},
    )


def require_usable(rules: Iterable[Rule]) -> None:
    """Raise `PageError` for pages that cannot be used.

    Their queries are compiled and their checks imported: no test of ours has tried those of packs and repositories.
    """
    build_rule_set(rules)


def _measure(rule: Rule, name: str) -> Measure:
    if name not in MEASURES:
        raise PageError(f'{rule.path}: unknown measure "{name}"{suggestion(name, MEASURES)} (known: {", ".join(MEASURES)})')
    for placeholder in sorted({*placeholders(rule)} - {*MEASURED_VALUES}):
        raise PageError(f"{rule.path}: nothing fills {{{placeholder}}} in the message of a measure (known: {', '.join(MEASURED_VALUES)})")
    return MEASURES[name]


def _function(rule: Rule, name: str) -> Callable[..., Any]:
    """Return the function that a page names.

    That of a pack is imported at once, one of our own when it is first called, as most files need few of them.
    """
    if rule.pack:
        return load_check(rule, name)

    @cache
    def found() -> Callable[..., Any]:
        return load_check(rule, name)

    return lambda *arguments: found()(*arguments)  # noqa: PLW0108  # `found()` here would import at once
