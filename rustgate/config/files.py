"""Find configuration files."""

import os
from pathlib import Path

from rustgate.rules.catalog import REPOSITORY_PAGES

FILE_NAMES = ("rustgate.toml", ".rustgate.toml")


def configuration_files(folder: Path) -> list[Path]:
    """List the configuration files in a folder, other than Cargo.toml.

    A link that leads nowhere is one, so that reading it reports that.
    """
    return [folder / name for name in FILE_NAMES if os.path.lexists(folder / name)]


def has_configuration(folder: Path) -> bool:
    """Return whether a folder has its own configuration.

    That is a configuration file or rule pages; its Cargo.toml is not looked at.
    """
    return bool(configuration_files(folder)) or os.path.isdir(folder / REPOSITORY_PAGES)
