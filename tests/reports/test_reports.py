"""The reports: JSON and SARIF as their readers need them, workflow commands that cannot be injected, and a text worth reading."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sample_reports import ERROR, MUTED, NOTE, RULES, SOURCE, WARNING, finding, report, rule
from syrupy.assertion import SnapshotAssertion

from rustgate.model.finding import Finding, Severity, Suppressed
from rustgate.reports import json_document as document
from rustgate.reports.findings import full, github, json as json_report, sarif as sarif_report
from rustgate.reports.findings.code_scanning_hash import line_hashes
from rustgate.reports.findings.report import Report
from rustgate.reports.findings.sarif import left_out
from rustgate.reports.findings.summary import statistics, summary
from rustgate.reports.sanitize import escape_commands, escape_controls
from rustgate.reports.terminal import PLAIN, TextStyle


def to_json(report: Report) -> str:
    return "".join(json_report.render(report, PLAIN))


def to_sarif(report: Report) -> str:
    return "".join(sarif_report.render(report, PLAIN))


def to_github(report: Report) -> str:
    return "".join(github.render(report, PLAIN))


def to_text(report: Report, style: TextStyle = PLAIN) -> str:
    return "".join(full.render(report, style))


# json


def test_json_is_the_contract_to_the_letter() -> None:
    long = finding(10, 8, 20, path="crates/a/src/lib.rs", problem="47 lines", item="parser::Parser::parse_header", value=47, limit=30)
    assert to_json(report(long)) == (
        """{
  "rustgate": "0.1.0",
  "profile": "production",
  "root": ".",
  "summary": {
    "files": 2,
    "lines": 1234,
    "errors": 1,
    "warnings": 0,
    "notes": 0,
    "muted": 0,
    "seconds": 0.05
  },
  "findings": [
    {
      "rule": "long-words",
      "category": "style",
      "severity": "error",
      "path": "crates/a/src/lib.rs",
      "line": 10,
      "column": 8,
      "end_line": 10,
      "end_column": 20,
      "message": "47 lines",
      "item": "parser::Parser::parse_header",
      "value": 47,
      "limit": 30,
      "fingerprint": "0123",
      "muted": null
    }
  ]
}
"""
    )


def test_json_counts_what_is_muted_and_shows_it_only_when_asked() -> None:
    findings = (finding(), finding(1, severity=WARNING), finding(3, severity=NOTE), finding(4, muted=MUTED))
    hidden, shown = (json.loads(to_json(report(*findings, show_muted=show))) for show in (False, True))
    counts = {"errors": 1, "warnings": 1, "notes": 1, "muted": 1}
    assert all(document["summary"].items() >= counts.items() for document in (hidden, shown))
    assert [one["muted"] for one in hidden["findings"]] == [None, None, None]
    assert [one["muted"] for one in shown["findings"]] == [None, None, None, {"by": "suppression", "reason": "it is a name"}]


def test_json_of_nothing_is_complete() -> None:
    assert json.loads(to_json(report()))["findings"] == []


@pytest.mark.parametrize("count", range(8))
def test_json_is_the_same_whatever_is_written_at_once(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    findings = [finding(line, problem='"\n],{}') for line in range(1, count + 1)]
    monkeypatch.setattr(document, "_ROWS_AT_ONCE", 3)
    in_pieces = to_json(report(*findings))
    assert in_pieces == document.json_text(json.loads(in_pieces))
    assert [row["line"] for row in json.loads(in_pieces)["findings"]] == list(range(1, count + 1))


def test_json_can_hold_a_path_that_is_not_utf_8() -> None:
    assert json.loads(to_json(report(finding(path="src/\udce4.rs"), root="\udce4")))["findings"][0]["path"] == "src/\\udce4.rs"


@given(st.text(), st.text())
def test_json_gives_back_every_text(message: str, item: str) -> None:
    (found,) = json.loads(to_json(report(finding(problem=message, item=item))))["findings"]
    assert (found["message"], found["item"]) == (message, item)


# sarif


def sarif(*findings: Finding, **given: Any) -> dict[str, Any]:
    (run,) = json.loads(to_sarif(report(*findings, **given)))["runs"]
    assert isinstance(run, dict)
    return run


def result(*findings: Finding, **given: Any) -> dict[str, Any]:
    (found,) = sarif(*findings, **given)["results"]
    assert isinstance(found, dict)
    return found


def region(found: dict[str, Any]) -> tuple[int, int, int, int]:
    where = found["locations"][0]["physicalLocation"]["region"]
    return where["startLine"], where["startColumn"], where["endLine"], where["endColumn"]


def test_sarif_of_nothing_has_results_and_all_rules() -> None:
    document = json.loads(to_sarif(report()))
    (run,) = document["runs"]
    assert document["version"] == "2.1.0"
    assert run["results"] == []
    assert [one["id"] for one in run["tool"]["driver"]["rules"]] == list(RULES)
    assert run["columnKind"] == "utf16CodeUnits"
    assert run["automationDetails"]["id"].endswith("/")


def test_a_sarif_result_points_to_its_rule_and_its_place() -> None:
    found = result(finding(rule="short-words"))
    assert (found["ruleId"], found["ruleIndex"], found["level"]) == ("short-words", 1, "error")
    assert found["message"] == {"text": "`a` is too long."}
    assert region(found) == (2, 5, 2, 6)
    assert found["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "f"}]
    assert "suppressions" not in found


def test_a_sarif_result_outside_all_items_names_none() -> None:
    assert "logicalLocations" not in result(finding(item=""))["locations"][0]


URIS = [
    ("src/a.rs", "src/a.rs"),
    ("a b/ä#?.rs", "a%20b/%C3%A4%23%3F.rs"),
    ("100%/c:d.rs", "100%25/c%3Ad.rs"),
    ("src/\udce4.rs", "src/%E4.rs"),
    ("src/🦀.rs", "src/%F0%9F%A6%80.rs"),
]


@pytest.mark.parametrize(("path", "uri"), URIS)
def test_sarif_uris_are_relative_and_percent_encoded(path: str, uri: str) -> None:
    location = result(finding(path=path))["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": uri, "uriBaseId": "%SRCROOT%"}


@pytest.mark.parametrize(
    ("source", "columns", "expected"),
    [
        ("abc", (2, 4), (2, 4)),
        ("äbc", (2, 4), (2, 4)),
        ("🦀bc", (2, 4), (3, 5)),
        ("🦀🦀🦀", (2, 3), (3, 5)),
        ("\ufeffabc", (1, 3), (1, 3)),
        ("abc\r", (2, 4), (2, 4)),
        ("", (1, 1), (1, 1)),
        ("a", (1, 9), (1, 2)),
    ],
)
def test_sarif_columns_count_utf_16_units(source: str, columns: tuple[int, int], expected: tuple[int, int]) -> None:
    found = region(result(finding(1, *columns), source=f"{source}\nnext\n"))
    assert (found[1], found[3]) == expected


def test_sarif_fingerprints_are_code_scannings_and_our_own() -> None:
    assert result(finding())["partialFingerprints"] == {
        "rustgate/v1": "0123",
        "primaryLocationLineHash": line_hashes(SOURCE, {2})[2],
    }


def test_sarif_has_one_result_for_each_rule_and_line() -> None:
    findings = (finding(), finding(2, 7, 8), finding(1), finding(rule="short-words"), finding(path="src/b.rs"))
    places = [(one["ruleId"], *region(one)[:2]) for one in sarif(*findings)["results"]]
    assert places == [("long-words", 1, 5), ("long-words", 2, 5), ("short-words", 2, 5), ("long-words", 2, 5)]


def test_of_two_on_a_line_sarif_has_the_one_that_counts_and_the_worse() -> None:
    first = (finding(2, 1, muted=MUTED), finding(2, 3, severity=WARNING), finding(2, 5))
    assert region(result(*first, show_muted=True))[1] == 5


def test_sarif_leaves_muted_findings_out_unless_asked() -> None:
    findings = (finding(1, muted=MUTED), finding(2, muted=Suppressed("baseline", "old")), finding(3))
    assert [region(one)[0] for one in sarif(*findings)["results"]] == [3]
    assert [one.get("suppressions") for one in sarif(*findings, show_muted=True)["results"]] == [
        [{"kind": "inSource", "justification": "it is a name"}],
        [{"kind": "external", "justification": "old"}],
        None,
    ]


def test_sarif_stops_at_5000_results_the_worst_first_and_says_how_many_are_left_out() -> None:
    notes = [finding(line, severity=NOTE) for line in range(1, 5_001)]
    worse = [finding(line, severity=ERROR if line % 2 else WARNING) for line in range(6_001, 6_011)]
    many = report(*notes, *worse, finding(7_000, muted=MUTED), show_muted=True)
    results = json.loads(to_sarif(many))["runs"][0]["results"]
    assert len(results) == 5_000
    assert [one["level"] for one in results].count("note") == 4_990
    assert [region(one)[0] for one in results] == [*range(1, 4_991), *range(6_001, 6_011)]
    assert left_out(many) == {NOTE: 10, ERROR: 1}
    assert left_out(report(*notes)) == {}
    assert left_out(report(finding(1), finding(1, 7, 8, severity=WARNING))) == {WARNING: 1}


def sarif_rule(name: str = "long-words", **given: Any) -> dict[str, Any]:
    (found,) = sarif(rules={name: rule(name, **given)})["tool"]["driver"]["rules"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("name", "pascal"), [("long-words", "LongWords"), ("ffi-panic-boundary", "FfiPanicBoundary"), ("indexing", "IndexingRule")]
)
def test_a_sarif_rule_has_a_name_of_one_word(name: str, pascal: str) -> None:
    assert sarif_rule(name)["name"] == pascal


def test_a_sarif_rule_explains_itself() -> None:
    found = sarif_rule()
    assert found["shortDescription"] == {"text": "`long-words` in code."}
    assert found["fullDescription"] == {"text": "It takes time to read."}
    assert found["help"] == {"text": "It takes time to read.", "markdown": "# long-words\n\nIt takes time to read.\n"}
    assert found["defaultConfiguration"] == {"level": "warning", "enabled": True}
    assert found["properties"] == {"tags": ["style"], "precision": "high", "problem.severity": "warning"}


@pytest.mark.parametrize("length", [1_000, 1_023, 1_024, 1_025, 5_000])
def test_sarif_descriptions_have_at_most_1024_characters(length: int) -> None:
    found = sarif_rule(why="x" * length, title="y" * length)
    texts = [found["shortDescription"]["text"], found["fullDescription"]["text"]]
    assert all(len(text) <= 1_024 and text.endswith((".", "…")) for text in texts)


def test_sarif_rules_have_at_most_10_tags_their_category_first() -> None:
    assert sarif_rule(tags=tuple("abcdefghijk"))["properties"]["tags"] == ["style", *"abcdefghi"]
    assert sarif_rule(tags=("a", "style"))["properties"]["tags"] == ["style", "a"]


@pytest.mark.parametrize(
    ("severity", "level", "problem", "enabled"),
    [
        ((ERROR,) * 4, "error", "error", True),
        ((None, NOTE, NOTE, NOTE), "note", "recommendation", True),
        ((None, None, WARNING, ERROR), "warning", "warning", False),
    ],
)
def test_a_sarif_rule_is_as_bad_as_the_profile_has_it(
    severity: tuple[Severity | None, ...],
    level: str,
    problem: str,
    enabled: bool,  # noqa: FBT001  # a column of a table
) -> None:
    found = sarif_rule(severity=severity)
    assert found["defaultConfiguration"] == {"level": level, "enabled": enabled}
    assert found["properties"]["problem.severity"] == problem


def test_only_rules_about_security_have_a_security_severity() -> None:
    assert "security-severity" not in sarif_rule()["properties"]
    assert sarif_rule(security_severity="8.1")["properties"]["security-severity"] == "8.1"


# github


def test_a_workflow_command_stands_on_its_line() -> None:
    assert to_github(report(finding())) == (
        "::error file=src/a.rs,line=2,col=5,endLine=2,endColumn=6,title=rustgate%3A long-words::`a` is too long\n"
    )


@pytest.mark.parametrize(("severity", "command"), [(ERROR, "error"), (WARNING, "warning"), (NOTE, "notice")])
def test_each_severity_has_its_command(severity: Severity, command: str) -> None:
    assert to_github(report(finding(severity=severity))).startswith(f"::{command} file=")


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ({"path": "a,b:c%d\r\n.rs"}, "file=a%2Cb%3Ac%25d%0D%0A.rs,"),
        ({"problem": "100%\r\n::error::x, y: z"}, "::100%25%0D%0A::error::x, y: z\n"),
        ({"problem": "\x1b[31m"}, "::\\x1b[31m\n"),
        ({"path": "\x1b\u202e.rs"}, "file=\\x1b\\u202e.rs,"),
    ],
)
def test_workflow_commands_cannot_be_injected(given: dict[str, Any], written: str) -> None:
    text = to_github(report(finding(**given)))
    assert written in text
    assert text.count("\n") == 1


@given(st.text(), st.text())
def test_a_finding_is_one_command_whatever_it_says(path: str, message: str) -> None:
    text = to_github(report(finding(path=path, problem=message)))
    assert re.fullmatch(r"::error file=[^,:\r\n]*,line=2,col=5,endLine=2,endColumn=6,title=rustgate%3A long-words::[^\r\n]*\n", text)


def test_ten_of_each_level_are_written_and_then_how_many_more() -> None:
    findings = [finding(line, severity=severity) for severity in Severity for line in range(1, 13 if severity is ERROR else 11)]
    lines = to_github(report(*findings, finding(99, muted=MUTED))).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 11 + ["::warning"] * 10 + ["::notice"] * 10
    assert lines[10] == "::error title=rustgate::2 more of this level are not shown here; --output text or sarif has all of them"


def test_no_finding_is_no_command() -> None:
    assert to_github(report(finding(muted=MUTED))) == ""
    assert to_github(report(finding(muted=MUTED), show_muted=True)) == ""


@pytest.mark.parametrize(
    ("source", "columns", "expected"),
    [
        ("    a.b();  ", (1, 1), (1, 5, 1, 11)),
        ("", (1, 1), (1, 1, 1, 1)),
        ("    a.b();", (5, 5), (1, 5, 1, 5)),
        ("a.b();", (1, 2), (1, 1, 1, 2)),
    ],
)
def test_what_is_about_a_line_as_a_whole_is_all_that_can_be_seen_of_it(
    source: str, columns: tuple[int, int], expected: tuple[int, int, int, int]
) -> None:
    assert region(result(finding(1, *columns), source=f"{source}\nnext\n")) == expected


# text


def excerpt(source: str, column: int, end_column: int) -> list[str]:
    """The source line and the carets, without what stands left of them."""
    lines = to_text(report(finding(1, column, end_column), source=source)).splitlines()[1:3]
    return [line.partition("│ ")[2] for line in lines]


EXCERPTS = [
    ("a.b();", 1, 2, ["a.b();", "^"]),
    ("    a.b();", 5, 8, ["    a.b();", "    ^^^"]),
    ("\ta\t= b;", 4, 5, ["    a   = b;", "        ^"]),
    ("a\tb;", 1, 4, ["a   b;", "^^^^^"]),
    ("世界 = b;", 6, 7, ["世界 = b;", "       ^"]),
    ("世界 = b;", 2, 3, ["世界 = b;", "  ^^"]),
    ("e\u0301 = b;", 6, 7, ["e\u0301 = b;", "    ^"]),
    ("a \x1b[31m b;", 9, 10, ["a \\x1b[31m b;", "           ^"]),
    ("a.b();\r", 1, 2, ["a.b();", "^"]),
    ("\ufeffa.b();", 3, 4, ["a.b();", "  ^"]),
    ("a.b();   ", 1, 10, ["a.b();", "^^^^^^"]),
    ("    a.b();", 1, 11, ["    a.b();", "^^^^^^^^^^"]),
]


NARROW = [
    ("    " + "a" * 30 + ".b();", 36, 37, 60, ["…" + "a" * 14 + ".b();", " " * 16 + "^"]),
    ("f(" + "a" * 60 + ");", 1, 2, 60, ["f(" + "a" * 45 + "…", "^"]),
    ("f(" + "a" * 60 + ", b);", 65, 66, 60, ["…" + "a" * 13 + ", b);", " " * 16 + "^"]),
    ("f(" + "a" * 60 + ");", 1, 2, 20, ["f(" + "a" * 38 + "…", "^"]),
    ("f(" + "a" * 60 + ");", 1, 2, 500, ["f(" + "a" * 60 + ");", "^"]),
]


@pytest.mark.parametrize(("source", "column", "end_column", "width", "expected"), NARROW)
def test_a_source_line_fits_the_terminal(source: str, column: int, end_column: int, width: int, expected: list[str]) -> None:
    text = to_text(report(finding(1, column, end_column), source=source), TextStyle(width))
    rows = [line for line in text.splitlines() if "│" in line]
    assert [line.partition("│ ")[2] for line in rows] == expected
    assert all(len(line) <= max(width, 54) for line in rows)


@pytest.mark.parametrize(("source", "column", "end_column", "expected"), EXCERPTS)
def test_the_caret_stands_under_the_region(source: str, column: int, end_column: int, expected: list[str]) -> None:
    assert excerpt(f"{source}\nnext();\n", column, end_column) == expected


LONG = "x" * 30 + "y" * 200 + "HERE" + "z" * 500


@pytest.mark.parametrize("source", [LONG, " " * 300 + LONG, LONG.replace("y", "世"), LONG.replace("x", "\t")])
def test_of_a_very_long_line_the_part_around_the_region_is_shown(source: str) -> None:
    column = source.index("HERE") + 1
    shown, caret = excerpt(source, column, column + 4)
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= 122
    assert caret.strip() == "^^^^"
    before = shown[: shown.index("HERE")]
    assert len(caret) - 4 == len(before) + before.count("世")


def test_a_long_region_ends_with_the_excerpt() -> None:
    shown, caret = excerpt("x" * 1_000, 1, 1_001)
    assert (len(shown), shown[-1], caret) == (121, "…", "^" * 120)


@pytest.mark.parametrize("line", [3, 9])
def test_without_a_source_line_there_is_no_excerpt(line: int) -> None:
    text = to_text(report(finding(line), source="a\nb\n\nc\n"))
    assert "│" not in text
    assert f"{line}:5" in text


HOSTILE = "\x1b]0;x\x07\u202e\u2066\x00\x7f\x85\u061c\r\u2028\udce4"


def test_nothing_from_a_file_reaches_the_terminal_raw() -> None:
    muted = finding(2, muted=Suppressed("suppression", HOSTILE))
    bad = finding(1, path=f"src/{HOSTILE}.rs", problem=HOSTILE)
    text = to_text(report(bad, muted, source=f"a {HOSTILE} b\nc\n", show_muted=True))
    assert [char for char in text if not char.isprintable() and char != "\n"] == []
    assert text.count(escape_controls(HOSTILE)) == 4


@given(st.text(), st.text(), st.integers(1, 40), st.integers(0, 40))
def test_any_source_line_can_be_shown(source: str, message: str, column: int, length: int) -> None:
    text = to_text(report(finding(1, column, column + length, problem=message), source=source))
    assert "\x1b" not in text
    assert "\r" not in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\tb", "a\tb"), ("a\nb", "a\\x0ab"), ("\x1b", "\\x1b"), ("\u202e", "\\u202e"), ("\ud800", "\\ud800"), ("äö世🦀", "äö世🦀")],
)
def test_control_characters_are_written_out(text: str, expected: str) -> None:
    assert escape_controls(text) == expected


def test_colours_are_the_only_control_characters() -> None:
    assert re.sub(r"\x1b\[[0-9;]+m", "", to_text(report(finding()), TextStyle(color=True))) == to_text(report(finding()))


def test_paths_are_shown_from_the_working_folder() -> None:
    assert to_text(report(finding(), root="..")).startswith("../src/a.rs:2:5: error[long-words] `a` is too long\n")


def test_without_findings_the_text_is_empty() -> None:
    assert to_text(report()) == to_text(report(finding(muted=MUTED))) == ""


def test_if_all_is_muted_there_is_nothing_to_count() -> None:
    text = to_text(report(finding(muted=MUTED), show_muted=True))
    assert "(muted by suppression: it is a name)" in text
    assert text.endswith("^\n")
    assert list(statistics(report(finding(muted=MUTED), show_muted=True))) == []


def test_statistics_have_the_most_frequent_rule_first() -> None:
    findings = [finding(1), finding(2, severity=WARNING), finding(3, rule="short-words", severity=NOTE), finding(4, muted=MUTED)]
    assert next(statistics(report(*findings))).splitlines() == [
        "rule         errors  warnings  notes",
        "long-words        1         1      -",
        "short-words       -         -      1",
    ]


NEXT = (
    "  next: `rustgate explain long-words` says why and how to fix it; "
    "suppress one finding with `// rustgate: allow(long-words) -- reason`\n"
)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ((), "rustgate: no findings in 2 files (1,234 lines, profile production, 0.05 s)\n"),
        ((finding(),), f"rustgate: 1 error in 1 of 2 files (1,234 lines, profile production, 0.05 s)\n{NEXT}"),
        (
            (finding(), finding(3), finding(1, severity=WARNING), finding(4, severity=NOTE), finding(5, muted=MUTED)),
            f"rustgate: 2 errors, 1 warning, 1 note, 1 muted in 1 of 2 files (1,234 lines, profile production, 0.05 s)\n{NEXT}",
        ),
        (
            (finding(rule="syntax-error"), finding(rule="unreadable-file", path="src/b.rs"), finding(1, rule="unreadable-file")),
            """rustgate: 3 errors in 2 of 2 files (1,234 lines, profile production, 0.05 s)
  1 syntax error: what could be read around it was checked
  2 files could not be read and were not checked
  most: unreadable-file (2), syntax-error (1)
  next: `rustgate explain unreadable-file` says why and how to fix it
""",
        ),
    ],
)
def test_the_summary_says_what_was_read_and_found(findings: tuple[Finding, ...], expected: str) -> None:
    assert summary(report(*findings)) == expected


# whole reports

FILES = {
    "src/bin/a b.rs": 'fn main() {\n\tprintln!("🦀 {}", a.unwrap());\n}\n',
    "src/lib.rs": "//! Words.\r\n\r\npub fn parse_everything() -> 世界 {\r\n    todo!()\r\n}\r\n",
}


def whole_report() -> Report:
    return report(
        finding(3, 8, 24, path="src/lib.rs", problem="`parse_everything` is 47 lines long, 30 allowed (17 over)", value=47, limit=30),
        finding(3, 30, 32, path="src/lib.rs", rule="short-words", severity=WARNING, problem="`世界` is short", fingerprint="4567"),
        finding(4, 5, 12, path="src/lib.rs", rule="short-words", muted=MUTED, problem="`todo!` is short", fingerprint="89ab"),
        finding(
            2, 20, 30, path="src/bin/a b.rs", rule="short-words", severity=NOTE, problem="`a` is short", item="main", fingerprint="cdef"
        ),
        read=FILES.__getitem__,
        show_muted=True,
    )


@pytest.mark.parametrize("line", ["::error::x", "  ::stop-commands::x", "::std ::x", "::stderr::x", "::notice file=a::core::x"])
def test_what_could_be_a_workflow_command_is_escaped(line: str) -> None:
    assert escape_commands(f"a\n{line}\nb") == f"a\n{line.replace(':', chr(92) + 'x3a', 1)}\nb"


@pytest.mark.parametrize("line", ["::core::panic!()", "    ::std::mem::take(a);", "a::error::b", "crate::x"])
def test_a_path_of_rust_is_none(line: str) -> None:
    assert escape_commands(f"a\n{line}\nb") == f"a\n{line}\nb"


def test_a_whole_text_report(snapshot: SnapshotAssertion) -> None:
    assert to_text(whole_report()) + "\n" + summary(whole_report()) == snapshot


def test_a_whole_sarif_report(snapshot: SnapshotAssertion) -> None:
    assert to_sarif(whole_report()) == snapshot


def test_what_is_muted_without_a_reason_says_so() -> None:
    bare = report(finding(muted=Suppressed("suppression", "")), show_muted=True)
    assert "(muted by suppression, without a reason)" in to_text(bare)
    (run,) = json.loads(to_sarif(bare))["runs"]
    assert run["results"][0]["suppressions"] == [{"kind": "inSource"}]
