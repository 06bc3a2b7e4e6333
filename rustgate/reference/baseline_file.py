"""Baseline files: accepted findings, one JSON line each.

The bytes depend on the findings alone: no lines, totals, dates or versions of rustgate are in them.
"""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import DecodeError, Struct, ValidationError, json, structs

from rustgate.errors import RustgateError
from rustgate.reference.entry import Entry, Key, sort_key, tighter

SCHEMA = 1
"""Version of the format, on the first line."""

_MARKERS = (b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>")


class Baseline(Struct, frozen=True):
    """Entries with different keys, and the rules that were on when they were written."""

    rules: frozenset[str] = frozenset()
    entries: tuple[Entry, ...] = ()


class _Line(Struct, frozen=True, forbid_unknown_fields=True):
    """Any line: a rule that was on has no path."""

    rule: str
    path: str = ""
    item: str = ""
    snippet: str = ""
    value: int | None = None
    count: int = 1


_BYTE = re.compile(r"\\udc([89a-f][0-9a-f])")
_DECODER = json.Decoder(_Line)
_ENCODER = json.Encoder()


def parse_baseline(text: bytes, name: str) -> Baseline:
    """Return the baseline that a text holds, its lines in any order.

    A key that stands twice counts once, with the smaller value and count. `name` is for errors: raises `RustgateError` for conflict
    markers, a newer schema, and lines that are none.
    """
    lines = text.split(b"\n")
    for number, line in enumerate(lines, 1):
        if line.startswith(_MARKERS):
            raise RustgateError(f"{name}, line {number}: git has left a conflict here; run `rustgate baseline merge`")
    _require_schema(lines[0], name)
    rules: set[str] = set()
    entries: dict[Key, Entry] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        entry = _entry(line, f"{name}, line {number}")
        if isinstance(entry, str):
            rules.add(entry)
        else:
            entries[entry.key] = tighter(entries.get(entry.key, entry), entry)
    return Baseline(frozenset(rules), tuple(entries[key] for key in sorted(entries, key=sort_key)))


def format_baseline(baseline: Baseline) -> bytes:
    """Return the canonical text of a baseline: sorted by bytes, LF."""
    return b"".join(line + b"\n" for line in _lines(baseline))


def _lines(baseline: Baseline) -> Iterator[bytes]:
    yield _ENCODER.encode({"rustgate-baseline": SCHEMA})
    for rule in sorted(baseline.rules):
        yield _ENCODER.encode({"rule": rule})
    for entry in sorted(baseline.entries, key=lambda entry: sort_key(entry.key)):
        yield _ENCODER.encode(structs.replace(entry, path=_escaped(entry.path)))


def _require_schema(line: bytes, name: str) -> None:
    try:
        head: Any = json.decode(line)
    except DecodeError:
        head = None
    schema = head.get("rustgate-baseline") if isinstance(head, dict) and len(head) == 1 else None
    if type(schema) is not int or schema < 1:
        first = f'{{"rustgate-baseline":{SCHEMA}}}'
        raise RustgateError(f"{name} is no baseline: its first line must be {first}; write one by `rustgate baseline create`")
    if schema > SCHEMA:
        raise RustgateError(f"{name} has schema {schema}, this rustgate knows {SCHEMA}; upgrade rustgate")


def _entry(line: bytes, place: str) -> Entry | str:
    """Return the entry of a line, or the name of a rule that was on."""
    try:
        read = _DECODER.decode(line)
    except (DecodeError, ValidationError) as error:
        raise RustgateError(f"{place}: {error}; correct the line, or write the file anew by `rustgate baseline create --force`") from error
    if read.count < 1:
        raise RustgateError(f"{place}: `count` is {read.count}; it is at least 1")
    if not read.path:
        if read != _Line(read.rule):
            raise RustgateError(f"{place}: an accepted finding needs a `path`")
        return read.rule
    return Entry(_unescaped(read.path), read.rule, read.item, read.snippet, read.value, read.count)


def _escaped(path: str) -> str:
    """Escape the bytes of a path that are not UTF-8, as the JSON report does."""
    return path.encode(errors="backslashreplace").decode()


def _unescaped(path: str) -> str:
    return _BYTE.sub(lambda found: chr(0xDC00 + int(found[1], 16)), path)
