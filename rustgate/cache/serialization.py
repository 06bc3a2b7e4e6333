"""Serialize results to bytes, and read them back.

What is read back is built only from types of the packages that the pages name.
"""

import sys
from array import array
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

from msgspec import DecodeError, Raw, Struct, msgpack, structs

from rustgate.model.file import FileResult
from rustgate.model.finding import Fact, Finding
from rustgate.model.rule import Rule

_PLAIN = (type(None), bool, int, float, str, bytes)
_BROKEN = (DecodeError, ValueError, TypeError, KeyError, AttributeError, ImportError, OverflowError)
"""Errors that wrong bytes can raise, here or in the types of a pack."""


class _StoredFact(Struct, frozen=True, array_like=True):
    """A fact, as it is stored.

    `kind` names the type of its `data`, and is empty for plain data.
    """

    finding: Finding
    values: dict[str, Any]
    kind: str
    data: Raw
    noted: bool


class _StoredResult(Struct, frozen=True, array_like=True):
    """A result, stored with its facts beside it."""

    report: FileResult
    facts: dict[str, tuple[_StoredFact, ...]]


def serialize(report: FileResult, rules: Mapping[str, Rule]) -> bytes | None:
    """Return a result as bytes, if restorable.

    Returns None when the bytes would not give the same result back, as with unusual data of a pack.
    """
    try:
        facts = {name: tuple(_store_fact(fact, rules[name]) for fact in facts) for name, facts in report.facts.items()}
        text = _ENCODER.encode(_StoredResult(structs.replace(report, facts={}), facts))
        foreign = any(rules[name].pack for name in report.facts)
    except _BROKEN:
        return None
    return None if foreign and deserialize(text, rules) != report else text


def deserialize(text: bytes, rules: Mapping[str, Rule]) -> FileResult | None:
    """Return a result from its bytes, if readable."""
    try:
        kept = _DECODER.decode(text)
        path = kept.report.path
        facts = {name: tuple(_load_fact(fact, rules[name], path) for fact in facts) for name, facts in kept.facts.items()}
    except _BROKEN:
        return None
    return structs.replace(kept.report, findings=tuple(_sharing(finding, path) for finding in kept.report.findings), facts=facts)


def _sharing(finding: Finding, path: str) -> Finding:
    """Share the strings of a finding with others.

    All findings of its file or rule have these strings in common: with copies of their own, findings would take twice the memory.
    """
    own = path if finding.path == path else finding.path
    return structs.replace(finding, path=own, rule=sys.intern(finding.rule), category=sys.intern(finding.category))


def _store_fact(fact: Fact, rule: Rule) -> _StoredFact:
    kind = "" if isinstance(fact.data, _PLAIN) else f"{type(fact.data).__module__}:{type(fact.data).__qualname__}"
    if kind and _type_named(rule.gather or "", kind) is not type(fact.data):
        raise TypeError(f"{kind} goes by the name of another")
    return _StoredFact(fact.finding, fact.values, kind, Raw(_ENCODER.encode(fact.data)), fact.noted)


def _load_fact(kept: _StoredFact, rule: Rule, path: str) -> Fact:
    data = _decoder(rule.gather or "", kept.kind).decode(kept.data)
    return Fact(_sharing(kept.finding, path), kept.values, data, noted=kept.noted)


@lru_cache(maxsize=1000)
def _decoder(gather: str, kind: str) -> "msgpack.Decoder[Any]":
    return msgpack.Decoder(_type_named(gather, kind) if kind else Any, dec_hook=_from_bytes)


@lru_cache(maxsize=1000)
def _type_named(gather: str, kind: str) -> type[Struct]:
    """Return a struct type by module and name.

    It must come from the package of a page's `gather`, and its module must be loaded already: no stored name can cause an import.
    """
    home = gather.partition(":")[0]
    import_module(home)
    module, _, name = kind.partition(":")
    found = getattr(sys.modules[module], name)
    ours = module.partition(".")[0] == home.partition(".")[0]
    if not (ours and isinstance(found, type) and issubclass(found, Struct)):
        raise TypeError(f"{kind} is no struct of {gather}")
    return found


def _to_bytes(value: object) -> bytes:
    """Return the bytes of an array of numbers, unknown to msgspec."""
    if isinstance(value, array):
        return value.typecode.encode() + value.tobytes()
    raise TypeError(f"{type(value).__name__} cannot be kept")


def _from_bytes(_kind: object, value: bytes) -> "array[Any]":
    numbers: array[Any] = array(value[:1].decode())
    numbers.frombytes(value[1:])
    return numbers


_ENCODER = msgpack.Encoder(enc_hook=_to_bytes)
_DECODER = msgpack.Decoder(_StoredResult)
