"""The paths of a run: the root that they are relative to, the home of each file, its place, and what could not be read."""

import os
from pathlib import Path

import pytest
from conftest import git, write

from rustgate.errors import ConfigError, ProjectError
from rustgate.filesystem.overlay import Overlay
from rustgate.model.file import FileContext, Problem, Target
from rustgate.project.discovery import OnProblem
from rustgate.project.project import Project
from rustgate.project.root import find_root

PACKAGE = '[package]\nname = "a"\n'
WORKSPACE = '[workspace]\nmembers = ["crates/*"]\nexclude = ["old"]\n'


def paths(project: Project) -> list[str]:
    return [file.path for file in project.files]


def config_roots(project: Project) -> dict[str, str]:
    return {file.path: file.config_root.relative_to(project.root).as_posix() for file in project.files}


# the root


TREE = {
    "repository/workspace/Cargo.toml": WORKSPACE,
    "repository/workspace/crates/a/Cargo.toml": PACKAGE,
    "repository/workspace/crates/a/src/lib.rs": "",
    "repository/other/a.rs": "",
    "loose/workspace/Cargo.toml": WORKSPACE,
    "loose/workspace/crates/a/Cargo.toml": PACKAGE,
    "loose/workspace/crates/a/src/lib.rs": "",
    "loose/other/a.rs": "",
}


@pytest.mark.parametrize(
    ("given", "root"),
    [
        (["repository"], "repository"),
        (["repository/workspace/crates/a/src/lib.rs"], "repository"),
        (["repository/other", "repository/workspace/crates"], "repository"),
        (["repository/other/a.rs", "repository/other/a.rs"], "repository"),
        (["loose/workspace/crates/a/src/lib.rs"], "loose/workspace"),
        (["loose/workspace"], "loose/workspace"),
        (["loose/workspace", "loose/other"], "loose"),
        (["loose/other/a.rs"], "loose/other"),
        (["loose/other"], "loose/other"),
        (["repository", "loose"], "."),
    ],
)
def test_the_root_is_the_repository_or_the_outermost_package_or_the_folder_of_all(tmp_path: Path, given: list[str], root: str) -> None:
    write(tmp_path, TREE)
    git(tmp_path / "repository", "init", "--quiet")
    assert find_root([tmp_path / path for path in given]) == tmp_path / root


def test_outside_repositories_and_packages_the_root_is_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"work/deep/a.rs": "", "elsewhere/b.rs": ""})
    monkeypatch.chdir(tmp_path / "work")
    assert find_root([tmp_path / "work/deep/a.rs"]) == tmp_path / "work"
    assert find_root([tmp_path / "elsewhere/b.rs"]) == tmp_path / "elsewhere"


def test_outside_repositories_and_packages_a_configuration_marks_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a/rustgate.toml": "", "a/b/c.rs": ""})
    monkeypatch.chdir(tmp_path / "a/b")
    project = Project([Path()])
    assert (project.root, project.config_root, paths(project)) == (tmp_path / "a", tmp_path / "a", ["b/c.rs"])


def test_a_worktree_is_a_repository_too(tmp_path: Path) -> None:
    write(tmp_path, {".git": "gitdir: elsewhere", "a/b.rs": ""})
    assert find_root([tmp_path / "a"]) == tmp_path


# the files


def test_paths_are_relative_to_the_root_wherever_the_run_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.rs": "", "b/c.rs": "", "b/d.rs": ""})
    git(tmp_path, "init", "--quiet")
    monkeypatch.chdir(tmp_path / "b")
    assert paths(Project([Path()])) == ["b/c.rs", "b/d.rs"]
    assert paths(Project([Path("..")])) == ["a.rs", "b/c.rs", "b/d.rs"]
    assert paths(Project([Path("d.rs"), tmp_path / "a.rs"])) == ["a.rs", "b/d.rs"]


def test_each_file_is_there_once_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.rs": "", "b/c.rs": ""})
    monkeypatch.chdir(tmp_path)
    for given in (["b", ".", "b/c.rs"], ["./b/c.rs", "b/../b/c.rs", "a.rs", "."]):
        assert paths(Project([Path(path) for path in given])) == ["a.rs", "b/c.rs"]


@pytest.mark.parametrize("given", [["b.rs", "."], [".", "b.rs"]])
def test_a_file_is_named_even_when_its_folder_is_given_as_well(tmp_path: Path, given: list[str]) -> None:
    write(tmp_path, {"a.rs": "", "b.rs": ""})
    assert {file.path: file.named for file in Project([tmp_path / path for path in given]).files} == {"a.rs": False, "b.rs": True}


def test_a_file_that_is_not_rust_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"notes.txt": ""})
    with pytest.raises(ProjectError, match=r"notes\.txt: not a Rust file"):
        Project([tmp_path / "notes.txt"])


@pytest.mark.parametrize("name", ["ignored.rs", "target/a.rs", "link.rs", "lost.rs"])
def test_what_is_named_is_taken_as_it_is(tmp_path: Path, name: str) -> None:
    write(tmp_path, {".gitignore": "ignored.rs", "ignored.rs": "", "notes.txt": "", "Cargo.toml": "", "target/a.rs": "", "outside.rs": ""})
    (tmp_path / "link.rs").symlink_to("outside.rs")
    (tmp_path / "lost.rs").symlink_to("nowhere")
    assert paths(Project([tmp_path / name])) == [name]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere", "there is no such file or folder"),
        ("a.rs/b.rs", "there is no such file or folder"),
        ("a" * 300, "cannot be looked at: File name too long"),
    ],
)
def test_what_is_not_there_is_refused(tmp_path: Path, name: str, sentence: str) -> None:
    write(tmp_path, {"a.rs": ""})
    with pytest.raises(ProjectError, match=f"{name}: {sentence}; check the path"):
        Project([tmp_path, tmp_path / name])


def test_a_name_that_is_not_utf8_keeps_its_bytes(tmp_path: Path) -> None:
    write(tmp_path, {os.fsdecode(b"a\xff.rs"): ""})
    assert [os.fsencode(path) for path in paths(Project([tmp_path]))] == [b"a\xff.rs"]


@pytest.mark.parametrize("name", ["new.rs", "src/new.rs", "gone/new.rs", "src", "src/lib.rs"])
def test_a_source_need_not_be_on_disk(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"Cargo.toml": PACKAGE, "src/lib.rs": "on disk"})
    project = Project([tmp_path / name], Overlay({str(tmp_path / name): b"given"}))
    assert [(file.path, file.source, file.named) for file in project.files] == [(name, b"given", True)]
    assert not project.is_full


@pytest.mark.parametrize(("given", "full"), [(["."], True), (["a", "b"], True), (["a", "b/c.rs"], False), (["b/c.rs"], False)])
def test_a_run_is_full_when_only_folders_are_given(tmp_path: Path, given: list[str], *, full: bool) -> None:
    write(tmp_path, {"a/b.rs": "", "b/c.rs": ""})
    assert Project([tmp_path / path for path in given]).is_full is full


# places


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("src/lib.rs", FileContext(Target.LIBRARY)),
        ("src/main.rs", FileContext(Target.BINARY)),
        ("src/bin/tool.rs", FileContext(Target.BINARY)),
        ("tests/a.rs", FileContext(Target.TEST, test=True)),
        ("tests/program.rs", FileContext(Target.BINARY, test=True)),
        ("examples/a/main.rs", FileContext(Target.EXAMPLE, test=True)),
        ("benches/a.rs", FileContext(Target.BENCH, test=True)),
        ("checks/a.rs", FileContext(Target.TEST, test=True)),
        ("build.rs", FileContext(Target.BUILD)),
        ("inner/src/a.rs", FileContext(Target.BINARY)),
        ("inner/tests/a.rs", FileContext(Target.TEST, test=True)),
        ("virtual/src/lib.rs", FileContext(None)),
        ("virtual/tests/a.rs", FileContext(None)),
    ],
)
def test_a_file_has_its_place_in_the_nearest_package(tmp_path: Path, name: str, context: FileContext) -> None:
    targets = '[[test]]\npath = "checks/a.rs"\n[[bin]]\npath = "tests/program.rs"'
    manifests = {"Cargo.toml": PACKAGE + targets, "inner/Cargo.toml": PACKAGE, "virtual/Cargo.toml": "[workspace]"}
    write(tmp_path, {"src/lib.rs": "", **manifests, name: ""})
    (file,) = Project([tmp_path / name]).files
    assert file.context == context


@pytest.mark.parametrize(
    ("said", "rust"),
    [
        ("", ()),
        ('rust-version = "1.70"', (1, 70)),
        ('rust-version = "1.70.1"', (1, 70)),
        ('rust-version = "1"', (1, 0)),
        ('rust-version = "new"', ()),
        ("rust-version = 1.7", ()),
        ("rust-version.workspace = true", (1, 81)),
        ("rust-version.workspace = false", ()),
    ],
)
def test_a_file_knows_the_oldest_rust_of_its_package(tmp_path: Path, said: str, rust: tuple[int, ...]) -> None:
    workspace = WORKSPACE + '[workspace.package]\nrust-version = "1.81"\n'
    write(tmp_path, {"Cargo.toml": workspace, "crates/a/Cargo.toml": PACKAGE + said, "crates/a/src/lib.rs": ""})
    (file,) = Project([tmp_path / "crates"]).files
    assert file.context == FileContext(Target.LIBRARY, rust=rust)


def test_without_a_package_a_file_has_no_place(tmp_path: Path) -> None:
    assert [file.context for file in Project([write(tmp_path, {"tests/a.rs": ""})]).files] == [FileContext(None)]


# homes


WORKSPACE_TREE = {
    "Cargo.toml": WORKSPACE,
    "crates/a/Cargo.toml": PACKAGE,
    "crates/a/src/lib.rs": "",
    "crates/a/inner/Cargo.toml": PACKAGE,
    "crates/a/inner/src/lib.rs": "",
    "old/Cargo.toml": PACKAGE,
    "old/src/lib.rs": "",
    "scripts/a.rs": "",
}


def test_the_home_is_the_root_of_the_workspace_or_the_package_that_is_in_none(tmp_path: Path) -> None:
    expected = {"crates/a/inner/src/lib.rs": ".", "crates/a/src/lib.rs": ".", "old/src/lib.rs": "old", "scripts/a.rs": "."}
    write(tmp_path, WORKSPACE_TREE)
    assert config_roots(Project([tmp_path])) == expected
    for path, config_root in expected.items():
        project = Project([tmp_path / path])
        assert (config_roots(project), project.config_root) == ({path: config_root}, tmp_path / config_root)


@pytest.mark.parametrize("name", ["rustgate.toml", ".rustgate.toml"])
def test_where_there_is_no_configuration_the_nearest_above_holds(tmp_path: Path, name: str) -> None:
    tree = {f"rust/{path}": content for path, content in WORKSPACE_TREE.items()}
    write(tmp_path, {**tree, "plain/deep/a.rs": "", "plain/rustgate.toml": "", "rust/old/rustgate.toml": "", name: "", "b.rs": ""})
    git(tmp_path, "init", "--quiet")
    assert config_roots(Project([tmp_path])) == {
        "b.rs": ".",
        "plain/deep/a.rs": "plain",
        "rust/crates/a/inner/src/lib.rs": ".",
        "rust/crates/a/src/lib.rs": ".",
        "rust/old/src/lib.rs": "rust/old",
        "rust/scripts/a.rs": ".",
    }


def test_the_configuration_above_can_stand_in_a_manifest(tmp_path: Path) -> None:
    root = PACKAGE + "[package.metadata.rustgate]"
    write(tmp_path, {"Cargo.toml": root, "src/lib.rs": "", "part/Cargo.toml": PACKAGE, "part/src/lib.rs": ""})
    assert config_roots(Project([tmp_path])) == {"part/src/lib.rs": ".", "src/lib.rs": "."}


def test_nothing_above_a_repository_is_a_home(tmp_path: Path) -> None:
    write(tmp_path, {"rustgate.toml": "", "repository/a/Cargo.toml": PACKAGE, "repository/a/src/lib.rs": ""})
    git(tmp_path / "repository", "init", "--quiet")
    assert Project([tmp_path / "repository"]).config_root == tmp_path / "repository"
    assert Project([tmp_path / "repository/a/src"]).root == tmp_path / "repository"


@pytest.mark.parametrize("given", [".", "a", "a/src", "a/src/lib.rs", "b/c/src/lib.rs", "b"])
def test_without_a_repository_every_part_of_a_tree_has_the_home_above_it(tmp_path: Path, given: str) -> None:
    write(tmp_path, {".rustgate.toml": "", "a/Cargo.toml": PACKAGE, "a/src/lib.rs": "", "b/c/Cargo.toml": PACKAGE, "b/c/src/lib.rs": ""})
    assert {*config_roots(Project([tmp_path / given])).values()} == {"."}


def test_without_a_repository_the_nearest_home_counts(tmp_path: Path) -> None:
    write(tmp_path, {"rustgate.toml": "", "a/rustgate.toml": "", "a/Cargo.toml": PACKAGE, "a/src/lib.rs": ""})
    assert Project([tmp_path]).files[0].config_root == Project([tmp_path / "a/src/lib.rs"]).files[0].config_root == tmp_path / "a"


def test_the_run_as_a_whole_has_the_home_of_what_its_paths_share(tmp_path: Path) -> None:
    write(tmp_path, WORKSPACE_TREE)
    assert Project([tmp_path / "crates/a/src", tmp_path / "old"]).config_root == tmp_path
    assert Project([tmp_path / "old/src/lib.rs", tmp_path / "old/src"]).config_root == tmp_path / "old"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("crates/a/rustgate.toml", ""),
        ("crates/a/.rustgate.toml", ""),
        ("crates/a/Cargo.toml", PACKAGE + "[package.metadata.rustgate]"),
        ("crates/a/inner/rustgate.toml", ""),
    ],
)
@pytest.mark.parametrize("root", [{}, {"rustgate.toml": ""}])
def test_a_configuration_beside_a_member_is_refused_because_nothing_reads_it(
    tmp_path: Path, root: dict[str, str], name: str, text: str
) -> None:
    project = Project([write(tmp_path, WORKSPACE_TREE | root | {name: text})])
    with pytest.raises(ConfigError) as error:
        project.require_read_configurations(project.files)
    assert str(error.value).startswith(f"{(tmp_path / name).parent}: a member of a workspace cannot have a configuration of its own")
    assert f"move it to {tmp_path}, under [[overrides]]" in str(error.value)


def test_a_configuration_that_is_read_is_not_refused(tmp_path: Path) -> None:
    write(tmp_path, WORKSPACE_TREE | {"rustgate.toml": "", "old/rustgate.toml": ""})
    project = Project([tmp_path])
    project.require_read_configurations(project.files)


# problems


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Cargo.toml", "[workspace\n"),
        ("Cargo.toml", "[workspace]\nmembers = 3"),
        ("crates/a/Cargo.toml", "workspace = 1"),
        ("old/Cargo.toml", "="),
    ],
)
def test_a_broken_manifest_is_one_problem_and_no_file_is_lost(tmp_path: Path, name: str, content: str) -> None:
    project = Project([write(tmp_path, WORKSPACE_TREE | {name: content})])
    assert paths(project) == [path for path in sorted(WORKSPACE_TREE) if path.endswith(".rs")]
    assert [problem.path for problem in project.problems] == [name]


def test_a_broken_manifest_above_what_is_named_is_a_problem_too(tmp_path: Path) -> None:
    project = Project([write(tmp_path, WORKSPACE_TREE | {"Cargo.toml": "="}) / "crates/a/src/lib.rs"])
    assert paths(project) == ["crates/a/src/lib.rs"]
    assert [problem.path for problem in project.problems] == ["Cargo.toml"]


def test_a_configuration_is_found_above_a_broken_manifest(tmp_path: Path) -> None:
    write(tmp_path, WORKSPACE_TREE | {"Cargo.toml": "=", "rustgate.toml": ""})
    assert set(config_roots(Project([tmp_path])).values()) == {"."}


def test_a_problem_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a/b/c.rs": ""})

    def refuse(_folder: Path, root: Path, on_problem: OnProblem) -> list[str]:
        on_problem(str(root / "a"), "cannot be listed")
        return [str(root / "a/b/c.rs")]

    monkeypatch.setattr("rustgate.project.project.list_rust_files", refuse)
    monkeypatch.chdir(tmp_path)
    project = Project([Path(), Path("a")])
    assert paths(project) == ["a/b/c.rs"]
    assert project.problems == [Problem("a", "cannot be listed")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_file_in_a_folder_without_permission_can_be_named(tmp_path: Path) -> None:
    write(tmp_path, {"locked/a.rs": "", "b.rs": ""})
    (tmp_path / "locked").chmod(0o600)
    project = Project([tmp_path, tmp_path / "locked/a.rs"], Overlay({str(tmp_path / "locked/a.rs"): b""}))
    assert paths(project) == ["b.rs", "locked/a.rs"]
    (tmp_path / "locked").chmod(0o700)
