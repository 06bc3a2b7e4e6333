"""Checks of calls in async code: blocking, channels, tasks."""

from collections.abc import Iterable, Iterator
from functools import cache

from tree_sitter import Node, Query, QueryCursor

from rustgate.api import LANGUAGE, Captures, File, Match, chain_start, last_let_path, match_of, text_of

_BLOCKING = (
    "std::thread", "std::fs", "std::fs::File", "std::net::TcpStream", "reqwest::blocking", "reqwest::blocking::Body",
    "reqwest::blocking::Client", "reqwest::blocking::ClientBuilder",
)  # fmt: skip
_DIR_BUILDER = "std::fs::DirBuilder::new"
_BUILDERS = frozenset({_DIR_BUILDER, "std::process::Command::new", "std::fs::OpenOptions::new", "std::fs::File::options"})
_CHANNELS = (
    "tokio::sync::mpsc", "futures::channel::mpsc", "futures_channel::mpsc", "async_channel", "async_std::channel", "smol::channel",
    "crossbeam::channel", "crossbeam_channel", "flume",
)  # fmt: skip
_STD_CHANNELS = ("std::sync::mpsc",)
_SPAWNERS = ("tokio", "tokio::task")
_DROPS = frozenset({"std::mem::drop"})
_IN_CHAIN = frozenset({"call_expression", "field_expression", "parenthesized_expression", "reference_expression", "try_expression"})


def blocking_in_async(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find calls that block the thread.

    Functions are known by their full path, methods by the constructor that their chain begins with.
    """
    for call, path in _calls(file, matches):
        full = _member(file, call, path, _BLOCKING) or _block_on(file, call, path)
        if full:
            yield match_of(call, call=full)
    for captures in matches:
        if "method" in captures:
            call, method = captures["call"][0], text_of(captures["method"][0], file.scan.source)
            builder = _builder(captures["receiver"][0], file)
            if builder and (method == "create") != (builder == _DIR_BUILDER):
                continue  # the `create` of others is an option
            if builder or method == "block_on":
                yield match_of(call, call=f"{builder.rpartition('::')[0]}::{method}" if builder else method)


def unbounded_channel(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find calls that create an unbounded channel.

    `std::sync::mpsc::channel` is one of them if the option `std` is set.
    """
    for call, path in _calls(file, matches):
        is_std_name = file.outline.names.resolve(path, call.start_byte).rpartition("::")[2] == "channel"
        standard = _STD_CHANNELS if file.options["std"] else ()
        if full := _member(file, call, path, standard if is_std_name else _CHANNELS):
            yield match_of(call, call=full)


def detached_task(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find `tokio::spawn` calls whose handle is dropped at once."""
    for call, path in _calls(file, matches):
        if _is_discarded(file, call) and (full := _member(file, call, path, _SPAWNERS)):
            yield match_of(call, call=full)


def _is_discarded(file: File, call: Node) -> bool:
    """Return whether a call's result is dropped at once.

    The call is a statement, or an argument of `drop`.
    """
    holder = call.parent
    if holder is None or holder.type != "arguments" or holder.parent is None:
        return holder is not None and holder.type == "expression_statement"
    function = holder.parent.child_by_field_name("function")
    return function is not None and file.outline.names.resolves_to(text_of(function, file.scan.source), call.start_byte, _DROPS) is not None


def _calls(file: File, matches: Iterable[Captures]) -> Iterator[tuple[Node, str]]:
    """Yield function calls, each with the path it uses.

    The query finds paths by their last name. It finds `use path as alias` as well, but not the calls of that alias.
    """
    for captures in matches:
        if "path" in captures:
            yield captures["call"][0], text_of(captures["path"][0], file.scan.source)
        elif "alias" in captures:
            yield from _calls_of(text_of(captures["alias"][0], file.scan.source), file)


def _calls_of(name: str, file: File) -> Iterator[tuple[Node, str]]:
    for _, captures in QueryCursor(_plain_calls()).matches(file.scan.root):
        if text_of(captures["name"][0], file.scan.source) == name:
            yield captures["call"][0], name


@cache
def _plain_calls() -> Query:
    return Query(LANGUAGE, "(call_expression function: [(identifier) @name (generic_function function: (identifier) @name)]) @call")


def _member(file: File, call: Node, path: str, modules: tuple[str, ...]) -> str | None:
    """Return the full path of a function in `modules`.

    None if the call is of another function; submodules do not count.
    """
    names = file.outline.names
    full = names.resolve(path, call.start_byte)
    module, _, name = full.rpartition("::")
    if module in modules:
        return full
    if full != path:
        return None
    return names.resolves_to(path, call.start_byte, frozenset(f"{module}::{name}" for module in modules))


def _block_on(file: File, call: Node, path: str) -> str | None:
    """Return the full path of a called `block_on`.

    Every executor has a `block_on`; one that the file itself defines does not count.
    """
    if "::" in path and not path.endswith("::block_on"):
        return None
    full = file.outline.names.resolve(path, call.start_byte)
    return full if full.rpartition("::")[2] == "block_on" and not full.startswith("self::") else None


def _builder(receiver: Node, file: File) -> str | None:
    """Return the blocking builder that a method chain begins with.

    Builders are commands, files and folders. The chain may begin with a local variable that is bound to one.
    """
    start = chain_start(receiver, _IN_CHAIN)
    path = text_of(start, file.scan.source)
    if start.type == "identifier":
        path = last_let_path(file.outline, path, start.start_byte) or path
    return file.outline.names.resolves_to(path, start.start_byte, _BUILDERS)
