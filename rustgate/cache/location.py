"""Folder and size limit of the cache, from options, environment and platform."""

import os
import sys
from collections.abc import Mapping

from rustgate.errors import RustgateError

FOLDER_VARIABLE = "RUSTGATE_CACHE_DIR"
SIZE_VARIABLE = "RUSTGATE_CACHE_SIZE"
DEFAULT_SIZE = 256
_MEBIBYTE = 1024 * 1024


def default_folder(environment: Mapping[str, str], platform: str = sys.platform) -> str:
    """Return the platform's folder for cached data."""
    home = os.path.expanduser("~")
    if platform == "win32":
        return os.path.join(environment.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local"), "rustgate", "Cache")
    if platform == "darwin":
        return os.path.join(home, "Library", "Caches", "rustgate")
    given = environment.get("XDG_CACHE_HOME", "")
    return os.path.join(given if os.path.isabs(given) else os.path.join(home, ".cache"), "rustgate")


def folder_of(given: str | None, environment: Mapping[str, str]) -> str:
    """Return the cache folder.

    It is named by the command line, the environment or the platform, in this order.
    """
    return os.path.abspath(given or environment.get(FOLDER_VARIABLE) or default_folder(environment))


def size_limit(environment: Mapping[str, str]) -> int:
    """Return the allowed bytes of the cache; raises `RustgateError`."""
    given = environment.get(SIZE_VARIABLE) or str(DEFAULT_SIZE)
    if not given.isdecimal() or not 1 <= int(given) <= _MEBIBYTE:
        raise RustgateError(f"environment variable {SIZE_VARIABLE} is {given!r}; it must be a whole number of MiB, from 1 to {_MEBIBYTE}")
    return int(given) * _MEBIBYTE
