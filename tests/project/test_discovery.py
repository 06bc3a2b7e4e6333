"""The files of a folder: what git and .gitignore leave out, what is never read, and that nothing is lost without a word."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CalledProcessError

import pytest
from conftest import git, write

from rustgate.project.discovery import list_rust_files

Problems = list[tuple[str, str]]


def listed(folder: Path, root: Path | None = None, problems: Problems | None = None) -> list[str]:
    """The files below `folder`, relative to `root` and sorted; no problem may come up unless it is asked for."""
    found: Problems = []
    files = [
        os.path.relpath(path, root or folder) for path in list_rust_files(folder, root or folder, lambda *problem: found.append(problem))
    ]
    if problems is None:
        assert found == []
    else:
        problems += [(os.path.relpath(path, root or folder), sentence) for path, sentence in found]
    return sorted(files)


def committed(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A repository that knows of `files`."""
    folder.mkdir(exist_ok=True)
    git(folder, "init", "--quiet")
    git(write(folder, files), "add", "--force", ".")
    git(folder, "commit", "--quiet", "--message", "all")
    return folder


# the same by git and by the walk


SAME = [
    pytest.param({"a.rs": "", "src/b.rs": "", "c.txt": "", "rs": "", "d.rs.bak": ""}, ["a.rs", "src/b.rs"], id="Rust files only"),
    pytest.param({"a.rs": "", ".hidden/b.rs": ""}, [".hidden/b.rs", "a.rs"], id="hidden folders too"),
    pytest.param({"a.rs/b.rs": "", "a.rs/c.txt": ""}, ["a.rs/b.rs"], id="a folder that ends in .rs"),
    pytest.param({".gitignore": "*.gen.rs\n/top.rs\n", "a.gen.rs": "", "top.rs": "", "b/top.rs": ""}, ["b/top.rs"], id="patterns"),
    pytest.param({".gitignore": "gen/\n", "gen/a.rs": "", "b/gen/c.rs": "", "d/gen.rs": ""}, ["d/gen.rs"], id="a folder"),
    pytest.param({".gitignore": "*.rs\n!keep.rs\n", "a.rs": "", "b/keep.rs": ""}, ["b/keep.rs"], id="negated"),
    pytest.param({".gitignore": "gen/\n!gen/keep.rs\n", "gen/keep.rs": "", "a.rs": ""}, ["a.rs"], id="not negated in an ignored folder"),
    pytest.param({".gitignore": "*.rs\n", "b/.gitignore": "!*.rs\n", "a.rs": "", "b/c.rs": ""}, ["b/c.rs"], id="nested, negated"),
    pytest.param({"b/.gitignore": "/c.rs\n", "c.rs": "", "b/c.rs": "", "b/d/c.rs": ""}, ["b/d/c.rs", "c.rs"], id="nested, anchored"),
    pytest.param({"b/.gitignore": "*.rs\n", "b/c/.gitignore": "d.txt", "b/c/d.rs": "", "e.rs": ""}, ["e.rs"], id="two levels"),
    pytest.param({".gitignore": "# note\r\na.rs\r\n\r\n", "a.rs": "", "b.rs": ""}, ["b.rs"], id="CRLF"),
    pytest.param({".gitignore": b"\xef\xbb\xbfa.rs\n", "a.rs": "", "b.rs": ""}, ["b.rs"], id="byte order mark"),
    pytest.param({".gitignore": "!\n[z-a]\na.rs\n/\n", "a.rs": "", "b.rs": ""}, ["b.rs"], id="lines that are no patterns"),
    pytest.param({".gitignore": b"# \xff\na.rs\n", "a.rs": "", "b.rs": ""}, ["b.rs"], id="not UTF-8"),
    pytest.param(
        {"Cargo.toml": "", "target/debug/a.rs": "", "src/target/mod.rs": ""}, ["src/target/mod.rs"], id="target beside Cargo.toml"
    ),
    pytest.param({"target/CACHEDIR.TAG": "", "target/a.rs": "", "b/target/c.rs": ""}, ["b/target/c.rs"], id="target marked as a cache"),
    pytest.param({"x/Cargo.toml": "", "x/target/deep/a.rs": "", "x/b.rs": ""}, ["x/b.rs"], id="target of a package below"),
    pytest.param(
        {"a b.rs": "", "q'\"q.rs": "", "new\nline.rs": "", "tab\t.rs": ""},
        ["a b.rs", "new\nline.rs", "q'\"q.rs", "tab\t.rs"],
        id="odd names",
    ),
    pytest.param({"é.rs": "", os.fsdecode(b"\xff.rs"): "", "日本/語.rs": ""}, ["é.rs", "日本/語.rs", "\udcff.rs"], id="names beyond ASCII"),
]


@pytest.mark.parametrize(("files", "expected"), SAME)
@pytest.mark.parametrize("repository", [True, False])
def test_a_tree_lists_the_same_in_and_outside_a_repository(
    tmp_path: Path, files: dict[str, str | bytes], expected: list[str], *, repository: bool
) -> None:
    write(tmp_path, files)
    if repository:
        git(tmp_path, "init", "--quiet")
    assert listed(tmp_path) == expected


@pytest.mark.parametrize("repository", [True, False])
def test_links_are_not_followed(tmp_path: Path, *, repository: bool) -> None:
    root = write(tmp_path / "root", {"a.rs": "", "b/c.rs": ""})
    write(tmp_path, {"outside/d.rs": ""})
    for link, target in {
        "file.rs": "a.rs",
        "out": "../outside",
        "in": "b",
        "b/loop": "..",
        "lost.rs": "nowhere",
        "self.rs": "self.rs",
    }.items():
        (root / link).symlink_to(target)
    if repository:
        git(root, "init", "--quiet")
        git(root, "add", ".")
    assert listed(root) == ["a.rs", "b/c.rs"]


@pytest.mark.parametrize("repository", [True, False])
@pytest.mark.parametrize("folder", ["gen", "gen/deep"])
def test_a_folder_that_is_ignored_as_a_whole_was_named_on_purpose(tmp_path: Path, folder: str, *, repository: bool) -> None:
    write(tmp_path, {".gitignore": "gen/\n", "gen/deep/a.rs": ""})
    if repository:
        git(tmp_path, "init", "--quiet")
    assert listed(tmp_path / folder, tmp_path) == ["gen/deep/a.rs"]
    assert listed(tmp_path) == []


@pytest.mark.parametrize("repository", [True, False])
def test_a_folder_whose_files_are_ignored_one_by_one_stays_empty(tmp_path: Path, *, repository: bool) -> None:
    write(tmp_path, {".gitignore": "/gen/*.rs\n", "gen/a.rs": "", "gen/deep/.gitignore": "*", "gen/deep/b.rs": ""})
    if repository:
        git(tmp_path, "init", "--quiet")
    assert listed(tmp_path / "gen", tmp_path) == []


def test_a_built_folder_can_be_named(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": "", "target/package/a.rs": "", "target/package/target/b.rs": "", "target/package/Cargo.toml": ""})
    assert listed(tmp_path / "target", tmp_path) == ["target/package/a.rs"]


# by git


def test_git_knows_of_tracked_and_untracked_files(tmp_path: Path) -> None:
    root = committed(tmp_path, {".gitignore": "*.rs\n!new.rs\n", "tracked.rs": "", "b/tracked.rs": ""})
    write(root, {"new.rs": "", "ignored.rs": ""})
    assert listed(root) == ["b/tracked.rs", "new.rs", "tracked.rs"]
    assert listed(root / "b") == ["tracked.rs"]


def test_a_file_that_is_tracked_but_deleted_is_not_listed(tmp_path: Path) -> None:
    root = committed(tmp_path, {"a.rs": "", "b.rs": "", "c/d.rs": ""})
    (root / "b.rs").unlink()
    (root / "c/d.rs").unlink()
    (root / "c").rmdir()
    (root / "c").write_text("")
    assert listed(root) == ["a.rs"]


def test_a_file_in_conflict_is_listed_once(tmp_path: Path) -> None:
    root = committed(tmp_path, {"a.rs": "one"})
    git(root, "checkout", "--quiet", "-b", "other")
    committed(root, {"a.rs": "two"})
    git(root, "checkout", "--quiet", "-")
    committed(root, {"a.rs": "three"})
    with pytest.raises(CalledProcessError, match="merge"):
        git(root, "merge", "other")
    assert listed(root) == ["a.rs"]


def test_built_files_are_left_out_even_when_they_are_tracked(tmp_path: Path) -> None:
    assert listed(committed(tmp_path, {"Cargo.toml": "", "target/a.rs": "", "b.rs": ""})) == ["b.rs"]


def test_what_only_git_is_told_to_ignore_is_ignored(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    write(tmp_path, {".git/info/exclude": "private/\n", "private/a.rs": ""})
    assert listed(tmp_path) == []


def test_repositories_within_a_repository_are_listed_by_their_own_rules(tmp_path: Path) -> None:
    root = committed(tmp_path / "root", {"a.rs": "", ".gitignore": "ignored/\n"})
    committed(root / "inner", {"b.rs": "", ".gitignore": "gen.rs\n"})
    write(root, {"inner/new.rs": "", "inner/gen.rs": ""})
    committed(root / "inner/most", {"c.rs": ""})
    committed(root / "ignored", {"d.rs": ""})
    git(root, "init", "--quiet", "unborn")
    write(root, {"unborn/e.rs": "", "Cargo.toml": ""})
    committed(root / "target", {"f.rs": ""})
    assert listed(root) == ["a.rs", "inner/b.rs", "inner/most/c.rs", "inner/new.rs", "unborn/e.rs"]


def test_submodules_are_listed(tmp_path: Path) -> None:
    committed(tmp_path / "library", {"lib.rs": ""})
    root = committed(tmp_path / "root", {"a.rs": ""})
    git(root, "submodule", "--quiet", "add", "../library", "deps/library.rs")
    assert listed(root) == ["a.rs", "deps/library.rs/lib.rs"]
    git(root, "commit", "--quiet", "--message", "submodule")
    git(root, "submodule", "--quiet", "deinit", "--all", "--force")
    assert listed(root) == ["a.rs"]
    assert listed(root / "deps/library.rs") == []
    write(root, {"deps/library.rs/exported.rs": ""})
    assert listed(root) == ["a.rs", "deps/library.rs/exported.rs"]
    assert listed(root / "deps/library.rs") == ["exported.rs"]


@pytest.mark.parametrize("content", ["", "gitdir: /nowhere"])
def test_what_git_refuses_is_walked(tmp_path: Path, content: str) -> None:
    write(tmp_path, {".git": content, ".gitignore": "a.rs", "a.rs": "", "b/c.rs": ""})
    assert listed(tmp_path) == ["b/c.rs"]
    assert listed(tmp_path / "b", tmp_path) == ["b/c.rs"]


def test_without_git_a_repository_is_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = committed(tmp_path, {".gitignore": "a.rs", "b.rs": ""})
    write(root, {"a.rs": ""})
    monkeypatch.setenv("PATH", "")
    assert listed(root) == ["b.rs"]


def test_the_environment_of_a_git_hook_does_not_lead_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = committed(tmp_path / "other", {"wrong.rs": ""})
    root = committed(tmp_path / "root", {"a/b.rs": "", "c.rs": ""})
    for name, value in {"GIT_DIR": other / ".git", "GIT_WORK_TREE": other, "GIT_INDEX_FILE": other / ".git/index"}.items():
        monkeypatch.setenv(name, str(value))
    assert listed(root / "a", root) == ["a/b.rs"]


def test_nothing_that_a_repository_configures_is_run(tmp_path: Path) -> None:
    root = committed(tmp_path, {"a.rs": ""})
    git(root, "config", "core.fsmonitor", "touch run; false")
    assert listed(root) == ["a.rs"]
    assert not (root / "run").exists()


# by the walk


def test_a_walk_begins_with_the_rules_above_it(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "*.gen.rs\n", "a/.gitignore": "b.rs\n", "a/b/b.rs": "", "a/b/c.gen.rs": "", "a/b/d.rs": ""})
    assert listed(tmp_path / "a/b", tmp_path) == ["a/b/d.rs"]


def test_rules_above_the_root_do_not_count(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "*.rs\n", "root/a.rs": ""})
    assert listed(tmp_path / "root") == ["a.rs"]


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_a_gitignore_that_is_no_file_says_nothing(tmp_path: Path, kind: str) -> None:
    write(tmp_path, {"rules": "*.rs", "a.rs": ""})
    path = tmp_path / ".gitignore"
    makers: dict[str, Callable[[], object]] = {
        "link": lambda: path.symlink_to("rules"),
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
    }
    makers[kind]()
    assert listed(tmp_path) == ["a.rs"]


def test_a_pipe_by_the_name_of_a_file_is_listed_for_reading_to_refuse(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.rs")
    assert listed(tmp_path) == ["pipe.rs"]


def test_a_folder_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    problems: Problems = []
    assert listed(tmp_path / "gone", tmp_path, problems) == []
    assert problems == [("gone", "cannot be listed: No such file or directory")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
@pytest.mark.parametrize("repository", [True, False])
def test_a_folder_without_permission_is_a_problem(tmp_path: Path, *, repository: bool) -> None:
    write(tmp_path, {"a.rs": "", "locked/b.rs": ""})
    if repository:
        git(tmp_path, "init", "--quiet")
    (tmp_path / "locked").chmod(0)
    problems: Problems = []
    assert listed(tmp_path, problems=problems) == ["a.rs"]
    assert problems == [("locked", "cannot be listed: Permission denied")]
    (tmp_path / "locked").chmod(0o700)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_tracked_file_without_permission_is_listed_for_reading_to_refuse(tmp_path: Path) -> None:
    root = committed(tmp_path, {"locked/b.rs": ""})
    (root / "locked").chmod(0)
    problems: Problems = []
    assert listed(root, problems=problems) == ["locked/b.rs"]
    assert problems == [("locked", "cannot be listed: Permission denied")]
    (root / "locked").chmod(0o700)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_gitignore_without_permission_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "a.rs", "a.rs": ""})
    (tmp_path / ".gitignore").chmod(0)
    problems: Problems = []
    assert listed(tmp_path, problems=problems) == ["a.rs"]
    assert problems == [(".gitignore", "cannot be read: Permission denied")]
