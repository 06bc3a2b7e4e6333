"""Versions of Rust, as manifests and pages write them."""

import re

_VERSION = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,9})(?:\.[0-9]{1,9})?)?")


def parse_rust_version(text: object) -> tuple[int, ...]:
    """`1.70` and `1.70.0` as (1, 70), `1` as (1, 0); empty for anything that is no version."""
    found = _VERSION.fullmatch(text) if isinstance(text, str) else None
    return (int(found[1]), int(found[2] or 0)) if found else ()
