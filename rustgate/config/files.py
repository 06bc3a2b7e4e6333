"""Names and places of configuration files."""

import os
from pathlib import Path

from rustgate.rules.catalog import REPOSITORY_PAGES

FILE_NAMES = ("rustgate.toml", ".rustgate.toml")


def configuration_files(folder: Path) -> list[Path]:
    """The configuration files in a folder, Cargo.toml apart; a link that leads nowhere is one, so that reading it says so."""
    return [folder / name for name in FILE_NAMES if os.path.lexists(folder / name)]


def has_configuration(folder: Path) -> bool:
    """Whether a folder is configured by itself, its Cargo.toml apart: by a file, or by rule pages of its own."""
    return bool(configuration_files(folder)) or os.path.isdir(folder / REPOSITORY_PAGES)
