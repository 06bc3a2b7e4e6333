"""Resolve revisions, and find where branches part."""

import os
from collections.abc import Iterator

from msgspec import Struct

from rustgate.filesystem.git import GitError, ask_git

SHALLOW = (
    "this clone is shallow and may hide the commit where the branches part: "
    "git fetch --unshallow origin (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0)"
)
_SHOW = ("-c", "log.showSignature=false", "show", "--no-patch")
_OLD_DAYS = 30
_DAY = 86_400


class Base(Struct, frozen=True):
    """The version that code is compared with.

    `commit` is a full name, of a tree where there is no commit yet. `origin` says how it was found; `notes` are sentences of warning.
    """

    commit: str
    origin: str
    notes: tuple[str, ...] = ()


def top_level(folder: str) -> str:
    """Return the top level of the work tree that holds `folder`.

    Raises `GitError` outside of one.
    """
    return os.fsdecode(ask_git(folder, "rev-parse", "--show-toplevel")).removesuffix("\n")


def resolve(top: str, revision: str) -> str:
    """Return the full name of a commit; raises `GitError`."""
    if not revision or revision.startswith("-"):
        raise GitError(f"`{revision}` is not a revision; name a commit, branch or tag")
    try:
        return _line(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except GitError as error:
        if "fatal" in str(error):
            raise
        hint = f"; {SHALLOW}" if _is_shallow(top) else "; fetch it, or correct the name"
        raise GitError(f"there is no commit `{revision}` in this clone{hint}") from error


def exact_base(top: str, revision: str) -> Base:
    """Return the commit itself as the base; raises `GitError`."""
    commit = resolve(top, revision)
    return Base(commit, f"{revision} itself{_distance(top, commit)}")


def staged_base(top: str) -> Base:
    """Return HEAD, or the empty tree before the first commit."""
    try:
        return Base(resolve(top, "HEAD"), "HEAD")
    except GitError:
        if _has_commits(top):
            raise
        return Base(_line(top, "hash-object", "-t", "tree", "--stdin"), "nothing, before the first commit")


def merge_base(top: str, revision: str) -> Base:
    """Return where HEAD and `revision` part.

    Raises `GitError` where they have nothing in common, and where a shallow clone may hide the right commit.
    """
    head, other = resolve(top, "HEAD"), resolve(top, revision)
    parents = _line(top, "rev-list", "--parents", "-n1", head).split()[1:]
    if len(parents) > 1 and parents[0] == other:
        return Base(other, f"{revision}, the first parent of the merge that is checked{_distance(top, other)}")
    bases = _merge_bases(top, head, other)
    if _may_be_hidden(top, head, other, bases):
        raise GitError(SHALLOW)
    if not bases:
        raise GitError(f"HEAD and {revision} have no commit in common; compare with {revision} itself: --exact")
    several = f"first of {len(bases)} merge bases" if len(bases) > 1 else "merge base"
    return Base(bases[0], f"{several} of HEAD and {revision}{_distance(top, bases[0])}", tuple(_notes(top, revision, bases[0])))


def _merge_bases(top: str, head: str, other: str) -> list[str]:
    try:
        return ask_git(top, "merge-base", "--all", head, other).decode().split()
    except GitError as error:
        if str(error).endswith("ended with 1"):  # there is none, and git says nothing
            return []
        raise


def _may_be_hidden(top: str, head: str, other: str, bases: list[str]) -> bool:
    """Return whether the history of a shallow clone ends beside the base.

    A cut commit that is no ancestor of the base may have parents that are a better one.
    """
    if not _is_shallow(top):
        return False
    with open(os.path.join(top, os.fsdecode(ask_git(top, "rev-parse", "--git-path", "shallow")).strip()), encoding="ascii") as file:
        cut = set(file.read().split())
    beside = ask_git(top, "rev-list", head, other, *(f"^{base}" for base in bases[:1])).decode().split()
    return not bases or not cut.isdisjoint(beside)


def _is_shallow(top: str) -> bool:
    return _line(top, "rev-parse", "--is-shallow-repository") == "true"


def _has_commits(top: str) -> bool:
    """Return whether HEAD names a branch with commits, or a commit."""
    try:
        _line(top, "symbolic-ref", "--quiet", "HEAD")
        _line(top, "rev-parse", "--verify", "--quiet", "HEAD")
    except GitError as error:
        return "fatal" in str(error)
    return True


def _distance(top: str, commit: str) -> str:
    count = int(_line(top, "rev-list", "--count", f"{commit}..HEAD"))
    age = _line(top, *_SHOW, "--format=%cr", commit)
    return f", {count:,} commit{'s' * (count != 1)}, {age}"


def _notes(top: str, revision: str, base: str) -> Iterator[str]:
    """Yield what may make old code look new."""
    upstream = _upstream(top, revision)
    if upstream and (behind := int(_line(top, "rev-list", "--count", f"{revision}..{upstream}"))):
        yield f"{revision} is {behind:,} commit{'s' * (behind != 1)} behind {upstream}; compare with --since {upstream}, or update it"
    head_time, base_time = (int(_line(top, *_SHOW, "--format=%ct", commit)) for commit in ("HEAD", base))
    if head_time - base_time > _OLD_DAYS * _DAY:
        days = (head_time - base_time) // _DAY
        yield f"the merge base is {days:,} days older than HEAD; fetch, or merge {revision}, if that is more than was meant"


def _upstream(top: str, revision: str) -> str | None:
    try:
        return _line(top, "rev-parse", "--abbrev-ref", "--verify", "--quiet", f"{revision}@{{upstream}}") or None
    except GitError:  # it is no branch, or follows none
        return None


def _line(top: str, *arguments: str) -> str:
    return os.fsdecode(ask_git(top, *arguments)).strip()
