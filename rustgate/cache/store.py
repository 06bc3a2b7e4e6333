"""Store bytes by key in the user's cache folder, for concurrent runs.

No failure is fatal: whatever goes wrong, only less is remembered.
"""

import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING

from rustgate.errors import RustgateError

if TYPE_CHECKING:
    from sqlite3 import Connection

FILE_NAME = "results-1.sqlite"
"""The number is the version of the tables; other tables need a file of another name."""
BROKEN = ".broken"
_BUSY_TIMEOUT = 5.0
"""Seconds to wait for another run that is writing; after that the results of this run are not stored."""
RACE = 2 * 10**9
"""Nanoseconds. A file that was changed less than this before it was looked at can change again and look the same, because some file
systems count time in steps of two seconds; how it looks is not remembered. git calls such files racy."""
_PAUSE = 0.02
_FIRST_BYTE = 0xFF
"""The bits of an SQLite error code that hold its kind."""
_DAY = 24 * 60 * 60
_KEPT_AT_EVICTION = 0.8
_KEYS_PER_STATEMENT = 500
_CHECK_BYTES = 8
_TABLES = """
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, used INTEGER NOT NULL, value BLOB NOT NULL);
"""


class Cache:
    """Bytes by key in one SQLite file.

    No failure is raised: after the first one `problem` says what it was, and the cache acts as empty from then on. `moved` is where a file
    was moved that was not ours, or damaged. `found` and `new` count the results of this run.
    """

    def __init__(self, folder: str, limit: int) -> None:
        self.folder = folder
        self.file = os.path.join(folder, FILE_NAME)
        self.limit = limit
        self.problem: str | None = None
        self.moved: str | None = None
        self.found, self.new = 0, 0
        self._connection: Connection | None = None
        self._stale: list[bytes] = []

    def get(self, keys: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """Yield the known `keys`, each with its value."""
        if self.problem or not (self._connection or os.path.exists(self.file)):
            return
        for batch in _batches(keys):
            rows: list[tuple[bytes, int, bytes]] = []
            with self._failures_recorded():
                marks = ",".join("?" * len(batch))
                rows = self._open().execute(f"SELECT key, used, value FROM entries WHERE key IN ({marks})", batch).fetchall()  # noqa: S608  # marks
            yield from self._undamaged(rows)

    def put(self, entries: Iterable[tuple[bytes, bytes]]) -> None:
        """Store values under their keys, all or none of them.

        The least recently used entries go when there is no more room.
        """
        rows = [(key, int(time.time()), _checksum(key, value) + value) for key, value in entries]
        touched = [(int(time.time()), key) for key in self._stale]
        if self.problem or not (rows or touched):
            return
        with self._failures_recorded():
            database = self._open()
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows)
            database.executemany("UPDATE entries SET used = ? WHERE key = ?", touched)
            evicted = self._evict(database)
            database.execute("COMMIT")
            if evicted:
                database.executescript("PRAGMA incremental_vacuum")  # `execute` would free one page
        self._stale = []

    def count(self) -> int:
        """Return the number of entries."""
        entries = 0
        if os.path.exists(self.folder) and not os.path.isdir(self.folder):
            self.problem = f"{self.folder}: is not a folder"
        if os.path.exists(self.file):
            with self._failures_recorded():
                (entries,) = self._open().execute("SELECT count(*) FROM entries").fetchone()
        return entries

    def size(self) -> int:
        """Return the bytes that the entries take on disk."""
        return sum(map(_size_on_disk, self._files()))

    def clean(self) -> None:
        """Remove all entries.

        A run that is writing meanwhile keeps its results to itself. Raises `RustgateError`.
        """
        self.close()
        for file in self._files():
            try:
                os.unlink(file)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise RustgateError(f"{file}: the cache cannot be removed: {error.strerror}; remove it yourself") from error

    def close(self) -> None:
        """Close the database."""
        if self._connection:
            with suppress(Exception):  # what was committed is safe; any other failure matters to nobody
                self._connection.close()
        self._connection = None

    def _undamaged(self, rows: Iterable[tuple[bytes, int, bytes]]) -> Iterator[tuple[bytes, bytes]]:
        """Yield the entries that are undamaged.

        Those not used for a day are noted, so that not every run writes.
        """
        long_ago = int(time.time()) - _DAY
        for key, used, value in rows:
            undamaged = _verified(key, value)
            if undamaged is not None:
                self._stale += [key] if used < long_ago else []
                yield key, undamaged

    def _files(self) -> list[str]:
        return [f"{self.file}{ending}" for ending in ("", "-wal", "-shm", BROKEN)]

    @contextmanager
    def _failures_recorded(self) -> Iterator[None]:
        """Turn failures of the disk or of SQLite into a `problem`.

        A file that is not ours, or damaged, is replaced by a new one instead.
        """
        import sqlite3  # noqa: PLC0415  # a run without a cache is spared the import

        try:
            yield
        except sqlite3.Error as error:
            self.close()
            if not (_is_broken(error) and self._move_away()):
                self.problem = f"{self.file}: {error}"
        except OSError as error:
            self.problem = f"{error.filename or self.folder}: {error.strerror}"
            self.close()

    def _open(self) -> "Connection":
        if self._connection is None:
            _make_private(self.folder)
            if os.path.exists(self.file):
                _require_own(self.file)
            self._connection = _connect(self.file)
        return self._connection

    def _move_away(self) -> bool:
        """Move the file away; return whether that worked."""
        try:
            os.replace(self.file, f"{self.file}{BROKEN}")
            self.moved = f"{self.file}{BROKEN}"
            for ending in ("-wal", "-shm"):
                with suppress(FileNotFoundError):
                    os.unlink(f"{self.file}{ending}")
        except OSError:
            return False
        return True

    def _evict(self, database: "Connection") -> bool:
        """Remove the least recently used entries if the cache is full.

        It makes room for the next runs as well.
        """
        if _used_bytes(database) <= self.limit:
            return False
        rows = database.execute("SELECT key, length(value) FROM entries ORDER BY used DESC, rowid DESC").fetchall()
        room = self.limit * _KEPT_AT_EVICTION
        evicted_keys = []
        for key, size in rows:
            room -= size + 2 * len(key)
            if room < 0:
                evicted_keys.append((key,))
        database.executemany("DELETE FROM entries WHERE key = ?", evicted_keys)
        return True


def _connect(file: str) -> "Connection":
    """Open the database; create it if there is none.

    Two runs that create it at once wait for one another.
    """
    import sqlite3  # noqa: PLC0415  # see `Cache._failures_recorded`

    database = sqlite3.connect(file, timeout=_BUSY_TIMEOUT, isolation_level=None)
    until = time.monotonic() + _BUSY_TIMEOUT
    while True:
        try:
            database.executescript(_TABLES)
        except sqlite3.OperationalError as error:  # the change to WAL does not wait by itself
            if error.sqlite_errorcode & _FIRST_BYTE != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
        else:
            return database


def _batches(keys: Iterable[bytes]) -> Iterator[Sequence[bytes]]:
    """Split keys into as many as one SQLite statement takes."""
    rest = iter(keys)
    while batch := list(islice(rest, _KEYS_PER_STATEMENT)):
        yield batch


def _checksum(key: bytes, value: bytes) -> bytes:
    return blake2b(value, key=key[:64], digest_size=_CHECK_BYTES).digest()


def _verified(key: bytes, value: object) -> bytes | None:
    """Return the value without its checksum.

    None if it is not what was stored.
    """
    if not isinstance(value, bytes) or value[:_CHECK_BYTES] != _checksum(key, value[_CHECK_BYTES:]):
        return None
    return value[_CHECK_BYTES:]


def _used_bytes(database: "Connection") -> int:
    """Return the bytes that the entries take, without free pages."""
    pages, free, size = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size"))
    return int((pages - free) * size)


def _size_on_disk(file: str) -> int:
    try:
        return os.stat(file).st_size
    except OSError:
        return 0


def _is_broken(error: Exception) -> bool:
    """Return whether a file is damaged or somebody else's.

    Otherwise it is only out of reach for now.
    """
    import sqlite3  # noqa: PLC0415  # see `Cache._failures_recorded`

    broken = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_MISMATCH}
    return getattr(error, "sqlite_errorcode", 0) & _FIRST_BYTE in broken


def _make_private(folder: str) -> None:
    """Create the folder if there is none.

    Raises `OSError` for a folder that others can write to.
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    _require_own(folder)


def _require_own(path: str) -> None:
    """Raise `OSError` for what others can write to.

    They can as its owner or as members of its group. What is root's is trusted.
    """
    if not hasattr(os, "geteuid"):
        return
    status = os.stat(path)
    if status.st_uid not in {os.geteuid(), 0} or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(0, "others can write to it, so what it holds is not trusted; name a folder of your own", path)
