"""List changed files and read old versions of them."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from rustgate.filesystem.git import GitError, ask_git

_DIFF = (
    *("-c", "core.quotepath=off", "-c", "diff.renames=true", "diff", "--raw", "-z", "--no-abbrev", "-M50%", "-l0"),
    *("--no-relative", "--no-ext-diff", "--no-textconv", "--ignore-submodules"),
)
_REGULAR = ("100644", "100755")


class Change(Struct, frozen=True):
    """A file that differs between two versions.

    Paths are relative to the top level of the work tree. A side without a regular file has no path; one that git has not stored, such as a
    file of the work tree, has no blob.
    """

    old_path: str | None
    new_path: str | None
    old_blob: str | None = None
    new_blob: str | None = None
    unmerged: bool = False


def changes(top: str, base: str) -> list[Change]:
    """List what the work tree changes since `base`, a commit or tree.

    Files that git neither tracks nor ignores are new. Raises `GitError`.
    """
    found = [*_parsed(ask_git(top, *_DIFF, base, "--"))]
    known = {change.new_path for change in found}
    return [*found, *(Change(None, path) for path in untracked(top) if path not in known)]


def staged_changes(top: str, base: str, index: str | None = None) -> list[Change]:
    """List what the index changes since `base`.

    `index` is the file that holds it, if not the usual one. Raises `GitError`.
    """
    return [*_parsed(ask_git(top, *_DIFF, "--cached", base, "--", index=index))]


def unstaged_changes(top: str, index: str | None = None) -> list[Change]:
    """List what the work tree changes since the index; raises `GitError`."""
    return [*_parsed(ask_git(top, *_DIFF, "--", index=index))]


def untracked(top: str, index: str | None = None) -> list[str]:
    """List files that git neither tracks nor ignores; raises `GitError`."""
    listed = ask_git(top, "ls-files", "--others", "--exclude-standard", "-z", index=index)
    return [os.fsdecode(name) for name in listed.split(b"\0") if name and not name.endswith(b"/")]


def read_blobs(top: str, blobs: Collection[str]) -> Mapping[str, bytes]:
    """Read stored files, by the names of their blobs.

    Raises `GitError` for one that is not in this clone.
    """
    wanted = sorted(set(blobs))
    answer = ask_git(top, "cat-file", "--batch", given="".join(f"{blob}\n" for blob in wanted).encode()) if wanted else b""
    return dict(_read_batch(answer, wanted))


def _read_batch(answer: bytes, wanted: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    position = 0
    for blob in wanted:
        end = answer.index(b"\n", position)
        fields = answer[position:end].split()
        if len(fields) != 3 or fields[1] != b"blob":  # noqa: PLR2004  # name, kind and size
            raise GitError(f"the old version of a file ({blob}) is not in this clone: git fetch --refetch --no-filter origin")
        start, size = end + 1, int(fields[2])
        yield blob, answer[start : start + size]
        position = start + size + 1


def _parsed(answer: bytes) -> Iterator[Change]:
    """Parse `git diff --raw -z`."""
    fields = iter(answer.split(b"\0")[:-1])
    for header in fields:
        old_mode, new_mode, old_blob, new_blob, status = header.decode("ascii").removeprefix(":").split(" ")
        old_path = os.fsdecode(next(fields))
        new_path = os.fsdecode(next(fields)) if status[0] in "RC" else old_path
        if status[0] == "U":
            yield Change(old_path, new_path, unmerged=True)
            continue
        old, new = old_mode in _REGULAR, new_mode in _REGULAR
        if old or new:
            yield Change(
                old_path if old else None,
                new_path if new else None,
                old_blob if old and old_blob.strip("0") else None,
                new_blob if new and new_blob.strip("0") else None,
            )


def blobs_of(found: Iterable[Change]) -> set[str]:
    """Return the names of all blobs of changes."""
    return {*filter(None, chain.from_iterable((change.old_blob, change.new_blob) for change in found))}
