"""Run git with fixed options.

It executes nothing that a repository configures.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subprocess import CompletedProcess

_GIT = ("git", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "safe.bareRepository=explicit")
_OFFLINE = {"GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
"""Keep git from fetching.

For a missing object of a partial clone, it would run the `uploadpack` that the repository names.
"""
_HOOK_VARIABLES = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"})
"""Variables that git sets for hooks; with them, git would answer for another folder."""


def git(folder: str | os.PathLike[str], *arguments: str) -> "CompletedProcess[bytes] | None":
    """Run git in `folder`; None if it fails."""
    import subprocess  # noqa: PLC0415  # a check of single files does not ask git

    folders = os.pathsep.join(filter(os.path.isabs, os.get_exec_path()))  # a `.` in the path would be the repository
    environment = {key: value for key, value in os.environ.items() if key not in _HOOK_VARIABLES} | _OFFLINE | {"PATH": folders}
    try:
        return subprocess.run((*_GIT, *arguments), cwd=folder, env=environment, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
