"""Whole runs without the command line: files in, findings out, and what suppressions, places and overrides make of them."""

import os
import shutil
from collections.abc import Callable
from math import inf
from pathlib import Path

import pytest
from conftest import git, write
from msgspec.structs import replace

from rustgate.config.loader import load_config
from rustgate.config.resolver import Selection
from rustgate.engine import tasks as tasks_module
from rustgate.engine.check import Engine, Options, Run
from rustgate.execution import executor as workers
from rustgate.model.file import FileResult
from rustgate.project.project import Project
from rustgate.rules.catalog import shipped

SAMPLES = Path(__file__).parents[2] / "sample_crates"
PACKAGE = '[package]\nname = "a"\n'
UNWRAP = "pub fn f(x: Option<u8>) -> u8 { x.unwrap() }\n"
ONLY = Options(selection=Selection(select=frozenset({"unwrap-used"})))
WITHOUT_RULES_ON_CRATES = {"rustgate.toml": 'rules = { missing-crate-docs = "off", unsafe-in-safe-crate = "off" }'}
Marks = list[tuple[str, str, int]]


def run(*paths: Path, options: Options = ONLY) -> Run:
    return Engine(shipped(), lambda config_root: load_config(config_root, shipped()), options).run(Project(paths))


def marks(result: Run, *, muted: bool = False) -> Marks:
    """(rule, path, line) of the findings that count, or of the muted ones."""
    return [(one.rule, one.path, one.line) for one in result.findings if (one.muted is not None) is muted]


def unwraps(*paths: Path, options: Options = ONLY) -> list[str]:
    """The paths in which `unwrap` was found."""
    return [path for rule, path, _ in marks(run(*paths, options=options)) if rule == "unwrap-used"]


# files in


def test_every_file_is_judged_and_reported_in_order(tmp_path: Path) -> None:
    write(tmp_path, {"b.rs": UNWRAP, "a.rs": "\n" + UNWRAP * 2, "c.rs": "fn main() {}"})
    result = run(tmp_path)
    assert (result.files, result.lines) == (("a.rs", "b.rs", "c.rs"), 5)
    assert marks(result) == [("unwrap-used", "a.rs", 2), ("unwrap-used", "a.rs", 3), ("unwrap-used", "b.rs", 1)]


def test_each_file_is_told_of_once(tmp_path: Path) -> None:
    write(tmp_path, {"lib.rs": "#[cfg(test)]\nmod a;", "a.rs": UNWRAP, "b.rs": UNWRAP})
    told: list[FileResult] = []
    Engine(shipped(), lambda config_root: load_config(config_root, shipped()), ONLY).run(Project([tmp_path]), told.append)
    assert sorted(report.path for report in told) == ["a.rs", "b.rs", "lib.rs"]


@pytest.mark.parametrize("empty", ["", b"\xff"])
def test_a_file_without_lines_does_not_hide_which_others_are_tests(tmp_path: Path, empty: str | bytes) -> None:
    write(tmp_path, {"lib.rs": "#[cfg(test)]\nmod helper;", "helper.rs": UNWRAP, "test.rs": empty})
    assert unwraps(tmp_path) == []


def test_a_name_alone_makes_no_test(tmp_path: Path) -> None:
    write(tmp_path, {"lib.rs": "mod tests;\nmod test;", "tests.rs": f"{UNWRAP}mod deep;", "tests/deep.rs": UNWRAP, "test.rs": UNWRAP})
    assert unwraps(tmp_path) == ["test.rs", "tests.rs", "tests/deep.rs"]


def test_the_result_does_not_depend_on_the_number_of_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "HARMLESS_SECONDS", inf)
    monkeypatch.setattr(workers, "BATCH_BYTES", 100)
    files = {f"f{number}.rs": UNWRAP * (number % 5) for number in range(40)}
    write(tmp_path, {**files, "lib.rs": "#[cfg(test)]\nmod f4;\n", "broken.rs": "fn", "latin.rs": b"// \xe9"})
    assert run(tmp_path, options=replace(ONLY, jobs=3)) == run(tmp_path)


def test_no_rule_depends_on_the_number_of_workers_or_the_order_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "HARMLESS_SECONDS", inf)
    monkeypatch.setattr(workers, "BATCH_BYTES", 2_000)
    copy = shutil.copytree(SAMPLES, tmp_path / "samples", ignore=shutil.ignore_patterns("target"))
    repeated = "fn twice(x: u32) -> u32 {\n" + "".join(f"    let y{line} = x + offset({line});\n" for line in range(40)) + "    x\n}\n"
    write(copy, {"messy/src/one.rs": repeated, "messy/src/two.rs": repeated})
    everything = Options(selection=Selection(select=frozenset(shipped())))
    assert run(copy, options=replace(everything, jobs=3)) == run(copy, options=everything)
    files = sorted(copy.rglob("*.rs"))
    found = run(*files, options=everything)
    assert run(*reversed(files), options=replace(everything, jobs=2)) == found
    assert len({finding.rule for finding in found.findings}) > 40
    assert any(finding.rule == "duplicate-code" for finding in found.findings)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"// \xe9", "is not UTF-8"),
        (b"//" + b" " * 99, "is 101 bytes long, over the limit of 99; exclude it or raise `max-file-size`"),
    ],
)
def test_what_cannot_be_read_is_a_finding_and_the_run_goes_on(tmp_path: Path, content: bytes, words: str) -> None:
    write(tmp_path, {"a.rs": UNWRAP, "odd.rs": content, "rustgate.toml": "max-file-size = 99"})
    result = run(tmp_path)
    assert marks(result) == [("unwrap-used", "a.rs", 1), ("unreadable-file", "odd.rs", 1)]
    assert words in result.findings[1].message
    assert result.files == ("a.rs", "odd.rs")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("pipe", "not a regular file"),
        ("lost link", "No such file"),
        ("loop", "Too many levels of symbolic links"),
        ("odd bytes", "is not UTF-8"),
    ],
)
def test_what_is_named_but_is_no_file_of_text_is_a_finding(tmp_path: Path, kind: str, words: str) -> None:
    path = tmp_path / "x.rs"
    makers: dict[str, Callable[[], object]] = {
        "pipe": lambda: os.mkfifo(path),
        "lost link": lambda: path.symlink_to("nowhere"),
        "loop": lambda: path.symlink_to("x.rs"),
        "odd bytes": lambda: path.write_bytes(b"\xff"),
    }
    makers[kind]()
    result = run(path)
    assert marks(result) == [("unreadable-file", "x.rs", 1)]
    assert words in result.findings[0].message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": UNWRAP, "b.rs": UNWRAP})
    (tmp_path / "a.rs").chmod(0)
    assert marks(run(tmp_path)) == [("unreadable-file", "a.rs", 1), ("unwrap-used", "b.rs", 1)]


def test_a_file_with_a_syntax_error_is_judged_around_it(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": f"fn broken( {{\n\n{UNWRAP}"})
    found = {rule for rule, _, _ in marks(run(tmp_path))}
    assert found == {"syntax-error", "unwrap-used"}


@pytest.mark.parametrize("content", ["[workspace", "[workspace]\nmembers = 3", "workspace = 1"])
def test_a_broken_manifest_is_one_finding_and_nothing_else_is_lost(tmp_path: Path, content: str) -> None:
    write(tmp_path, {"Cargo.toml": content, "a/Cargo.toml": PACKAGE, "a/src/lib.rs": UNWRAP, "a/tests/b.rs": UNWRAP, "c.rs": UNWRAP})
    assert marks(run(tmp_path)) == [("unreadable-file", "Cargo.toml", 1), ("unwrap-used", "a/src/lib.rs", 1), ("unwrap-used", "c.rs", 1)]


@pytest.mark.parametrize("exclude", ["old/", "old/**", "Cargo.toml"])
def test_a_broken_manifest_can_be_excluded(tmp_path: Path, exclude: str) -> None:
    write(tmp_path, {"old/Cargo.toml": "[", "old/src/lib.rs": UNWRAP, "a.rs": UNWRAP, "rustgate.toml": f'exclude = ["{exclude}"]'})
    assert "unreadable-file" not in {rule for rule, _, _ in marks(run(tmp_path))}


def test_a_folder_that_cannot_be_listed_is_a_finding_unless_it_is_excluded(tmp_path: Path) -> None:
    project = Project([write(tmp_path, {"locked/a.txt": "", "rustgate.toml": ""})])
    project._problem(str(tmp_path / "locked"), "cannot be listed: Permission denied")
    for exclude, expected in {"": ["locked"], 'exclude = ["locked/"]': [], 'exclude = ["locked/**"]': []}.items():
        write(tmp_path, {"rustgate.toml": exclude})
        found = Engine(shipped(), lambda config_root: load_config(config_root, shipped()), Options()).run(project).findings
        assert [finding.path for finding in found] == expected


def test_a_mistake_of_ours_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks_module, "lint", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError) as error:
        run(write(tmp_path, {"src/a.rs": ""}))
    assert error.value.__notes__ == ["while src/a.rs was linted"]


# excluded files


def test_a_named_file_is_excluded_only_on_request(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": UNWRAP, "gen/b.rs": UNWRAP, "rustgate.toml": 'exclude = ["gen/"]'})
    assert unwraps(tmp_path) == ["a.rs"]
    assert unwraps(tmp_path / "gen") == []
    assert unwraps(tmp_path / "gen/b.rs") == ["gen/b.rs"]
    assert unwraps(tmp_path / "gen/b.rs", tmp_path / "a.rs", options=replace(ONLY, force_exclude=True)) == ["a.rs"]


def test_members_without_a_file_have_a_home_as_well(tmp_path: Path) -> None:
    members = {f"{folder}/deep/Cargo.toml": PACKAGE for folder in ("b", "c", "d")}
    write(
        tmp_path, {"Cargo.toml": '[workspace]\nmembers = ["*/deep"]', "a/deep/src/lib.rs": UNWRAP, "a/deep/Cargo.toml": PACKAGE, **members}
    )
    override = "[[overrides]]\npaths = ['{}']\n"
    write(tmp_path, {"rustgate.toml": "".join(map(override.format, ("a/**", "d/deep/Cargo.toml", "e")))})
    everything = Engine(shipped(), lambda config_root: load_config(config_root, shipped()), Options()).run(Project([tmp_path]))
    assert [remark.split(": ")[1] for remark in everything.remarks] == ["overrides[2] matches no file; check its paths (e)"]


def test_each_file_is_judged_by_the_configuration_of_its_home(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\nexclude = ["old"]',
            "rustgate.toml": '[[overrides]]\npaths = ["crates/b/**"]\nrules.unwrap-used = "note"',
            "crates/a/Cargo.toml": PACKAGE,
            "crates/a/src/lib.rs": UNWRAP,
            "crates/b/Cargo.toml": PACKAGE,
            "crates/b/src/lib.rs": UNWRAP,
            "old/Cargo.toml": PACKAGE + '[package.metadata.rustgate]\nprofile = "mvp"',
            "old/src/lib.rs": UNWRAP,
        },
    )
    assert {one.path: one.severity.value for one in run(tmp_path).findings} == {
        "crates/a/src/lib.rs": "error",
        "crates/b/src/lib.rs": "note",
        "old/src/lib.rs": "warning",
    }


# test code


ACROSS = [
    pytest.param({"src/lib.rs": "#[cfg(test)]\nmod a;", "src/a.rs": UNWRAP}, [], id="a file"),
    pytest.param({"src/lib.rs": "#[cfg(test)]\nmod a;", "src/a/mod.rs": UNWRAP}, [], id="a folder"),
    pytest.param({"src/lib.rs": "mod a;", "src/a.rs": UNWRAP}, ["src/a.rs"], id="not test code"),
    pytest.param({"src/lib.rs": '#[cfg(any(test, feature = "x"))]\nmod a;', "src/a.rs": UNWRAP}, ["src/a.rs"], id="ships"),
    pytest.param({"src/lib.rs": "#[cfg(not(test))]\nmod a;", "src/a.rs": UNWRAP}, ["src/a.rs"], id="not in tests"),
    pytest.param(
        {"src/lib.rs": "#[cfg(test)]\nmod a;", "src/a.rs": "mod b;\nmod c;", "src/a/b.rs": UNWRAP, "src/a/c/mod.rs": UNWRAP},
        [],
        id="what it declares",
    ),
    pytest.param({"src/lib.rs": "mod a;", "src/a.rs": "#[cfg(test)]\nmod b;", "src/a/b.rs": UNWRAP}, [], id="further down"),
    pytest.param({"src/lib.rs": "mod a;", "src/a/mod.rs": "#[cfg(test)]\nmod b;", "src/a/b.rs": UNWRAP}, [], id="in a folder"),
    pytest.param({"src/lib.rs": '#[cfg(test)]\n#[path = "odd.rs"]\nmod a;', "src/odd.rs": UNWRAP}, [], id="#[path]"),
    pytest.param({"src/lib.rs": "#[cfg(test)]\nmod x { mod a; }", "src/x/a.rs": UNWRAP}, [], id="an inline module around"),
    pytest.param({"src/lib.rs": "mod x { #[cfg(test)] mod y { mod a; } }", "src/x/y/a.rs": UNWRAP}, [], id="two inline modules around"),
    pytest.param({"src/lib.rs": "#![cfg(test)]\nmod a;", "src/a.rs": UNWRAP}, [], id="a whole crate"),
    pytest.param({"src/lib.rs": "mod a;", "src/a.rs": "#![cfg(test)]\n" + UNWRAP}, [], id="the file says it itself"),
    pytest.param({"src/main.rs": "#[cfg(test)]\nmod a;", "src/a.rs": UNWRAP}, [], id="a program"),
    pytest.param({"src/lib.rs": "#[cfg(test)]\nmod a;", "src/main.rs": "mod a;", "src/a.rs": UNWRAP}, ["src/a.rs"], id="declared twice"),
    pytest.param(
        {"Cargo.toml": PACKAGE + '[lib]\npath = "src/x.rs"', "src/x.rs": "#[cfg(test)]\nmod a;", "src/a.rs": UNWRAP}, [], id="[lib] path"
    ),
    pytest.param({"src/lib.rs": "#[cfg(test)]\nmod r#try;", "src/try.rs": UNWRAP}, [], id="a raw name"),
    pytest.param({"src/lib.rs": "mod a;", "src/a.rs": UNWRAP, "src/b.rs": "#[cfg(test)]\nmod a;"}, ["src/a.rs"], id="another's module"),
]


@pytest.mark.parametrize(("files", "expected"), ACROSS)
def test_test_code_is_known_across_files_also_when_only_one_is_given(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    write(tmp_path, {"Cargo.toml": PACKAGE} | files)
    assert unwraps(tmp_path) == expected
    for path in (path for path, text in files.items() if UNWRAP in text):
        assert unwraps(tmp_path / path) == [one for one in expected if one == path]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("src/lib.rs", True),
        ("src/bin/tool.rs", True),
        ("src/tests.rs", True),
        ("tests/a.rs", False),
        ("tests/common/mod.rs", False),
        ("benches/a.rs", False),
        ("examples/a/main.rs", False),
        ("slow/a.rs", False),
    ],
)
def test_test_code_is_known_by_its_place(tmp_path: Path, path: str, *, found: bool) -> None:
    write(tmp_path, {"Cargo.toml": PACKAGE + '[[test]]\npath = "slow/a.rs"', path: UNWRAP})
    assert bool(unwraps(tmp_path)) is found


def test_a_declaring_file_that_cannot_be_read_declares_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"lib.rs": b"#[cfg(test)]\nmod a;\n// \xff", "a.rs": UNWRAP, "b/a.rs": UNWRAP})
    os.mkfifo(tmp_path / "b/lib.rs")
    assert unwraps(tmp_path / "a.rs", tmp_path / "b/a.rs") == ["a.rs", "b/a.rs"]


# suppressions


REASON = "-- the key was inserted above"
SUPPRESSED = [
    pytest.param(
        "fn f() {{\n    // rustgate: allow(unwrap-used) {reason}\n    a.unwrap();\n    b.unwrap();\n}}", [4], id="above a statement"
    ),
    pytest.param(
        "// rustgate: allow(unwrap-used) {reason}\nfn f() {{\n    a.unwrap();\n}}\nfn g() {{ b.unwrap(); }}", [5], id="above an item"
    ),
    pytest.param("// rustgate: allow(unwrap-used) {reason}\n#[inline]\nfn f() {{\n    a.unwrap();\n}}", [], id="above an attribute"),
    pytest.param(
        "fn f() {{\n    a.unwrap(); // rustgate: allow(unwrap-used) {reason}\n    b.unwrap();\n}}", [3], id="at the end of a line"
    ),
    pytest.param(
        "//! A page.\n// rustgate: allow-file(unwrap-used) {reason}\nfn f() {{ a.unwrap(); }}\nfn g() {{ b.unwrap(); }}", [], id="file"
    ),
    pytest.param(
        "fn f() {{ a.unwrap(); }}\n// rustgate: allow-file(unwrap-used) {reason}\nfn g() {{ b.unwrap(); }}", [1, 3], id="file, too late"
    ),
    pytest.param("// rustgate: allow(indexing, unwrap-used) {reason}\nfn f() {{ a.unwrap(); }}", [], id="one of several rules"),
    pytest.param("// rustgate: allow(expect-used) {reason}\nfn f() {{ a.unwrap(); }}", [2], id="another rule"),
    pytest.param("/* rustgate: allow(unwrap-used) {reason} */\nfn f() {{ a.unwrap(); }}", [], id="a block comment"),
    pytest.param("/// rustgate: allow(unwrap-used) {reason}\nfn f() {{ a.unwrap(); }}", [2], id="documentation"),
    pytest.param(
        "fn f() {{\n    a\n        .b()\n        .unwrap(); // rustgate: allow(unwrap-used) {reason}\n}}", [], id="at the end of a chain"
    ),
    pytest.param("fn f() {{\n    a\n        // rustgate: allow(unwrap-used) {reason}\n        .unwrap();\n}}", [], id="within a chain"),
    pytest.param(
        "fn f() {{\n    a(|| {{\n        b.unwrap(); // rustgate: allow(unwrap-used) {reason}\n    }})\n    .unwrap();\n}}",
        [2],
        id="of an inner line only",
    ),
]


@pytest.mark.parametrize(("source", "left"), SUPPRESSED)
@pytest.mark.parametrize("reason", [REASON, ""])
def test_a_suppression_covers_what_stands_below_or_beside_it(tmp_path: Path, source: str, left: list[int], reason: str) -> None:
    folder = write(tmp_path, {"a.rs": source.format(reason=reason)})
    assert [line for _, _, line in marks(run(folder))] == left
    assert {one.muted.reason for one in run(folder).findings if one.muted} <= {reason.removeprefix("-- ")}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"// rustgate: allow(unwrap-used) {REASON}\nfn f() {{ a.unwrap(); }}", []),
        ("// rustgate: allow(unwrap-used)\nfn f() { a.unwrap(); }", [("suppression-without-reason", "a.rs", 1)]),
        (f"// rustgate: allow(unwrap-used) {REASON}\nfn f() {{}}", [("unused-suppression", "a.rs", 1)]),
        (f"fn f() {{}} // rustgate: allow(unwrap-used, indexing) {REASON}", [("unused-suppression", "a.rs", 1)]),
        (f"// rustgate: allow(unwrap-usd) {REASON}\nfn f() {{ a.unwrap(); }}", [("unknown-rule", "a.rs", 1), ("unwrap-used", "a.rs", 2)]),
        ("// rustgate: alow(unwrap-used)\nfn f() {}", [("unknown-rule", "a.rs", 1)]),
        (f"fn f() {{}}\n// rustgate: allow-file(unwrap-used) {REASON}\n", [("unknown-rule", "a.rs", 2)]),
        ('#[allow(clippy::unwrap_used, reason = "x")]\nfn f() {}', []),
    ],
)
def test_what_is_wrong_with_a_suppression_is_a_finding(tmp_path: Path, source: str, expected: Marks) -> None:
    assert marks(run(write(tmp_path, {"a.rs": source} | WITHOUT_RULES_ON_CRATES), options=Options())) == expected


@pytest.mark.parametrize(
    "options",
    [ONLY, Options(selection=Selection(ignore=frozenset({"indexing"}))), Options(suppress=False)],
    ids=["select", "ignore", "no suppress"],
)
def test_unused_suppressions_are_not_told_when_only_some_rules_run(tmp_path: Path, options: Options) -> None:
    write(tmp_path, {"a.rs": f"// rustgate: allow(unwrap-used) {REASON}\nfn f() {{}}"} | WITHOUT_RULES_ON_CRATES)
    assert marks(run(tmp_path, options=options)) == []


def test_unused_suppressions_are_not_told_when_only_some_files_are_given(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": f"// rustgate: allow(unwrap-used) {REASON}\nfn f() {{}}"} | WITHOUT_RULES_ON_CRATES)
    assert marks(run(tmp_path / "a.rs", options=Options())) == []


@pytest.mark.parametrize(
    "source",
    [
        "#[allow(clippy::unwrap_used)]\nfn f() { a.unwrap(); }",
        '#[expect(clippy::unwrap_used, reason = "why")]\nfn f() { a.unwrap(); }',
        "#[allow(clippy::unwrap_used)]\nmod a {\n    impl B {\n        fn f() { a.unwrap(); }\n    }\n}",
        "#![allow(clippy::unwrap_used)]\nfn f() { a.unwrap(); }",
        "fn f() {\n    #[allow(clippy::unwrap_used)]\n    let b = a.unwrap();\n}",
        "#[cfg_attr(not(test), allow(clippy::unwrap_used))]\nfn f() { a.unwrap(); }",
    ],
)
def test_attributes_of_clippy_count_unless_the_configuration_says_no(tmp_path: Path, source: str) -> None:
    write(tmp_path, {"a.rs": source})
    assert (len(marks(run(tmp_path))), len(marks(run(tmp_path), muted=True))) == (0, 1)
    write(tmp_path, {"rustgate.toml": "respect-clippy = false"})
    assert (len(marks(run(tmp_path))), len(marks(run(tmp_path), muted=True))) == (1, 0)


def test_other_attributes_and_other_items_are_left_alone(tmp_path: Path) -> None:
    source = "#[allow(clippy::expect_used)]\nfn f() { a.unwrap(); }\n#[allow(clippy::unwrap_used)]\nfn g() {}\nfn h() { b.unwrap(); }"
    assert [line for _, _, line in marks(run(write(tmp_path, {"a.rs": source})))] == [2, 5]


def test_no_suppress_lets_nothing_mute(tmp_path: Path) -> None:
    source = f"// rustgate: allow-file(unwrap-used) {REASON}\n#[allow(clippy::unwrap_used)]\nfn f() {{ a.unwrap(); }}"
    result = run(write(tmp_path, {"a.rs": source}), options=replace(ONLY, suppress=False))
    assert [(one.rule, one.muted) for one in result.findings] == [("unwrap-used", None)]


# inside a repository


def test_a_run_inside_a_repository_counts_every_file_once(tmp_path: Path) -> None:
    names = ["a b.rs", "q\"'.rs", "new\nline.rs", os.fsdecode(b"\xff.rs"), "inner/c.rs"]
    write(tmp_path, {**dict.fromkeys(names, UNWRAP), ".gitignore": "ignored.rs", "ignored.rs": UNWRAP})
    git(tmp_path, "init", "--quiet")
    git(tmp_path / "inner", "init", "--quiet")
    result = run(tmp_path, tmp_path / "inner", tmp_path / "a b.rs")
    assert sorted(result.files) == sorted(names)
    assert sorted(one.path for one in result.findings) == sorted(names)
