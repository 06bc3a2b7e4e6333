"""What Cargo compiles is checked as what it is compiled, and what no target reaches is data."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from conftest import git, write

PACKAGE = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n'
UNWRAP = "fn u() { Some(1).unwrap(); }\n"
BROKEN = "fn u( {\n}}}\nfn v( {\n}}}\n"
Found = dict[str, str]
Files = Mapping[str, str | bytes]


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = (
        sys.executable,
        "-m",
        "rustgate",
        "check",
        "--no-cache",
        "--isolated",
        "--select",
        "unwrap-used,print-in-library",
        *arguments,
    )
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def severities(folder: Path, *arguments: str) -> Found:
    """The severity of the findings in each file that has some."""
    report = json.loads(run(folder, "--output", "json", *arguments).stdout)
    return {finding["path"]: finding["severity"] for finding in report["findings"]}


def package(folder: Path, files: Files, links: Mapping[str, str] | None = None) -> Path:
    write(folder, {"Cargo.toml": PACKAGE, **files})
    for link, target in (links or {}).items():
        (folder / link).parent.mkdir(parents=True, exist_ok=True)
        (folder / link).symlink_to(target)
    return folder


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"src/lib.rs": '#[path = "code.txt"] mod a;', "src/code.txt": UNWRAP}, {"src/code.txt": "error"}, id="an odd name"),
        pytest.param({"src/lib.rs": 'include!("code.in");', "src/code.in": UNWRAP}, {"src/code.in": "error"}, id="include!"),
        pytest.param(
            {"src/lib.rs": 'fn f() -> u8 { include!("value.in") }', "src/value.in": "{ Some(1).unwrap() }\n"},
            {"src/value.in": "error"},
            id="include! as an expression",
        ),
        pytest.param(
            {"src/lib.rs": 'fn f() { let _x = vec![std::include!(concat!("value", ".rs"))]; }', "src/value.rs": "Some(1).unwrap()\n"},
            {"src/value.rs": "error"},
            id="include! in a macro",
        ),
        pytest.param(
            {"src/lib.rs": 'const A: &[u8] = include!("a.in");', "src/a.in": "// Numbers.\n&[1,\n2]\n"},
            {},
            id="a file that is an expression",
        ),
        pytest.param({"src/lib.rs": "mod a;", "src/a.rs": "mistake\n"}, {"src/a.rs": "error"}, id="a file that is a word"),
        pytest.param(
            {"src/lib.rs": '#[cfg(test)] mod t { include!("cases.in"); }', "src/cases.in": UNWRAP}, {}, id="include! in a test module"
        ),
        pytest.param(
            {"src/lib.rs": 'include!("a.in");', "src/a.in": "mod b;\n", "src/b.rs": UNWRAP},
            {"src/b.rs": "error"},
            id="from what is included",
        ),
        pytest.param(
            {"src/lib.rs": '#[path = "../tests/common.rs"] mod a;', "tests/common.rs": UNWRAP},
            {"tests/common.rs": "error"},
            id="production wins over a folder of tests",
        ),
        pytest.param(
            {"src/lib.rs": "", "tests/it.rs": '#[path = "../src/only.rs"] mod a;', "src/only.rs": UNWRAP}, {}, id="only a test in src"
        ),
        pytest.param(
            {"src/lib.rs": "mod only;", "tests/it.rs": '#[path = "../src/only.rs"] mod a;', "src/only.rs": UNWRAP},
            {"src/only.rs": "error"},
            id="a test and the library",
        ),
        pytest.param(
            {"src/lib.rs": "", "build.rs": "mod part; fn main() {}", "part.rs": UNWRAP + "fn p() { println!(); }"}, {}, id="build.rs"
        ),
        pytest.param(
            {"src/lib.rs": "mod part;", "build.rs": '#[path = "src/part.rs"] mod part; fn main() {}', "src/part.rs": UNWRAP},
            {"src/part.rs": "error"},
            id="a build script and the library",
        ),
        pytest.param(
            {"src/lib.rs": '#[path = "inner"] mod a { mod b; }', "src/inner/b.rs": UNWRAP},
            {"src/inner/b.rs": "error"},
            id="#[path] on an inline module",
        ),
        pytest.param(
            {"src/lib.rs": "mod a;", "src/a.rs": '#[cfg(test)] #[path = "inner"] mod t { mod b; }', "src/inner/b.rs": UNWRAP},
            {},
            id="#[path] on an inline module beside a file",
        ),
        pytest.param(
            {"src/lib.rs": '#[cfg_attr(not(test), path = "r.rs")] mod a;', "src/a.rs": UNWRAP, "src/r.rs": UNWRAP},
            {"src/r.rs": "error"},
            id="a path outside tests",
        ),
        pytest.param(
            {
                "src/lib.rs": '#[cfg_attr(unix, path = "u.txt")] #[cfg_attr(windows, path = "w.txt")] mod a;',
                "src/u.txt": UNWRAP,
                "src/w.txt": UNWRAP,
            },
            {"src/u.txt": "error", "src/w.txt": "error"},
            id="a path for each platform",
        ),
        pytest.param(
            {"Cargo.toml": PACKAGE + '[lib]\npath = "tests/lib.rs"\n', "tests/lib.rs": "mod a;", "tests/a.rs": UNWRAP},
            {"tests/a.rs": "error"},
            id="a library in a folder of tests",
        ),
        pytest.param(
            {"Cargo.toml": PACKAGE + '[[bin]]\nname = "b"\npath = "tool.txt"\n', "src/lib.rs": "", "tool.txt": UNWRAP + "fn main() {}\n"},
            {"tool.txt": "error"},
            id="a root with an odd name",
        ),
        pytest.param(
            {"src/lib.rs": '#[path = "bad.txt"] mod a;', "src/bad.txt": b"\xff"}, {"src/bad.txt": "error"}, id="what is not UTF-8"
        ),
        pytest.param({"src/lib.rs": '#[path = "/dev/null"] mod a; mod gone;'}, {}, id="what is empty, and what is not there"),
        pytest.param(
            {
                "rustgate.toml": "",
                "src/lib.rs": '#[path = "fixtures"] mod a { mod b; }',
                "src/fixtures/b.rs": UNWRAP,
                "fixtures/c.rs": UNWRAP,
            },
            {"src/fixtures/b.rs": "error", "fixtures/c.rs": "note"},
            id="data beside the folder of a library",
        ),
    ],
)
def test_what_is_compiled_is_checked_as_what_it_is(tmp_path: Path, files: Files, expected: Found) -> None:
    assert severities(package(tmp_path, files)) == expected


@pytest.mark.parametrize(
    ("files", "links", "expected"),
    [
        pytest.param(
            {"src/lib.rs": "mod a;", "shared/a.rs": "mod b;\n" + UNWRAP, "src/a/b.rs": UNWRAP},
            {"src/a.rs": "../shared/a.rs"},
            {"shared/a.rs": "error", "src/a/b.rs": "error"},
            id="a file",
        ),
        pytest.param(
            {"src/lib.rs": "mod a;", "shared/mod.rs": "mod b;\n" + UNWRAP, "shared/b.rs": UNWRAP},
            {"src/a": "../shared"},
            {"shared/mod.rs": "error", "shared/b.rs": "error"},
            id="a folder",
        ),
        pytest.param({"src/lib.rs": "mod a;", "src/a.txt": UNWRAP}, {"src/a.rs": "a.txt"}, {"src/a.txt": "error"}, id="an odd name"),
        pytest.param({"shared/lib.rs": UNWRAP}, {"src/lib.rs": "../shared/lib.rs"}, {"shared/lib.rs": "error"}, id="the root of a library"),
        pytest.param({"src/lib.rs": "mod a;", "src/a/mod.rs": "mod a;\n"}, {"src/a/a": "."}, {}, id="a circle"),
        pytest.param(
            {"src/lib.rs": "", "examples/x/Cargo.toml": PACKAGE, "examples/x/src/main.rs": "mod a; fn main() {}", "shared/a.rs": UNWRAP},
            {"examples/x/src/a.rs": "../../../shared/a.rs"},
            {},
            id="only in a package of examples",
        ),
    ],
)
def test_links_inside_the_repository_are_followed(tmp_path: Path, files: Files, links: Mapping[str, str], expected: Found) -> None:
    assert severities(package(tmp_path, files, links)) == expected


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "src/a.pipe")
    (folder / "src/a.rs").symlink_to("a.pipe")


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda folder: (folder / "src/a.rs").symlink_to("../../outside.rs"), id="a link"),
        pytest.param(lambda folder: write(folder, {"src/lib.rs": '//! L.\n#[path = "../../outside.rs"] mod a;'}), id="a path"),
        pytest.param(lambda folder: write(folder, {"src/lib.rs": '//! L.\ninclude!("../../outside.rs");'}), id="include!"),
        pytest.param(pipe, id="a pipe"),
    ],
)
def test_what_may_not_be_read_is_told_where_it_is_declared(tmp_path: Path, make: Callable[[Path], object]) -> None:
    write(tmp_path, {"outside.rs": UNWRAP})
    git(package(tmp_path / "demo", {"src/lib.rs": "//! L.\nmod a;"}), "init")
    make(tmp_path / "demo")
    report = json.loads(run(tmp_path / "demo", "--output", "json").stdout)
    assert [(one["rule"], one["path"], one["line"]) for one in report["findings"]] == [("unreadable-file", "src/lib.rs", 2)]


def test_what_is_declared_below_a_folder_named_target_is_checked_if_git_tracks_it(tmp_path: Path) -> None:
    files = {
        "src/lib.rs": '#[path = "../target/a.rs"] mod a;\n#[path = "../target/b.rs"] mod b;',
        "target/a.rs": UNWRAP,
        "target/b.rs": UNWRAP,
    }
    git(package(tmp_path, {**files, ".gitignore": "/target\n"}), "init")
    git(tmp_path, "add", "--force", "target/a.rs")
    assert severities(tmp_path) == {"target/a.rs": "error"}


DATA: Files = {
    "src/lib.rs": "//! L.\n",
    "src/unreached.rs": UNWRAP,
    "tests/all.rs": "mod common;\n",
    "tests/common/mod.rs": BROKEN,
    "tests/data/latin.rs": b"\xff",
    "tests/data/broken.rs": BROKEN,
    "templates/sample.rs": UNWRAP,
}


def test_files_that_no_target_reaches_are_data(tmp_path: Path) -> None:
    package(tmp_path, DATA)
    assert severities(tmp_path) == {
        "src/unreached.rs": "error",
        "templates/sample.rs": "note",
        "tests/common/mod.rs": "error",
        "tests/data/broken.rs": "note",
        "tests/data/latin.rs": "note",
    }


def test_data_never_fails_the_gate_and_is_counted(tmp_path: Path) -> None:
    package(tmp_path, {path: text for path, text in DATA.items() if path not in {"src/unreached.rs", "tests/common/mod.rs"}})
    done = run(tmp_path, "--fail-on", "note", "--output", "json")
    found = json.loads(done.stdout)["findings"]
    assert (done.returncode, len(found), {one["severity"] for one in found}) == (0, 3, {"note"})
    assert "3 files are data that no target compiles" in done.stderr


def test_a_folder_of_targets_that_is_not_searched_holds_data(tmp_path: Path) -> None:
    manifest = PACKAGE + 'autotests = false\n[[test]]\nname = "named"\n'
    package(tmp_path, {"Cargo.toml": manifest, "src/lib.rs": "", "tests/named.rs": BROKEN, "tests/other.rs": BROKEN})
    assert severities(tmp_path) == {"tests/named.rs": "error", "tests/other.rs": "note"}


def test_outside_of_packages_there_is_no_data(tmp_path: Path) -> None:
    assert severities(write(tmp_path, {"templates/sample.rs": UNWRAP})) == {"templates/sample.rs": "error"}


def test_modules_that_calls_of_macros_name_are_no_data(tmp_path: Path) -> None:
    macro = "macro_rules! mods { ($($x:ident),*) => { $(mod $x;)* } }\nmods!(a);\n"
    assert severities(package(tmp_path, {"src/lib.rs": "", "tests/all.rs": macro, "tests/x/a.rs": BROKEN})) == {"tests/x/a.rs": "error"}


def test_excluded_files_are_not_added(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "rustgate.toml": 'exclude = ["src/*.txt"]\n',
            "Cargo.toml": PACKAGE,
            "src/lib.rs": '#[path = "a.txt"] mod a;',
            "src/a.txt": UNWRAP,
        },
    )
    command = (sys.executable, "-m", "rustgate", "check", "--no-cache", "--select", "unwrap-used", "--output", "json")
    assert json.loads(subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout)["findings"] == []


def test_added_files_are_listed_and_what_is_not_there_is_counted(tmp_path: Path) -> None:
    library = (
        '#[path = "a.txt"] mod a;\nmod gone;\ninclude!(concat!(env!("OUT_DIR"), "/x.rs"));\n#[cfg_attr(unix, path = "a.txt")] mod b;\n'
    )
    package(tmp_path, {"src/lib.rs": library, "src/a.txt": ""})
    assert run(tmp_path, "--show-files").stdout.split() == ["src/a.txt", "src/lib.rs"]
    assert "files of modules 1, included files that are made while building 1\n" in run(tmp_path, "-v").stderr
