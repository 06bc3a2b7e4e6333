"""The cache on the command line: where it is, what turns it off, and that no tree brings its own."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import git, write

import rustgate as package

pytestmark = pytest.mark.slow  # it starts processes

UNWRAP = "pub fn f(x: Option<u8>) -> u8 { x.unwrap() }\n"
TOMORROW = time.time() + 86_400
Run = subprocess.CompletedProcess[str]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Files that changed just now, however long the test takes: how such files look is not remembered, only what was found in them."""
    folder = write(tmp_path / "tree", {"Cargo.toml": '[package]\nname = "a"\n', "src/lib.rs": UNWRAP, "src/b.rs": "fn f() {}\n"})
    for file in folder.rglob("*.*"):
        os.utime(file, (TOMORROW, TOMORROW))
    return folder


def rustgate(folder: Path, *arguments: str, **variables: str) -> Run:
    environment = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parent.parent), **variables}
    command = [sys.executable, "-m", "rustgate", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def entries(folder: Path, *arguments: str, **variables: str) -> int:
    return int(json.loads(rustgate(folder, "cache", "info", "--output", "json", *arguments, **variables).stdout)["entries"])


def test_a_run_remembers_unless_it_is_told_not_to(tmp_path: Path, tree: Path) -> None:
    runs = [rustgate(tree, "check", *arguments) for arguments in (["--no-cache"], [], [], ["--no-cache"])]
    assert len({run.stdout for run in runs}) == 1
    assert {run.returncode for run in runs} == {1}
    assert entries(tmp_path) == 2
    assert [rustgate(tmp_path, "cache", "clean").returncode for _ in range(2)] == [0, 0]
    assert entries(tmp_path) == 0
    rustgate(tree, "check", "--no-cache")
    assert entries(tmp_path) == 0


def test_the_folder_can_be_named(tmp_path: Path, tree: Path) -> None:
    home = {"RUSTGATE_CACHE_DIR": "", "XDG_CACHE_HOME": str(tmp_path / "home")}
    rustgate(tree, "check", "--cache-dir", "../given", RUSTGATE_CACHE_DIR=str(tmp_path / "variable"))
    assert {path.name for path in tmp_path.iterdir()} == {"tree", "given"}
    rustgate(tree, "check", RUSTGATE_CACHE_DIR="../variable")
    rustgate(tree, "check", **home)
    assert {path.name for path in tmp_path.iterdir()} == {"tree", "given", "variable", "home"}
    assert entries(tmp_path, "--cache-dir", "given") == 2
    assert entries(tmp_path, RUSTGATE_CACHE_DIR=str(tmp_path / "variable")) == 2
    assert entries(tmp_path, **home) == 2


def test_the_folder_is_not_a_key_of_the_configuration(tree: Path) -> None:
    write(tree, {"rustgate.toml": 'cache-dir = "/tmp"'})
    run = rustgate(tree, "check")
    assert (run.returncode, 'unknown key "cache-dir"' in run.stderr) == (2, True)


@pytest.mark.parametrize("folder", ["cache", "src/cache", ".", "link", "../outside"])
@pytest.mark.parametrize("way", ["--cache-dir", "RUSTGATE_CACHE_DIR"])
def test_a_folder_in_the_tree_is_refused(tmp_path: Path, tree: Path, folder: str, way: str) -> None:
    (tree / "link").symlink_to(tmp_path)
    (tree / "inside").mkdir()
    (tmp_path / "outside").symlink_to(tree / "inside")
    run = rustgate(tree, "check", *([way, folder] if way.startswith("-") else []), **({} if way.startswith("-") else {way: folder}))
    assert run.returncode == 2
    assert run.stderr.startswith(f"rustgate: {way}: ")
    assert f"lies in {tree}, which is checked; name a folder outside" in run.stderr


def test_a_home_that_is_a_repository_has_no_cache_and_says_so_on_request(tmp_path: Path, tree: Path) -> None:
    git(tmp_path, "init", "--quiet")
    home = {"RUSTGATE_CACHE_DIR": "", "XDG_CACHE_HOME": str(tmp_path / "home")}
    assert "cache" not in rustgate(tree, "check", **home).stderr
    run = rustgate(tree, "check", "-v", **home)
    assert (run.returncode, f"no cache: {tmp_path}/home/rustgate: lies in {tmp_path}" in run.stderr) == (1, True)
    assert not (tmp_path / "home").exists()


def test_what_is_wrong_with_the_cache_is_said_on_request_only(tmp_path: Path, tree: Path) -> None:
    write(tmp_path, {"file": ""})
    quiet, verbose = (rustgate(tree, "check", "--cache-dir", "../file/cache", *more) for more in ([], ["-v"]))
    assert (quiet.returncode, quiet.stdout) == (verbose.returncode, verbose.stdout)
    assert "cache" not in quiet.stderr
    assert "no cache: " in verbose.stderr
    assert "Not a directory" in verbose.stderr
    said = [rustgate(tree, "check", "--cache-dir", "../good", "-v").stderr for _ in range(2)]
    assert f"cache {tmp_path / 'good'}: 0 results found, 2 new\n" in said[0]
    assert f"cache {tmp_path / 'good'}: 2 results found, 0 new\n" in said[1]


def test_that_a_damaged_cache_was_begun_anew_is_said_on_request(tmp_path: Path, tree: Path) -> None:
    write(tmp_path, {"cache/results-1.sqlite": "no database"})
    run = rustgate(tree, "check", "--cache-dir", "../cache", "-v")
    assert run.returncode == 1
    assert f"its file is now {tmp_path}/cache/results-1.sqlite.broken\n" in run.stderr


def test_info_is_for_people_and_programs(tmp_path: Path, tree: Path) -> None:
    rustgate(tree, "check", "--cache-dir", "../cache")
    lines = rustgate(tmp_path, "cache", "info", "--cache-dir", "cache", RUSTGATE_CACHE_SIZE="3").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["folder", "entries", "size", "limit"]
    assert lines[0].split() == ["folder", str(tmp_path / "cache")]
    assert lines[3].split() == ["limit", "3.0", "MiB"]
    info = json.loads(rustgate(tmp_path, "cache", "info", "--cache-dir", "cache", "--output", "json").stdout)
    assert info.keys() == {"folder", "entries", "size", "limit", "problem"}
    (tmp_path / "cache").chmod(0o777)
    assert "others can write to it" in rustgate(tmp_path, "cache", "info", "--cache-dir", "cache").stdout


@pytest.mark.parametrize("arguments", [["check"], ["cache", "info"], ["cache", "clean"]])
def test_an_odd_size_is_exit_2(tree: Path, arguments: list[str]) -> None:
    run = rustgate(tree, *arguments, RUSTGATE_CACHE_SIZE="5G")
    assert (run.returncode, "RUSTGATE_CACHE_SIZE is '5G'" in run.stderr) == (2, True)


def test_two_runs_at_once_say_the_same(tree: Path) -> None:
    expected = rustgate(tree, "check", "--no-cache").stdout
    environment = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parent.parent)}
    command = [sys.executable, "-m", "rustgate", "check"]
    for _ in range(2):
        runs = [
            subprocess.Popen(command, cwd=tree, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            for _ in range(3)
        ]
        assert [run.communicate()[0] for run in runs] == [expected] * 3
