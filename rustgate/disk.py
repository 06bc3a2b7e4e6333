"""The questions to the disk and to git whose answers decide what a run says; a run can note them for the next one."""

import os
import stat
from contextlib import suppress
from sys import intern
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from subprocess import CompletedProcess

KIND, LINK, TARGET, CONTENT, INSTALLED = "k", "l", "t", "c", "i"
"""What a file is after links are followed, or before, and where they lead; what it holds: of a folder the names, of a file told by how it
looks; and what a folder of Python says of installed distributions and of their entry points.
"""

DISTRIBUTIONS = (".dist-info", ".egg-info")
"""How the names of folders end that say what is installed."""

_GIT = ("git", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "safe.bareRepository=explicit")
_ALONE = {"GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
"""Git fetches nothing: to get a missing object of a partial clone, it would run the `uploadpack` that the repository names."""
_FOREIGN = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"})
"""What git sets for its hooks; it would make `git` answer for another folder than the one asked about."""


class Notes:
    """What was asked and answered: of the disk as the letter of a kind before a path, of git as (folder, argument, ..).

    Of the answers of git there is a digest.
    """

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}
        self.of_git: dict[tuple[str, ...], str] = {}


_notes: list[Notes] = []
"""The notes that are being taken, if any."""


def take_notes() -> Notes:
    """From now on every question is noted."""
    _notes[:] = [Notes()]
    return _notes[0]


def note(kind: str, path: str | os.PathLike[str]) -> None:
    """Write down a question with its answer, unless it was asked before; to be called before the answer is used."""
    for notes in _notes:
        question = kind + os.path.abspath(path)
        if question not in notes.asked:
            notes.asked[question] = answer(kind, question[1:])


def note_below(folder: str | os.PathLike[str]) -> None:
    """Write down all that lies in a folder and the folders in it, but what Python itself writes there."""
    for path, folders, files in os.walk(folder) if _notes else ():
        folders[:] = [name for name in folders if name != "__pycache__"]
        note(CONTENT, path)
        for name in files:
            note(CONTENT, os.path.join(path, name))


def answer(kind: str, path: str) -> str:
    """The answer to a question as the disk gives it now."""
    try:
        if kind == INSTALLED:
            return _distributions(path)
        if kind == TARGET:
            return os.path.realpath(path)
        status = os.lstat(path) if kind == LINK else os.stat(path)
        if kind == CONTENT and stat.S_ISDIR(status.st_mode):
            return _names_and_types(path)
    except (OSError, ValueError) as error:
        return intern(f"-{getattr(error, 'errno', 1)}")
    if kind != CONTENT:
        return intern(str(stat.S_IFMT(status.st_mode)))  # a few texts, which a large run is told 100,000 times
    return _look(status)


def _look(status: os.stat_result) -> str:
    return f"{status.st_mode} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino} {status.st_dev}"


def _distributions(folder: str) -> str:
    found = []
    for name in sorted(name for name in os.listdir(folder) if name.endswith(DISTRIBUTIONS)):
        found.append(name)
        with suppress(OSError):  # most distributions have no entry points
            found.append(_look(os.stat(os.path.join(folder, name, "entry_points.txt"))))
    return "/".join(found)


def changed_since(kind: str, path: str, moment: int) -> bool:
    """Whether a file whose content was asked for was changed after `moment`, in nanoseconds: it may change again and look the same."""
    if kind != CONTENT:
        return False
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return False
    return max(status.st_mtime_ns, status.st_ctime_ns) >= moment and not stat.S_ISDIR(status.st_mode)


def _names_and_types(folder: str) -> str:
    """What stands for the names in a folder, and whether each is that of a folder or a link."""
    with os.scandir(folder) as entries:
        return "/".join(sorted(f"{entry.name}{entry.is_symlink():d}{entry.is_dir(follow_symlinks=False):d}" for entry in entries))


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether there is a file, perhaps behind links."""
    return _type(KIND, path) == stat.S_IFREG if _notes else os.path.isfile(path)


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether there is a folder, perhaps behind links."""
    return _type(KIND, path) == stat.S_IFDIR if _notes else os.path.isdir(path)


def is_empty(path: str | os.PathLike[str]) -> bool:
    """Whether there is a folder with nothing in it; one that cannot be read may hold something."""
    try:
        return is_folder(path) and not names(path)
    except OSError:
        return False


def is_link(path: str | os.PathLike[str]) -> bool:
    """Whether there is a symbolic link."""
    return _type(LINK, path) == stat.S_IFLNK if _notes else os.path.islink(path)


def is_there(path: str | os.PathLike[str]) -> bool:
    """Whether there is anything at all, be it a link that leads nowhere."""
    return _type(LINK, path) > 0 if _notes else os.path.lexists(path)


def real_path(path: str | os.PathLike[str]) -> str:
    """Where a path leads to through all links; of what is not there, where it would be."""
    note(TARGET, path)
    return os.path.realpath(path)


def entries(folder: str | os.PathLike[str]) -> "AbstractContextManager[Iterator[os.DirEntry[str]]]":
    """What is in a folder; raises `OSError`."""
    note(CONTENT, folder)
    return os.scandir(os.fspath(folder))


def read_bytes(path: str | os.PathLike[str], most: int = -1) -> bytes:
    """What a file holds, or its first `most` bytes; raises `OSError`."""
    note(CONTENT, path)
    with open(path, "rb") as file:
        return file.read(most)


def names(folder: str | os.PathLike[str]) -> list[str]:
    """The names in a folder; raises `OSError`."""
    note(CONTENT, folder)
    return os.listdir(folder)


def matching(folder: str | os.PathLike[str], pattern: str, *, include_hidden: bool = False) -> list[str]:
    """The paths relative to a folder that match a pattern of a shell, in which `**` goes down any number of folders."""
    from glob import glob  # only rules about manifests and workspaces ask for it

    parts = pattern.split("/") if _notes else []
    if "**" in pattern:
        note_below(folder)
    for depth in range(len(parts)):
        above = "/".join(parts[:depth])
        for name in glob(above, root_dir=folder, include_hidden=include_hidden) if depth else [""]:
            note(CONTENT, os.path.join(folder, name))
    return glob(pattern, root_dir=folder, recursive=True, include_hidden=include_hidden)


def git(folder: str | os.PathLike[str], *arguments: str) -> "CompletedProcess[bytes] | None":
    """A run of git in `folder`, or None when it fails; nothing that the repository configures is run."""
    import subprocess  # most folders that are checked twice are not asked twice

    folders = os.pathsep.join(filter(os.path.isabs, os.get_exec_path()))  # a `.` in the path would be the repository
    environment = {key: value for key, value in os.environ.items() if key not in _FOREIGN} | _ALONE | {"PATH": folders}
    try:
        run = subprocess.run((*_GIT, *arguments), cwd=folder, env=environment, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        run = None
    for notes in _notes:
        notes.of_git[os.fspath(folder), *arguments] = answer_of_git(run)
    return run


def answer_of_git(run: "CompletedProcess[bytes] | None") -> str:
    """What stands for an answer of git."""
    from hashlib import blake2b  # see above

    return blake2b(b"%d " % len(run.stdout) + run.stdout + run.stderr, digest_size=32).hexdigest() if run else ""


def _type(kind: str, path: str | os.PathLike[str]) -> int:
    """The type bits of a file's mode, or a negative number; noted."""
    note(kind, path)
    return int(answer(kind, os.fspath(path)))
