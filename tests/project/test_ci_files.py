"""CI files and the scripts that they call, found in the names of each folder."""

from pathlib import Path

import pytest
from conftest import write

from rustgate.filesystem.reading import names_in
from rustgate.project import ci_files
from rustgate.project.ci_files import ci_texts


def read(root: Path, *below: str) -> list[str]:
    return sorted(Path(path).relative_to(root).as_posix() for path in ci_texts([*(root / folder for folder in below), root]))


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("run: scripts/a.sh", ["scripts/a.sh"]),
        ("run: ./scripts/a.sh", ["scripts/a.sh"]),
        ("run: scripts//./a.sh", ["scripts/a.sh"]),
        ("run: scripts/../b.sh", ["scripts/../b.sh"]),
        ("run: scripts/lost.sh lost/a.sh a.sh/b", []),
        ("uses: ./setup", ["setup/action.yml"]),
        ("run: just ci", ["justfile"]),
        ("run: cargo xtask", ["tools/xtask/src/main.rs"]),
        ("run: ../outside.sh /etc/passwd ./../outside.sh", []),
        ("run: link.sh", []),
        ("run: grep -q command README.md docs/a.rst", []),
        ("run: scripts", []),
        ("run: " + "a/" * 50_000, []),
    ],
)
def test_a_word_calls_the_file_of_its_name(tmp_path: Path, text: str, called: list[str]) -> None:
    scripts = dict.fromkeys(
        ("scripts/a.sh", "b.sh", "setup/action.yml", "justfile", "tools/xtask/src/main.rs", "README.md", "docs/a.rst"), "x"
    )
    root = write(tmp_path / "root", {".gitlab-ci.yml": text, **scripts})
    write(tmp_path, {"outside.sh": "x"})
    (root / "link.sh").symlink_to(tmp_path / "outside.sh")
    assert read(root) == sorted([".gitlab-ci.yml", *called])


def test_a_script_calls_others_in_the_folders_of_the_workspace(tmp_path: Path) -> None:
    write(tmp_path, {".github/workflows/ci.yml": "run: inner.sh", "deep/inner.sh": "outer.sh", "outer.sh": "x", "other/inner.sh": "x"})
    assert read(tmp_path, "deep") == [".github/workflows/ci.yml", "deep/inner.sh", "outer.sh"]


def test_thousands_of_words_read_each_folder_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders: list[str] = []

    def counted(folder: str) -> list[str]:
        folders.append(folder)
        return names_in(folder)

    monkeypatch.setattr(ci_files, "names_in", counted)
    words = " ".join(f"scripts/s{number}.sh lost{number}/x" for number in range(2_000))
    write(tmp_path, {".travis.yml": words, "scripts/s7.sh": "x"})
    assert read(tmp_path) == [".travis.yml", "scripts/s7.sh"]
    assert len(folders) == len({*folders}) < 10
