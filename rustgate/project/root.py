"""The root that the paths of a run are relative to."""

import os
from collections.abc import Sequence
from pathlib import Path

from rustgate.config.files import has_configuration
from rustgate.filesystem.containment import repository_of


def find_root(paths: Sequence[Path]) -> Path:
    """Return the root that paths are relative to.

    It is the repository. Without one it is the nearest configured folder, from the outermost workspace or package upwards, or that package.
    Where there is none of these, it is the working folder if the paths lie below it, else the folder that holds them all.
    """
    start = common_folder(paths)
    upwards = [start, *start.parents]
    repository = repository_of(start)
    if repository and os.path.lexists(repository / ".git"):
        return repository
    top = repository or start
    configured = next((folder for folder in (top, *top.parents) if has_configuration(folder)), None)
    working = Path.cwd()
    return configured or repository or (working if working in upwards else start)


def common_folder(paths: Sequence[Path]) -> Path:
    """Return the innermost folder that holds all paths."""
    common = Path(os.path.commonpath(paths))
    return common if os.path.isdir(common) else common.parent
