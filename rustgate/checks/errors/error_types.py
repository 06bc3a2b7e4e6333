"""Errors that tell their reader too little, errors that nobody reads, and error types that could be derived."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import LEAVING, Captures, Crate, Fact, File, Match, Reduced, last_of, text_of
from rustgate.checks.docs.visibility import ItemPath, is_hidden, is_visible, item_path

_STRINGS = frozenset({"String", "std::string::String", "alloc::string::String"})
_STR = re.compile(r"&\s*(?:'\w+\s+)?str")
_BOXED = re.compile(r"([\w:]+)\s*<[\s(]*+dyn\b([^<>()]*+)[\s),]*+>")
_BOXES = frozenset({"Box", "std::boxed::Box", "alloc::boxed::Box"})
_ERRORS = frozenset({"Error", "std::error::Error", "core::error::Error"})
_ANYHOW = frozenset({"anyhow::Result"})
_ANYHOW_ERROR = frozenset({"anyhow::Error"})
_DISPLAYS = frozenset({"Display", "std::fmt::Display", "core::fmt::Display", "alloc::fmt::Display"})

# what is certain to be fallible: methods by name and whether they are given anything, and functions of std and tokio
_GIVEN = frozenset({
    "blocking_send", "read", "read_exact", "read_to_end", "read_to_string", "seek", "send", "send_timeout", "set_len",
    "set_nodelay", "set_nonblocking", "set_permissions", "set_read_timeout", "set_write_timeout", "shutdown", "try_send", "write",
    "write_all", "write_at", "write_vectored",
})  # fmt: skip
_BARE = frozenset({"err", "flush", "join", "kill", "ok", "send", "shutdown", "sync_all", "sync_data", "try_wait"})
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
_LONGEST_CHAIN = 100
_ANSWERS = re.compile(
    rb"\b(?:binary_search\w*|compare_exchange(?:_weak)?|fetch_update|try_(?:lock|read|recv|write)|(?:env::)?var(?:_os)?)\s*\("
)
"""Calls whose `Err` is one of two answers rather than a failure."""


_DERIVABLE = (("Display", _DISPLAYS), ("Error", _ERRORS))


class Part(Struct, frozen=True):
    """What a file says of an error type: its `enum`, an `impl` of `Display` or `Error` for it; or that it does without `std`."""

    kind: str
    name: str


def gather_string_errors(file: File, matches: list[Captures]) -> Iterator[tuple[Match, ItemPath]]:
    """Hits for the error types of public functions that are `String` or `&str`, each with the path of the function."""
    for captures in matches:
        error = _string_error(file, captures["arguments"][0])
        path = _public_path(file, captures) if error else None
        if path:
            yield _match(captures["name"][0], {"name": path.name, "error": error}), path


def gather_boxed_errors(file: File, matches: list[Captures]) -> Iterator[tuple[Match, ItemPath]]:
    """Hits for the public functions that return `Box<dyn Error>` or an error of anyhow, each with its path."""
    for captures in matches:
        error = _erased_error(file, captures["result"][0], captures["arguments"][0])
        path = _public_path(file, captures) if error else None
        if path:
            yield _match(captures["name"][0], {"name": path.name, "error": error}), path


def public_functions(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """The functions that users of the crate can name; in a program, those that are declared as `pub`."""
    return ((fact, {}) for fact in facts if is_visible(crate, fact))


def swallowed_error(file: File, matches: list[Captures]) -> Iterator[Match]:
    """The results of fallible calls that are thrown away by `let _`, by `.ok();` or by an empty arm."""
    staying = cache(_staying)
    for captures in matches:
        if "arm" in captures:
            arm = captures["finding"][0]
            if not _is_an_answer(file, arm, staying):
                yield _match(arm, {"how": "the empty `Err` arm"})
        elif "ok" in captures:
            yield _match(captures["ok"][0], {"how": "`.ok();`"})
        elif _is_fallible(file, captures["value"][0]):
            yield _match(captures["finding"][0], {"how": "`_ =`" if "place" in captures else "`let _ =`"})


def gather_error_enums(file: File, matches: list[Captures]) -> Iterator[tuple[Match, Part]]:
    """Hits for the names of enums called `..Error`, for the impls that could be derived, and for a `no_std`, each with what it says."""
    for attribute in file.outline.attributes:
        if attribute.inner and "no_std" in attribute.text:
            yield Match(attribute.start, attribute.end), Part("no_std", "")
    for captures in matches:
        name = captures["name"][0]
        trait = captures["trait"][0] if "trait" in captures else None
        if trait is None:
            yield _match(name, {"name": text_of(name, file.scan.source)}), Part("enum", text_of(name, file.scan.source))
            continue
        path, names = text_of(trait, file.scan.source), file.outline.names
        kind = next((kind for kind, paths in _DERIVABLE if names.resolves_to(path, trait.start_byte, paths)), None)
        if kind:
            yield _match(name, {}), Part(kind, text_of(name, file.scan.source))


def error_enums_by_hand(_crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """The enums whose `Display` and `Error` are both written out; none in a crate that can do without `std`."""
    parts: list[Part] = [fact.data for fact in facts]
    if any(part.kind == "no_std" for part in parts):
        return
    written = {(part.kind, part.name, fact.finding.path) for part, fact in zip(parts, facts, strict=True)}
    anywhere = {(part.kind, part.name) for part in parts}
    for fact in facts:
        part: Part = fact.data
        if part.kind != "enum":
            continue
        alone = [other.name for other in parts if other.kind == "enum"].count(part.name) == 1
        if all((kind, part.name) in anywhere if alone else (kind, part.name, fact.finding.path) in written for kind, _ in _DERIVABLE):
            yield fact, {}


def _public_path(file: File, captures: Captures) -> ItemPath | None:
    """The path of the function that a match is about; None where it is not public, or in documentation's blind spot."""
    start = captures["item"][0].start_byte
    path = item_path(file.outline, start)
    return None if path is None or is_hidden(file.outline, start) else path


def _string_error(file: File, arguments: Node) -> str | None:
    """The error of a result's type when it is a string."""
    for error in _types(arguments)[1:]:
        text = text_of(error, file.scan.source)
        if _STR.fullmatch(text) or file.outline.names.resolves_to(text, error.start_byte, _STRINGS):
            return " ".join(text.split())
    return None


def _erased_error(file: File, result: Node, arguments: Node) -> str | None:
    """The error of a result's type when it is one that has lost its own type."""
    names, place = file.outline.names, result.start_byte
    given = _types(arguments)
    if not given:
        return None
    if len(given) == 1:
        return "anyhow::Error" if names.resolves_to(text_of(result, file.scan.source), place, _ANYHOW) else None
    text = text_of(given[-1], file.scan.source)
    boxed = _BOXED.match(text)
    bounds = boxed[2].strip(", ").split("+") if boxed else []
    if boxed and names.resolves_to(boxed[1], place, _BOXES) and any(names.resolves_to(bound.strip(), place, _ERRORS) for bound in bounds):
        return " ".join(text.split())
    return "anyhow::Error" if names.resolves_to(text, place, _ANYHOW_ERROR) else None


def _types(arguments: Node) -> list[Node]:
    """The types among the arguments of a generic type."""
    return [child for child in arguments.named_children if child.type != "lifetime" and not child.is_extra]


def _is_fallible(file: File, value: Node) -> bool:
    """Whether a value is a call, also one that is awaited, that hands back a `Result`, as far as its name and its arguments say."""
    call = value.child(0) if value.type == "await_expression" else value
    function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if function is None or arguments is None:
        return False
    if function.type in {"identifier", "scoped_identifier"}:
        return file.outline.names.resolves_to(text_of(function, file.scan.source), function.start_byte, _FUNCTIONS) is not None
    field = function.child_by_field_name("field")
    given = any(not child.is_extra for child in arguments.named_children)
    method = text_of(field, file.scan.source) if field else ""
    return method in (_GIVEN if given else _BARE) or (not given and method in _OF_COMMANDS and _is_of_command(file, function))


def _is_of_command(file: File, method: Node) -> bool:
    """Whether the chain of calls that a method ends begins with `Command::new`."""
    below: Node | None = method
    for _ in range(_LONGEST_CHAIN):
        call = below.child_by_field_name("value") if below else None
        below = call.child_by_field_name("function") if call else None
        if below and below.type == "scoped_identifier":
            return file.outline.names.resolves_to(text_of(below, file.scan.source), below.start_byte, _COMMANDS) is not None
    return False


def _is_an_answer(file: File, arm: Node, staying: Callable[[Node], list[Node]]) -> bool:
    """Whether an arm belongs to a `match` on a call whose `Err` is no failure, or all whose other arms leave: what follows handles it."""
    block = arm.parent
    match = block.parent if block else None
    value = match.child_by_field_name("value") if match else None
    if value is None or block is None:
        return False
    return staying(block) == [arm] or _ANSWERS.search(file.scan.source, value.start_byte, value.end_byte) is not None


def _staying(block: Node) -> list[Node]:
    """The arms of a `match` that do not leave; none where no arm does."""
    arms = [arm for arm in block.named_children if arm.type == "match_arm"]
    stay = [arm for arm in arms if not _leaves(arm)]
    return stay if len(stay) < len(arms) else []


def _leaves(arm: Node) -> bool:
    """Whether a `match` arm ends with `return`, `break` or `continue`."""
    last = arm.child_by_field_name("value")
    while last and last.type in {"block", "expression_statement"}:
        last = last_of(last)
    return last is not None and last.type in LEAVING


def _match(node: Node, values: dict[str, object]) -> Match:
    return Match(node.start_byte, node.end_byte, values)
