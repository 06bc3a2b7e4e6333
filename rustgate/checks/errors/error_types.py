"""Checks of error types: strings, `Box<dyn Error>`, swallowed errors, enums written by hand."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import (
    CALLS,
    LEAVING,
    Captures,
    Crate,
    Fact,
    File,
    Match,
    Reduced,
    chain_start,
    children_of,
    last_of,
    line_of,
    match_of,
    method_of,
    text_of,
)
from rustgate.checks.docs.visibility import ItemPath, is_hidden, is_visible, item_path

_STRINGS = frozenset({"std::string::String"})
_STR = re.compile(r"&\s*(?:'\w+\s+)?str")
_BOXED = re.compile(r"([\w:]+)\s*<[\s(]*+dyn\b([^<>()]*+)[\s),]*+>")
_BOXES = frozenset({"std::boxed::Box"})
_ERRORS = frozenset({"Error", "std::error::Error"})
_ANYHOW = frozenset({"anyhow::Result"})
_ANYHOW_ERROR = frozenset({"anyhow::Error"})
_DISPLAYS = frozenset({"Display", "std::fmt::Display"})
# `Error` and `Display` alone count too: they are often imported by a glob from another file

# certain to return a `Result`: methods with and without arguments by name, functions of std and tokio by path
_FALLIBLE_WITH_ARGUMENTS = frozenset({
    "blocking_send", "read", "read_exact", "read_to_end", "read_to_string", "seek", "send", "send_timeout", "set_len",
    "set_nodelay", "set_nonblocking", "set_permissions", "set_read_timeout", "set_write_timeout", "shutdown", "try_send", "write",
    "write_all", "write_at", "write_vectored",
})  # fmt: skip
_FALLIBLE_WITHOUT_ARGUMENTS = frozenset({"err", "flush", "join", "kill", "ok", "send", "shutdown", "sync_all", "sync_data", "try_wait"})
_FILES = frozenset({
    "copy", "create_dir", "create_dir_all", "hard_link", "remove_dir", "remove_dir_all", "remove_file", "rename", "set_permissions",
    "write",
})  # fmt: skip
_FUNCTIONS = frozenset({
    "std::env::set_current_dir", "std::fs::File::create", "std::io::copy", "tokio::fs::File::create", "tokio::io::copy",
    *(f"{root}::fs::{name}" for root in ("std", "tokio") for name in _FILES),
})  # fmt: skip
_OF_COMMANDS = frozenset({"output", "spawn", "status"})
_COMMANDS = frozenset({"std::process::Command::new", "tokio::process::Command::new"})
_ANSWERS = re.compile(
    rb"\b(?:binary_search\w*|compare_exchange(?:_weak)?|fetch_update|try_(?:lock|read|recv|write)|(?:env::)?var(?:_os)?)\s*\("
)
"""Calls whose `Err` is one of two answers rather than a failure."""
_DERIVABLE = (("Display", _DISPLAYS), ("Error", _ERRORS))


class Part(Struct, frozen=True):
    """A part of an error type in one file.

    `kind` is `enum`, or `Display` or `Error` for an `impl` of that trait; `no_std`, without a name, for that attribute.
    """

    kind: str
    name: str


def gather_string_errors(file: File, matches: list[Captures]) -> Iterator[tuple[Match, ItemPath]]:
    """Find public functions whose error type is `String` or `&str`, each with its path."""
    for captures in matches:
        error = _string_error(file, captures["arguments"][0])
        path = _public_path(file, captures) if error else None
        if path:
            yield match_of(captures["name"][0], name=path.name, error=error), path


def gather_boxed_errors(file: File, matches: list[Captures]) -> Iterator[tuple[Match, ItemPath]]:
    """Find public functions that return `Box<dyn Error>` or anyhow's error, each with its path."""
    for captures in matches:
        error = _erased_error(file, captures["result"][0], captures["arguments"][0])
        path = _public_path(file, captures) if error else None
        if path:
            yield match_of(captures["name"][0], name=path.name, error=error), path


def public_functions(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """Keep the functions that users of the crate can name; in a program, `pub` ones."""
    return ((fact, {}) for fact in facts if is_visible(crate, fact))


def swallowed_error(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find errors that are discarded by `let _`, by `.ok();` or by an empty arm."""
    arms_that_stay = cache(_arms_that_stay)
    for captures in matches:
        if "arm" in captures:
            arm = captures["finding"][0]
            if not _is_handled(file, arm, arms_that_stay):
                yield match_of(arm, how="the empty `Err` arm")
        elif "ok" in captures:
            yield match_of(captures["ok"][0], how="`.ok();`")
        elif _is_fallible(file, captures["value"][0]):
            yield match_of(captures["finding"][0], how="`_ =`" if "place" in captures else "`let _ =`")


def gather_error_enums(file: File, matches: list[Captures]) -> Iterator[tuple[Match, Part]]:
    """Find enums called `..Error`, impls that could be derived, and `no_std` attributes.

    Each comes with the part that it is.
    """
    for attribute in file.outline.attributes:
        if attribute.inner and "no_std" in attribute.text:
            yield Match(attribute.start, attribute.end), Part("no_std", "")
    for captures in matches:
        name, trait = captures["name"][0], captures.get("trait", [None])[0]
        written = text_of(name, file.scan.source)
        if trait is None:
            yield match_of(name, name=written), Part("enum", written)
            continue
        path, names = text_of(trait, file.scan.source), file.outline.names
        kind = next((kind for kind, paths in _DERIVABLE if names.resolves_to(path, trait.start_byte, paths)), None)
        if kind:
            yield match_of(name), Part(kind, written)


def error_enums_by_hand(_crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """Keep the enums whose `Display` and `Error` are both written by hand.

    There are none in a crate that can work without `std`.
    """
    parts: list[Part] = [fact.data for fact in facts]
    if any(part.kind == "no_std" for part in parts):
        return
    written = {(part.kind, part.name, fact.finding.path) for part, fact in zip(parts, facts, strict=True)}
    anywhere = {(part.kind, part.name) for part in parts}
    for fact in facts:
        part: Part = fact.data
        if part.kind != "enum":
            continue
        is_unique = [other.name for other in parts if other.kind == "enum"].count(part.name) == 1
        if all((kind, part.name) in anywhere if is_unique else (kind, part.name, fact.finding.path) in written for kind, _ in _DERIVABLE):
            yield fact, {}


def _public_path(file: File, captures: Captures) -> ItemPath | None:
    """Return the path of the function in a match; None if it is private or hidden from documentation."""
    start = captures["item"][0].start_byte
    path = item_path(file.outline, start)
    return None if path is None or is_hidden(file.outline, start) else path


def _string_error(file: File, arguments: Node) -> str | None:
    """Return the error type of a `Result` if it is a string."""
    for error in _types(arguments)[1:]:
        text = text_of(error, file.scan.source)
        if _STR.fullmatch(text) or file.outline.names.resolves_to(text, error.start_byte, _STRINGS):
            return line_of(error, file.scan.source)
    return None


def _erased_error(file: File, result: Node, arguments: Node) -> str | None:
    """Return the error type of a `Result` if it hides the concrete type."""
    names, byte = file.outline.names, result.start_byte
    types = _types(arguments)
    if not types:
        return None
    if len(types) == 1:
        return "anyhow::Error" if names.resolves_to(text_of(result, file.scan.source), byte, _ANYHOW) else None
    text = text_of(types[-1], file.scan.source)
    boxed = _BOXED.match(text)
    bounds = boxed[2].strip(", ").split("+") if boxed else []
    if boxed and names.resolves_to(boxed[1], byte, _BOXES) and any(names.resolves_to(bound.strip(), byte, _ERRORS) for bound in bounds):
        return line_of(types[-1], file.scan.source)
    return "anyhow::Error" if names.resolves_to(text, byte, _ANYHOW_ERROR) else None


def _types(arguments: Node) -> list[Node]:
    """Return the types among the arguments of a generic type."""
    return [child for child in children_of(arguments) if child.type != "lifetime"]


def _is_fallible(file: File, value: Node) -> bool:
    """Return whether a value is a call, perhaps awaited, that is known to return a `Result`."""
    call = value.child(0) if value.type == "await_expression" else value
    function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if function is None or arguments is None:
        return False
    if function.type in {"identifier", "scoped_identifier"}:
        return file.outline.names.resolves_to(text_of(function, file.scan.source), function.start_byte, _FUNCTIONS) is not None
    method = method_of(call)
    name = text_of(method, file.scan.source) if method else ""
    if children_of(arguments):
        return name in _FALLIBLE_WITH_ARGUMENTS
    return name in _FALLIBLE_WITHOUT_ARGUMENTS or (name in _OF_COMMANDS and _is_of_command(file, function))


def _is_of_command(file: File, method: Node) -> bool:
    """Return whether the chain of calls that a method ends begins with `Command::new`."""
    start = chain_start(method, CALLS)
    path = text_of(start, file.scan.source)
    return start.type == "scoped_identifier" and file.outline.names.resolves_to(path, start.start_byte, _COMMANDS) is not None


def _is_handled(file: File, arm: Node, arms_that_stay: Callable[[Node], list[Node]]) -> bool:
    """Return whether an empty `Err` arm is no swallowed error.

    The `Err` of the matched call is no failure, or all other arms leave, so that the code behind the `match` handles it.
    """
    block = arm.parent
    match = block.parent if block else None
    value = match.child_by_field_name("value") if match else None
    if value is None or block is None:
        return False
    return arms_that_stay(block) == [arm] or _ANSWERS.search(file.scan.source, value.start_byte, value.end_byte) is not None


def _arms_that_stay(block: Node) -> list[Node]:
    """Return the arms of a `match` that do not leave; an empty list if no arm leaves."""
    arms = [arm for arm in block.named_children if arm.type == "match_arm"]
    stay = [arm for arm in arms if not _leaves(arm)]
    return stay if len(stay) < len(arms) else []


def _leaves(arm: Node) -> bool:
    """Return whether a `match` arm ends with `return`, `break` or `continue`."""
    last = arm.child_by_field_name("value")
    while last and last.type in {"block", "expression_statement"}:
        last = last_of(last)
    return last is not None and last.type in LEAVING
