"""Read the version that is checked, and the older one that it is compared with."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from rustgate.config.files import FILE_NAMES
from rustgate.errors import ProjectError
from rustgate.filesystem.git import GitError, ask_git
from rustgate.filesystem.git_auto import automatic_revision, hook_index
from rustgate.filesystem.git_changes import (
    Change,
    blobs_of,
    changes,
    read_blobs,
    staged_changes,
    unstaged_changes,
    untracked,
)
from rustgate.filesystem.git_revisions import Base, exact_base, merge_base, staged_base, top_level
from rustgate.filesystem.overlay import DISK, Overlay
from rustgate.project.comparison import Comparison
from rustgate.rules.catalog import REPOSITORY_PAGES

AUTO = "auto"
_SOURCES = ("Cargo.toml",)


class Versions(Struct, frozen=True):
    """The version that is checked and the older one.

    `checked` and `old` say how they differ from the disk. `changed` holds the paths, relative to the root, of all files that are not the
    same in both, and `renamed` the old path of each that has another one.
    """

    base: Base
    checked: Overlay
    old: Overlay
    changed: frozenset[str]
    renamed: Mapping[str, str]

    @property
    def sentence(self) -> str:
        """Return what was chosen."""
        return f"since {self.base.commit[:7]} ({self.base.origin})"


def read_versions(root: Path, comparison: Comparison, environment: Mapping[str, str]) -> Versions:
    """Read both versions of the repository at `root`.

    Raises `ProjectError` with git's sentence and the remedy.
    """
    if not os.path.lexists(root / ".git"):
        raise ProjectError(f"{root}: --since and --staged compare versions in git, and this is no repository; run it inside of one")
    top = str(root)
    try:
        top_level(top)
        base = _base(top, comparison, environment)
        return _staged(top, base, environment, comparison.names) if comparison.staged else _unstaged(top, base)
    except GitError as error:
        raise ProjectError(str(error)) from error


def _base(top: str, comparison: Comparison, environment: Mapping[str, str]) -> Base:
    if comparison.since is None:
        return staged_base(top)
    revision = automatic_revision(top, environment) if comparison.since == AUTO else comparison.since
    return exact_base(top, revision) if comparison.exact else merge_base(top, revision)


def _unstaged(top: str, base: Base) -> Versions:
    found = _of_interest(changes(top, base.commit), _SOURCES)
    return _versions(top, base, found, DISK)


def _staged(top: str, base: Base, environment: Mapping[str, str], names: tuple[str, ...]) -> Versions:
    git_folder = os.fsdecode(ask_git(top, "rev-parse", "--absolute-git-dir")).removesuffix("\n")
    index = hook_index(git_folder, environment, os.getcwd())
    staged = staged_changes(top, base.commit, index)
    unstaged = unstaged_changes(top, index)
    unmerged = sorted({change.old_path or "" for change in (*staged, *unstaged) if change.unmerged})
    if unmerged:
        raise ProjectError(f"{unmerged[0]} is not merged; resolve it and `git add` it, then run this again")
    others = untracked(top, index)
    _refuse_other_pages((path for change in unstaged for path in (change.old_path, change.new_path) if path), others)
    known = (*_SOURCES, *FILE_NAMES, *names)
    staged, unstaged = _of_interest(staged, known), _of_interest(unstaged, known)
    blobs = read_blobs(top, {change.old_blob for change in unstaged if change.old_blob} | blobs_of(staged))
    files: dict[str, bytes | None] = {os.path.join(top, path): None for path in others if _is_of_interest(path, known)}
    for change in unstaged:
        files |= {os.path.join(top, path): None for path in [change.new_path] if path}
    for change in unstaged:
        files |= {os.path.join(top, path): blobs[change.old_blob] for path in [change.old_path] if path and change.old_blob}
    for change in staged:
        if change.old_path and change.old_path != change.new_path:
            files[os.path.join(top, change.old_path)] = None
    for change in staged:
        files |= {os.path.join(top, path): blobs[change.new_blob] for path in [change.new_path] if path and change.new_blob}
    return _versions(top, base, staged, Overlay(files))


def _versions(top: str, base: Base, found: list[Change], checked: Overlay) -> Versions:
    """Put the old files of `found` in place of the new ones.

    The configuration is that of the version that is checked.
    """
    found = [change for change in found if os.path.basename(change.old_path or change.new_path or "") not in FILE_NAMES]
    blobs = read_blobs(top, {change.old_blob for change in found if change.old_blob})
    files = dict(checked.files)
    files |= {os.path.join(top, change.new_path): None for change in found if change.new_path}
    files |= {os.path.join(top, change.old_path): blobs[change.old_blob] for change in found if change.old_path and change.old_blob}
    return Versions(
        base=base,
        checked=checked,
        old=Overlay(files),
        changed=frozenset(change.new_path for change in found if change.new_path),
        renamed={
            change.new_path: change.old_path
            for change in found
            if change.new_path and change.old_path and change.new_path != change.old_path
        },
    )


def _refuse_other_pages(changed: Iterable[str], others: Iterable[str]) -> None:
    """Raise `ProjectError` for rule pages that are not as in the index."""
    for path in (*changed, *others):
        if f"/{REPOSITORY_PAGES}/" in f"/{path}":
            raise ProjectError(f"{path}: this rule page is not as it is staged; `git add` it, or stash the change, to check what is staged")


def _of_interest(found: Iterable[Change], names: tuple[str, ...]) -> list[Change]:
    return [change for change in found if any(path and _is_of_interest(path, names) for path in (change.old_path, change.new_path))]


def _is_of_interest(path: str, names: tuple[str, ...]) -> bool:
    return path.endswith(".rs") or os.path.basename(path) in names
