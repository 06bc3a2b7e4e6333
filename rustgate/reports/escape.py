"""Text that comes from files, made safe for where it is printed."""

import re

_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udfff]")


def printable(text: str) -> str:
    r"""`text` with control characters, bidirectional overrides and lone surrogates as `\x1b` or `\u202e`; tabs stay."""
    return _CONTROL.sub(lambda found: _escaped(ord(found[0])), text)


def encodable(text: str) -> str:
    r"""`text` as it can be written as UTF-8: a byte of a path that is not UTF-8 becomes `\udce4`."""
    return text.encode(errors="backslashreplace").decode()


def _escaped(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004  # the last code point with two digits
