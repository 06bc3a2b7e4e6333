"""Cargo.toml: what is built from which file, who belongs to which workspace, and what cannot be read."""

from pathlib import Path

import pytest
from conftest import write

from rustgate.cargo.manifest import Manifest, conventional_target, is_test_folder, workspace_of
from rustgate.cargo.manifest_reader import read_manifest
from rustgate.model.file import Target

PACKAGE = '[package]\nname = "a"\n'


def manifest(folder: Path, text: str, **others: str) -> Manifest:
    write(folder, {"Cargo.toml": text, **others})
    return read_manifest(folder, folder)


# targets


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("src/lib.rs", Target.LIBRARY),
        ("src/a/b.rs", Target.LIBRARY),
        ("src/bin.rs", Target.LIBRARY),
        ("src/tests/a.rs", Target.LIBRARY),
        ("src/main.rs", Target.BINARY),
        ("src/a/main.rs", Target.LIBRARY),
        ("src/bin/tool.rs", Target.BINARY),
        ("src/bin/tool/main.rs", Target.BINARY),
        ("src/bin/tool/part.rs", Target.BINARY),
        ("tests/a.rs", Target.TEST),
        ("tests/common/mod.rs", Target.TEST),
        ("benches/a.rs", Target.BENCH),
        ("examples/a/main.rs", Target.EXAMPLE),
        ("build.rs", Target.BUILD),
        ("src/build.rs", Target.LIBRARY),
        ("a.rs", None),
        ("scripts/a.rs", None),
    ],
)
def test_cargos_layout_says_what_is_built_from_a_file(path: str, target: Target | None) -> None:
    assert conventional_target(path) is target


def test_only_three_folders_hold_nothing_but_test_code() -> None:
    paths = ["tests/a.rs", "benches/a/b.rs", "examples/a.rs", "src/tests/a.rs", "build.rs", "src/lib.rs"]
    assert [path for path in paths if is_test_folder(path)] == ["tests/a.rs", "benches/a/b.rs", "examples/a.rs"]


TARGETS = """
[package]
name = "a"
build = "./tools/../build/main.rs"

[lib]
path = "source/library.rs"

[[bin]]
name = "tool"
path = "./tool/main.rs"

[[bin]]
name = "no-path"

[[test]]
name = "slow"
path = "tool/slow/mod.rs"

[[bench]]
name = "speed"
path = "speed.rs"

[[example]]
name = "demo"
path = "demo/main.rs"
"""


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("source/library.rs", Target.LIBRARY),
        ("source/part.rs", Target.LIBRARY),
        ("src/part.rs", Target.LIBRARY),
        ("tool/main.rs", Target.BINARY),
        ("tool/part.rs", Target.BINARY),
        ("tool/slow/mod.rs", Target.TEST),
        ("tool/slow/part.rs", Target.TEST),
        ("speed.rs", Target.BENCH),
        ("demo/deep/part.rs", Target.EXAMPLE),
        ("build/main.rs", Target.BUILD),
        ("build/part.rs", Target.BUILD),
        ("tests/a.rs", Target.TEST),
        ("examples/a.rs", Target.EXAMPLE),
        ("src/bin/other.rs", Target.BINARY),
        ("demonstration.rs", Target.LIBRARY),
    ],
)
def test_the_manifest_names_targets_beside_cargos_layout(tmp_path: Path, path: str, target: Target) -> None:
    assert manifest(tmp_path, TARGETS).target(path) is target


@pytest.mark.parametrize(
    ("text", "files", "has_library"),
    [
        (PACKAGE, ["src/lib.rs", "src/main.rs"], True),
        (PACKAGE, ["src/main.rs"], False),
        (PACKAGE + '[lib]\npath = "a.rs"', ["a.rs"], True),
        (PACKAGE + '[[bin]]\nname = "b"\npath = "src/b.rs"', ["src/b.rs"], False),
    ],
)
def test_a_module_belongs_to_the_library_or_else_to_the_program(tmp_path: Path, text: str, files: list[str], *, has_library: bool) -> None:
    read = manifest(tmp_path, text, **dict.fromkeys(files, ""))
    assert read.has_library is has_library
    assert read.target("src/module.rs") is (Target.LIBRARY if has_library else Target.BINARY)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("src/args.rs", Target.BINARY),
        ("src/args/parse.rs", Target.BINARY),
        ("src/type.rs", Target.BINARY),
        ("src/both.rs", Target.LIBRARY),
        ("src/inner.rs", Target.LIBRARY),
        ("src/commented.rs", Target.LIBRARY),
        ("src/undeclared.rs", Target.LIBRARY),
        ("src/lib.rs", Target.LIBRARY),
        ("other/args.rs", Target.LIBRARY),
    ],
)
def test_what_only_the_program_declares_is_not_of_the_library(tmp_path: Path, path: str, target: Target) -> None:
    main = "#[cfg(unix)] #[a] mod args;\npub(crate) mod r#type;\n    mod both;\nmod inner { fn f() {} }\n// mod commented;\nfn main() {}\n"
    read = manifest(tmp_path, PACKAGE, **{"src/main.rs": main, "src/lib.rs": "pub mod both;\n"})
    assert read.target(path) is target


def test_a_library_elsewhere_declares_nothing_beside_the_program(tmp_path: Path) -> None:
    read = manifest(tmp_path, PACKAGE + '[lib]\npath = "lib/a.rs"', **{"src/main.rs": "mod args;", "lib/a.rs": "mod args;"})
    assert read.target("src/args.rs") is Target.BINARY


@pytest.mark.parametrize("text", ["autobins = false", "autotests = false", "autoexamples = false\nautobenches = false"])
def test_places_count_without_autodiscovery_too(tmp_path: Path, text: str) -> None:
    read = manifest(tmp_path, PACKAGE + text)
    paths = ["src/bin/a.rs", "tests/a.rs", "benches/a.rs", "examples/a.rs"]
    assert [read.target(path) for path in paths] == [Target.BINARY, Target.TEST, Target.BENCH, Target.EXAMPLE]


@pytest.mark.parametrize("build", ["false", "true", '["gen.rs", "more.rs"]', '"gen.rs"'])
def test_build_can_be_a_switch_a_path_or_several(tmp_path: Path, build: str) -> None:
    read = manifest(tmp_path, f"{PACKAGE}build = {build}")
    assert read.problem is None
    assert read.target("gen.rs") is (Target.BUILD if "gen" in build else Target.BINARY)


def test_named_roots_are_those_of_libraries_and_programs(tmp_path: Path) -> None:
    assert [*manifest(tmp_path, TARGETS).named_roots] == [tmp_path / "source/library.rs", tmp_path / "tool/main.rs"]


# what cannot be read


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[package", "is not TOML: "),
        (b"name = '\xff'", "is not TOML: "),
        (b"a = " + b"[" * 5000, "is not TOML: "),
        (b"a = " + b"9" * 5000, "is not TOML: "),
        (b"workspace = 1", "is not a valid manifest: Expected "),
        (b"[workspace]\nmembers = 3", "is not a valid manifest: Expected "),
        (b"[workspace]\nexclude = [3]", "is not a valid manifest: Expected "),
        (b"package = 'x'", "is not a valid manifest: "),
        (b"[package]\nbuild = 3", "is not a valid manifest: "),
        (b"[package]\nmetadata = 3", "is not a valid manifest: "),
        (b"[package]\nworkspace = true", "is not a valid manifest: "),
        (b"lib = 3", "is not a valid manifest: "),
        (b"[lib]\npath = 3", "is not a valid manifest: "),
        (b"bin = 3", "is not a valid manifest: "),
        (b"[bin]\npath = 'x'", "is not a valid manifest: "),
        (b"test = [3]", "is not a valid manifest: "),
        (b"[[bench]]\npath = 3", "is not a valid manifest: "),
        (b"[[example]]\npath = 3", "is not a valid manifest: "),
    ],
)
def test_a_broken_manifest_is_a_problem_and_can_still_be_asked(tmp_path: Path, content: bytes, problem: str) -> None:
    write(tmp_path, {"Cargo.toml": content})
    broken = read_manifest(tmp_path, tmp_path)
    assert broken.problem is not None
    assert broken.problem.startswith(problem)
    assert broken.target("tests/a.rs") is Target.TEST
    assert [*broken.metadata()] == []
    assert broken.workspace is None
    assert not broken.excludes(tmp_path / "a")


def test_a_value_of_the_wrong_type_is_all_that_is_lost(tmp_path: Path) -> None:
    text = "[workspace]\nmembers = 3\nexclude = ['old']\n[package]\nbuild = 3\n[[bin]]\npath = 3\n[[bin]]\npath = 'a.rs'\n[lib]\n"
    read = manifest(tmp_path, text)
    assert read.problem is not None
    assert (read.is_workspace, read.is_package, read.has_library) == (True, True, True)
    assert read.excludes(tmp_path / "old")
    assert read.target("a.rs") is Target.BINARY


def test_a_manifest_that_cannot_be_opened_is_a_problem(tmp_path: Path) -> None:
    assert read_manifest(tmp_path, tmp_path).problem == "cannot be read: No such file or directory"


@pytest.mark.parametrize(
    "text", [PACKAGE, "[workspace]", "", '[package]\nname = "a"\nversion.workspace = true\n[dependencies]\nserde = "1"']
)
def test_a_manifest_that_cargo_takes_is_no_problem(tmp_path: Path, text: str) -> None:
    assert manifest(tmp_path, text).problem is None


PROGRAMS = [
    (PACKAGE, ["src/main.rs"], True),
    (PACKAGE, ["src/main.rs", "src/lib.rs"], True),
    (PACKAGE, ["src/bin/b.rs"], True),
    (PACKAGE, ["src/bin/b/main.rs"], True),
    (PACKAGE, ["src/bin/b.rs", "src/lib.rs"], False),
    (PACKAGE, ["src/lib.rs"], False),
    (PACKAGE, ["examples/b.rs", "build.rs"], False),
    (f'{PACKAGE}[[bin]]\nname = "b"', [], True),
    (f'{PACKAGE}[[bin]]\nname = "b"', ["src/lib.rs"], False),
    (f'{PACKAGE}[[bin]]\nname = "a"\n[lib]', [], True),
]


@pytest.mark.parametrize(("text", "files", "program"), PROGRAMS)
def test_a_package_is_there_for_a_program_unless_that_only_helps_a_library(
    tmp_path: Path, text: str, files: list[str], *, program: bool
) -> None:
    write(tmp_path, dict.fromkeys(files, ""))
    assert manifest(tmp_path, text).has_program is program


def test_metadata_is_read_from_both_sections(tmp_path: Path) -> None:
    text = "[workspace.metadata.rustgate]\na = 1\n[package.metadata]\nrustgate = 3\nother = 4"
    assert [*manifest(tmp_path, text).metadata()] == [("workspace.metadata.rustgate", {"a": 1}), ("package.metadata.rustgate", 3)]


# workspaces


@pytest.mark.parametrize(
    ("workspace", "folder", "excluded"),
    [
        ('exclude = ["old"]', "old", True),
        ('exclude = ["./old/"]', "old/deep", True),
        ('exclude = ["old"]', "older", False),
        ('exclude = ["crates/old"]', "crates/old/a", True),
        ('exclude = ["crates/old"]', "crates/new", False),
        ('members = ["crates/*"]\nexclude = ["crates"]', "crates/a", True),
        ('members = ["crates/a"]\nexclude = ["crates"]', "crates/a", False),
        ('members = [".", "crates/b"]\nexclude = ["crates"]', "crates/a", True),
        ('members = ["crates/*"]', "crates/a", False),
    ],
)
def test_exclude_holds_for_folders_that_no_member_names_by_itself(tmp_path: Path, workspace: str, folder: str, *, excluded: bool) -> None:
    assert manifest(tmp_path, f"[workspace]\n{workspace}").excludes(tmp_path / folder) is excluded


WORKSPACES = {
    "Cargo.toml": '[workspace]\nmembers = ["crates/*", "deep/**/part"]\nexclude = ["old"]',
    "crates/a/Cargo.toml": PACKAGE,
    "crates/a/inner/Cargo.toml": PACKAGE,
    "deep/er/part/Cargo.toml": PACKAGE,
    "old/Cargo.toml": PACKAGE,
    "fuzz/Cargo.toml": PACKAGE + "[workspace]",
    "fuzz/part/Cargo.toml": PACKAGE,
    "named/Cargo.toml": PACKAGE + 'workspace = "../fuzz"',
    "lost/Cargo.toml": PACKAGE + 'workspace = "../nowhere"',
    "beyond/Cargo.toml": PACKAGE + 'workspace = "../../.."',
    "broken/Cargo.toml": "[workspace",
    "broken/part/Cargo.toml": PACKAGE,
}


@pytest.mark.parametrize(
    ("package", "workspace"),
    [
        (".", "."),
        ("crates/a", "."),
        ("crates/a/inner", "."),
        ("deep/er/part", "."),
        ("old", "old"),
        ("fuzz", "fuzz"),
        ("fuzz/part", "fuzz"),
        ("named", "fuzz"),
        ("lost", "."),
        ("beyond", "."),
        ("broken", "."),
        ("broken/part", "."),
    ],
)
@pytest.mark.parametrize("own", ["", PACKAGE])
def test_a_package_belongs_to_the_workspace_around_it(tmp_path: Path, own: str, package: str, workspace: str) -> None:
    write(tmp_path, WORKSPACES | {"Cargo.toml": own + WORKSPACES["Cargo.toml"]})
    assert workspace_of(read_manifest(tmp_path / package, tmp_path), existing, tmp_path) == tmp_path / workspace


def test_no_workspace_is_looked_for_above_the_root(tmp_path: Path) -> None:
    write(tmp_path, WORKSPACES)
    root = tmp_path / "crates/a"
    assert workspace_of(read_manifest(root / "inner", root), existing, root) == root / "inner"
    assert workspace_of(read_manifest(root, root), existing, root) == root


def test_a_package_in_no_workspace_stands_by_itself(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": PACKAGE, "part/Cargo.toml": PACKAGE})
    assert workspace_of(read_manifest(tmp_path / "part", tmp_path), existing, tmp_path) == tmp_path / "part"


def existing(folder: Path) -> Manifest | None:
    return read_manifest(folder, folder) if (folder / "Cargo.toml").is_file() else None
