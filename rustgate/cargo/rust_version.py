"""Parse Rust versions in manifests and pages."""

import re

_VERSION = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,9})(?:\.[0-9]{1,9})?)?")


def parse_rust_version(text: object) -> tuple[int, ...]:
    """Parse a Rust version.

    `1.70` and `1.70.0` are (1, 70), `1` is (1, 0), and anything else is ().
    """
    found = _VERSION.fullmatch(text) if isinstance(text, str) else None
    return (int(found[1]), int(found[2] or 0)) if found else ()
