"""What is remembered between runs: never something else than what would be found, whatever becomes of the file that holds it."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import write

import rustgate as package
from rustgate.cache import store as cache_module
from rustgate.cache.store import BROKEN, FILE_NAME, Cache
from rustgate.errors import RustgateError

MEBIBYTE = 1024 * 1024
KEY, OTHER = b"k" * 32, b"o" * 32
WRITER = """
import itertools, sys
from rustgate.cache.store import Cache
name, times = sys.argv[2:]
cache = Cache(sys.argv[1], 2**28)
for number in range(int(times)) if int(times) else itertools.count():
    cache.put([(f"{name}{number}-{part}".encode(), bytes([number % 256]) * 9000) for part in range(20)])
    print(cache.problem, flush=True)
"""


_made: list[Cache] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Closes every cache of a test: Python complains of databases that are left open."""
    yield
    while _made:
        _made.pop().close()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return made(tmp_path / "cache")


def made(folder: Path) -> Cache:
    _made.append(Cache(str(folder), MEBIBYTE))
    return _made[-1]


def again(cache: Cache) -> Cache:
    """The cache as the next run sees it."""
    cache.close()
    return made(Path(cache.folder))


def writer(folder: Path, name: str, times: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parent.parent)}
    command = [sys.executable, "-c", WRITER, str(folder), name, str(times)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_what_is_kept_is_known_to_the_next_run(cache: Cache) -> None:
    cache.put([(KEY, b"one"), (OTHER, b"")])
    assert dict(again(cache).get([KEY, b"new", OTHER])) == {KEY: b"one", OTHER: b""}
    assert (cache.problem, Path(cache.folder).stat().st_mode & 0o777) == (None, 0o700)


def test_more_is_asked_than_one_statement_holds(cache: Cache) -> None:
    entries = {str(number).encode(): b"x" for number in range(1700)}
    cache.put(entries.items())
    assert dict(cache.get(entries)) == entries


def test_asking_alone_makes_no_file(cache: Cache) -> None:
    assert list(cache.get([KEY])) == []
    assert cache.count() == 0
    assert not Path(cache.folder).exists()


def test_what_was_written_over_is_not_known(cache: Cache) -> None:
    cache.put([(KEY, b"one"), (OTHER, b"two")])
    cache.close()
    with closing(sqlite3.connect(cache.file)) as database, database:
        database.execute("UPDATE entries SET value = (SELECT value FROM entries WHERE key = ?) WHERE key = ?", (OTHER, KEY))
    assert dict(cache.get([KEY, OTHER])) == {OTHER: b"two"}
    cache.close()
    with closing(sqlite3.connect(cache.file)) as database, database:
        database.execute("UPDATE entries SET value = 'text' WHERE key = ?", (OTHER,))
    assert dict(cache.get([KEY, OTHER])) == {}


# room


def fill(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine entries of a tenth of the room, each used a thousand seconds after the one before."""
    for number in range(9):
        monkeypatch.setattr(time, "time", lambda number=number: 1000.0 * number)
        cache.put([(bytes([number]), b"x" * (MEBIBYTE // 10))])


def test_the_least_recently_used_entries_make_room(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(cache, monkeypatch)
    monkeypatch.setattr(time, "time", lambda: 200_000.0)
    assert dict(cache.get([b"\0"])).keys() == {b"\0"}
    cache.put([(KEY, b"x" * (MEBIBYTE // 5))])
    left = dict(again(cache).get([KEY, *(bytes([number]) for number in range(9))]))
    assert left.keys() == {KEY, b"\0", *(bytes([number]) for number in range(9 - len(left) + 2, 9))}
    assert 6 <= len(left) <= 8
    assert again(cache).size() < MEBIBYTE


def test_a_warm_run_writes_only_when_something_was_last_used_long_ago(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def used() -> int:
        cache.close()
        with closing(sqlite3.connect(cache.file)) as database:
            return int(database.execute("SELECT used FROM entries").fetchone()[0])

    for now, expected in ((1_000_000, 1_000_000), (1_080_000, 1_000_000), (1_090_000, 1_090_000)):
        monkeypatch.setattr(time, "time", lambda now=now: float(now))
        if not Path(cache.file).exists():
            cache.put([(KEY, b"one")])
        list(cache.get([KEY]))
        cache.put([])
        assert used() == expected


# what can become of the file


@pytest.mark.parametrize("length", [1, 20, 100, 4000, 5000, 20_000, 40_000])
def test_a_truncated_file_is_begun_anew(cache: Cache, length: int) -> None:
    entries = {str(number).encode(): bytes([number]) * 9000 for number in range(20)}
    cache.put(entries.items())
    cache.close()
    os.truncate(cache.file, length)
    left = dict(cache.get(entries))
    assert left.items() <= entries.items()
    for _ in range(2):  # writing may be what finds out
        cache = again(cache)
        cache.put(entries.items())
    assert (dict(again(cache).get(entries)), cache.problem) == (entries, None)


@pytest.mark.parametrize("ending", ["", "-wal"])
@pytest.mark.parametrize("content", [b"", b"# notes\n" * 999, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_foreign_file_is_moved_away(cache: Cache, content: bytes, ending: str) -> None:
    Path(cache.folder).mkdir(mode=0o700)
    Path(f"{cache.file}{ending}").write_bytes(content)
    assert dict(cache.get([KEY])) == {}
    cache.put([(KEY, b"one")])
    assert (dict(again(cache).get([KEY])), cache.problem) == ({KEY: b"one"}, None)
    if content and not ending:
        assert (Path(cache.folder) / f"{FILE_NAME}{BROKEN}").read_bytes()[:16] == content[:16]


def test_a_database_of_something_else_is_moved_away(cache: Cache) -> None:
    Path(cache.folder).mkdir(mode=0o700)
    with closing(sqlite3.connect(cache.file)) as database, database:
        database.execute("CREATE TABLE entries (name TEXT)")
    assert (list(cache.get([KEY])), cache.problem) == ([], None)
    cache.put([(KEY, b"one")])
    assert dict(again(cache).get([KEY])) == {KEY: b"one"}


def test_a_file_that_cannot_be_moved_away_is_no_cache(cache: Cache) -> None:
    write(Path(cache.folder), {FILE_NAME: b"# notes\n" * 999, f"{FILE_NAME}{BROKEN}/in_the_way": b""})
    Path(cache.folder).chmod(0o700)
    cache.put([(KEY, b"one")])
    assert "file is not a database" in (cache.problem or "")


def test_a_folder_that_cannot_be_made_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = made(tmp_path / "file/cache")
    cache.put([(KEY, b"one")])
    assert "Not a directory" in (cache.problem or "")
    assert (list(cache.get([KEY])), cache.count()) == ([], 0)
    cache.put([(KEY, b"one")])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_no_cache(cache: Cache) -> None:
    Path(cache.folder).mkdir(mode=0o500)
    cache.put([(KEY, b"one")])
    assert "unable to open database file" in (cache.problem or "")


def test_a_folder_that_others_can_write_to_is_not_trusted(cache: Cache) -> None:
    cache.put([(KEY, b"one")])
    Path(cache.folder).chmod(0o777)
    cache = again(cache)
    assert list(cache.get([KEY])) == []
    assert "others can write to it" in (cache.problem or "")


def test_a_folder_of_somebody_else_is_not_trusted(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.put([(KEY, b"one")])
    owner = Path(cache.folder).stat().st_uid
    for me, known in ((owner, {KEY: b"one"}), (owner + 1, {} if owner else {KEY: b"one"}), (0, {KEY: b"one"} if owner == 0 else {})):
        monkeypatch.setattr(os, "geteuid", lambda me=me: me)
        cache = again(cache)
        assert dict(cache.get([KEY])) == known


@pytest.mark.parametrize("mode", [0o770, 0o720, 0o707, 0o702])
@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_others_can_write_to_is_not_believed(cache: Cache, mode: int, what: str) -> None:
    cache.put([(KEY, b"one")])
    os.chmod(getattr(cache, what), mode)
    cache = again(cache)
    assert (dict(cache.get([KEY])), "others can write to it" in (cache.problem or "")) == ({}, True)
    cache.put([(OTHER, b"two")])
    os.chmod(getattr(cache, what), 0o700)
    assert dict(again(cache).get([KEY, OTHER])) == {KEY: b"one"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_root_believes_nobody_else(cache: Cache, what: str) -> None:
    cache.put([(KEY, b"one")])
    os.chown(getattr(cache, what), 12345, 0)
    cache = again(cache)
    assert (dict(cache.get([KEY])), "others can write to it" in (cache.problem or "")) == ({}, True)


def test_a_full_disk_is_no_cache(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_TABLES", f"{cache_module._TABLES} PRAGMA max_page_count = 9;")
    cache.put([(KEY, b"one")])
    cache.put([(OTHER, b"x" * 90_000)])
    assert "database or disk is full" in (cache.problem or "")
    assert dict(again(cache).get([KEY, OTHER])) == {KEY: b"one"}


def test_a_file_that_another_run_holds_is_no_cache(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_BUSY_TIMEOUT", 0.0)
    cache.put([(KEY, b"one")])
    with closing(sqlite3.connect(cache.file, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        cache.put([(OTHER, b"two")])
        assert "database is locked" in (cache.problem or "")
    assert dict(again(cache).get([KEY, OTHER])) == {KEY: b"one"}


def test_a_file_that_cannot_be_made_in_time_is_no_cache(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_BUSY_TIMEOUT", 0.05)
    Path(cache.folder).mkdir(mode=0o700)
    with closing(sqlite3.connect(cache.file, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        cache.put([(KEY, b"one")])
    assert "database is locked" in (cache.problem or "")


def test_two_runs_write_at_once(cache: Cache) -> None:
    runs = [writer(Path(cache.folder), name, times=10) for name in ("a", "b")]
    assert [run.communicate()[0] for run in runs] == ["None\n" * 10] * 2
    keys = [f"{name}{number}-{part}".encode() for name in ("a", "b") for number in range(10) for part in range(20)]
    assert dict(cache.get(keys)).keys() == {*keys}


def test_a_run_that_is_killed_while_it_writes_leaves_all_of_a_part_or_nothing(cache: Cache) -> None:
    with writer(Path(cache.folder), "a", times=0) as run:
        assert run.stdout
        written = [next(run.stdout) for _ in range(3)]
        run.send_signal(signal.SIGKILL)
    assert written == ["None\n"] * 3
    for number in range(9):
        keys = [f"a{number}-{part}".encode() for part in range(20)]
        known = dict(cache.get(keys))
        assert len(known) == 20 or (number >= 3 and not known)
        assert all(value == bytes([number]) * 9000 for value in known.values())
    cache.put([(KEY, b"one")])
    assert cache.problem is None


# where it is, and how large


def test_it_says_what_it_holds_and_forgets_it(cache: Cache) -> None:
    cache.put([(KEY, b"one"), (OTHER, b"two")])
    assert (cache.count(), cache.problem) == (2, None)
    assert cache.size() > 4000
    cache.clean()
    assert (list(Path(cache.folder).iterdir()), list(again(cache).get([KEY])), cache.size()) == ([], [], 0)
    cache.clean()


def test_what_cannot_be_forgotten_is_an_error(cache: Cache) -> None:
    Path(cache.file).mkdir(parents=True)
    with pytest.raises(RustgateError, match=r"cannot be removed: .*; remove it yourself"):
        cache.clean()
