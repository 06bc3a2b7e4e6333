"""JSON as all reports write it."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|(?<=#)#(?=\\w*\\[)")
"""What a terminal or the log of a build would act upon, and JSON can hold as well in another way."""


_AT_ONCE = 1_000
"""Rows that are text at the same time."""
_END_OF_ROWS = "\n  ]"


def json_text(document: object) -> str:
    r"""Indented JSON, ending in a line end; control characters, also those that JSON allows as they are, as `\u009b`."""
    return f"{_indented(document)}\n"


def json_pieces(head: dict[str, object], rows: Iterable[object]) -> Iterator[str]:
    """The same for an object whose last value is a list, empty in `head`, of so many `rows` that all of them at once would be too much."""
    before, _, after = json_text(head).rpartition("[]")
    waiting, count = iter(rows), 0
    while some := [*islice(waiting, _AT_ONCE)]:
        text = _indented(some).replace("\n", "\n  ")  # no line of JSON ends within a string
        yield f"{',' if count else f'{before}['}{text[1 : -len(_END_OF_ROWS)]}"
        count += len(some)
    yield f"{_END_OF_ROWS}{after}" if count else f"{before}[]{after}"


def _indented(document: object) -> str:
    text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    if not text.isascii() or "\x7f" in text or "##" in text:  # which costs a hundredth of looking for each of them
        text = _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text
