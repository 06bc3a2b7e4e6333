"""JSON text as all reports write it."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|(?<=#)#(?=\\w*\\[)")
"""Characters that a terminal or a build log would act upon, and that JSON can escape."""

_ROWS_AT_ONCE = 1_000
"""Rows that are turned into text together."""
_END_OF_ROWS = "\n  ]"


def json_text(document: object) -> str:
    r"""Return indented JSON, ending in a line end.

    Control characters are written as `\u009b`, also those that JSON allows as they are.
    """
    return f"{_indented(document)}\n"


def stream_json(head: dict[str, object], rows: Iterable[object]) -> Iterator[str]:
    """Yield indented JSON of an object with a long list.

    The list is the last value of the object, empty in `head`; its `rows` may be too many to be text all at once.
    """
    before, _, after = json_text(head).rpartition("[]")
    waiting, count = iter(rows), 0
    while some := [*islice(waiting, _ROWS_AT_ONCE)]:
        text = _indented(some).replace("\n", "\n  ")  # no line of JSON ends within a string
        yield f"{',' if count else f'{before}['}{text[1 : -len(_END_OF_ROWS)]}"
        count += len(some)
    yield f"{_END_OF_ROWS}{after}" if count else f"{before}[]{after}"


def _indented(document: object) -> str:
    text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    if not text.isascii() or "\x7f" in text or "##" in text:  # costs a hundredth of searching for each of them
        text = _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return text
