"""What a run looks for: the rules with their joined query and their Python, built once for each worker."""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, cast

from msgspec import Struct

from rustgate.errors import PageError, suggestion
from rustgate.measures import MEASURES, Measured, Subject
from rustgate.model import Hit, Place, Rule
from rustgate.outline import Outline
from rustgate.scan import Captures, JoinedQuery, Scan, join_queries


class File(Struct, frozen=True):
    """A file as a check sees it; `options` are those of the rule being checked."""

    scan: Scan
    outline: Outline
    place: Place
    options: dict[str, object]


Check = Callable[[File, list[Captures]], Iterator[Hit]]
Gather = Callable[[File, list[Captures]], Iterator[tuple[Hit, object]]]
Measure = Callable[[Subject], Iterator[Measured]]


class Plan(Struct, frozen=True):
    """Rules by name, and what each is found with."""

    rules: dict[str, Rule]
    joined: JoinedQuery
    checks: dict[str, Check]
    gathers: dict[str, Gather]
    measures: dict[str, Measure]


def build_plan(rules: Iterable[Rule]) -> Plan:
    """The plan for `rules`; raises `PageError` for a query, check or measure that does not exist or compile."""
    by_name = {rule.name: rule for rule in rules}
    return Plan(
        rules=by_name,
        joined=join_queries(by_name.values()),
        checks={rule.name: imported(rule, rule.check) for rule in by_name.values() if rule.check and not rule.gather},
        gathers={rule.name: imported(rule, rule.gather) for rule in by_name.values() if rule.gather},
        measures={rule.name: _measure(rule, rule.measure) for rule in by_name.values() if rule.measure},
    )


def _measure(rule: Rule, name: str) -> Measure:
    if name not in MEASURES:
        raise PageError(f'{rule.path}: unknown measure "{name}"{suggestion(name, MEASURES)} (known: {", ".join(MEASURES)})')
    return MEASURES[name]


def imported(rule: Rule, name: str) -> Callable[..., Any]:
    """The function that a page names as `package.module:function`; raises `PageError` when there is none."""
    module, _, function = name.partition(":")
    try:
        found = getattr(import_module(module), function)
        if not callable(found):
            raise TypeError(f"{function} is not a function")
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise PageError(f'{rule.path}: the check "{name}" cannot be imported: {error}; write it as package.module:function') from error
    return cast("Callable[..., Any]", found)
