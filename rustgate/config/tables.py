"""Tables of configuration: values, dotted keys and how they merge."""

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

from rustgate.filesystem.toml import parse_toml


def value_of(text: str) -> object:
    """Parse a TOML value, or return the text itself.

    So `profile=mvp` needs no quotes.
    """
    try:
        table = parse_toml(f"value = {text}")
    except ValueError:
        return text
    return table["value"] if len(table) == 1 else text


def nested(key: str, value: object) -> dict[str, Any]:
    """Return the table in which a dotted key has a value."""
    *outer, last = key.split(".")
    return reduce(lambda table, part: {part: table}, reversed(outer), {last: value})


def merged_tables(low: Mapping[str, Any], high: Mapping[str, Any]) -> dict[str, Any]:
    """Merge tables, the values of `high` over those of `low`."""
    merged = dict(low)
    for key, value in high.items():
        below = merged.get(key)
        merged[key] = merged_tables(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def flat_keys(table: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted keys of a table's values."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat_keys(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
