"""Read TOML with limits.

Without them, a file could take for ever.
"""

import tomllib
from pathlib import Path
from typing import Any

LARGEST = 1_048_576
_MOST_DOTS = 200
"""Dots in a line; tomllib takes quadratic time in the parts of a key, minutes for 100,000."""


def read_toml(path: Path, source: bytes | None = None) -> tuple[str, dict[str, Any]]:
    """Read a file; returns its text and table.

    `source` holds its bytes if they are not on disk. Raises `OSError`, and `ValueError` for invalid or too much TOML.
    """
    if source is None:
        with path.open("rb") as file:
            source = file.read(LARGEST + 1)
    if len(source) > LARGEST:
        raise ValueError(f"longer than the limit of {LARGEST:,} bytes")
    text = source.decode().replace("\r\n", "\n")
    return text, parse_toml(text)


def parse_toml(text: str) -> dict[str, Any]:
    """Parse TOML.

    Raises `ValueError` if it is invalid or too much.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > _MOST_DOTS and not line.lstrip().startswith("#"):
            raise ValueError(f"more than {_MOST_DOTS} dots (at line {number})")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError(f"too many brackets: {error}") from error
