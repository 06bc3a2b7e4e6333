"""The lines of the change under review, in real repositories and as GitHub's events name it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import git, write

from rustgate.cli.changes import changes_under_review

MANIFEST = '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2024"\n'
OLD = "fn old() {\n    a.unwrap();\n}\n" * 30
NEW = "fn new() {\n    b.unwrap();\n    c.unwrap();\n    d.unwrap();\n}\n"


def sha(folder: Path, revision: str) -> str:
    command = ("git", "rev-parse", revision)
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A branch with three new findings below thirty old ones, and a file of old ones before it."""
    write(tmp_path, {"Cargo.toml": MANIFEST, "src/lib.rs": OLD, "src/aaa.rs": OLD, "src/é b.rs": OLD})
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=one")
    git(tmp_path, "switch", "--quiet", "--create=branch")
    write(tmp_path, {"src/lib.rs": OLD + NEW, "src/é b.rs": "\n" + OLD})
    git(tmp_path, "commit", "--quiet", "--all", "--message=two")
    return tmp_path


def test_the_lines_are_those_of_the_branch(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"base": {"sha": sha(repository, "main")}}}), encoding="utf-8")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    assert changes_under_review(repository) == ({"src/lib.rs": [range(91, 96)], "src/é b.rs": [range(1, 2)]}, "")


@pytest.mark.parametrize(
    ("event", "base_ref"), [("{}", "main"), ("no json", "main"), ("[]", "main"), ('{"pull_request": {"base": {"sha": "0123"}}}', "")]
)
def test_what_git_cannot_compare_with_is_said(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, event: str, base_ref: str
) -> None:
    file = tmp_path / "event.json"
    file.write_text(event, encoding="utf-8")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(file))
    monkeypatch.setenv("GITHUB_BASE_REF", base_ref)
    lines, said = changes_under_review(repository)
    assert lines is None
    assert said.startswith(f"git cannot compare with {'origin/main' if base_ref else '0123'}, so annotations go by severity alone")


def test_without_an_event_nothing_is_compared(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_EVENT_PATH", "GITHUB_BASE_REF"):
        monkeypatch.delenv(name, raising=False)
    assert changes_under_review(repository) == (None, "")


def test_annotations_of_new_lines_come_first_and_the_text_stands_below(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    event, step = tmp_path / "event.json", tmp_path / "summary.md"
    event.write_text(json.dumps({"before": sha(repository, "main")}), encoding="utf-8")
    step.write_text("# Before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    command = (
        sys.executable,
        "-m",
        "rustgate",
        "check",
        "--select",
        "unwrap-used",
        "--output",
        "concise",
        "--output",
        "github",
        str(repository),
    )
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    lines = run.stdout.splitlines()
    assert [line.partition(",col")[0] for line in lines[:3]] == [f"::error file=src/lib.rs,line={line}" for line in (92, 93, 94)]
    assert [line.startswith("::") for line in lines].index(False) == 11
    assert len(lines) == 11 + 93
    assert step.read_text(encoding="utf-8").startswith("# Before\n## rustgate: 93 errors in 3 of 3 files")
    assert run.stderr.startswith("rustgate: 93 errors")
