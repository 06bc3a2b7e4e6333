"""JSON as all reports write it."""

import re

import msgspec

_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|(?<=#)#(?=\\w*\\[)")
"""What a terminal or the log of a build would act upon, and JSON can hold as well in another way."""


def json_text(document: object) -> str:
    r"""Indented JSON, ending in a line end; control characters, also those that JSON allows as they are, as `\u009b`."""
    text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    if not text.isascii() or "\x7f" in text or "##" in text:  # which costs a hundredth of looking for each of them
        text = _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text + "\n"
