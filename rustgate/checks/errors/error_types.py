"""Checks of error types: strings, `Box<dyn Error>`, handwritten enums."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import (
    Captures,
    Crate,
    Fact,
    File,
    ItemPath,
    Match,
    Reduced,
    children_of,
    is_hidden,
    is_visible,
    item_path,
    line_of,
    match_of,
)

_STRINGS = frozenset({"std::string::String"})
_STR = re.compile(r"&\s*(?:'\w+\s+)?str")
_BOXED = re.compile(r"([\w:]+)\s*<[\s(]*+dyn\b([^<>()]*+)[\s),]*+>")
_BOXES = frozenset({"std::boxed::Box"})
_ERRORS = frozenset({"Error", "std::error::Error"})
_ANYHOW = frozenset({"anyhow::Result"})
_ANYHOW_ERROR = frozenset({"anyhow::Error"})
_DISPLAYS = frozenset({"Display", "std::fmt::Display"})
# `Error` and `Display` alone count too: they are often imported by a glob from another file

_DERIVABLE = (("Display", _DISPLAYS), ("Error", _ERRORS))


class Part(Struct, frozen=True):
    """A part of an error type in one module of a file.

    `kind` is `enum`, `other` for another type of that kind of name, or `Display` or `Error` for an `impl` of that trait; `no_std`, without
    a name, for that attribute. `modules` are the inline modules around it.
    """

    kind: str
    name: str
    modules: tuple[str, ...] = ()


def gather_string_errors(file: File, matches: list[Captures]) -> Iterator[tuple[Match, ItemPath]]:
    """Find public functions whose error type is a string.

    It is `String` or `&str`. Each match comes with the path of the function.
    """
    for captures in matches:
        error = _string_error(file, captures["arguments"][0])
        path = _public_path(file, captures) if error else None
        if path:
            yield match_of(captures["name"][0], name=path.name, error=error), path


def gather_boxed_errors(file: File, matches: list[Captures]) -> Iterator[tuple[Match, ItemPath]]:
    """Find public functions that return `Box<dyn Error>` or `anyhow::Error`.

    Each match comes with the path of the function.
    """
    for captures in matches:
        error = _erased_error(file, captures["result"][0], captures["arguments"][0])
        path = _public_path(file, captures) if error else None
        if path:
            yield match_of(captures["name"][0], name=path.name, error=error), path


def public_functions(crate: Crate, facts: Sequence[Fact[ItemPath]]) -> Reduced:
    """Keep the functions that users of the crate can name.

    In a program these are the ones declared `pub`.
    """
    return ((fact, {}) for fact in facts if is_visible(crate, fact))


def gather_error_enums(file: File, matches: list[Captures]) -> Iterator[tuple[Match, Part]]:
    """Find the parts of error enums: enums, impls, `no_std`.

    The enums are called `..Error`; the impls of `Display` and `Error` could be derived. Each comes with the part that it is.
    """
    for attribute in file.outline.attributes:
        if attribute.inner and "no_std" in attribute.text:
            yield Match(attribute.start, attribute.end), Part("no_std", "")
    for captures in matches:
        name, trait = captures["name"][0], captures.get("trait", [None])[0]
        written, modules = line_of(name, file.scan.source), file.outline.modules_around(name.start_byte)
        if trait is None:
            yield match_of(name, name=written), Part("other" if "other" in captures else "enum", written, modules)
            continue
        path, names = line_of(trait, file.scan.source), file.outline.names
        kind = next((kind for kind, paths in _DERIVABLE if names.resolves_to(path, trait.start_byte, paths)), None)
        if kind:
            yield match_of(name), Part(kind, written, modules)


def error_enums_by_hand(_crate: Crate, facts: Sequence[Fact[Part]]) -> Reduced:
    """Keep enums with handwritten `Display` and `Error` impls.

    There are none in a crate that can work without `std`.
    """
    parts = [fact.data for fact in facts]
    if any(part.kind == "no_std" for part in parts):
        return
    written = {(part.kind, part.name, fact.finding.path, part.modules) for part, fact in zip(parts, facts, strict=True)}
    anywhere = {(part.kind, part.name) for part in parts}
    for fact in facts:
        part = fact.data
        if part.kind != "enum":
            continue
        is_unique = [other.name for other in parts if other.kind in {"enum", "other"}].count(part.name) == 1
        here = (part.name, fact.finding.path, part.modules)
        if all((kind, part.name) in anywhere if is_unique else (kind, *here) in written for kind, _ in _DERIVABLE):
            yield fact, {}


def _public_path(file: File, captures: Captures) -> ItemPath | None:
    """Return the path of a public function.

    None if it is private or hidden from documentation.
    """
    start = captures["item"][0].start_byte
    path = item_path(file.outline, start)
    return None if path is None or is_hidden(file.outline, start) else path


def _string_error(file: File, arguments: Node) -> str | None:
    """Return the error type of a `Result` that is a string."""
    for error in _types(arguments)[1:]:
        text = line_of(error, file.scan.source)
        if _STR.fullmatch(text) or file.outline.names.resolves_to(text, error.start_byte, _STRINGS):
            return text
    return None


def _erased_error(file: File, result: Node, arguments: Node) -> str | None:
    """Return the error type of a `Result` that hides its concrete type."""
    names, byte = file.outline.names, result.start_byte
    types = _types(arguments)
    if not types:
        return None
    if len(types) == 1:
        return "anyhow::Error" if names.resolves_to(line_of(result, file.scan.source), byte, _ANYHOW) else None
    text = line_of(types[-1], file.scan.source)
    boxed = _BOXED.match(text)
    bounds = boxed[2].strip(", ").split("+") if boxed else []
    if boxed and names.resolves_to(boxed[1], byte, _BOXES) and any(names.resolves_to(bound.strip(), byte, _ERRORS) for bound in bounds):
        return text
    return "anyhow::Error" if names.resolves_to(text, byte, _ANYHOW_ERROR) else None


def _types(arguments: Node) -> list[Node]:
    """Return the type arguments of a generic type."""
    return [child for child in children_of(arguments) if child.type != "lifetime"]
