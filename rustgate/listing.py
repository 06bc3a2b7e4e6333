"""The Rust files below a folder: by `git ls-files` inside a repository, otherwise by a walk that follows .gitignore files."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from rustgate.settings import patterns

OnProblem = Callable[[str, str], None]
_GIT = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.rs")


def list_rust_files(folder: Path, root: Path, on_problem: OnProblem) -> Iterator[str]:
    """Absolute paths of the `.rs` files below `folder`, in no order. What cannot be listed goes to `on_problem` (path, sentence).

    Ignored files, `target` folders and symbolic links are left out: what a link leads to inside the root is listed where it lies.
    A folder that git ignores as a whole was named on purpose, so it is walked.
    """
    listed = _by_git(folder) if (root / ".git").exists() else None
    targets = _TargetFolders(folder)
    if listed:
        for path in listed:
            if not targets.holds(path) and os.path.lexists(path) and not os.path.islink(path):
                yield path
    else:
        yield from _by_walk(str(folder), [], on_problem)


def _by_git(folder: Path) -> set[str] | None:
    """What git knows of and does not ignore; None when git is not there or refuses to answer."""
    try:
        run = subprocess.run(_GIT, cwd=folder, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return {os.path.join(folder, os.fsdecode(name)) for name in run.stdout.split(b"\0") if name}


class _TargetFolders:
    """Which folders named `target` hold what Cargo has built: those beside a Cargo.toml or marked as a cache."""

    def __init__(self, top: Path) -> None:
        self._top = str(top)
        self._known: dict[str, bool] = {}

    def holds(self, path: str) -> bool:
        """Whether `path` lies in one."""
        folder = os.path.dirname(path)
        while len(folder) > len(self._top):
            if os.path.basename(folder) == "target" and self._is_built(folder):
                return True
            folder = os.path.dirname(folder)
        return False

    def _is_built(self, folder: str) -> bool:
        if folder not in self._known:
            self._known[folder] = is_target_folder(folder)
        return self._known[folder]


def is_target_folder(folder: str) -> bool:
    """Whether a folder named `target` is Cargo's, and not a module of that name."""
    return os.path.isfile(os.path.join(os.path.dirname(folder), "Cargo.toml")) or os.path.isfile(os.path.join(folder, "CACHEDIR.TAG"))


def _by_walk(folder: str, ignores: list[tuple[str, object]], on_problem: OnProblem) -> Iterator[str]:
    pending = [(folder, ignores)]
    while pending:
        current, rules = pending.pop()
        try:
            with os.scandir(current) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            on_problem(current, f"cannot be listed: {error.strerror}")
            continue
        rules = rules + _gitignore(current, entries, on_problem)
        for entry in entries:
            if entry.is_symlink() or _ignored(entry, rules):
                continue
            if entry.is_dir():
                if entry.name != ".git" and not (entry.name == "target" and is_target_folder(entry.path)):
                    pending.append((entry.path, rules))
            elif entry.name.endswith(".rs"):
                yield entry.path


def _gitignore(folder: str, entries: list["os.DirEntry[str]"], on_problem: OnProblem) -> list[tuple[str, object]]:
    for entry in entries:
        if entry.name == ".gitignore":
            try:
                lines = Path(entry.path).read_text(encoding="utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                on_problem(entry.path, f"cannot be read: {error}")
                return []
            return [(folder, patterns(lines))]
    return []


def _ignored(entry: "os.DirEntry[str]", rules: list[tuple[str, object]]) -> bool:
    """Whether the nearest .gitignore with something to say about `entry` ignores it."""
    for folder, spec in reversed(rules):
        relative = os.path.relpath(entry.path, folder) + ("/" if entry.is_dir() else "")
        include = spec.check_file(relative).include  # type: ignore[attr-defined]  # pathspec is imported only where there are patterns
        if include is not None:
            return bool(include)
    return False
