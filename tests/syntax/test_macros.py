"""Which macro bodies are looked into, and by which rules."""

import pytest
from msgspec import structs
from tree_sitter import Point, Range

from rustgate.engine.ruleset import build_rule_set
from rustgate.model.rule import Rule
from rustgate.rules.catalog import shipped
from rustgate.syntax.macros import macro_filter_for
from rustgate.syntax.parse import Captures, scan_source

RULES = shipped()


def interested_in(body: str, *rules: Rule) -> set[str]:
    """The names of those rules that look into what stands in a macro invocation when all of them are on."""
    source = body.encode()
    macro_filter = macro_filter_for(rules)
    everything = Range(Point(0, 0), Point(0, len(source)), 0, len(source))
    return {rule.name for rule in rules if macro_filter.rule_reads(rule.name, source, everything)}


@pytest.mark.parametrize(
    ("text", "interested"),
    [
        ("(a.unwrap())", {"unwrap-used"}),
        ("(a.unwrap_or(b))", set()),
        ("(self.a)", set()),
        ("(transmute(a))", {"transmute-used"}),
        ("[a.unwrap(), transmute(b)]", {"unwrap-used", "transmute-used"}),
        ("(a, b)", set()),
        ("{ fn f() {} }", {"unwrap-used", "transmute-used"}),
        ("(if a { b })", {"unwrap-used", "transmute-used"}),
    ],
)
def test_a_rule_looks_into_bodies_that_hold_a_word_of_its_query_or_an_item(text: str, interested: set[str]) -> None:
    assert interested_in(text, RULES["unwrap-used"], RULES["transmute-used"]) == interested


@pytest.mark.parametrize(
    ("query", "body", "interested"),
    [
        ('((await_expression (identifier) @x) @finding (#not-eq? @x "lock"))', "(a.await)", True),
        ('((call_expression function: (_) @p) @finding (#any-of? @p "a::forget") (#not-eq? @p "guard"))', "(a::forget(b))", True),
        ('((call_expression function: (_) @p) @finding (#any-of? @p "a::forget") (#not-eq? @p "guard"))', "(guard)", False),
        ("(use_wildcard) @finding", "(a::*)", True),
    ],
)
def test_what_a_match_must_hold_is_looked_for(query: str, body: str, interested: bool) -> None:  # noqa: FBT001  # a parameter of the table
    rule = structs.replace(RULES["unwrap-used"], name="own", query=query)
    assert interested_in(body, rule) == ({"own"} if interested else set())


def test_what_one_rule_finds_does_not_depend_on_others() -> None:
    source = b"fn f() { m!(a.b[i].c); n!(x[j].clone()); }"
    alone = scan_source(source, build_rule_set([RULES["indexing"]]).joined).matches
    together = scan_source(source, build_rule_set([RULES["indexing"], RULES["dbg-macro"], RULES["needless-clone"]]).joined).matches
    assert alone["indexing"]
    assert [_start(captures) for captures in together["indexing"]] == [_start(captures) for captures in alone["indexing"]]


def _start(captures: Captures) -> int:
    return captures["finding"][0].start_byte
