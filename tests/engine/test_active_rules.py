"""Which rules have a say in a file."""

import pytest

from rustgate.engine.active_rules import active_rules
from rustgate.model.file import FileContext, Target
from rustgate.model.finding import Severity
from rustgate.model.rule import Setting
from rustgate.rules.catalog import shipped
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.parse import scan_source

EACH = {"allow-without-reason", "duplicate-code", "function-length", "todo-comment", "unsafe-in-safe-crate"}
"""Rules that look at each file of a library."""
RULES = (*sorted(EACH), "blocking-in-async", "unreadable-file", "unwrap-used")
JOINED = join_queries([shipped()[name] for name in RULES])
ON = dict.fromkeys(RULES, Setting(Severity.ERROR))
LIBRARY = FileContext(Target.LIBRARY)


def rules_for(text: str, settings: dict[str, Setting] = ON, context: FileContext = LIBRARY) -> set[str]:
    entries = active_rules({name: shipped()[name] for name in RULES}, settings, context).of(scan_source(text.encode(), JOINED))
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
    assert rules_for(text) == EACH | more


def test_in_tests_rules_for_production_have_no_say() -> None:
    assert rules_for("fn f() { a.unwrap(); }", context=FileContext(Target.LIBRARY, test=True)) == EACH - {
        "allow-without-reason",
        "function-length",
    }


def test_a_rule_for_some_targets_has_no_say_in_another() -> None:
    assert "unsafe-in-safe-crate" not in rules_for("fn f() {}", context=FileContext(Target.BUILD))


@pytest.mark.parametrize(("rust", "severity"), [((), "error"), ((1, 80), "note"), ((1, 81), "error"), ((1, 100), "error")])
def test_what_the_oldest_rust_of_a_package_does_not_know_is_asked_for_in_a_note(rust: tuple[int, ...], severity: str) -> None:
    made = active_rules(shipped(), ON, FileContext(Target.LIBRARY, rust=rust))
    assert {entry.severity for entry in made.each if entry.rule.name == "allow-without-reason"} == {severity}
    assert {entry.severity for entry in made.each if entry.rule.name == "function-length"} == {"error"}


def test_a_rule_that_is_off_or_unknown_has_no_say() -> None:
    assert rules_for("fn f() {}", {"function-length": Setting(None), "no-such-rule": Setting(Severity.ERROR)}) == set()
