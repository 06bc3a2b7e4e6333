"""Choose the revision of `--since auto`: the target of the change under review."""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from rustgate.filesystem.git import GitError
from rustgate.filesystem.git_revisions import resolve

_NOTHING = "--since auto finds no target branch: not in CI, no upstream branch, no origin/HEAD; name a revision: --since origin/main"
_CI_COMMITS = ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "BITBUCKET_PR_DESTINATION_COMMIT")
_LOCAL = ("@{upstream}", "origin/HEAD")


def automatic_revision(top: str, environment: Mapping[str, str]) -> str:
    """Return the revision that the code under review is to be merged into.

    What CI names is used or refused, never passed over. Raises `GitError`.
    """
    candidates = [*_of_github(top, environment)] or [environment[name] for name in _CI_COMMITS if environment.get(name)][:1]
    for candidate in candidates or _LOCAL:
        if _exists(top, candidate):
            return candidate
    if candidates:
        resolve(top, candidates[0])  # raises with the remedy
    raise GitError(_NOTHING)


def _of_github(top: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield what GitHub says the target is, the best first.

    It checks out a merge of the target, its first parent, with the head of the pull request.
    """
    pull_request = _event(environment).get("pull_request") or {}
    head = pull_request.get("head", {}).get("sha")
    if head and _exists(top, "HEAD^2") and resolve(top, "HEAD^2") == head:
        yield "HEAD^1"
        return
    if environment.get("GITHUB_BASE_REF"):
        yield f"origin/{environment['GITHUB_BASE_REF']}"
    if base := pull_request.get("base", {}).get("sha"):
        yield base


def _event(environment: Mapping[str, str]) -> Mapping[str, Any]:
    path = environment.get("GITHUB_EVENT_PATH")
    if not path:
        return {}
    try:
        with open(path, encoding="utf-8") as file:
            event = json.load(file)
    except (OSError, ValueError) as error:
        raise GitError(f"{path}: GITHUB_EVENT_PATH cannot be read: {error}; name a revision instead: --since origin/main") from error
    return event if isinstance(event, dict) else {}


def _exists(top: str, revision: str) -> bool:
    try:
        return bool(resolve(top, revision))
    except GitError:
        return False


def hook_index(git_folder: str, environment: Mapping[str, str], working: str) -> str | None:
    """Return the index that git gave to a hook, if it is this repository's.

    `git commit PATH` makes one for the commit alone. Another repository's is never used: a test may run in a hook.
    """
    given = environment.get("GIT_INDEX_FILE")
    if not given:
        return None
    index, folder = os.path.realpath(os.path.join(working, given)), os.path.realpath(git_folder)
    return index if os.path.commonpath([index, folder]) == folder else None
