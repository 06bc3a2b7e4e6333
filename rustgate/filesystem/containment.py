"""Check repository boundaries.

Nothing in a repository may lead to files outside.
"""

import os
from pathlib import Path


def repository_of(folder: Path) -> Path | None:
    """Find the repository that a folder is in.

    Without one, it is the outermost folder above with a Cargo.toml; None when there is neither.
    """
    upwards = [folder, *folder.parents]
    packages = [above for above in upwards if os.path.isfile(above / "Cargo.toml")]
    return next((above for above in upwards if os.path.lexists(above / ".git")), packages[-1] if packages else None)


def leads_out(path: str | Path, root: str | Path) -> bool:
    """Return whether a path leads out of `root`.

    It can do so by `..` or through links. A link that leads nowhere does not.
    """
    inside = os.path.realpath(root)
    return os.path.commonpath([os.path.realpath(path), inside]) != inside


def is_link_out(file: Path) -> bool:
    """Return whether a file links out of its repository."""
    if not os.path.islink(file):
        return False
    folder = Path(os.path.realpath(file.parent))
    return leads_out(file, repository_of(folder) or folder)
