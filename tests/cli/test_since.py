"""`--since` and `--staged` on real git repositories: exactly what is new is told."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import write
from hypothesis import HealthCheck, given, settings, strategies

pytestmark = pytest.mark.slow

GOOD = "pub fn good{0}(text: &str) -> Option<u16> {{\n    text.parse().ok()\n}}\n"
BAD = "pub fn bad{0}(text: &str) -> u16 {{\n    text.parse().unwrap()\n}}\n"
PACKAGE = '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n'
CONFIG = 'fail-on = "warning"\n'
RUSTGATE = (sys.executable, "-m", "rustgate")
SELECT = (*RUSTGATE, "check", "--select=unwrap-used,function-length")


def run(folder: Path, *command: str | bytes, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, encoding="utf-8", errors="surrogateescape", check=False
    )


def git(folder: Path, *arguments: str | bytes) -> str:
    done = run(folder, "git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(folder: Path, files: Mapping[str, str]) -> str:
    write(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "-qm", "change", "--allow-empty")
    return git(folder, "rev-parse", "HEAD")


def lines(count: int) -> str:
    return "pub fn long(x: u32) {\n" + "    call(x);\n" * count + "}\n"


def check(folder: Path, *arguments: str, **environment: str) -> list[tuple[str, str]]:
    """Return path and item of what counts; the exit code must say the same."""
    done = run(folder, *SELECT, "--output", "json", *arguments, **environment)
    assert done.returncode in (0, 1), done.stderr
    found = [(one["path"], one["item"]) for one in json.loads(done.stdout)["findings"]]
    assert done.returncode == bool(found)
    return found


def refused(folder: Path, *arguments: str, **environment: str) -> str:
    done = run(folder, *SELECT, *arguments, **environment)
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    return done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    old = {f"src/m{number}.rs": BAD.format(number) + GOOD.format(number) for number in range(3)}
    commit(
        folder,
        {"Cargo.toml": PACKAGE, "rustgate.toml": CONFIG, "src/lib.rs": "mod m0;\nmod m1;\nmod m2;\n", "src/long.rs": lines(70)} | old,
    )
    return folder


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"src/m0.rs": "\n\n" + BAD.format(0) + GOOD.format(0)}, []),
        ({"src/m0.rs": BAD.format(0) + BAD.format(9)}, [("src/m0.rs", "bad9")]),
        ({"src/m0.rs": BAD.format(0).replace(".unwrap()", ".unwrap() + text.parse().unwrap()")}, [("src/m0.rs", "bad0")]),
        ({"src/new.rs": BAD.format(7)}, [("src/new.rs", "bad7")]),
        ({"src/m3.rs": BAD.format(0)}, [("src/m3.rs", "bad0")]),
        ({"src/long.rs": lines(71)}, [("src/long.rs", "long")]),
        ({"src/long.rs": lines(69)}, []),
        ({"rustgate.toml": CONFIG + 'profile = "hyperscale"\n', "src/m0.rs": BAD.format(0)}, []),
        ({"src/a b\nc é.rs": BAD.format(1)}, [("src/a b\nc é.rs", "bad1")]),
    ],
    ids=["moved down", "added", "added beside an equal one", "untracked", "copy", "grown", "shrunk", "stricter rules", "odd name"],
)
def test_only_what_is_new_since_a_revision_counts(repository: Path, files: dict[str, str], expected: list[tuple[str, str]]) -> None:
    write(repository, files)
    assert check(repository, "--since", "HEAD") == expected
    commit(repository, {})
    assert check(repository, "--since", "HEAD~1") == expected
    assert check(repository, "--since", "HEAD~1", "--exact") == expected


def test_old_findings_move_with_their_file(repository: Path) -> None:
    git(repository, "mv", "src/m0.rs", "src/other.rs")
    write(repository, {"src/other.rs": "// moved\n" + BAD.format(0) + GOOD.format(0) + BAD.format(5)})
    git(repository, "add", "--all")
    for arguments in (["--since", "HEAD"], ["--staged"], ["--since", "HEAD", "src/other.rs"]):
        assert check(repository, *arguments) == [("src/other.rs", "bad5")]


@pytest.mark.parametrize(
    "setting",
    [
        *("core.quotepath=true", "diff.noprefix=true", "diff.relative=true", "diff.external=false", "diff.renames=false"),
        *("core.autocrlf=true", "core.precomposeunicode=true", "log.showSignature=true", "diff.mnemonicPrefix=true"),
    ],
)
def test_settings_of_git_change_nothing(repository: Path, setting: str) -> None:
    git(repository, "config", *setting.split("="))
    git(repository, "mv", "src/m0.rs", "src/é 0.rs")
    write(repository, {"src/é 0.rs": BAD.format(0) + GOOD.format(0) + BAD.format(4)})
    assert check(repository / "src", "--since", "main") == [("src/é 0.rs", "bad4")]
    git(repository, "add", "--all")
    assert check(repository / "src", "--staged") == [("src/é 0.rs", "bad4")]


def test_a_name_that_is_not_utf8(repository: Path) -> None:
    name = os.fsencode(repository) + b"/src/\xe9.rs"
    Path(os.fsdecode(name)).write_text(BAD.format(3))
    assert [item for _, item in check(repository, "--since", "HEAD")] == ["bad3"]
    git(repository, "add", "--all")
    assert [item for _, item in check(repository, "--staged")] == ["bad3"]
    commit(repository, {})
    assert check(repository, "--since", "HEAD") == []


def test_the_index_is_checked_and_nothing_is_touched(repository: Path) -> None:
    write(repository, {"src/m0.rs": BAD.format(8)})
    assert check(repository, "--staged") == [], "a bad hunk that is not staged passes"
    git(repository, "add", "--all")
    write(repository, {"src/m0.rs": GOOD.format(8)})
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in repository.rglob("*") if path.is_file()}
    assert check(repository, "--staged") == [("src/m0.rs", "bad8")], "mended in the working tree only"
    (repository / "src/m0.rs").unlink()
    assert check(repository, "--staged") == [("src/m0.rs", "bad8")]
    assert check(repository, "--staged", "src/m0.rs") == [("src/m0.rs", "bad8")]
    assert check(repository, "--staged", "src/m1.rs") == []
    assert all((path.read_bytes(), path.stat().st_mtime_ns) == seen for path, seen in before.items() if path.exists())
    git(repository, "rm", "-q", "--cached", "src/m0.rs")
    assert check(repository, "--staged") == []


def test_configuration_suppressions_and_baseline_come_from_the_index(repository: Path) -> None:
    write(repository, {"src/m0.rs": BAD.format(8), "rustgate.toml": CONFIG})
    git(repository, "add", "--all")
    write(
        repository, {"rustgate.toml": 'exclude = ["src"]\n', "src/m0.rs": "// rustgate: allow-file(unwrap-used) -- later\n" + BAD.format(8)}
    )
    assert check(repository, "--staged") == [("src/m0.rs", "bad8")]
    git(repository, "checkout", "-q", "--", "rustgate.toml")
    git(repository, "add", "--all")
    assert check(repository, "--staged") == []


def test_before_the_first_commit_all_is_new(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"rustgate.toml": CONFIG, "src/lib.rs": BAD.format(0)})
    git(tmp_path, "add", "--all")
    assert check(tmp_path, "--staged") == [("src/lib.rs", "bad0")]


def test_since_and_baseline_together(repository: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    commit(repository, {"src/m0.rs": BAD.format(0) + BAD.format(6)})
    assert run(repository, *RUSTGATE, "baseline", "create").returncode == 0
    both = ("--since", base, "--baseline", "rustgate-baseline.jsonl")
    assert check(repository, *both) == []
    write(repository, {"src/m0.rs": BAD.format(0) + BAD.format(0) + BAD.format(6)})
    assert check(repository, *both) == [("src/m0.rs", "bad0")], "what the baseline accepts uses up its old counterpart"


def test_a_merge_that_github_made_is_compared_with_its_first_parent(repository: Path, tmp_path: Path) -> None:
    git(repository, "checkout", "-qb", "topic")
    head = commit(repository, {"src/topic.rs": BAD.format(1)})
    git(repository, "checkout", "-q", "main")
    commit(repository, {"src/main_too.rs": BAD.format(2)})
    git(repository, "checkout", "-q", "--detach")
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", "topic")
    event = write(tmp_path, {"event.json": json.dumps({"pull_request": {"head": {"sha": head}, "base": {"sha": "0" * 40}}})}) / "event.json"
    github = {"GITHUB_EVENT_PATH": str(event), "GITHUB_BASE_REF": "main"}
    assert check(repository, "--since", "auto", **github) == [("src/topic.rs", "bad1")]
    assert "first parent" in run(repository, *SELECT, "--since", "main").stderr
    git(repository, "clone", "-q", "--depth=2", f"file://{repository}", str(tmp_path / "shallow"))
    assert check(tmp_path / "shallow", "--since", "HEAD^1") == [("src/topic.rs", "bad1")]


def test_a_shallow_clone_in_which_git_names_a_wrong_base_is_refused(repository: Path, tmp_path: Path) -> None:
    """The branches part at `right`; three commits deep, git only sees the older commit that `main` has merged."""
    git(repository, "checkout", "-qb", "older")
    older = commit(repository, {"old.txt": "1"})
    git(repository, "checkout", "-q", "main")
    right = [commit(repository, {"main.txt": str(number)}) for number in range(4)][-1]
    git(repository, "checkout", "-qb", "topic")
    commit(repository, {"topic.txt": "1"})
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", "older")
    commit(repository, {"src/m0.rs": BAD.format(0)})
    git(repository, "checkout", "-q", "main")
    for number in range(2):
        commit(repository, {"main.txt": f"more {number}"})
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", "older")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=3", "--no-single-branch", "-b", "topic", f"file://{repository}", str(clone))
    wrong = git(clone, "merge-base", "HEAD", "origin/main")
    assert wrong == older
    assert wrong != right
    assert "git fetch --unshallow origin" in refused(clone, "--since", "origin/main")
    assert "git fetch --unshallow origin" in refused(clone, "--since", right)
    git(clone, "fetch", "-q", "--unshallow", "origin")
    assert check(clone, "--since", "origin/main") == []


def test_a_clone_of_depth_1_is_refused(repository: Path, tmp_path: Path) -> None:
    commit(repository, {"src/m0.rs": ""})
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", str(tmp_path / "clone"))
    assert "git fetch --unshallow origin" in refused(tmp_path / "clone", "--since", "HEAD~1")
    assert check(tmp_path / "clone", "--since", "HEAD", "--exact") == []


def test_several_merge_bases_are_said(repository: Path) -> None:
    git(repository, "branch", "other")
    one = commit(repository, {"a.txt": ""})
    git(repository, "checkout", "-q", "other")
    two = commit(repository, {"b.txt": ""})
    git(repository, "merge", "-q", "-m", "cross", one)
    git(repository, "checkout", "-q", "main")
    git(repository, "merge", "-q", "-m", "cross", two)
    commit(repository, {"src/m0.rs": BAD.format(0) + BAD.format(1)})
    assert "first of 2 merge bases" in run(repository, *SELECT, "--since", "other").stderr
    assert check(repository, "--since", "other") == [("src/m0.rs", "bad1")]


def test_a_worktree_and_a_submodule(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "tree")
    outer = write(tmp_path / "outer", {"readme": ""})
    git(outer, "init", "-q")
    git(outer, "submodule", "--quiet", "add", str(repository), "inner")
    for folder in (tmp_path / "tree", outer / "inner"):
        write(folder, {"src/m0.rs": BAD.format(0) + BAD.format(1)})
        assert check(folder, "--since", "HEAD") == [("src/m0.rs", "bad1")]
        git(folder, "add", "--all")
        assert check(folder, "--staged") == [("src/m0.rs", "bad1")]


@pytest.mark.parametrize("tree", [False, True], ids=["repository", "worktree"])
@pytest.mark.parametrize(
    ("staged", "there", "arguments", "passes"),
    [
        (BAD, GOOD, (), False),
        (GOOD, BAD, (), True),
        (GOOD, BAD, ("-a",), False),
        (GOOD, BAD, ("src/m1.rs",), False),
        (BAD, GOOD, ("src/m2.rs",), True),
    ],
    ids=["mended", "spoilt", "-a", "PATH", "another PATH"],
)
def test_a_hook_of_git(
    repository: Path, tmp_path: Path, *, tree: bool, staged: str, there: str, arguments: tuple[str, ...], passes: bool
) -> None:
    folder = repository
    if tree:
        folder = tmp_path / "tree"
        git(repository, "worktree", "add", "-q", str(folder), "-b", "tree")
    hook = write(repository, {".git/hooks/pre-commit": f"#!/bin/sh\nexec {' '.join(SELECT)} --staged\n"}) / ".git/hooks/pre-commit"
    hook.chmod(0o755)
    write(folder, {"src/m1.rs": staged.format(7)})
    git(folder, "add", "--all")
    write(folder, {"src/m1.rs": there.format(7), "src/m2.rs": GOOD.format(2)})
    done = run(folder, "git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-m", "x", *arguments)
    assert (done.returncode == 0) is passes, done.stderr


@pytest.mark.parametrize("variable", ["GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF"])
def test_variables_of_another_repository_are_ignored(repository: Path, tmp_path: Path, variable: str) -> None:
    write(repository, {"src/m0.rs": BAD.format(1)})
    git(repository, "add", "--all")
    assert check(repository, "--staged", **{variable: str(tmp_path / "elsewhere")}) == [("src/m0.rs", "bad1")]


def test_what_cannot_be_compared_is_refused(repository: Path, tmp_path: Path) -> None:
    assert "no commit `nowhere`" in refused(repository, "--since", "nowhere")
    assert "is not a revision" in refused(repository, "--since", "--all")
    assert "finds no target branch" in refused(repository, "--since", "auto")
    assert "no repository" in refused(tmp_path, "--since", "HEAD")
    assert "--exact goes with --since" in refused(repository, "--exact")
    git(repository, "checkout", "-q", "--orphan", "apart")
    commit(repository, {"src/m0.rs": ""})
    assert "no commit in common" in refused(repository, "--since", "main")
    git(repository, "checkout", "-qb", "one")
    commit(repository, {"src/m0.rs": "fn a() {}\n"})
    git(repository, "checkout", "-q", "apart")
    commit(repository, {"src/m0.rs": "fn b() {}\n"})
    assert run(repository, "git", "-c", "user.name=a", "-c", "user.email=a@b", "merge", "one").returncode == 1
    assert "src/m0.rs is not merged" in refused(repository, "--staged")


def test_a_local_branch_behind_its_upstream_is_noted(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(repository), "clone")
    commit(repository, {"a.txt": ""})
    git(tmp_path / "clone", "checkout", "-qb", "topic")
    git(tmp_path / "clone", "fetch", "-q")
    assert "main is 1 commit behind origin/main" in run(tmp_path / "clone", *SELECT, "--since", "main").stderr
    assert check(tmp_path / "clone", "--since", "auto") == []


def test_muted_findings_say_why(repository: Path) -> None:
    done = run(repository, *SELECT, "--since", "HEAD", "--show-muted", "--output", "json")
    assert {one["muted"]["by"] for one in json.loads(done.stdout)["findings"]} == {"since"}
    assert done.stderr.startswith(f"rustgate: since {git(repository, 'rev-parse', 'HEAD')[:7]} (merge base of HEAD and HEAD, 0 commits, ")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies.lists(strategies.tuples(strategies.integers(0, 2), strategies.integers(0, 4), strategies.booleans()), max_size=6))
def test_a_commit_that_only_adds_findings_has_exactly_those(repository: Path, additions: list[tuple[int, int, bool]]) -> None:
    for file, place, above in additions:
        path = repository / f"src/m{file}.rs"
        source = path.read_text().splitlines(keepends=True)
        at = min(place * 3, len(source))
        more = BAD.format(f"_new_{len(source)}") if above else GOOD.format(f"_new_{len(source)}") + BAD.format(f"_other_{len(source)}")
        path.write_text("".join([*source[:at], more, *source[at:]]))
    commit(repository, {})
    assert len(check(repository, "--since", "HEAD~1")) == len(additions)
