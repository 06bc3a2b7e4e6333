"""Another version of the files on disk, as what differs from it."""

import os
from collections.abc import Iterator, Mapping

from msgspec import Struct

from rustgate.filesystem.reading import names_in, read_source


class Overlay(Struct, frozen=True):
    """Files that are not as on disk.

    `files` holds, by absolute path, the bytes of each of them, None for one that is not there in this version.
    """

    files: Mapping[str, bytes | None] = {}

    def is_file(self, path: str | os.PathLike[str]) -> bool:
        """Return whether there is a file at an absolute path."""
        name = os.fspath(path)
        return self.files[name] is not None if name in self.files else os.path.isfile(name)

    def source(self, path: str | os.PathLike[str]) -> bytes | None:
        """Return the bytes of a file that is not as on disk."""
        return self.files.get(os.fspath(path))

    def holds(self, path: str | os.PathLike[str]) -> bool:
        """Return whether a file is there, and not as on disk."""
        return self.source(path) is not None

    def lacks(self, path: str | os.PathLike[str]) -> bool:
        """Return whether a file is not there, whatever is on disk."""
        name = os.fspath(path)
        return name in self.files and self.files[name] is None

    def read(self, path: str, max_size: int) -> bytes | str:
        """Read a file, or return a sentence on why not."""
        if self.lacks(path):
            return "cannot be read: No such file or directory"
        source = self.source(path)
        return read_source(path, max_size) if source is None else source

    def names_in(self, folder: str | os.PathLike[str]) -> list[str]:
        """List the names in a folder; empty if it cannot be listed."""
        names = names_in(folder)
        if not self.files:
            return names
        prefix = os.path.join(os.fspath(folder), "")
        there = {path[len(prefix) :].partition(os.sep)[0] for path in self._below(prefix) if self.holds(path)}
        return [*(name for name in names if name not in there and not self.lacks(prefix + name)), *sorted(there)]

    def is_folder(self, folder: str | os.PathLike[str]) -> bool:
        """Return whether there is a folder at an absolute path."""
        return os.path.isdir(folder) or any(self.holds(path) for path in self._below(os.path.join(os.fspath(folder), "")))

    def _below(self, prefix: str) -> Iterator[str]:
        return (path for path in self.files if path.startswith(prefix))


DISK = Overlay()
"""The files on disk as they are."""
