"""What facts are made of is said by the annotation of the function that gathers them."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from rustgate.api import Match
from rustgate.engine.check_loader import fact_type
from rustgate.model.rule import Rule
from rustgate.rules.catalog import shipped

GATHERING = [rule for rule in shipped().values() if rule.gather]


def typed(_file: object, _matches: object) -> Iterator[tuple[Match, int | None]]:
    yield from ()


def untyped(_file, _matches):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  # as in a careless pack
    yield from ()


def for_checkers_only(_file: object, _matches: object) -> "Iterator[tuple[Match, Gone]]":  # type: ignore[name-defined]  # noqa: F821  # see its use
    yield from ()


@pytest.mark.parametrize("rule", GATHERING, ids=lambda rule: rule.name)
def test_every_shipped_rule_of_a_wider_scope_says_what_its_facts_are(rule: Rule) -> None:
    assert fact_type(rule) is not Any


@pytest.mark.parametrize(("name", "expected"), [("typed", int | None), ("untyped", Any), ("for_checkers_only", Any)])
def test_a_function_without_an_annotation_gives_plain_data(name: str, expected: object) -> None:
    assert fact_type(replace(GATHERING[0], gather=f"{__name__}:{name}", pack="acme")) == expected
