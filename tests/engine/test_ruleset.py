"""The plan: rules joined into one query, and every name on a page that leads nowhere refused."""

import re

import pytest
from msgspec.structs import replace

from rustgate.checks.size.measures import MEASURES
from rustgate.engine.check_loader import load_check
from rustgate.engine.ruleset import build_rule_set
from rustgate.errors import PageError
from rustgate.model.finding import Severity
from rustgate.model.rule import Rule
from rustgate.rules.catalog import shipped
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.parse import scan_source


def rule(name: str = "some-rule", *, query: str | None = None, check: str | None = None, measure: str | None = None) -> Rule:
    return Rule(
        name=name,
        category="style",
        path=f"rules/style/{name}.md",
        title="A rule",
        why="Because.",
        markdown="",
        severity=(Severity.ERROR,) * 4,
        message="{what} is wrong",
        since="0.1",
        query=query,
        query_line=20 if query else 0,
        check=check,
        measure=measure,
        limit=(1,) * 4,
        soft=(None,) * 4,
    )


def test_a_rule_that_reads_manifests_is_no_part_of_a_plan_for_files() -> None:
    rule_set = build_rule_set([replace(rule(check="nowhere:nothing"), reads="manifest")])
    assert (rule_set.rules, rule_set.checks) == ({}, {})


def test_a_plan_knows_the_functions_behind_checks_and_measures() -> None:
    checked = rule("checked", check="rustgate.checks.panics.calls:expect_calls")
    rule_set = build_rule_set([checked, replace(rule("measured", measure="function.lines"), message="{value} is too many")])
    assert list(rule_set.rules) == ["checked", "measured"]
    assert list(rule_set.checks) == ["checked"]
    assert rule_set.measures == {"measured": MEASURES["function.lines"]}


def test_the_pattern_that_matched_says_whose_match_it_is() -> None:
    calls = rule("calls", query="(call_expression) @finding @what\n(macro_invocation) @finding @what ; a comment at the end")
    numbers = rule("numbers", query='((integer_literal) @finding @what (#eq? @what "7"))')
    rule_set = build_rule_set([calls, numbers])
    found = scan_source(b"fn f() { g(7); h!(8); }", rule_set.joined).matches
    assert {name: [captures["what"][0].text for captures in matches] for name, matches in found.items()} == {
        "calls": [b"g(7)", b"h!(8)"],
        "numbers": [b"7"],
    }


def test_the_outline_comes_first_and_each_of_its_patterns_has_a_kind() -> None:
    alone, joined = join_queries([]), join_queries([rule(query="(identifier) @finding @what")])
    assert alone.kinds == joined.kinds
    assert {"function", "impl", "mod", "comment", "macro", "attribute", "arm"} <= set(alone.kinds)
    assert alone.owners == {}
    assert joined.owners == {len(alone.kinds): ("some-rule",)}


@pytest.mark.parametrize(
    "query",
    [
        "(no_such_node) @finding",
        "(identifier @finding",
        "(identifier) @finding)",
        "(call_expression no_such_field: (_)) @finding",
        '((identifier) @finding (#eq? @other "a"))',
        '((identifier) @finding (#match? @finding "("))',
        "((identifier) @finding (#eq? @finding))",
    ],
)
def test_a_query_that_does_not_compile_names_its_page_and_line(query: str) -> None:
    fine = rule("fine", query="(identifier) @finding @what")
    with pytest.raises(PageError, match=re.escape("rules/style/some-rule.md:20: the query does not compile: ")):
        build_rule_set([fine, rule(query=query), rule("fine-too", query="(identifier) @finding @what")])


def test_the_line_is_that_of_the_mistake_and_not_of_the_query() -> None:
    with pytest.raises(PageError, match=r"some-rule\.md:22: the query does not compile: Invalid node type: no_such_node$"):
        build_rule_set([rule(query="(identifier) @finding @what\n\n(no_such_node) @finding @what")])


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ("(identifier) @what", "finding"),
        ("(identifier) @finding", "what"),
        ("(call_expression function: (identifier)? @what) @finding", "what"),
        ("(call_expression function: [(identifier) @what (field_expression)]) @finding", "what"),
        ("(identifier) @finding @what (type_identifier) @finding", "what"),
    ],
)
def test_what_a_finding_is_made_from_must_be_captured_by_every_match(query: str, missing: str) -> None:
    sentence = f"rules/style/some-rule.md:20: a pattern of the query can match without @{missing}; capture it in every pattern"
    with pytest.raises(PageError, match=re.escape(sentence)):
        build_rule_set([rule(query=query)])


def test_a_check_may_capture_what_it_likes() -> None:
    assert build_rule_set([rule(query="(identifier) @anything", check="rustgate.checks.panics.calls:expect_calls")]).checks


def test_an_unknown_measure_brings_the_nearest_one() -> None:
    with pytest.raises(PageError) as caught:
        build_rule_set([rule(measure="function.line")])
    assert 'rules/style/some-rule.md: unknown measure "function.line"; did you mean "function.lines"? (known: ' in str(caught.value)


def test_a_check_of_our_own_is_imported_when_it_is_first_called() -> None:
    rule_set = build_rule_set([rule(check="rustgate.no_such_module:check")])
    with pytest.raises(PageError, match="cannot be imported"):
        rule_set.checks["some-rule"](None, [])  # type: ignore[arg-type]  # it never gets there


@pytest.mark.parametrize("shipped_rule", shipped().values(), ids=lambda shipped_rule: shipped_rule.name)
def test_every_function_that_a_page_names_is_there(shipped_rule: Rule) -> None:
    assert all(callable(load_check(shipped_rule, name)) for name in (shipped_rule.check, shipped_rule.gather) if name)


@pytest.mark.parametrize(
    "check",
    [
        "rustgate.no_such_module:check",
        "rustgate.checks.panics.calls:no_such_function",
        "rustgate.checks.panics",
        "rustgate.checks.panics.calls:_FLAG",
        ":check",
        ".relative:check",
    ],
)
def test_a_check_that_cannot_be_imported_says_how_to_write_it(check: str) -> None:
    with pytest.raises(PageError) as caught:
        build_rule_set([replace(rule(check=check), pack="theirs")])
    assert str(caught.value).startswith(f'rules/style/some-rule.md: the check "{check}" of the pack "theirs" cannot be imported: ')
    assert str(caught.value).endswith("; write it as package.module:function")
