"""Coverage reports: what their readers make of good and bad ones, whose paths they mean, and what `check --coverage` says."""

import json
import re
from contextlib import chdir, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import write
from hypothesis import given, strategies as st

from rustgate.cli.commands.check import check_command
from rustgate.errors import RustgateError
from rustgate.project.coverage import Coverage, located, parse_coverage, read_coverage

LCOV = """TN:
# made by hand
SF:src/lib.rs
FN:1,main
FNDA:2,main
DA:1,2
DA:2,0,checksum
DA:3,-1
BRDA:1,0,0,-
LF:3
LH:1
end_of_record
SF:src/lib.rs
DA:1,3
end_of_record
SF:src/other.rs
end_of_record
"""
COBERTURA = """<?xml version="1.0"?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage line-rate="0.5">
  <sources><source>/home/ci/shop</source></sources>
  <packages><package name="shop"><classes>
    <class name="lib" filename="src/lib.rs">
      <methods><method name="f"><lines><line number="1" hits="5"/></lines></method></methods>
      <lines><line number="1" hits="5"/><line number="2" hits="0" branch="true"/></lines>
    </class>
    <class name="other" filename="src/other.rs"><methods/><lines/></class>
  </classes></package></packages>
</coverage>
"""


def test_lcov_counts_add_up_over_records() -> None:
    assert parse_coverage(LCOV, "lcov.info").files == {"src/lib.rs": {1: 5, 2: 0, 3: 0}, "src/other.rs": {}}
    assert parse_coverage(LCOV.replace("\n", "\r\n"), "lcov.info").files == parse_coverage(LCOV, "lcov.info").files


def test_cobertura_counts_each_line_of_a_class_once() -> None:
    assert parse_coverage(COBERTURA, "c.xml").files == {"/home/ci/shop/src/lib.rs": {1: 5, 2: 0}, "/home/ci/shop/src/other.rs": {}}


def test_with_several_sources_a_path_stands_alone() -> None:
    text = COBERTURA.replace("<sources>", "<sources><source>/usr</source>")
    assert set(parse_coverage(text, "c.xml").files) == {"src/lib.rs", "src/other.rs"}


REFUSED = [
    ("", "c: the coverage report names no source file"),
    ("<coverage/>", "c: the coverage report names no source file"),
    ("SF:a.rs\nDA:1,1\n", "c:1: the record that begins here has no `end_of_record`, the report was cut"),
    ("SF:a.rs\nend_of_record\nSF:b.rs\nDA:1,1\nDA:2,", "c:5: the line is not what lcov writes here"),
    ("SF:a.rs\nDA:1,1\nend_of_rec", "c:3: the line is not what lcov writes here"),
    ("SF:a.rs\nSF:b.rs\nend_of_record\n", "c:2: the line is not what lcov writes here"),
    ("DA:1,1\n", "c:1: the line is not what lcov writes here"),
    ("end_of_record\n", "c:1: the line is not what lcov writes here"),
    ('[package]\nname = "one"\n', "c:1: the line is not what lcov writes here"),
    (COBERTURA[:400], "c:8:"),
    ("<html></html>", "c: the XML begins with <html>, not with Cobertura's <coverage>"),
    ('<coverage><class filename="a.rs"><line number="1"/></class></coverage>', 'c: a.rs: <line number="1" hits=""> does not count'),
    ('<!DOCTYPE c [<!ENTITY a "b">]><coverage>&a;</coverage>', "c: the coverage report declares XML entities"),
    ("<coverage>&a;</coverage>", "c:1:11: the coverage report is not XML"),
]


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_a_bad_report_is_a_sentence_with_the_place_and_the_remedy(text: str, sentence: str) -> None:
    with pytest.raises(RustgateError, match=re.escape(sentence)) as raised:
        parse_coverage(text, "c")
    assert re.search(r"; (?:write the report again|run the tests under coverage|name a Cobertura)", str(raised.value))


@pytest.mark.parametrize("text", [LCOV, COBERTURA])
def test_a_report_cut_anywhere_inside_a_record_is_refused(text: str) -> None:
    whole = parse_coverage(text, "c").files
    for end in range(len(text.rstrip())):
        with suppress(RustgateError):
            files = parse_coverage(text[:end], "c").files
            assert text[:end].rstrip().endswith("end_of_record"), text[:end][-30:]
            assert files.keys() <= whole.keys()


LINES = st.sampled_from(["SF:a.rs", "SF:", "DA:1,1", "DA:0,-1", "DA:", "DA:1", "DA:9999999999,1", "end_of_record", "LF:x", "x", "#", ""])
TAGS = st.sampled_from(
    ["<coverage>", "</coverage>", "<class>", '<class filename="a">', "</class>", '<line number="1" hits="2"/>', "<line/>"]
)


@given(st.text() | st.lists(LINES).map("\n".join) | st.lists(TAGS).map("".join) | st.text().map("<".__add__))
def test_no_text_makes_the_readers_raise_anything_else(text: str) -> None:
    with suppress(RustgateError):
        assert parse_coverage(text, "c").files


PATHS = st.lists(st.text(alphabet="abc./\\ \0", max_size=12), min_size=1, max_size=6)
KNOWN = st.lists(st.lists(st.sampled_from(["a", "b", "c.a"]), min_size=1, max_size=4).map("/".join), max_size=6)


@given(PATHS, KNOWN)
def test_no_paths_make_the_search_for_files_raise_anything_else(given_paths: list[str], known: list[str]) -> None:
    coverage = Coverage("c", {path: {1: 1} for path in given_paths})
    with suppress(RustgateError):
        assert located(coverage, known, Path("/root")).files.keys() <= {*known}


LOCATED = [
    (["src/lib.rs"], ["src/lib.rs", "src/a.rs"], {"src/lib.rs"}),
    (["./src/../src/lib.rs"], ["src/lib.rs"], {"src/lib.rs"}),
    (["/root/src/lib.rs"], ["src/lib.rs"], {"src/lib.rs"}),
    (["/ci/shop/a/src/lib.rs", "/ci/shop/b/src/lib.rs"], ["a/src/lib.rs", "b/src/lib.rs"], {"a/src/lib.rs", "b/src/lib.rs"}),
    (["src/lib.rs"], ["backend/src/lib.rs"], {"backend/src/lib.rs"}),
    (["C:\\ci\\src\\lib.rs"], ["src/lib.rs"], {"src/lib.rs"}),
    (["/root/src/lib.rs", "/home/.cargo/registry/dep-1.0/src/a.rs"], ["src/lib.rs", "src/a.rs"], {"src/lib.rs"}),
]  # fmt: skip


@pytest.mark.parametrize(("paths", "known", "expected"), LOCATED)
def test_whose_lines_a_path_of_the_report_means(paths: list[str], known: list[str], expected: set[str]) -> None:
    assert located(Coverage("c", {path: {1: 1} for path in paths}), known, Path("/root")).files.keys() == expected


@pytest.mark.parametrize(("path", "known"), [("lib.rs", ["a/lib.rs", "b/lib.rs"]), ("x/src/lib.rs", ["y/src/lib.rs"]), ("a.rs", ["b.rs"])])
def test_a_report_about_other_files_is_refused(path: str, known: list[str]) -> None:
    with pytest.raises(
        RustgateError, match=re.escape(f"c: none of the files that the coverage report names is one of this run (the first is {path})")
    ):
        located(Coverage("c", {path: {1: 1}}), known, Path("/root"))


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RustgateError, match=r"nowhere: the coverage report cannot be read: No such file or directory; name an lcov"):
        read_coverage(tmp_path / "nowhere")
    with pytest.raises(RustgateError, match=r"is not UTF-8, so it is no lcov"):
        read_coverage(write(tmp_path, {"c": b"\xff"}) / "c")


TREE = {
    "Cargo.toml": '[package]\nname = "one"\n',
    "src/lib.rs": "pub fn f(a: bool) -> u8 {\n    if a {\n        return 1;\n    }\n    2\n}\n",
    "lcov.info": "SF:src/lib.rs\nDA:1,1\nDA:2,1\nDA:3,0\nDA:5,1\nend_of_record\n",
}


def check(folder: Path, *options: str) -> Result:
    with chdir(folder):
        return CliRunner().invoke(check_command, ["--select", "tests", "--output", "json", "--quiet", *options])


def findings(result: Result) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(result.stdout)["findings"]
    return found


def test_check_holds_a_crate_against_the_share_of_its_profile(tmp_path: Path) -> None:
    write(tmp_path, TREE)
    done = check(tmp_path, "--coverage", "lcov.info")
    (found,) = findings(done)
    assert (done.exit_code, found["rule"], found["path"], found["line"]) == (1, "required-coverage", "src/lib.rs", 1)
    assert found["message"] == "line coverage of this crate is 75.0% (3 of 4 lines), 80% required; test the lines that do not run"
    assert check(tmp_path, "--coverage", "lcov.info", "--profile", "mvp").exit_code == 0
    assert check(tmp_path).exit_code == 0


def test_check_refuses_a_report_that_was_cut_and_a_rule_without_a_report(tmp_path: Path) -> None:
    write(tmp_path, {**TREE, "lcov.info": TREE["lcov.info"][:30]})
    for options, sentence in [
        (("--coverage", "lcov.info"), "lcov.info:4: the line is not what lcov writes here"),
        (("--select", "required-coverage"), "required-coverage needs a coverage report"),
    ]:
        error = check(tmp_path, *options).exception
        assert isinstance(error, RustgateError)
        assert str(error).startswith(sentence)


def test_a_package_whose_tests_are_not_in_the_run_has_no_untested_modules(tmp_path: Path) -> None:
    body = "pub fn f() -> u8 {\n" + "    let a = 1;\n" * 60 + "    a\n}\n"
    write(tmp_path, {**TREE, "src/lib.rs": body, "tests/all.rs": "// nothing\n#[test]\nfn t() {}\n"})
    assert [found["rule"] for found in findings(check(tmp_path, "--profile", "enterprise"))] == ["untested-module"]
    assert findings(check(tmp_path, "--profile", "enterprise", "src")) == []
