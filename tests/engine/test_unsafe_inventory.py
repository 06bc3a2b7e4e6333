"""`rustgate unsafe`: what is listed with which justification, the totals, and what is left out."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from conftest import write

from rustgate.cli.commands.unsafe import unsafe_command
from rustgate.engine.unsafe_inventory import RULES, Inventory, UnsafeCode, list_file
from rustgate.errors import RustgateError
from rustgate.model.file import FileContext, Target
from rustgate.reports.terminal import TextStyle, cell_width
from rustgate.reports.unsafe_inventory import InventoryReport, to_text
from rustgate.rules.catalog import shipped
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.parse import scan_source

LIBRARY = """mod raw;

/// Reads.
///
/// # Safety
///
/// `pointer` is valid for
/// reads.
///
/// # Panics
///
/// Never.
pub unsafe fn read(pointer: *const u8) -> u8 {
    // SAFETY: the caller's promise,
    // which is above.
    unsafe { *pointer }
}

// SAFETY: only a number.
unsafe impl Send for raw::Handle {}

#[cfg(test)]
mod tests {
    #[test]
    fn reads() {
        assert_eq!(unsafe { super::read(&7) }, 7);
    }
}
"""
RAW = """pub struct Handle(*mut u8);
unsafe impl Sync for Handle {}
/// # SAFETY
pub unsafe trait Plain { unsafe fn zero() -> Self; }
/* SAFETY: zero is valid. */
unsafe impl Plain for u8 { unsafe fn zero() -> Self { 0 } }
// SAFETY: the pointer must be valid
unsafe fn bump(pointer: *mut u8) { println!("{}", unsafe { *pointer }); }
"""
TREE = {"Cargo.toml": '[package]\nname = "one"\n', "src/lib.rs": LIBRARY, "src/raw.rs": RAW, "tests/all.rs": "unsafe fn helper() {}\n"}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write(tmp_path, TREE))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(unsafe_command, arguments)


def document(*arguments: str) -> dict[str, Any]:
    result = run("--output", "json", *arguments)
    assert result.exit_code == 0
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def refusal(*arguments: str) -> str:
    error = run(*arguments).exception
    assert isinstance(error, RustgateError)
    return str(error)


def found_in(source: str) -> tuple[UnsafeCode, ...]:
    joined = join_queries([shipped()[name] for name in RULES])
    return list_file("src/lib.rs", scan_source(source.encode(), joined), FileContext(Target.LIBRARY)).found


@pytest.mark.usefixtures("tree")
def test_everything_unsafe_is_listed_in_order_with_its_justification() -> None:
    rows = [(one["path"], one["line"], one["kind"], one["item"], one["by"], one["justification"]) for one in document()["unsafe"]]
    assert rows == [
        ("src/lib.rs", 13, "function", "read", "docs", "`pointer` is valid for reads."),
        ("src/lib.rs", 16, "block", "read", "comment", "the caller's promise, which is above."),
        ("src/lib.rs", 20, "impl", "<raw::Handle as Send>", "comment", "only a number."),
        ("src/lib.rs", 26, "block", "tests::reads", None, None),
        ("src/raw.rs", 2, "impl", "<Handle as Sync>", None, None),
        ("src/raw.rs", 4, "trait", "Plain", "docs", ""),
        ("src/raw.rs", 4, "function", "Plain::zero", None, None),
        ("src/raw.rs", 6, "impl", "<u8 as Plain>", "comment", "zero is valid."),
        ("src/raw.rs", 6, "function", "<u8 as Plain>::zero", "trait", "as its trait says"),
        ("src/raw.rs", 8, "function", "bump", "comment", "the pointer must be valid"),
        ("src/raw.rs", 8, "block", "bump", None, None),
        ("tests/all.rs", 1, "function", "helper", None, None),
    ]


@pytest.mark.usefixtures("tree")
def test_totals_leave_tests_out_and_count_them() -> None:
    totals = {"blocks": 2, "functions": 4, "traits": 1, "impls": 3, "documented": 7, "share": 70.0, "tests": 2}
    assert document()["crates"] == [{"crate": "one", **totals}]
    assert document()["total"] == {"crate": "", **totals}


@pytest.mark.usefixtures("tree")
def test_undocumented_lists_what_nothing_justifies_and_keeps_the_totals() -> None:
    assert [(one["path"], one["line"]) for one in document("--undocumented")["unsafe"]] == [
        ("src/raw.rs", 2),
        ("src/raw.rs", 4),
        ("src/raw.rs", 8),
    ]
    assert document("--undocumented")["total"] == document()["total"]


@pytest.mark.usefixtures("tree")
def test_text_groups_by_file_and_sums_up() -> None:
    text = run().stdout
    assert text.startswith("src/lib.rs\n  13:15  function         read                   `pointer` is valid for reads.\n")
    assert "  26:20  block in a test  tests::reads           -\n" in text
    assert text.endswith("\n7 of 10 pieces of unsafe code are documented (70.0 %), and 2 in tests\n")


def test_a_file_that_only_tests_declare_is_test_code(tree: Path) -> None:
    write(tree, {"src/lib.rs": "#[cfg(test)]\nmod raw;\n"})
    assert {one["test"] for one in document()["unsafe"]} == {True}
    assert run().stdout.endswith("\nno unsafe code, and 8 in tests\n")


def test_what_git_ignores_or_the_configuration_excludes_is_left_out(tree: Path) -> None:
    write(tree, {"rustgate.toml": 'exclude = ["**/raw.rs"]\n', ".gitignore": "/tests/\n"})
    assert {one["path"] for one in document()["unsafe"]} == {"src/lib.rs"}
    assert {one["path"] for one in document("src/raw.rs")["unsafe"]} == {"src/raw.rs"}


def test_what_cannot_be_read_is_named_on_stderr(tree: Path) -> None:
    write(tree, {"src/broken.rs": b"//\n// \xff\n"})
    result = run("--undocumented")
    assert (result.exit_code, result.stderr) == (0, "rustgate: src/broken.rs is not UTF-8: byte 0xff on line 2; save it as UTF-8\n")


def test_a_tree_without_anything_to_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal().startswith("no Rust file found in the working folder;")
    write(tmp_path, {"rustgate.toml": 'exclude = ["*.rs"]\n', "a.rs": ""})
    assert refusal(".").startswith("every Rust file in . is excluded by the configuration;")


def test_jobs_do_not_change_the_answer(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, {f"src/more{number}.rs": RAW for number in range(20)})
    alone = run("--output", "json", "--jobs", "1").stdout
    monkeypatch.setattr("rustgate.execution.executor.POOL_THRESHOLD", 0)
    assert run("--output", "json", "--jobs", "3").stdout == alone


JUSTIFICATIONS = [
    ("/// # Safety\n/// one\n/// two\nunsafe fn f() {}", "one two"),
    ("/**\n * Reads.\n *\n * ## Safety\n *\n * one\n */\nunsafe fn f() {}", "one"),
    ("/// Safety\n/// ------\n/// one\nunsafe fn f() {}", "a safety section that stands elsewhere"),
    ('#[doc = include_str!("f.md")]\nunsafe fn f() {}', "a safety section that stands elsewhere"),
    ("/*\n * Safety: one\n * two\n */\nunsafe impl Send for A {}", "one two"),
    ("fn f() { unsafe { /* SAFETY: one */ g() } }", "one"),
    ("fn f() {\n    let a = 1; // SAFETY: one\n    // two\n    unsafe { g() } }", None),
    ("fn f() {\n    let a = 1; // SAFETY: one\n    unsafe { g() } }", "one"),
    ("// Note: a\n// b. Safety: one\n// two\nunsafe impl Send for A {}", "one two"),
    ("fn f() {\n    unsafe {\n        // SAFETY: one\n        // two\n        g()\n    }\n}", "one two"),
]


@pytest.mark.parametrize(("source", "justification"), JUSTIFICATIONS)
def test_the_text_of_a_justification(source: str, justification: str | None) -> None:
    assert [code.justification for code in found_in(source)] == [justification]


def test_a_narrow_terminal_cuts_the_justification_and_shows_that() -> None:
    code = UnsafeCode("a.rs", 1, 1, "block", "f", False, "comment", "word " * 20 + "end")  # noqa: FBT003  # the fields of a row in order
    shown = InventoryReport(Inventory((code,), {"a.rs": ""}, ()), undocumented=False, display=str)
    assert "".join(to_text(shown, TextStyle(width=40))).splitlines()[1] == "  1:1  block  f  word word word word..."
    assert "".join(to_text(shown, TextStyle())).splitlines()[1].endswith(" end")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_list_fits_the_terminal(width: int) -> None:
    code = UnsafeCode("a.rs", 1, 1, "function", "宽" * 99, True, "comment", "it is sound " * 20)  # noqa: FBT003  # see above
    shown = InventoryReport(Inventory((code,), {"a.rs": "a"}, ()), undocumented=False, display=str)
    assert max(map(cell_width, "".join(to_text(shown, TextStyle(width))).splitlines())) <= width


def test_control_characters_do_not_reach_the_terminal() -> None:
    code = UnsafeCode("a\x1b.rs", 1, 1, "block", "f", False, "comment", "\x1b[31mred")  # noqa: FBT003  # see above
    report = InventoryReport(Inventory((code,), {"a\x1b.rs": ""}, ()), undocumented=False, display=str)
    assert "\x1b" not in "".join(to_text(report, TextStyle()))


def test_help_does_not_import_the_engine() -> None:
    code = (
        "import sys\nfrom rustgate.cli.commands.unsafe import unsafe_command\n"
        "unsafe_command(['--help'], standalone_mode=False)\nprint(*sys.modules, file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert not {"tree_sitter", "rich", "rustgate.engine.check", "rustgate.engine.unsafe_inventory"} & set(done.stderr.split())
