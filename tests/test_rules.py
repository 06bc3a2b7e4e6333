"""Every page under rules/ is held to what a page promises: its examples, its conditions, its structure, and the limits of SARIF."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from rustgate.engine.ruleset import RuleSet, build_rule_set
from rustgate.errors import RustgateError
from rustgate.model.finding import Severity
from rustgate.model.rule import Applies, Conditions, Profile, Rule, Scope
from rustgate.rules.catalog import shipped, shipped_pages
from rustgate.rules.examples import examples
from rustgate.rules.page import read_page
from rustgate.syntax.joined_query import placeholders
from rustgate.testing import does_not_parse, findings, groups, outcomes

FOLDER = shipped_pages()
PAGES = sorted(FOLDER.rglob("*.md"))
CATEGORIES = {
    "asynchrony",
    "complexity",
    "docs",
    "errors",
    "hygiene",
    "manifest",
    "panics",
    "performance",
    "rustgate",
    "security",
    "size",
    "tests",
    "unsafe",
}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)

_PREDICATE = re.compile(r'\(\s*#(?:[^"()]|"(?:[^"\\]|\\.)*")*\)')
_FENCED = re.compile(r"^(`{3,}).*?^\1[ ]*$", re.MULTILINE | re.DOTALL)


@cache
def rule_of(page: Path) -> Rule:
    return read_page(page)


def all_rules() -> Iterator[Rule]:
    return (rule_of(page) for page in PAGES)


def examples_hold(rule: Rule, rule_set: RuleSet) -> bool:
    """Whether every example has just the findings that it marks, when `rule` is looked for by `plan`."""
    return all(outcome.ok for outcome in outcomes(rule, rule_set))


def still_holds(changed: Rule, original: Rule) -> bool:
    """Whether the examples cannot tell a changed rule from the original; macro bodies are read as they were for the original."""
    rule_set, was = build_rule_set([changed]), build_rule_set([original])
    return examples_hold(changed, replace(rule_set, joined=replace(rule_set.joined, macro_filter=was.joined.macro_filter)))


def language(rule: Rule) -> str:
    """What the rule looks at, as the blocks of its page name it."""
    return "toml" if rule.reads_manifests else "rust"


def without_fences(markdown: str) -> str:
    return _FENCED.sub("", markdown)


@each_page
def test_what_an_example_marks_is_found_and_nothing_else(page: Path) -> None:
    assert not [example.line for example in examples(rule_of(page)) if does_not_parse(rule_of(page), example)]
    wrong = {outcome.examples[0].line: (outcome.expected, outcome.found) for outcome in outcomes(rule_of(page)) if not outcome.ok}
    assert wrong == {}, "by line of the page's text: (marked, found)"


@each_page
def test_bad_examples_have_marks_and_good_ones_have_none(page: Path) -> None:
    rule = rule_of(page)
    grouped = (
        groups(rule) if rule.reads_manifests or rule.scope is Scope.WORKSPACE else ((example,) for example in examples(rule))
    )  # beside a manifest, files need no mark
    assert [group[0].line for group in grouped if group[0].bad != any(example.expected for example in group)] == []


@each_page
def test_each_predicate_of_a_query_earns_its_place(page: Path) -> None:
    rule = rule_of(page)
    query = rule.query or ""
    idle = [
        found[0]
        for found in _PREDICATE.finditer(query)
        if still_holds(replace(rule, query=query[: found.start()] + query[found.end() :]), rule)
    ]
    assert idle == [], "no example fails without these"


@each_page
def test_each_condition_earns_its_place(page: Path) -> None:
    rule = rule_of(page)
    given: Conditions = rule.conditions
    weaker = {f"inside {one}": replace(given, inside=tuple(set(given.inside) - {one})) for one in given.inside}
    weaker |= {f"not_inside {one}": replace(given, not_inside=tuple(set(given.not_inside) - {one})) for one in given.not_inside}
    weaker |= {"targets": replace(given, targets=())} if given.targets else {}
    variants = {key: replace(rule, conditions=conditions) for key, conditions in weaker.items()}
    if rule.applies is not Applies.EVERYWHERE:
        variants["applies"] = replace(rule, applies=Applies.EVERYWHERE)
    assert [key for key, changed in variants.items() if still_holds(changed, rule)] == [], "no example fails without these"


@each_page
def test_a_query_is_at_most_25_lines(page: Path) -> None:
    assert len((rule_of(page).query or "").strip().splitlines()) <= 25


@each_page
def test_a_page_has_a_title_a_why_examples_and_says_how_it_finds(page: Path) -> None:
    rule = rule_of(page)
    prose = without_fences(rule.markdown)
    assert rule.markdown.startswith(f"# {rule.title}\n\n{rule.why}\n\n```{language(rule)} bad"), "title, why and a bad example come first"
    headings = re.findall(r"^#{1,2} .+$", prose, re.MULTILINE)
    assert [heading for heading in headings if heading.startswith("# ")] == [f"# {rule.title}"]
    assert headings.index("## For rule authors") == len(headings) - 1, "the last section is for rule authors"
    assert {example.bad for example in examples(rule)} == {True, False}
    assert rule.markdown.partition("\n## For rule authors\n")[2].strip(), "the section says something"


@each_page
def test_every_block_of_code_is_an_example(page: Path) -> None:
    rule = rule_of(page)
    pattern = r"^```\w" if rule.reads_manifests else r"^```rust\b"
    assert len(re.findall(pattern, rule.markdown, re.MULTILINE)) == len(list(examples(rule)))


@each_page
def test_a_stricter_profile_is_never_milder(page: Path) -> None:
    rule = rule_of(page)
    ranks = [-1 if severity is None else severity.rank for severity in rule.severity]
    bounds = [[bound for bound in ladder if bound is not None] for ladder in (rule.limit, rule.soft)]
    assert ranks == sorted(ranks)
    assert all(values == sorted(values, reverse=True) for values in bounds)
    assert all(soft is None or hard is None or soft < hard for soft, hard in zip(rule.soft, rule.limit, strict=True))


@each_page
def test_a_measured_rule_has_a_limit_wherever_it_is_on(page: Path) -> None:
    rule = rule_of(page)
    bounded = [limit is not None or soft is not None for limit, soft in zip(rule.limit, rule.soft, strict=True)]
    assert not rule.measure or all(bound or not severity for bound, severity in zip(bounded, rule.severity, strict=True))


@each_page
def test_every_option_has_a_value_in_each_profile_and_a_choice_allows_it(page: Path) -> None:
    rule = rule_of(page)
    assert set(rule.choices) <= set(rule.options)
    assert all(value is not None for values in rule.options.values() for value in values)
    assert all(value in rule.choices[name] for name in rule.choices for value in rule.options[name])


@each_page
def test_options_are_explained(page: Path) -> None:
    section = rule_of(page).markdown.partition("\n## Options\n")[2].partition("\n## ")[0]
    assert [name for name in rule_of(page).options if f"`{name}" not in section] == []


def test_the_message_of_a_rule_that_rustgate_raises_itself_holds_the_problem_alone() -> None:
    assert [rule.name for rule in all_rules() if rule.raised_by and placeholders(rule) != ["problem"]] == []


@each_page
def test_the_placeholders_of_a_message_are_filled(page: Path) -> None:
    rule = rule_of(page)
    rule_set = build_rule_set([rule])
    messages = [finding.message for group in groups(rule) for finding in findings(rule, group, rule_set)]
    assert messages
    assert [message for message in messages if any(f"{{{name}}}" in message for name in placeholders(rule)) or "None" in message] == []
    assert all(message == message.strip() and "\n" not in message and len(message) < 300 for message in messages)


@each_page
def test_a_page_stays_within_the_limits_of_sarif(page: Path) -> None:
    rule = rule_of(page)
    assert len({rule.category, *rule.tags}) <= 10
    assert len(rule.tags) == len(set(rule.tags))
    assert len(rule.title) < 1_024
    assert len(" ".join(rule.why.split())) < 1_024
    assert rule.precision in {"very-high", "high", "medium", "low"}
    assert rule.security_severity is None or 0 < float(rule.security_severity) <= 10
    assert re.fullmatch(r"\d+\.\d+", rule.since)


@each_page
def test_a_page_stands_in_the_folder_of_a_known_category(page: Path) -> None:
    assert page.parent.parent == FOLDER
    assert page.parent.name in CATEGORIES
    assert shipped()[page.stem].category == page.parent.name


def test_nothing_but_pages_lies_under_rules() -> None:
    assert [file for file in FOLDER.rglob("*") if file.is_file() and file.suffix != ".md"] == []


def test_every_page_is_listed_once() -> None:
    assert Counter(page.stem for page in PAGES) == Counter(list(shipped()))
    assert all(before <= after for before, after in pairwise((rule.category, rule.name) for rule in shipped().values()))


def test_no_two_pages_claim_the_same_clippy_lint() -> None:
    claims = Counter(lint for rule in all_rules() for lint in rule.clippy)
    assert [lint for lint, count in claims.items() if count > 1] == []
    assert [lint for lint in claims if not re.fullmatch(r"[a-z][a-z0-9_]*", lint)] == []


def test_no_two_pages_have_the_same_title() -> None:
    assert [title for title, count in Counter(rule.title for rule in all_rules()).items() if count > 1] == []


def test_every_rule_is_on_in_the_strictest_profile() -> None:
    assert [rule.name for rule in all_rules() if rule.severity[Profile.HYPERSCALE.rank] not in set(Severity)] == []


def test_every_mark_names_a_rule() -> None:
    known = {page.stem for page in PAGES}
    assert [rule.name for rule in all_rules() for example in examples(rule) if not {name for name, _ in example.expected} <= known] == []


def test_a_broken_query_names_its_page() -> None:
    rule = next(rule for rule in all_rules() if rule.query)
    with pytest.raises(RustgateError, match=re.escape(rule.path)):
        list(outcomes(replace(rule, query="(no_such_node) @finding")))
