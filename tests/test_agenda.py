"""Which rules have a say in a file."""

import pytest

from rustgate.agenda import agenda
from rustgate.catalog import shipped
from rustgate.model import Setting, Severity, Target
from rustgate.scan import join_queries, scan

RULES = ("blocking-in-async", "duplicate-code", "function-length", "todo-comment", "unreadable-file", "unsafe-in-safe-crate", "unwrap-used")
JOINED = join_queries([shipped()[name] for name in RULES])
ON = dict.fromkeys(RULES, Setting(Severity.ERROR))


def rules_for(text: str, settings: dict[str, Setting] = ON, target: Target | None = Target.LIBRARY, *, test: bool = False) -> set[str]:
    entries = agenda({name: shipped()[name] for name in RULES}, settings, target, test=test).of(scan(text.encode(), JOINED))
    return {entry.rule.name for entry in entries}


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("fn f() {}", set()),
        ("fn f() { a.unwrap(); }", {"unwrap-used"}),
        ("fn f() { std::fs::read(p); }", set()),
        ("async fn f() { std::fs::read(p); }", {"blocking-in-async"}),
    ],
)
def test_rules_with_a_query_have_a_say_where_it_matches_and_their_context_can_be(text: str, more: set[str]) -> None:
    assert rules_for(text) == {"duplicate-code", "function-length", "todo-comment", "unsafe-in-safe-crate"} | more


def test_in_tests_rules_for_production_have_no_say() -> None:
    assert rules_for("fn f() { a.unwrap(); }", test=True) == {"duplicate-code", "todo-comment", "unsafe-in-safe-crate"}


def test_a_rule_for_some_targets_has_no_say_in_another() -> None:
    assert "unsafe-in-safe-crate" not in rules_for("fn f() {}", target=Target.BUILD)


def test_a_rule_that_is_off_or_unknown_has_no_say() -> None:
    assert rules_for("fn f() {}", {"function-length": Setting(None), "no-such-rule": Setting(Severity.ERROR)}) == set()
