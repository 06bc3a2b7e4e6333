"""Index of files unchanged since an earlier run.

A file is recognised by how it looks to the file system. The index gives its digest, and a quick look at the modules that it declares.
"""

import os
import stat
import time
from collections.abc import Iterable
from hashlib import blake2b

from msgspec import DecodeError, Struct, msgpack

from rustgate.cache.store import RACE, Cache
from rustgate.model.file import ModuleDeclaration, ModuleMentions

FileStatus = tuple[int, int, int, int, int]
"""Size in bytes, times of the last change of content and of status in nanoseconds, inode and device."""


class IndexEntry(Struct, frozen=True, array_like=True):
    """Digest and modules of a file.

    `mentions` comes from a quick look; `modules` are its declarations where these were read.
    """

    digest: bytes
    mentions: ModuleMentions | None
    modules: tuple[ModuleDeclaration, ...] | None = None


class _Row(Struct, frozen=True, array_like=True):
    """The entries of one folder, by file name, which may be no UTF-8.

    Each comes with how the file looked before it was read.
    """

    files: dict[bytes, tuple[FileStatus, IndexEntry]]


class FileIndex:
    """Remembers files between runs, by absolute path.

    Each folder is one row of the cache.
    A file that was changed just now can change again and look the same, so it is not remembered.
    """

    def __init__(self, cache: Cache, program: bytes) -> None:
        """Open the index for one version of the program.

        `program` is the key of the program that reads files: another one may see other things in them.
        """
        self._cache = cache
        self._program = program
        self._statuses: dict[str, FileStatus] = {}
        self._rows: dict[str, dict[bytes, tuple[FileStatus, IndexEntry]]] = {}
        self._changed: set[str] = set()

    def find(self, files: Iterable[str]) -> dict[str, IndexEntry]:
        """Return the entries of unchanged files."""
        statuses = {file: status for file in files if (status := _file_status(file))}
        keys = {self._key(folder): folder for folder in {os.path.dirname(file) for file in statuses} - self._rows.keys()}
        self._statuses |= statuses
        self._rows |= {keys[key]: _decoded(row) for key, row in self._cache.get(keys)}
        entries = {}
        for file, status in statuses.items():
            folder, name = os.path.split(file)
            known = self._rows.get(folder, {}).get(os.fsencode(name))
            if known and known[0] == status:
                entries[file] = known[1]
        return entries

    def add(self, file: str, entry: IndexEntry) -> None:
        """Remember what was seen in a file.

        Only files that `find` was asked for are remembered.
        """
        if file in self._statuses:
            folder, name = os.path.split(file)
            self._rows.setdefault(folder, {})[os.fsencode(name)] = (self._statuses[file], entry)
            self._changed.add(folder)

    def save(self) -> None:
        """Write the rows of folders with new entries."""
        self._cache.put([(self._key(folder), _ENCODER.encode(_Row(self._rows[folder]))) for folder in sorted(self._changed)])
        self._changed = set()

    def _key(self, folder: str) -> bytes:
        return blake2b(self._program + os.fsencode(folder), digest_size=32).digest()


def _file_status(file: str) -> FileStatus | None:
    """Return how a file looks to the file system.

    Returns None for what is no regular file, or was changed just now.
    """
    now = time.time_ns()
    try:
        status = os.stat(file)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode) or max(status.st_mtime_ns, status.st_ctime_ns) >= now - RACE:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev


def _decoded(row: bytes) -> dict[bytes, tuple[FileStatus, IndexEntry]]:
    try:
        return _DECODER.decode(row).files
    except DecodeError:
        return {}


_ENCODER = msgpack.Encoder()
_DECODER = msgpack.Decoder(_Row)
