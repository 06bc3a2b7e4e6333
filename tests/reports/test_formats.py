"""Formats for other programs: each is read by what its reader uses, and holds any text."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sample_reports import ERROR, MUTED, NOTE, WARNING, finding, report, rule

from rustgate.model.finding import Finding, Severity
from rustgate.reports.findings import checkstyle, gitlab, junit, markdown, rdjson
from rustgate.reports.findings.formats import FORMATS, renderer
from rustgate.reports.findings.importance import choose, most_important_first
from rustgate.reports.findings.markdown import MOST_BYTES
from rustgate.reports.findings.report import Report
from rustgate.reports.terminal import PLAIN

HOSTILE = '\x1b]0;x\x07\u202e\x00<a href="x">&\'|`*_\r\n\ufffe\udce4'


def _tree(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314  # our own


def text(module: Any, given: Report) -> str:
    return "".join(module.render(given, PLAIN))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_something_and_nothing(name: str) -> None:
    assert "long-words" in "".join(renderer(name)(report(finding()), PLAIN))
    assert "long-words" not in "".join(renderer(name)(report(), PLAIN)) or name == "sarif"


@pytest.mark.parametrize("name", FORMATS)
@given(path=st.text(min_size=1), problem=st.text(), source=st.text())
def test_every_format_holds_any_text(name: str, path: str, problem: str, source: str) -> None:
    written = "".join(renderer(name)(report(finding(path=path, problem=problem), source=source), PLAIN))
    written.encode()
    assert "\x1b" not in written
    if name in {"json", "sarif", "gitlab", "rdjson"}:
        json.loads(written)
    if name in {"junit", "checkstyle"}:
        _tree(written)


def test_gitlab_has_the_keys_that_its_documentation_requires() -> None:
    one, two = json.loads(text(gitlab, report(finding(help="cut it"), finding(3, severity=NOTE, fingerprint="9"), finding(4, muted=MUTED))))
    assert one == {
        "description": "`a` is too long; cut it",
        "check_name": "long-words",
        "fingerprint": "0123",
        "severity": "major",
        "location": {"path": "src/a.rs", "lines": {"begin": 2, "end": 2}},
    }
    assert two["severity"] == "info"
    assert json.loads(text(gitlab, report())) == []


def test_junit_counts_its_cases() -> None:
    suites = _tree(text(junit, report(finding(), finding(3), finding(path="src/b.rs", problem='<&>"'), finding(9, muted=MUTED))))
    assert suites.attrib == {"name": "rustgate", "tests": "3", "failures": "3", "errors": "0"}
    assert [(suite.get("name"), suite.get("tests"), len(suite)) for suite in suites] == [("src/a.rs", "2", 2), ("src/b.rs", "1", 1)]
    failure = suites[1][0][0]
    assert (failure.get("type"), failure.get("message")) == ("error", '<&>"')
    assert failure.text == 'src/b.rs:2:5: error[long-words] <&>"'
    assert suites[0][0].attrib == {"name": "long-words at 2:5", "classname": "src/a.rs", "file": "src/a.rs", "line": "2"}


def test_junit_of_nothing_is_one_case_that_passed() -> None:
    suites = _tree(text(junit, report()))
    assert (suites.get("tests"), suites.get("failures")) == ("1", "0")
    assert [len(case) for suite in suites for case in suite] == [0]


def test_checkstyle_has_a_file_for_each_path() -> None:
    root = _tree(text(checkstyle, report(finding(severity=WARNING), finding(path="b.rs", severity=NOTE), finding(7, muted=MUTED))))
    assert [(file.get("name"), [error.attrib for error in file]) for file in root] == [
        ("b.rs", [{"line": "2", "column": "5", "severity": "info", "message": "`a` is too long", "source": "rustgate.long-words"}]),
        ("src/a.rs", [{"line": "2", "column": "5", "severity": "warning", "message": "`a` is too long", "source": "rustgate.long-words"}]),
    ]


def test_rdjson_columns_count_bytes() -> None:
    document = json.loads(text(rdjson, report(finding(1, 3, 4), source="世界a", rule_url=lambda one: f"https://example.org/{one.name}")))
    assert document == {
        "source": {"name": "rustgate"},
        "diagnostics": [
            {
                "message": "`a` is too long",
                "location": {"path": "src/a.rs", "range": {"start": {"line": 1, "column": 7}, "end": {"line": 1, "column": 8}}},
                "severity": "ERROR",
                "code": {"value": "long-words", "url": "https://example.org/long-words"},
            }
        ],
    }


def test_markdown_is_a_table_that_nothing_breaks_out_of() -> None:
    written = text(markdown, report(finding(path="a|`b.rs", problem=HOSTILE), finding(3, rule="short-words", problem="`a|b` is <b>")))
    rows = [line for line in written.splitlines() if line.startswith("| error")]
    assert [line.replace("\\|", "").count("|") for line in rows] == [5, 5]
    assert "<a" not in written.replace("\\<", "")
    assert "`a\\|b` is \\<b\\>" in written
    assert written.startswith("## rustgate: 2 errors in 2 of 2 files")


def test_markdown_says_what_it_leaves_out() -> None:
    many = [finding(line, problem="x" * 400) for line in range(1, 4_001)]
    written = text(markdown, report(*many))
    shown = written.count("| error |")
    assert len(written.encode()) < MOST_BYTES
    assert 1_500 < shown < 4_000
    assert f"\n{4_000 - shown:,} more findings are not shown here" in written


RULES = {
    "a": rule("a"),
    "b": rule("b", precision="low"),
    "c": rule("c", security_severity="7.5"),
    "d": rule("d"),
}


def of(name: str, count: int, severity: Severity = ERROR) -> list[Finding]:
    return [finding(line, rule=name, severity=severity) for line in range(1, count + 1)]


def test_severity_comes_before_security_precision_and_rarity_and_the_path_last() -> None:
    findings = [*of("a", 2), *of("b", 1), *of("c", 1), *of("d", 1), *of("c", 1, WARNING), finding(rule="d", path="0.rs", severity=NOTE)]
    assert [(one.rule, one.severity) for one in most_important_first(findings, RULES)] == [
        ("c", ERROR),
        ("a", ERROR),
        ("a", ERROR),
        ("d", ERROR),
        ("b", ERROR),
        ("c", WARNING),
        ("d", NOTE),
    ]


@pytest.mark.parametrize(
    ("findings", "most", "expected"),
    [
        ([*of("a", 3), *of("b", 3)], 10, {"a": 3, "b": 3}),
        ([*of("a", 30), *of("b", 2)], 10, {"a": 8, "b": 2}),
        ([*of("a", 30), *of("b", 30), *of("c", 30)], 9, {"a": 3, "b": 3, "c": 3}),
        ([*of("a", 30), *of("b", 30, NOTE)], 10, {"a": 9, "b": 1}),
        ([*of("a", 5), *of("b", 30, NOTE), *of("d", 1, NOTE)], 10, {"a": 5, "b": 4, "d": 1}),
        ([*of("a", 5), *of("b", 5)], 1, {"a": 1}),
    ],
)
def test_no_rule_crowds_out_the_others(findings: list[Finding], most: int, expected: Mapping[str, int]) -> None:
    chosen = choose(most_important_first(findings, RULES), most)
    assert {name: sum(one.rule == name for one in chosen) for name in {one.rule for one in chosen}} == expected
    assert len({id(one) for one in chosen}) == len(chosen)
