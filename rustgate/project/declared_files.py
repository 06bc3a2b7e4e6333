"""Find declared files on disk."""

import os
import stat
from collections.abc import Container, Iterable, Mapping
from itertools import groupby
from pathlib import Path

from msgspec import Struct

from rustgate.filesystem.containment import leads_out
from rustgate.model.file import ModuleDeclaration, Problem
from rustgate.project.module_files import module_files

_OUTSIDE = "is outside the repository; move it inside"
_IRREGULAR = "is not a regular file; replace it by one"


class NamedFile(Struct, frozen=True):
    """A file by the path that a declaration gives it, and by its own.

    Both are relative to the root. They differ where the declared path is a link, or leads through one.
    """

    named: str
    path: str


class FileFinder:
    """Looks for declared files below a root."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._real_root = os.path.realpath(root)

    def find(self, path: str, module: ModuleDeclaration, known: Container[str]) -> NamedFile | Problem | None:
        """Return the file that a declaration in the file at `path` leads to.

        None for one that is among the `known` files, or that does not exist; a problem for one that may not be read.
        """
        if module.inline or (module.include and not module.path):
            return None
        for candidate in module_files(path, module):
            if candidate in known:
                return None
            found = self.find_path(candidate)
            if isinstance(found, NamedFile):
                return found
            if found:
                return Problem(path, found, module.line, f"`{module.path or candidate}`")
        return None

    def find_path(self, path: str) -> NamedFile | str | None:
        """Return the file at a path relative to the root.

        None if there is no file, a sentence if it may not be read.
        """
        absolute = os.path.join(self._root, path)
        try:
            mode = os.stat(absolute).st_mode
        except (OSError, ValueError):  # a name with a NUL, or too long, is that of no file
            return None
        if stat.S_ISDIR(mode):
            return None
        real = os.path.realpath(absolute)
        if real == os.devnull:  # how an empty module is written; it never holds anything
            return None
        if leads_out(real, self._real_root):
            return _OUTSIDE
        return NamedFile(path, os.path.relpath(real, self._real_root).replace(os.sep, "/")) if stat.S_ISREG(mode) else _IRREGULAR


class Unresolved(Struct, frozen=True):
    """Number of declarations that lead to no file.

    `missing` modules have no file; `built` files are included from where they are made while building.
    """

    missing: int
    built: int


def count_unresolved(root: Path, modules: Mapping[str, Iterable[ModuleDeclaration]]) -> Unresolved:
    """Count the declarations of files that lead to no file.

    A module that has several files, by its attributes, counts if none of them is there. Modules named by the call of a macro do not count.
    """
    missing = built = 0
    for path, declared in modules.items():
        for _, group in groupby(declared, key=lambda module: (module.line, module.name, module.parents)):
            files = [*group]
            built += sum(module.include and not module.path for module in files)
            declares_file = [module for module in files if not module.inline and module.path != "" and "$" not in module.name]
            missing += bool(declares_file) and not any(_is_there(root, path, module) for module in declares_file)
    return Unresolved(missing, built)


def _is_there(root: Path, path: str, module: ModuleDeclaration) -> bool:
    return any("\0" not in file and os.path.exists(os.path.join(root, file)) for file in module_files(path, module))
