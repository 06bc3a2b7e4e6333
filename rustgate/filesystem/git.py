"""Run git with fixed options.

It executes nothing that a repository configures.
"""

import os
from collections.abc import Iterator, Sequence
from functools import cache
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subprocess import CompletedProcess

_GIT = ("git", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "safe.bareRepository=explicit")
_OFFLINE = {"GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
"""Keep git from fetching.

For a missing object of a partial clone, it would run the `uploadpack` that the repository names.
"""
_DROPPED_VARIABLES = frozenset(
    f"GIT_{name}"
    for name in (
        *("DIR", "WORK_TREE", "INDEX_FILE", "COMMON_DIR", "PREFIX", "NAMESPACE", "CEILING_DIRECTORIES"),
        *("OBJECT_DIRECTORY", "ALTERNATE_OBJECT_DIRECTORIES", "SHALLOW_FILE", "GRAFT_FILE"),
        *("EXTERNAL_DIFF", "DIFF_OPTS", "PAGER", "LITERAL_PATHSPECS", "GLOB_PATHSPECS", "NOGLOB_PATHSPECS", "ICASE_PATHSPECS"),
    )
)
"""Variables that git sets for hooks, or that change its answers; with them, git would answer for another folder."""

_READ_BY_GIT = (
    ".gitattributes",
    ".gitignore",
    ".gitmodules",
    ".git",
    *(f".git/{name}" for name in ("HEAD", "config", "index", "info/exclude")),
)
"""Files at the top that git opens whatever they are; others are left to the time limit."""
SECONDS = 20.0
"""Wall time for one answer; the repository of Rust itself takes a second."""


class GitError(Exception):
    """A sentence on why git gave no answer, and what to do."""


def git(folder: str | os.PathLike[str], *arguments: str) -> "CompletedProcess[bytes] | None":
    """Run git in `folder`; None if it fails.

    Raises `TimeoutError` with a sentence if it does not answer in time, or never would: it may wait for a pipe.
    """
    try:
        done = _run(folder, arguments)
    except OSError as error:
        if isinstance(error, TimeoutError):
            raise
        return None
    return None if done.returncode else done


def ask_git(folder: str | os.PathLike[str], *arguments: str, given: bytes = b"", index: str | None = None) -> bytes:
    """Return what git answers in `folder`.

    `given` is its standard input, `index` the file to use as the index. Raises `GitError` with git's own sentence.
    """
    try:
        done = _run(folder, arguments, given, index)
    except OSError as error:
        raise GitError(str(error) if isinstance(error, TimeoutError) else f"git cannot be run: {error.strerror}; install it") from error
    if done.returncode:
        said = os.fsdecode(done.stderr).strip() or f"git {arguments[0]} ended with {done.returncode}"
        raise GitError(f"{os.fspath(folder)}: {said}")
    return done.stdout


def _run(
    folder: str | os.PathLike[str], arguments: Sequence[str], given: bytes = b"", index: str | None = None
) -> "CompletedProcess[bytes]":
    """Run git; raises `OSError` if it cannot be run."""
    import subprocess  # noqa: PLC0415  # a check of single files does not ask git

    folders = os.pathsep.join(filter(os.path.isabs, os.get_exec_path()))  # a `.` in the path would be the repository
    environment = {key: value for key, value in os.environ.items() if key not in _DROPPED_VARIABLES} | _OFFLINE | {"PATH": folders}
    environment |= {"GIT_INDEX_FILE": index} if index else {}
    _refuse_pipes(os.fspath(folder))
    try:
        return subprocess.run(
            (*_GIT, *arguments), cwd=folder, env=environment, input=given, capture_output=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(
            f"{folder}: git gave no answer within {SECONDS:g} s; remove pipes, such as a .gitignore or an included configuration"
        ) from error


@cache
def _refuse_pipes(folder: str) -> None:
    """Raise `TimeoutError` for a pipe or device that git would read."""
    top = next((above for above in _upwards(folder) if os.path.lexists(os.path.join(above, ".git"))), folder)
    for path in dict.fromkeys(os.path.join(one, name) for one in (folder, top) for name in _READ_BY_GIT):
        try:
            mode = os.stat(path).st_mode
        except OSError:  # most are not there
            continue
        if not (S_ISREG(mode) or S_ISDIR(mode)):
            raise TimeoutError(f"{path}: is not a regular file, and git would wait for it for ever; remove it")


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return
