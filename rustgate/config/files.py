"""Find configuration files."""

import os
from pathlib import Path

from rustgate.filesystem.overlay import DISK, Overlay
from rustgate.rules.catalog import REPOSITORY_PAGES

FILE_NAMES = ("rustgate.toml", ".rustgate.toml")


def configuration_files(folder: Path, overlay: Overlay = DISK) -> list[Path]:
    """List the configuration files in a folder, other than Cargo.toml.

    A link that leads nowhere is one, so that reading it reports that.
    """
    paths = (folder / name for name in FILE_NAMES)
    return [path for path in paths if overlay.holds(path) or (os.path.lexists(path) and not overlay.lacks(path))]


def has_configuration(folder: Path, overlay: Overlay = DISK) -> bool:
    """Return whether a folder has its own configuration.

    That is a configuration file or rule pages; its Cargo.toml is not looked at.
    """
    return bool(configuration_files(folder, overlay)) or os.path.isdir(folder / REPOSITORY_PAGES)
