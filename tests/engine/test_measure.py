"""Measuring: the numbers of a file, and a project in which files tell on one another."""

from math import inf
from pathlib import Path

import pytest

from rustgate.config.loader import Edit, defaults
from rustgate.engine.check import Engine, Options
from rustgate.engine.measure import Extras, Measurer, by_lizard, measure_project
from rustgate.execution import executor as workers
from rustgate.execution.options import ExecutorOptions
from rustgate.metrics.model import MeasuredFile, MeasuredProject, rank
from rustgate.project.project import Project
from rustgate.rules.catalog import shipped

NOTHING = Extras()
EVERYTHING = Extras(halstead=True, lizard=True)


def measured(source: str, extras: Extras = NOTHING, *, test: bool = False) -> MeasuredFile:
    return Measurer(extras).measure("src/lib.rs", source.encode(), test=test)


def measured_project(root: Path, files: dict[str, str | bytes], *edits: Edit, extras: Extras = NOTHING, jobs: int = 1) -> MeasuredProject:
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    rules = shipped()
    return measure_project(
        Engine(rules, lambda config_root: defaults(config_root, rules, edits), Options()), Project([root]), extras, ExecutorOptions(jobs)
    )


LINES = [
    ("", (0, 0, 0, 0)),
    ("\n", (1, 0, 0, 1)),
    ("fn f() {}", (1, 1, 0, 0)),
    ("fn f() {}\n", (1, 1, 0, 0)),
    ("// a\n\nfn f() {} // b\n", (3, 1, 1, 1)),
    ("//! a\n//! b\n\n/// c\nfn f() {}\n", (5, 1, 3, 1)),
    ("/* a\n\n b */\nfn f() {}\n", (4, 1, 3, 0)),  # a blank line within a comment is comment
    ("fn f() { /* a\n b */ }\n", (2, 2, 0, 0)),
    ("fn f() {\r\n\r\n}\r\n", (3, 2, 0, 1)),
    ('const A: &str = "\n\n// no\n";\n', (4, 3, 0, 1)),
    ("   \n\t\n", (2, 0, 0, 2)),
    ("#!/usr/bin/env run\nfn f() {}\n", (2, 2, 0, 0)),
]


@pytest.mark.parametrize(("source", "counts"), LINES)
def test_code_comments_and_blank_lines_make_up_the_lines(source: str, counts: tuple[int, int, int, int]) -> None:
    file = measured(source).metrics
    assert (file.lines, file.code, file.comments, file.blank) == counts
    assert file.lines == file.code + file.comments + file.blank


def test_signatures_without_a_body_are_left_out() -> None:
    file = measured('trait T { fn a(); fn b() {} }\nextern "C" { fn c(); }\nfn d() {}\n')
    assert [function.metrics.item for function in file.functions] == ["T::b", "d"]
    assert file.metrics.functions == 2


def test_unsafe_blocks_are_counted_and_unsafe_functions_are_not() -> None:
    assert measured("unsafe fn f() { unsafe { a() } }\nfn g() { m!(unsafe { b() }); if c { unsafe {} } }\n").metrics.unsafe_blocks == 3


def test_the_numbers_of_a_function() -> None:
    source = "mod m {\n  impl T {\n    fn f(&self, a: u8) {\n      // why\n      if a {\n        b()\n      }\n    }\n  }\n}\n"
    file = measured(source)
    (function,) = file.functions
    one = function.metrics
    assert (one.path, one.item, one.line, one.end_line, one.lines, one.code_lines) == ("src/lib.rs", "m::T::f", 3, 8, 6, 3)
    assert (one.parameters, one.cyclomatic, one.cognitive, one.nesting, one.test) == (1, 2, 1, 1, False)
    (impl,) = file.impls
    assert (impl.path, impl.item, impl.line, impl.end_line, impl.lines) == ("src/lib.rs", "m::T", 2, 9, 8)


def test_only_what_was_asked_for_is_computed() -> None:
    source = "fn f() {}\nquote! { fn g() {} }\n"
    little, much = measured(source), measured(source, EVERYTHING)
    assert (little.halstead, little.functions[0].halstead, little.functions[0].lizard, little.only_lizard) == (None, None, None, 0)
    assert much.halstead and much.functions[0].halstead and much.functions[0].lizard and much.only_lizard == 1  # noqa: PT018  # one fact
    assert much.halstead.length > much.functions[0].halstead.length == 4


def test_a_byte_order_mark_changes_no_number() -> None:
    source = "fn f(e: &E) -> u8 { e.value + 1 }\n"
    assert measured(f"\ufeff{source}", Extras(halstead=True)) == measured(source, Extras(halstead=True))


def test_test_code_of_a_file() -> None:
    source = "fn a() {}\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn b() {}\n}\n"
    assert [function.metrics.test for function in measured(source).functions] == [False, True]
    assert not measured(source).metrics.test
    whole = measured(source, test=True)
    assert [function.metrics.test for function in whole.functions] == [True, True]
    assert whole.metrics.test


RANKS = [(1, "A"), (5, "A"), (6, "B"), (10, "B"), (11, "C"), (20, "C"), (21, "D"), (30, "D"), (31, "E"), (40, "E"), (41, "F"), (400, "F")]


@pytest.mark.parametrize(("cyclomatic", "letter"), [*RANKS, (0, "A"), (5.01, "B"), (40.5, "F")])
def test_ranks_are_radons(cyclomatic: float, letter: str) -> None:
    assert rank(cyclomatic) == letter


PACKAGE = '[package]\nname = "one"\n'
TREE: dict[str, str | bytes] = {
    "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n',
    "a/Cargo.toml": PACKAGE,
    "a/src/lib.rs": "#[cfg(test)]\nmod helpers;\nmod real;\n",
    "a/src/helpers.rs": "fn h() {}\nmod deeper;\n",
    "a/src/helpers/deeper.rs": "fn d() {}\n",
    "a/src/real.rs": "fn r() {}\n",
    "a/tests/it.rs": "fn t() {}\n",
    "b/Cargo.toml": '[package]\nname = "two"\n',
    "b/src/main.rs": "fn main() {}\n",
    "loose.rs": "fn l() {}\n",
}


def test_a_file_that_only_tests_declare_is_test_code(tmp_path: Path) -> None:
    tests = {file.path: file.metrics.test for file in measured_project(tmp_path, TREE).files}
    assert [path for path, test in tests.items() if test] == ["a/src/helpers.rs", "a/src/helpers/deeper.rs", "a/tests/it.rs"]
    assert list(tests) == sorted(tests)


def test_a_declaring_file_counts_even_when_it_is_not_measured(tmp_path: Path) -> None:
    measured_project(tmp_path, TREE)
    rules = shipped()
    engine = Engine(rules, lambda config_root: defaults(config_root, rules), Options())
    result = measure_project(engine, Project([tmp_path / "a/src/helpers.rs"]), NOTHING, ExecutorOptions())
    assert [(file.path, file.metrics.test, file.functions[0].metrics.test) for file in result.files] == [("a/src/helpers.rs", True, True)]


def test_each_file_has_its_package(tmp_path: Path) -> None:
    packages = measured_project(tmp_path, TREE).packages
    assert {packages["a/src/lib.rs"], packages["a/tests/it.rs"]} == {"one"}
    assert (packages["b/src/main.rs"], packages["loose.rs"]) == ("two", "")


def test_what_cannot_be_read_is_a_problem_and_the_rest_is_measured(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.rs": "fn a() {}\n", "b.rs": b"fn b() {}\n// \xff\n", "c.rs": "fn c() {}\n" * 20}
    result = measured_project(tmp_path, files, Edit("max-file-size", "100", "test"))
    assert [file.path for file in result.files] == ["a.rs"]
    assert [problem.path for problem in result.problems] == ["b.rs", "c.rs"]
    assert result.problems[0].sentence == "is not UTF-8: byte 0xff on line 2; save it as UTF-8"
    assert "over the limit of 100" in result.problems[1].sentence


def test_what_the_configuration_excludes_is_left_out(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.rs": "fn a() {}\n", "generated/b.rs": "fn b() {}\n"}
    result = measured_project(tmp_path, files, Edit("exclude", '["**/generated/**"]', "test"))
    assert [file.path for file in result.files] == ["a.rs"]


def test_the_numbers_are_the_same_whatever_the_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = measured_project(tmp_path, TREE, extras=EVERYTHING)
    monkeypatch.setattr(workers, "HARMLESS_SECONDS", inf)
    assert measured_project(tmp_path, TREE, extras=EVERYTHING, jobs=2) == alone


def test_by_lizard_replaces_the_numbers_that_lizard_has(tmp_path: Path) -> None:
    source = "fn a(&self) {\n    // why\n    loop { if b()? {} }\n}\n// #lizard forgives\nfn c() { loop {} }\n"
    theirs = by_lizard(measured_project(tmp_path, {"a.rs": source}, extras=EVERYTHING))
    seen, unseen = (function.metrics for function in theirs.files[0].functions)
    assert (seen.cyclomatic, seen.code_lines, seen.parameters, seen.cognitive, seen.nesting) == (3, 3, 1, 3, 2)
    assert (unseen.cyclomatic, unseen.code_lines, unseen.parameters) == (2, 1, 0)
