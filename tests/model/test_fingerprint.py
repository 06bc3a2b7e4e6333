"""Fingerprints: what makes a finding the same finding after its file has changed around it."""

import re

import pytest
from hypothesis import given, strategies as st

from rustgate.engine.linter import lint
from rustgate.engine.ruleset import build_rule_set
from rustgate.model.file import FileContext
from rustgate.model.fingerprint import Fingerprints
from rustgate.rules.catalog import shipped
from rustgate.testing import setting_of_examples

RULES = [shipped()["unwrap-used"], shipped()["too-many-parameters"]]
PLAN = build_rule_set(RULES)
SETTINGS = {rule.name: setting_of_examples(rule) for rule in RULES}

SOURCE = "fn f() {\n    a.unwrap();\n}\nfn g(a: A, b: B, c: C, d: D, e: E) {\n    a.unwrap();\n    a.unwrap();\n}\n"


def fingerprints(source: str, path: str = "src/a.rs") -> list[str]:
    return [finding.fingerprint for finding in lint(path, source.encode(), FileContext(None), PLAN, SETTINGS).findings]


def test_every_finding_has_a_fingerprint_of_its_own() -> None:
    found = fingerprints(SOURCE)
    assert len(set(found)) == len(found) == 4
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in found)


SAME = {
    "ten lines further down": "\n" * 10 + SOURCE,
    "below a new function": "fn h() {\n    b.c();\n}\n" + SOURCE,
    "indented anew": SOURCE.replace("    ", "\t\t"),
    "spaced anew": SOURCE.replace("a.unwrap();", "a . unwrap( ) ;"),
    "with line ends of Windows": SOURCE.replace("\n", "\r\n"),
    "with more code around": SOURCE.replace("{\n", "{\n    b();\n"),
}


@pytest.mark.parametrize("source", SAME.values(), ids=SAME.keys())
def test_a_finding_that_moves_keeps_its_fingerprint(source: str) -> None:
    assert fingerprints(source) == fingerprints(SOURCE)


def test_a_measured_finding_is_told_by_its_item_not_by_its_line() -> None:
    longer = SOURCE.replace("e: E)", "e: E, f: F)")
    assert fingerprints(longer) == fingerprints(SOURCE)


def test_a_finding_that_goes_leaves_the_others_theirs() -> None:
    without_the_last = SOURCE.replace("    a.unwrap();\n}\n", "}\n").replace("{\n}", "{\n    a.unwrap();\n}", 1)
    assert fingerprints(without_the_last) == fingerprints(SOURCE)[:-1]


@pytest.mark.parametrize(
    "other",
    [SOURCE.replace("a.unwrap()", "b.unwrap()"), SOURCE.replace("fn f", "fn ff").replace("fn g", "fn gg")],
    ids=["other text", "other items"],
)
def test_another_finding_has_another_fingerprint(other: str) -> None:
    measured = fingerprints(SOURCE)[1]
    assert set(fingerprints(other)) & set(fingerprints(SOURCE)) <= {measured}


def test_another_file_has_other_fingerprints() -> None:
    assert not set(fingerprints(SOURCE)) & set(fingerprints(SOURCE, "src/b.rs"))


def test_those_that_are_alike_are_numbered_in_order() -> None:
    first, second = Fingerprints("a.rs"), Fingerprints("a.rs")
    assert [first.next("r", "i", "x") for _ in range(3)] == [second.next("r", "i", " x ") for _ in range(3)]
    assert first.next("r", "i", "x") not in {second.next("r", "j", "x"), second.next("s", "i", "x")}


@given(st.text(st.characters(exclude_categories=[]), max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_every_path_and_text_has_a_fingerprint(path: str, item: str, snippet: str) -> None:
    assert len(Fingerprints(path).next("rule", item, snippet)) == 32


def test_a_path_that_is_not_utf_8_has_one_too() -> None:
    assert Fingerprints("src/\udce4.rs").next("rule", "", "") != Fingerprints("src/\udce5.rs").next("rule", "", "")
