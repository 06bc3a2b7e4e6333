"""Match the `members` patterns of a workspace."""

import glob
import os
import posixpath
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path, PurePosixPath

from rustgate.filesystem.containment import leads_out

_DEEP = "**"
Parts = tuple[str, ...]


def matching_folders(root: Path, patterns: Iterable[str], bound: Path) -> Iterator[Path]:
    """Yield the folders that patterns match.

    The patterns are relative to `root`, the folders inside of `bound`. Below the plain folders that a pattern begins with, no link is
    followed.
    """
    by_top: dict[str, set[Parts]] = {}
    for pattern in patterns:
        if "\0" not in pattern:
            plain, parts = _split(pattern)
            by_top.setdefault(os.path.normpath(root / plain), set()).add(parts)
    for top, rests in by_top.items():
        if not leads_out(top, bound):
            yield from _walk(top, rests)


def _split(pattern: str) -> tuple[str, Parts]:
    """Split a pattern before its first wildcard."""
    parts = PurePosixPath(posixpath.normpath(pattern)).parts
    first = next((index for index, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    rest = (part for key, group in groupby(parts[first:]) for part in ([key] if key == _DEEP else group))  # `**/**` means `**`
    return posixpath.join("", *parts[:first]), tuple(rest)


def _walk(top: str, patterns: set[Parts]) -> Iterator[Path]:
    """Yield matching folders in one walk for all patterns.

    Each folder is read once, whatever the number of patterns, and only if the rest of one could match something inside.
    """
    pending = [(top, patterns)]
    while pending:
        folder, rests = pending.pop()
        rests = rests | {rest[1:] for rest in rests if rest[:1] == (_DEEP,)}  # `**` also stands for no folder at all
        if () in rests:
            yield Path(folder)
        by_part: dict[str, set[Parts]] = {}
        for rest in filter(None, rests):
            by_part.setdefault(rest[0], set()).add(rest if rest[0] == _DEEP else rest[1:])
        wildcards = list(filter(glob.has_magic, by_part))
        for name, path in _folders_in(folder) if by_part else ():
            matched = [part for part in wildcards if (part[0] == "." or name[0] != ".") and fnmatchcase(name, part)]
            inner = set[Parts]().union(*(by_part[part] for part in matched), () if glob.has_magic(name) else by_part.get(name, ()))
            if inner:
                pending.append((path, inner))


def _folders_in(folder: str) -> list[tuple[str, str]]:
    """List the names and paths of inner folders.

    Links are left out. None if the folder cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            return [(entry.name, entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
