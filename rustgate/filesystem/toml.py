"""TOML that anyone may have written: what the standard library makes of it, but not for ever."""

import tomllib
from pathlib import Path
from typing import Any

LARGEST = 1_048_576
_MOST_DOTS = 200
"""The library takes time that grows with the square of the parts of a key: minutes for 100,000 of them."""


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of a file and the table that it holds; raises `OSError`, and `ValueError` for what is no TOML or too much of it."""
    with path.open("rb") as file:
        source = file.read(LARGEST + 1)
    if len(source) > LARGEST:
        raise ValueError(f"longer than the limit of {LARGEST:,} bytes")
    text = source.decode().replace("\r\n", "\n")
    return text, parse_toml(text)


def parse_toml(text: str) -> dict[str, Any]:
    """The table that a text holds; raises `ValueError` for what is no TOML or too much of it."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > _MOST_DOTS and not line.lstrip().startswith("#"):
            raise ValueError(f"more than {_MOST_DOTS} dots (at line {number})")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError(f"too many brackets: {error}") from error
