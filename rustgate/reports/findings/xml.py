"""XML of reports: elements with attributes that any text can be in."""

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from rustgate.reports.sanitize import escape_controls

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
"""Code points that XML 1.0 cannot hold, beside the control characters."""


def tag(name: str, attributes: Mapping[str, object]) -> str:
    """Return the inside of a tag: its name and attributes."""
    return " ".join([name, *(f"{key}={quoteattr(_printable(str(value)))}" for key, value in attributes.items())])


def text(content: str) -> str:
    """Return text for between tags."""
    return escape(_printable(content))


def _printable(content: str) -> str:
    return _NO_CHARACTERS.sub("\ufffd", escape_controls(content))
