"""Where a repository ends: nothing that it holds can lead rustgate to files beyond."""

import os
from pathlib import Path


def repository_of(folder: Path) -> Path | None:
    """The repository that a folder lies in, else the outermost folder above it with a Cargo.toml; None when there is neither."""
    upwards = [folder, *folder.parents]
    packages = [above for above in upwards if os.path.isfile(above / "Cargo.toml")]
    return next((above for above in upwards if os.path.lexists(above / ".git")), packages[-1] if packages else None)


def leads_out(path: str | Path, root: str | Path) -> bool:
    """Whether a path leads out of a folder, by `..` or through links; one that leads nowhere does not."""
    inside = os.path.realpath(root)
    return os.path.commonpath([os.path.realpath(path), inside]) != inside


def is_link_out(file: Path) -> bool:
    """Whether a file is a link that leads out of the repository that it lies in."""
    if not os.path.islink(file):
        return False
    folder = Path(os.path.realpath(file.parent))
    return leads_out(file, repository_of(folder) or folder)
