"""Checks of errors that are discarded."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from tree_sitter import Node

from rustgate.api import LEAVING, Captures, File, Match, chain_start, children_of, last_of, line_of, match_of, method_of, nearest
from rustgate.checks.errors.said_reasons import has_reason, is_logged, writes_to_string

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
_SENDS = frozenset({"blocking_send", "send", "send_blocking", "send_timeout", "try_send"})
_SOCKETS = re.compile(r"(?i)sock|udp|stream|conn|mail|smtp|client|transport|request|(?<![a-z])ws(?![a-z])")
_ANSWERS = re.compile(
    rb"\b(?:binary_search\w*|compare_exchange(?:_weak)?|fetch_update|try_(?:lock|read|recv|write)|(?:env::)?var(?:_os)?)\s*\("
)
"""Calls whose `Err` is one of two answers rather than a failure."""


def swallowed_error(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find errors discarded by `let _`, `.ok();` or an empty arm."""
    arms_that_stay = cache(_arms_that_stay)
    for captures in matches:
        found, value = captures["finding"][0], _value(captures)
        if value is None or ("arm" in captures and _is_handled(file, found, arms_that_stay)):
            continue
        if not captures.keys() & {"arm", "condition", "ok"} and not _is_fallible(file, value):
            continue
        if not _is_harmless(file, value) and not has_reason(file, _statement(captures)):
            yield match_of(captures["ok"][0] if "ok" in captures else found, how=_way(captures))


def _way(captures: Captures) -> str:
    """Return how an error is discarded, as Rust says it."""
    ways = {"arm": "the empty `Err` arm", "condition": "the empty `if let Err(_)`", "ok": "`.ok();`", "place": "`_ =`"}
    return next((way for name, way in ways.items() if name in captures), "`let _ =`")


def _value(captures: Captures) -> Node | None:
    """Return the expression whose error is discarded."""
    if "arm" in captures:
        match = captures["arm"][0].parent and captures["arm"][0].parent.parent
        return match.child_by_field_name("value") if match else None
    return captures["value"][0]


def _statement(captures: Captures) -> Node:
    """Return the node beside which a comment may say why."""
    found = captures["finding"][0]
    return (nearest(found, frozenset({"if_expression"})) or found) if "condition" in captures else found


def _is_harmless(file: File, value: Node) -> bool:
    """Return whether nothing is lost with the error of a value.

    It has been logged, it cannot happen, its `Err` is one of two answers, or it tells that a channel is closed, unless the option
    `channel-sends` is set.
    """
    call = value
    while (method := method_of(call)) and method.parent and line_of(method, file.scan.source) in {"err", "ok"}:
        call = method.parent.children[0]
    if is_logged(file, value) or writes_to_string(file, call):
        return True
    return not file.options["channel-sends"] and _is_channel_send(file, call)


def _is_channel_send(file: File, call: Node) -> bool:
    """Return whether a call sends over a channel.

    It takes the message alone, and its receiver is not named like a socket.
    """
    if call.type == "await_expression":
        call = call.children[0]
    method, arguments = method_of(call), call.child_by_field_name("arguments")
    receiver = method.parent.child_by_field_name("value") if method and method.parent else None
    if method is None or arguments is None or receiver is None or line_of(method, file.scan.source) not in _SENDS:
        return False
    return bool(children_of(arguments)) and not _SOCKETS.search(line_of(receiver, file.scan.source))


def _is_fallible(file: File, value: Node) -> bool:
    """Return whether a call is known to return a `Result`.

    The call may be awaited.
    """
    call = value.child(0) if value.type == "await_expression" else value
    function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if function is None or arguments is None:
        return False
    if function.type in {"identifier", "scoped_identifier"}:
        return file.outline.names.resolves_to(line_of(function, file.scan.source), function.start_byte, _FUNCTIONS) is not None
    method = method_of(call)
    name = line_of(method, file.scan.source) if method else ""
    if children_of(arguments):
        return name in _FALLIBLE_WITH_ARGUMENTS
    return name in _FALLIBLE_WITHOUT_ARGUMENTS or (name in _OF_COMMANDS and _is_of_command(file, function))


def _is_of_command(file: File, method: Node) -> bool:
    """Return whether a method chain begins with `Command::new`."""
    start = chain_start(method)
    path = line_of(start, file.scan.source)
    return start.type == "scoped_identifier" and file.outline.names.resolves_to(path, start.start_byte, _COMMANDS) is not None


def _is_handled(file: File, arm: Node, arms_that_stay: Callable[[Node], list[Node]]) -> bool:
    """Return whether an empty `Err` arm loses no error.

    The `Err` of the matched call is no failure, or all other arms leave, so that the code behind the `match` handles it.
    """
    block = arm.parent
    match = block.parent if block else None
    value = match.child_by_field_name("value") if match else None
    if value is None or block is None:
        return False
    return arms_that_stay(block) == [arm] or _ANSWERS.search(file.scan.source, value.start_byte, value.end_byte) is not None


def _arms_that_stay(block: Node) -> list[Node]:
    """Return the arms of a `match` that do not leave.

    The list is empty if no arm leaves.
    """
    arms = [arm for arm in block.named_children if arm.type == "match_arm"]
    stay = [arm for arm in arms if not _leaves(arm)]
    return stay if len(stay) < len(arms) else []


def _leaves(arm: Node) -> bool:
    """Return whether an arm ends with `return`, `break` or `continue`."""
    last = arm.child_by_field_name("value")
    while last and last.type in {"block", "expression_statement"}:
        last = last_of(last)
    return last is not None and last.type in LEAVING
