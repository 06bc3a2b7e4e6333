"""The hooks that pre-commit installs from this repository, tried as their users meet them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # it starts processes

REPOSITORY = Path(__file__).parent.parent
GIT = ("git", "-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main")
CONFIGURATION = """exclude = ["src/generated/**"]
rules = { missing-crate-docs = "off", missing-docs = "off", unsafe-in-safe-crate = "off" }
"""
PANICS = "pub fn port(text: &str) -> u16 {\n    text.parse().unwrap()\n}\n"
RETURNS = "pub fn port(text: &str) -> Option<u16> {\n    text.parse().ok()\n}\n"


def run(folder: Path, *command: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command as if nobody had called git or pre-commit before."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    environment |= {"PRE_COMMIT_HOME": str(home)} if home else {}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)


def git(folder: Path, *arguments: str) -> str:
    done = run(folder, *GIT, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def commit_all(folder: Path) -> None:
    """Makes a repository of a folder, with all that it holds in one commit."""
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "All of it")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """This repository as it would be if what lies in the working tree were committed."""
    folder = tmp_path / "published"
    for path in git(REPOSITORY, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if (REPOSITORY / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / path, folder / path)
    commit_all(folder)
    return folder


@pytest.mark.parametrize(
    ("files", "code"),
    [({"src/port.rs": PANICS}, 1), ({"src/port.rs": RETURNS, "src/generated/port.rs": PANICS}, 0)],
    ids=["bad", "clean and excluded"],
)
def test_a_commit_is_stopped_by_a_finding_and_by_nothing_else(tmp_path: Path, published: Path, files: dict[str, str], code: int) -> None:
    linted = tmp_path / "linted"
    write(linted / "rustgate.toml", CONFIGURATION)
    write(linted / "src" / "lib.rs", RETURNS)
    commit_all(linted)
    for name, source in files.items():
        write(linted / name, source)
    git(linted, "add", "--all")
    done = run(linted, sys.executable, "-m", "pre_commit", "try-repo", str(published), home=tmp_path / "home")
    assert done.returncode == code, done.stdout + done.stderr
    assert (done.stdout.count("Passed"), done.stdout.count("Failed")) == ((0, 2) if code else (2, 0)), "both hooks have run"
    assert ("src/port.rs:2:5: error[unwrap-used]" in done.stdout) == bool(code)


@pytest.mark.parametrize(
    ("staged", "there", "code"),
    [(PANICS, RETURNS, 1), (RETURNS, PANICS, 0)],
    ids=["mended in the working tree", "spoilt in the working tree"],
)
def test_what_is_staged_decides(tmp_path: Path, published: Path, staged: str, there: str, code: int) -> None:
    linted = tmp_path / "linted"
    write(linted / "rustgate.toml", CONFIGURATION)
    write(linted / "src" / "lib.rs", RETURNS)
    commit_all(linted)
    write(linted / "src" / "port.rs", staged)
    git(linted, "add", "--all")
    write(linted / "src" / "port.rs", there)
    done = run(linted, sys.executable, "-m", "pre_commit", "try-repo", str(published), "rustgate", home=tmp_path / "home")
    assert done.returncode == code, done.stdout + done.stderr
    assert ("unwrap-used" in done.stdout) == bool(code)
    assert (linted / "src" / "port.rs").read_text(encoding="utf-8") == there
