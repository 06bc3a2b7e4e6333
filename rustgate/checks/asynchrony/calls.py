"""What async code calls: functions that block the thread, channels without a bound, tasks that nobody waits for."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from tree_sitter import Node, Query, QueryCursor

from rustgate.api import LANGUAGE, Captures, File, Match, function_at, text_of

_BLOCKING = (
    "std::thread",
    "std::fs",
    "std::fs::File",
    "std::net::TcpStream",
    "reqwest::blocking",
    "reqwest::blocking::Body",
    "reqwest::blocking::Client",
    "reqwest::blocking::ClientBuilder",
)
_DIR_BUILDER = "std::fs::DirBuilder::new"
_BUILDERS = frozenset({_DIR_BUILDER, "std::process::Command::new", "std::fs::OpenOptions::new", "std::fs::File::options"})
_CHANNELS = (
    "tokio::sync::mpsc",
    "futures::channel::mpsc",
    "futures_channel::mpsc",
    "async_channel",
    "async_std::channel",
    "smol::channel",
    "crossbeam::channel",
    "crossbeam_channel",
    "flume",
)
_STD_CHANNELS = ("std::sync::mpsc",)
_SPAWNERS = ("tokio", "tokio::task")
_DROPS = frozenset({"drop", "std::mem::drop", "core::mem::drop"})
_LONGEST_CHAIN = 64
_PASSED_OVER = frozenset({"field_expression", "try_expression", "parenthesized_expression", "reference_expression"})


def blocking_in_async(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Calls that hold the thread until they are done: functions by what their path stands for, methods by where their chain begins."""
    for call, path in _calls(file, matches):
        full = _member(file, call, path, _BLOCKING) or _block_on(file, call, path)
        if full:
            yield _match(call, full)
    for captures in matches:
        if "method" in captures:
            call, method = captures["call"][0], text_of(captures["method"][0], file.scan.source)
            builder = _builder(captures["receiver"][0], file)
            if builder and (method == "create") != (builder == _DIR_BUILDER):
                continue  # the `create` of others is an option
            if builder or method == "block_on":
                yield _match(call, f"{builder.rpartition('::')[0]}::{method}" if builder else method)


def unbounded_channel(file: File, matches: list[Captures]) -> Iterator[Match]:
    """The calls that make a channel without a bound; that of the standard library if the option `std` asks for it."""
    for call, path in _calls(file, matches):
        is_bounded_elsewhere = file.outline.names.resolve(path, call.start_byte).rpartition("::")[2] == "channel"
        standard = _STD_CHANNELS if file.options["std"] else ()
        if full := _member(file, call, path, standard if is_bounded_elsewhere else _CHANNELS):
            yield _match(call, full)


def detached_task(file: File, matches: list[Captures]) -> Iterator[Match]:
    """The calls of tokio's `spawn` that are statements, or whose handle is dropped at once."""
    for call, path in _calls(file, matches):
        if _is_thrown_away(file, call) and (full := _member(file, call, path, _SPAWNERS)):
            yield _match(call, full)


def _is_thrown_away(file: File, call: Node) -> bool:
    """Whether a call is a statement, or all that is handed to `drop`."""
    holder = call.parent
    if holder is None or holder.type != "arguments" or holder.parent is None:
        return holder is not None and holder.type == "expression_statement"
    function = holder.parent.child_by_field_name("function")
    return function is not None and file.outline.names.resolves_to(text_of(function, file.scan.source), call.start_byte, _DROPS) is not None


def _calls(file: File, matches: Iterable[Captures]) -> Iterator[tuple[Node, str]]:
    """The calls of functions by path that a query found by name, and those by the `alias` that a `use` gives to such a name."""
    for captures in matches:
        if "path" in captures:
            yield captures["call"][0], text_of(captures["path"][0], file.scan.source)
        elif "alias" in captures:
            yield from _calls_by(text_of(captures["alias"][0], file.scan.source), file)


def _calls_by(name: str, file: File) -> Iterator[tuple[Node, str]]:
    for _, captures in QueryCursor(_plain_calls()).matches(file.scan.root):
        if text_of(captures["name"][0], file.scan.source) == name:
            yield captures["call"][0], name


@cache
def _plain_calls() -> Query:
    return Query(
        LANGUAGE,
        "(call_expression function: [(identifier) @name (generic_function function: (identifier) @name)]) @call",
    )


def _member(file: File, call: Node, path: str, modules: tuple[str, ...]) -> str | None:
    """The full path of a call if it is that of a function right in one of `modules`."""
    names = file.outline.names
    full = names.resolve(path, call.start_byte)
    module, _, name = full.rpartition("::")
    if module in modules:
        return full
    if full != path:
        return None
    return names.resolves_to(path, call.start_byte, frozenset(f"{one}::{name}" for one in modules))


def _block_on(file: File, call: Node, path: str) -> str | None:
    """The full path of a `block_on` that the file does not define itself: every executor has one."""
    if "::" in path and not path.endswith("::block_on"):
        return None
    full = file.outline.names.resolve(path, call.start_byte)
    return full if full.rpartition("::")[2] == "block_on" and not full.startswith("self::") else None


def _builder(receiver: Node, file: File) -> str | None:
    """The constructor of a blocking command, file or folder that a chain of methods begins with, also through a local variable."""
    node = receiver
    for _ in range(_LONGEST_CHAIN):
        if node.type == "call_expression":
            node = node.children[0]
        elif node.type in _PASSED_OVER:
            node = node.child_by_field_name("value") or node.named_children[0]
        else:
            break
    path = text_of(node, file.scan.source)
    if node.type == "identifier":
        path = _assigned(path, node.start_byte, file) or path
    return file.outline.names.resolves_to(path, node.start_byte, _BUILDERS)


def _assigned(name: str, byte: int, file: File) -> str | None:
    """The path that is called in the last `let name = path(..)` before `byte` in the same function."""
    function = function_at(file.outline, byte)
    before = file.scan.source[function.start if function else 0 : byte].decode(errors="replace")
    found = re.findall(rf"\blet\s+(?:mut\s+)?{re.escape(name)}\b[^=;]*=\s*([\w:]+)", before)
    return found[-1] if found else None


def _match(call: Node, full: str) -> Match:
    return Match(call.start_byte, call.end_byte, {"call": full})
