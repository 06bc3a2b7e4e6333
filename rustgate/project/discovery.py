"""List Rust files that git does not ignore.

Inside a repository git is asked; elsewhere a walk follows .gitignore files.
"""

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from rustgate.errors import ProjectError
from rustgate.filesystem.git import git
from rustgate.filesystem.gitignore import patterns

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from pathspec import PathSpec

OnProblem = Callable[[str, str], None]
Ignores = tuple[tuple[str, "PathSpec[Any]"], ...]
"""Patterns of .gitignore files as (folder, patterns), the outermost first."""

_LIST = ("ls-files", "-z", "--stage", "--cached", "--others", "--exclude-standard")
_LIST_IGNORED = ("--literal-pathspecs", "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--")
_IS_IGNORED = ("check-ignore", "--quiet", ".")
_STAGED = re.compile(rb"(\d{6}) [0-9a-f]+ \d\t(.*)", re.DOTALL)
_UNLISTED = re.compile(r"could not open directory '(.*)': (.*)")
_SUBMODULE = b"160000"
_NAMES_AT_ONCE = 500


def list_rust_files(folder: Path, root: Path, on_problem: OnProblem) -> Iterator[str]:
    """Yield the `.rs` files below `folder`, unsorted.

    The paths are absolute. What cannot be listed goes to `on_problem` (path, sentence). Ignored files, `target` folders and symbolic
    links are left out: a file inside the root that a link leads to is listed where it is. Nested repositories are listed by their own
    rules. A folder that is ignored as a whole was named on purpose, so it is walked.
    """
    listed = _by_git(folder, on_problem) if _in_repository(folder) else None
    if listed is None:
        yield from _by_walk(str(folder), _ignores_above(folder, root, on_problem), on_problem)
    elif not (listed.files or listed.repositories) and _ask_git(folder, *_IS_IGNORED) is not None:
        yield from _by_walk(str(folder), (), on_problem)
    else:
        targets, links = _TargetFolders(folder), _Links(folder)
        yield from (path for path in listed.files if not targets.holds(path) and links.allow(path) and _is_there(path))
        for inner in sorted(path for path in listed.repositories if not targets.holds(os.path.join(path, ""))):
            if not links.allow(os.path.join(inner, "")):
                continue
            if os.path.lexists(os.path.join(inner, ".git")):
                yield from list_rust_files(Path(inner), root, on_problem)
            else:
                yield from _by_walk(inner, (), on_problem)


def is_ignored(path: Path, root: Path) -> bool:
    """Return whether git ignores `path`, whether or not it exists.

    Outside a repository, the .gitignore files from `root` on decide.
    """
    if _in_repository(path.parent):
        return _ask_git(path.parent, "check-ignore", "--quiet", path.name) is not None
    rules = _ignores_above(path.parent, root, _ignore_problem) + _gitignore(str(path.parent), _ignore_problem)
    return _ignored(str(path), rules, is_folder=False)


def ignored_among(paths: Iterable[str], root: Path) -> set[str]:
    """Return those of some absolute paths that git ignores."""
    ignored: set[str] = set()
    for folder, inside in groupby(sorted(paths), key=os.path.dirname):
        if not _in_repository(Path(folder)):
            ignored.update(path for path in inside if is_ignored(Path(path), root))
            continue
        names = [os.path.basename(path) for path in inside]
        for first in range(0, len(names), _NAMES_AT_ONCE):
            run = _ask_git(Path(folder), *_LIST_IGNORED, *names[first : first + _NAMES_AT_ONCE])
            found = os.fsdecode(run.stdout).split("\0") if run else []
            ignored.update(os.path.join(folder, name) for name in found if name)
    return ignored


def _ignore_problem(_path: str, _sentence: str) -> None:
    """Do nothing.

    Listing the files has reported what cannot be read.
    """


def _ask_git(folder: Path, *arguments: str) -> "CompletedProcess[bytes] | None":
    """Run git in `folder`; None if it fails.

    Raises `ProjectError` if it does not answer.
    """
    try:
        return git(folder, *arguments)
    except TimeoutError as error:
        raise ProjectError(str(error)) from error


class _GitListing(Struct, frozen=True):
    """Rust files and nested repositories that git lists.

    The latter include submodules; git does not list their files.
    """

    files: set[str]
    repositories: set[str]


def _in_repository(folder: Path) -> bool:
    return any(os.path.lexists(above / ".git") for above in (folder, *folder.parents))


def _by_git(folder: Path, on_problem: OnProblem) -> _GitListing | None:
    """Ask git for the files that it does not ignore.

    None if git is missing or refuses to answer.
    """
    run = _ask_git(folder, *_LIST)
    if run is None:
        return None
    for name, reason in _UNLISTED.findall(os.fsdecode(run.stderr)):
        on_problem(os.path.normpath(folder / name), f"cannot be listed: {reason}")
    listed = _GitListing(set(), set())
    for record in run.stdout.split(b"\0"):
        if record.endswith((b".rs", b"/")) or record.startswith(_SUBMODULE):
            staged = _STAGED.fullmatch(record)
            name = staged[2] if staged else record
            is_repository = name.endswith(b"/") or (staged and staged[1] == _SUBMODULE)
            paths = listed.repositories if is_repository else listed.files
            paths.add(os.path.normpath(os.path.join(folder, os.fsdecode(name))))
    return listed


def _is_there(path: str) -> bool:
    """Return whether there is a regular file at `path`.

    A link is none. A path that cannot be looked at counts as one, so that reading it reports why.
    """
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


class _Links:
    """Filter of paths that leave the folder or use links.

    The index of a repository can hold such paths.
    """

    def __init__(self, top: Path) -> None:
        self._top = str(top)
        self._plain = {self._top: True}

    def allow(self, path: str) -> bool:
        """Return whether `path` stays inside, without links."""
        folder = os.path.dirname(path)
        if folder not in self._plain:
            below = len(folder) > len(self._top)
            self._plain[folder] = below and not os.path.islink(folder) and self.allow(folder)
        return self._plain[folder]


class _TargetFolders:
    """Build folders of Cargo among the folders named `target`."""

    def __init__(self, top: Path) -> None:
        self._top = str(top)
        self._is_built = cache(is_target_folder)

    def holds(self, path: str) -> bool:
        """Return whether `path` is in a build folder."""
        folder = os.path.dirname(path)
        while len(folder) > len(self._top):
            if os.path.basename(folder) == "target" and self._is_built(folder):
                return True
            folder = os.path.dirname(folder)
        return False


def is_target_folder(folder: str) -> bool:
    """Return whether a `target` folder is Cargo's.

    It is one beside a Cargo.toml, or marked as a cache; any other is a module of that name.
    """
    return os.path.isfile(os.path.join(os.path.dirname(folder), "Cargo.toml")) or os.path.isfile(os.path.join(folder, "CACHEDIR.TAG"))


def _by_walk(folder: str, ignores: Ignores, on_problem: OnProblem) -> Iterator[str]:
    pending = [(folder, ignores)]
    while pending:
        current, above = pending.pop()
        try:
            with os.scandir(current) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            on_problem(current, f"cannot be listed: {error.strerror}")
            continue
        rules = above + _gitignore(current, on_problem)
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.is_symlink() or _ignored(entry.path, rules, is_folder=is_folder):
                continue
            if not is_folder and entry.name.endswith(".rs"):
                yield entry.path
            elif is_folder and entry.name != ".git" and not (entry.name == "target" and is_target_folder(entry.path)):
                pending.append((entry.path, rules))


def _ignores_above(folder: Path, root: Path, on_problem: OnProblem) -> Ignores:
    """Read the .gitignore files above `folder`, from the root.

    None if they ignore `folder`, since it was named on purpose.
    """
    rules: Ignores = ()
    for upper, lower in pairwise([*(above for above in reversed(folder.parents) if above.is_relative_to(root)), folder]):
        rules += _gitignore(str(upper), on_problem)
        if _ignored(str(lower), rules, is_folder=True):
            return ()
    return rules


def _gitignore(folder: str, on_problem: OnProblem) -> Ignores:
    """Read the .gitignore in `folder`, if any.

    Git, too, ignores one that is a link.
    """
    path = os.path.join(folder, ".gitignore")
    if os.path.islink(path) or not os.path.isfile(path):
        return ()
    try:
        lines = os.fsdecode(Path(path).read_bytes()).removeprefix("\ufeff").split("\n")
    except OSError as error:
        on_problem(path, f"cannot be read: {error.strerror}")
        return ()
    return ((folder, patterns(_usable(line.removesuffix("\r") for line in lines))),)


def _usable(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines that are valid patterns.

    Git, too, skips the others.
    """
    for line in lines:
        try:
            patterns([line])
        except ValueError:
            continue
        yield line


def _ignored(path: str, rules: Ignores, *, is_folder: bool) -> bool:
    """Return whether the nearest .gitignore that matches `path` ignores it."""
    for folder, spec in reversed(rules):
        include = spec.check_file(os.path.relpath(path, folder) + "/" * is_folder).include
        if include is not None:
            return include
    return False
