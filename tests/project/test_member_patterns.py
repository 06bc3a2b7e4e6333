"""The folders that `members` patterns match, in one walk."""

from pathlib import Path

import pytest

from rustgate.project import member_patterns
from rustgate.project.member_patterns import matching_folders

FOLDERS = ("a/b/c", "ab", "[a]", ".hidden/a")


@pytest.fixture(name="root")
def fixture_root(tmp_path: Path) -> Path:
    for folder in FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def found(root: Path, *patterns: str) -> list[str]:
    return sorted({folder.relative_to(root).as_posix() for folder in matching_folders(root, patterns, root)})


@pytest.mark.parametrize(
    ("pattern", "folders"),
    [
        ("a*", ["a", "ab"]),
        ("[a]", ["a"]),
        ("*/*", ["a/b"]),
        ("**", [".", "[a]", "a", "a/b", "a/b/c", "ab"]),
        ("**/c", ["a/b/c"]),
        ("a/**/**/c", ["a/b/c"]),
        (".*/a", [".hidden/a"]),
        ("a/b/./../b", ["a/b"]),
        ("*/\0", []),
        ("../*", []),
    ],
)
def test_a_pattern_matches_folders_as_cargo_does(root: Path, pattern: str, folders: list[str]) -> None:
    assert found(root, pattern) == folders


def test_several_patterns_match_what_each_of_them_matches(root: Path) -> None:
    assert found(root, "**/c", "a?", "*/b") == ["a/b", "a/b/c", "ab"]


def test_a_thousand_patterns_read_each_folder_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    folders_in = member_patterns._folders_in

    def counted(folder: str) -> list[tuple[str, str]]:
        read.append(folder)
        return folders_in(folder)

    monkeypatch.setattr(member_patterns, "_folders_in", counted)
    assert found(root, *(f"**/x{number}" for number in range(500)), *(f"*/y{number}*" for number in range(500))) == []
    assert sorted(read) == sorted(str(root / folder) for folder in (".", "[a]", "a", "a/b", "a/b/c", "ab"))
