"""Serialize results to bytes, and read them back.

What is read back is built only from the types that the `gather` functions of pages are annotated with.
"""

import sys
from array import array
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from msgspec import DecodeError, Raw, Struct, msgpack, structs

from rustgate.model.file import FileResult
from rustgate.model.finding import Fact, Finding

FactType = Callable[[str], Any]
"""Gives the type of the data of a rule's facts, by the name of the rule; raises `KeyError` for a rule that is not there."""

_BROKEN = (DecodeError, ValueError, TypeError, KeyError, AttributeError, ImportError, OverflowError)
"""Errors that wrong bytes can raise, here or in the types of a pack."""


class _StoredResult(Struct, frozen=True, array_like=True):
    """A result, stored with the facts of each rule beside it."""

    result: FileResult
    facts: dict[str, Raw]


def serialize(result: FileResult) -> bytes | None:
    """Return a result as bytes; None for data that cannot be encoded."""
    try:
        facts = {name: Raw(_ENCODER.encode(facts)) for name, facts in result.facts.items()}
        return _ENCODER.encode(_StoredResult(structs.replace(result, facts={}), facts))
    except _BROKEN:
        return None


def deserialize(text: bytes, fact_type: FactType) -> FileResult | None:
    """Return a result from its bytes, if readable."""
    try:
        stored = _DECODER.decode(text)
        path = stored.result.path
        facts = {name: _shared_facts(_decoder(fact_type(name)).decode(raw), path) for name, raw in stored.facts.items()}
    except _BROKEN:
        return None
    return structs.replace(stored.result, findings=tuple(_shared(finding, path) for finding in stored.result.findings), facts=facts)


def _shared_facts(facts: tuple[Fact[object], ...], path: str) -> tuple[Fact[object], ...]:
    return tuple(structs.replace(fact, finding=_shared(fact.finding, path)) for fact in facts)


def _shared(finding: Finding, path: str) -> Finding:
    """Share the strings of a finding with others.

    All findings of its file or rule have these strings in common: with copies of their own, findings would take twice the memory.
    """
    shared_path = path if finding.path == path else finding.path
    rule, category, remedy = sys.intern(finding.rule), sys.intern(finding.category), sys.intern(finding.help)
    return structs.replace(finding, path=shared_path, rule=rule, category=category, help=remedy)


@lru_cache(maxsize=1000)
def _decoder(fact_type: Any) -> "msgpack.Decoder[tuple[Fact[object], ...]]":
    return msgpack.Decoder(tuple[Fact[fact_type], ...], dec_hook=_from_bytes)


def _to_bytes(value: object) -> bytes:
    """Encode an array of numbers, which msgspec does not know."""
    if isinstance(value, array):
        return value.typecode.encode() + value.tobytes()
    raise TypeError(f"{type(value).__name__} cannot be serialized")


def _from_bytes(kind: object, value: Any) -> Any:
    """Decode an array of numbers; values for messages may be anything, and are as they are."""
    if kind is object:
        return value
    numbers: array[Any] = array(value[:1].decode())
    numbers.frombytes(value[1:])
    return numbers


_ENCODER = msgpack.Encoder(enc_hook=_to_bytes)
_DECODER = msgpack.Decoder(_StoredResult)
