"""Files that look as they did are known without being read; one that may have changed unseen is not."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import write

from rustgate.cache import file_index
from rustgate.cache.file_index import FileIndex, IndexEntry
from rustgate.cache.store import Cache
from rustgate.model.file import ModuleDeclaration, ModuleMentions

ENTRY = IndexEntry(b"digest", ModuleMentions(frozenset({b"a"}), anywhere=False, tests=True), (ModuleDeclaration("a", (), None, test=True),))
PROGRAM = b"program"


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    made = Cache(str(tmp_path / "cache"), 2**28)
    yield made
    made.close()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(file_index, "RACE", -(10**18))
    write(tmp_path / "tree", {"a/one.rs": "", "a/two.rs": "", "b/three.rs": ""})
    return [str(tmp_path / "tree" / name) for name in ("a/one.rs", "a/two.rs", "b/three.rs")]


def remember(cache: Cache, *files: str) -> None:
    index = FileIndex(cache, PROGRAM)
    index.find(files)
    for file in files:
        index.add(file, ENTRY)
    index.save()


def test_what_was_seen_is_known_again_with_one_row_for_a_folder(cache: Cache, files: list[str]) -> None:
    remember(cache, *files)
    assert FileIndex(cache, PROGRAM).find(files) == dict.fromkeys(files, ENTRY)
    assert cache.count() == 2


def test_a_file_whose_name_is_no_utf8_is_known_too(cache: Cache, files: list[str]) -> None:
    name = os.fsdecode(os.fsencode(os.path.dirname(files[0])) + b"/\xe9.rs")
    Path(name).touch()
    remember(cache, name)
    assert FileIndex(cache, PROGRAM).find([name]) == {name: ENTRY}


def test_a_run_on_one_file_forgets_no_other(cache: Cache, files: list[str]) -> None:
    remember(cache, *files)
    remember(cache, files[0])
    assert FileIndex(cache, PROGRAM).find(files).keys() == {*files}


@pytest.mark.parametrize(
    "change", [lambda file: os.utime(file, (0, 0)), lambda file: Path(file).write_text("x", encoding="utf-8"), os.unlink]
)
def test_a_file_that_looks_otherwise_is_not_known(cache: Cache, files: list[str], change: object) -> None:
    remember(cache, *files)
    assert callable(change)
    change(files[0])
    assert FileIndex(cache, PROGRAM).find(files).keys() == {*files[1:]}


def test_another_program_knows_nothing(cache: Cache, files: list[str]) -> None:
    remember(cache, *files)
    assert FileIndex(cache, b"another").find(files) == {}


def test_a_file_that_was_changed_just_now_is_not_remembered(cache: Cache, files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_index, "RACE", 10**18)
    remember(cache, *files)
    assert cache.count() == 0


def test_a_row_that_cannot_be_read_is_empty(cache: Cache, files: list[str]) -> None:
    remember(cache, *files)
    index = FileIndex(cache, PROGRAM)
    cache.put([(index._key(os.path.dirname(files[0])), b"no row")])
    assert index.find(files).keys() == {files[2]}
