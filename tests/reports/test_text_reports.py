"""The reports for people: width, joined entries, colours and links."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from sample_reports import ERROR, RULES, WARNING, finding, report, rule
from syrupy.assertion import SnapshotAssertion

from rustgate.checks.size.measures import MEASURES
from rustgate.cli.console import use_color
from rustgate.model.finding import Finding
from rustgate.reports.findings import concise, full, grouped
from rustgate.reports.findings.entries import NOUNS, entries
from rustgate.reports.findings.report import Report
from rustgate.reports.findings.summary import summary
from rustgate.reports.terminal import PLAIN, TextStyle, cell_width, wrapped

MEASURED = {
    name: rule(name, measure=measure)
    for name, measure in (("function-length", "function.lines"), ("cyclomatic-complexity", "function.cyclomatic"))
}
COMPARATOR = [
    finding(
        1, 4, 14, rule="cyclomatic-complexity", item="a::comparator", value=14, limit=10, problem="c", help="split it", severity=WARNING
    ),
    finding(1, 4, 14, rule="function-length", item="a::comparator", value=78, limit=30, problem="l", help="cut it"),
    finding(1, 4, 14, rule="long-words", problem="`comparator` is long", item="a::comparator", help="shorten it"),
]
WIDE = [
    finding(
        2, 5, 6, path="src/a/rather/long/path/to/a/file.rs", problem="`世界` is a word of " + "many " * 20 + "letters", help="世 " * 50
    ),
    finding(3, 1, 1, problem="about a line"),
]


def all_of(module: object, given: Report, style: TextStyle = PLAIN) -> str:
    return "".join(module.render(given, style))  # type: ignore[attr-defined]  # a module of a format


def test_what_several_measures_say_of_one_item_is_one_entry() -> None:
    joined, single = entries(report(*COMPARATOR, rules=RULES | MEASURED))
    assert joined.label == "error[function-length, cyclomatic-complexity]"
    assert (joined.problem, joined.help) == ("`comparator`: 78 lines (30), cyclomatic 14 (10)", "cut it; split it")
    assert single.label == "error[long-words]"


def test_every_measure_has_a_noun() -> None:
    assert {*NOUNS} == {*MEASURES}


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("module", [full, grouped])
def test_reports_fit_the_terminal(module: object, width: int, snapshot: SnapshotAssertion) -> None:
    text = all_of(module, report(*WIDE, *COMPARATOR, rules=RULES | MEASURED), TextStyle(width))
    assert max(map(cell_width, text.splitlines())) <= width
    assert text == snapshot


def test_concise_has_a_line_for_each_entry(snapshot: SnapshotAssertion) -> None:
    text = all_of(concise, report(*WIDE, *COMPARATOR, rules=RULES | MEASURED), TextStyle(60))
    assert re.findall(r"^\S+:\d+:\d+: (?:error|warning|note)\[", text, re.MULTILINE) == [
        "src/a.rs:1:4: error[", "src/a.rs:1:4: error[", "src/a.rs:3:1: error[", "src/a/rather/long/path/to/a/file.rs:2:5: error["
    ]  # fmt: skip
    assert text == snapshot


def test_a_finding_about_a_whole_line_shows_no_code() -> None:
    assert all_of(full, report(finding(2, 5, 5))) == "src/a.rs:2:5: error[long-words] `a` is too long\n"


def test_a_terminal_can_follow_the_address_of_a_rule() -> None:
    linked = report(finding(2, 5, 5), rule_url=lambda one: f"https://example.org/{one.name}/")
    assert "example.org" not in all_of(full, linked)
    assert "\x1b]8;;https://example.org/long-words/\x1b\\https://example.org/long-words/\x1b]8;;\x1b\\" in all_of(
        full, linked, TextStyle(color=True)
    )


@given(st.text(alphabet="ab 世`"), st.integers(5, 40), st.integers(0, 10))
def test_wrapping_loses_nothing(text: str, width: int, first: int) -> None:
    lines = wrapped(text, width, first)
    assert " ".join(lines).split() == text.split()
    assert all(cell_width(line) <= width or " " not in line for line in lines)


def test_colours_take_no_room() -> None:
    painted = TextStyle(color=True).paint("word", "31;1")
    assert wrapped(f"{painted} and {painted}", 13) == [f"{painted} and {painted}"]


@pytest.mark.parametrize(("findings", "count"), [((), 1), ((finding(),), 0)])
def test_a_clean_run_is_green(findings: tuple[Finding, ...], count: int) -> None:
    assert summary(report(*findings), TextStyle(color=True)).count("\x1b[32;1mno findings\x1b[0m") == count


def test_the_suppression_that_is_proposed_fits_the_file() -> None:
    manifests = {"long-words": rule("long-words", reads="manifest")}
    assert "`# rustgate: allow(long-words) -- reason`" in summary(report(finding(severity=ERROR), rules=manifests))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, (True, False)),
        ({"NO_COLOR": "1"}, (False, False)),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, (False, False)),
        ({"FORCE_COLOR": "1"}, (True, True)),
        ({"FORCE_COLOR": "0"}, (True, False)),
        ({"CLICOLOR_FORCE": "1"}, (True, True)),
        ({"TERM": "dumb"}, (False, False)),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, (True, True)),
    ],
)
def test_the_environment_decides_on_colours(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: tuple[bool, bool]
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert (use_color("auto", Terminal()), use_color("auto", io.StringIO())) == expected
    assert (use_color("always", io.StringIO()), use_color("never", Terminal())) == (True, False)


def test_the_rooms_of_formats_are_all_in_the_table() -> None:
    from rustgate.reports.findings.formats import FORMATS  # noqa: PLC0415  # beside what it is compared with

    folder = Path(full.__file__).parent
    rooms = {file.stem for file in folder.glob("*.py") if "def render(" in file.read_text(encoding="utf-8")}
    assert rooms == {row.module for row in FORMATS.values()}


@pytest.mark.parametrize(("count", "baseline", "proposed"), [(99, None, 0), (100, None, 1), (100, {"entries": 3}, 0)])
def test_an_old_repository_is_told_of_the_baseline(count: int, baseline: dict[str, int] | None, proposed: int) -> None:
    many = [finding(line) for line in range(1, count + 1)]
    assert summary(report(*many, baseline=baseline)).count("`rustgate baseline create`") == proposed
