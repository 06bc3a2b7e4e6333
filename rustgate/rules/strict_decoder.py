"""Decode TOML tables strictly, with sentences for mistakes."""

from collections.abc import Iterator, Sequence
from enum import Enum
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec

from rustgate.errors import RustgateError, suggestion

Value = TypeVar("Value")
_DESCRIPTIONS = {"str": "a text", "bool": "true or false", "int": "a whole number", "dict": "a table", "list": "a list"}


def described(description: str, /, **constraints: Any) -> msgspec.Meta:
    """Return an annotation that describes a type.

    The text completes the sentence "it must be ..".
    """
    return msgspec.Meta(extra={"description": description}, **constraints)


def decode(value: object, kind: type[Value], where: str, failure: type[RustgateError], key: str = "") -> Value:
    """Decode a value into a type that msgspec knows.

    Raises `failure` for an unknown or missing key, a value of the wrong type, and a word that is not allowed. The sentence begins with
    `where` and names the key (`key` is that of the value itself), what it holds, what is allowed, and the nearest word that is.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        sentence = next(_mistakes(value, kind, key), str(error))
        raise failure(f"{where}: {sentence}") from error


def wrong_word(key: str, value: object, allowed: Sequence[str]) -> str:
    """Return a sentence on a word that is not allowed."""
    return f'"{key}" is {value!r}{suggestion(str(value), allowed)} (allowed: {", ".join(allowed)})'


def _mistakes(value: object, annotated: Any, key: str) -> Iterator[str]:
    """Yield a sentence for each mistake, in file order."""
    kind, words = _plain(annotated), _words(annotated)
    if words:
        if value not in words:
            yield wrong_word(key, value, words)
    elif isinstance(value, dict) and hasattr(kind, "__struct_fields__"):
        yield from _mistakes_in_struct(value, kind, key)
    elif isinstance(value, dict) and get_origin(kind) is dict:
        names, inner = get_args(kind)
        for name, entry in value.items():
            allowed = _words(names)
            yield from _mistakes(entry, inner, _joined(key, name)) if name in allowed or not allowed else [_unknown_key(key, name, allowed)]
    elif isinstance(value, list) and get_origin(kind) is list and get_args(kind) != (str,):
        for index, entry in enumerate(value):
            yield from _mistakes(entry, get_args(kind)[0], f"{key}[{index}]")
    else:
        try:
            msgspec.convert(value, annotated)
        except msgspec.ValidationError:
            what = f'"{key}"' if key else "the value"
            yield f"{what} is {value!r}; it must be {_description(annotated)}"


def _mistakes_in_struct(table: dict[str, Any], shape: Any, key: str) -> Iterator[str]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(shape)}
    for name, value in table.items():
        yield from _mistakes(value, fields[name].type, _joined(key, name)) if name in fields else [_unknown_key(key, name, [*fields])]
    for name, field in fields.items():
        if field.required and name not in table:
            yield f'the key "{_joined(key, name)}" is missing; it must be {_description(field.type)}'


def _unknown_key(key: str, name: str, allowed: Sequence[str]) -> str:
    return f'unknown key "{_joined(key, name)}"{suggestion(name, allowed)} (allowed: {", ".join(allowed)})'


def _joined(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _plain(annotated: Any) -> Any:
    """Return a type without annotations and None."""
    return _plain(get_args(annotated)[0]) if get_origin(annotated) in {Annotated, Union, UnionType} else annotated


def _words(annotated: Any) -> tuple[str, ...]:
    """Return the words that an enumeration or a `Literal` allows."""
    kind = _plain(annotated)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(member.value for member in kind)
    return tuple(word for word in get_args(kind) if isinstance(word, str))


def _description(annotated: Any) -> str:
    kind = get_args(annotated)[0] if get_origin(annotated) in {Union, UnionType} else annotated
    for meta in getattr(kind, "__metadata__", ()):
        return str(meta.extra["description"])
    return "a list of texts" if kind == list[str] else _DESCRIPTIONS.get(getattr(get_origin(kind) or kind, "__name__", ""), "a table")
