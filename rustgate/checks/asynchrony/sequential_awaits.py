"""Checks of loops that await independent calls one by one."""

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import Captures, File, Match, bytes_of, chain_start, let_words, match_of, method_of, mutable_names, words_in

_KEEPS = frozenset({b"push", b"push_back", b"insert", b"extend"})
_ORDERED = re.compile(
    rb"(?:write|read|send|recv|feed|flush|poll|lock|acquire|ready|sleep|close|shutdown|commit|execute|exec|eval|apply|migrate)(?:_\w+)?"
    rb"|next|tick|join|wait|yield_now"
)
"""Names of calls whose order matters, whose purpose is to wait, or that wait for what already runs."""
_PASSES_ON = frozenset({b"context", b"expect", b"map_err", b"ok", b"unwrap", b"with_context", b"wrap_err", b"wrap_err_with"})
"""Methods of a result that has already been awaited."""
_LOCKS = re.compile(rb"\.\s*(?:lock|write)\s*\(\s*\)")
_GUARD = re.compile(_LOCKS.pattern + rb"\s*(?:(?:\.\s*(?:await|unwrap\s*\(\s*\))|\?)\s*)*$")
_LEAVES_OR_PAUSES = re.compile(rb"\b(?:break|return)\b|\b(?:sleep|sleep_until|tick)\s*\(")
_IN_CHAIN = frozenset({"call_expression", "field_expression", "parenthesized_expression"})
_CALLED = re.compile(rb"(\w+)\s*(?:::\s*<[^()]*>\s*)?$")


class Awaited(Struct, frozen=True):
    """A call that a statement awaits.

    `keeper` is the method that its result is passed to, `name` the variable that it is bound to, if any.
    """

    call: Node
    keeper: Node | None = None
    name: Node | None = None


def sequential_await_in_loop(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find loops that await calls which could run concurrently.

    The match is the first such call in a `for` loop. Its result is kept or ignored, and no iteration depends on another.
    """
    source = file.scan.source
    for captures in matches:
        body = captures["body"][0]
        if b"await" not in source[body.start_byte : body.end_byte]:
            continue
        guards = _guards(captures, source)
        waits = (awaited for statement in body.named_children for awaited in _awaited(statement, source))
        candidates = (wait.call for wait in waits if _is_kept_or_ignored(wait, body, source))
        call = next((call for call in candidates if _is_independent(call, guards, captures, file)), None)
        if call:
            yield match_of(call, call=_called(call, source).decode())


def _awaited(statement: Node, source: bytes) -> Iterator[Awaited]:
    """Yield the calls that a statement awaits.

    It is `call().await;`, `let name = call().await;` (also with `_`) or `keeper.push(call().await);`.
    """
    if statement.type == "let_declaration":
        pattern, call = statement.child_by_field_name("pattern"), _call_in(statement.child_by_field_name("value"), source)
        if call and pattern and pattern.type in {"_", "identifier"}:
            yield Awaited(call, name=pattern if pattern.type == "identifier" else None)
        return
    value = statement.named_child(0) if statement.type == "expression_statement" else None
    call = _call_in(value, source)
    if call:
        yield Awaited(call)
    elif value and value.type == "call_expression":
        keeper, arguments = method_of(value), value.child_by_field_name("arguments")
        calls = (_call_in(argument, source) for argument in arguments.named_children) if arguments and keeper else ()
        yield from (Awaited(call, keeper) for call in calls if call)


def _call_in(value: Node | None, source: bytes) -> Node | None:
    """Return the call in `call(..).await`, `call(..).await?` or `call(..).await.context("..")?`."""
    while value and value.type in {"call_expression", "try_expression"}:
        method = method_of(value)
        if value.type == "call_expression" and not (method and bytes_of(method, source) in _PASSES_ON):
            return None
        value = (value.child_by_field_name("function") or value).child(0)
    call = value.child(0) if value and value.type == "await_expression" else None
    return call if call and call.type == "call_expression" else None


def _is_kept_or_ignored(awaited: Awaited, body: Node, source: bytes) -> bool:
    """Return whether a loop only keeps or ignores a result."""
    if awaited.keeper:
        return bytes_of(awaited.keeper, source) in _KEEPS
    if awaited.name is None:
        return True
    later = source[awaited.call.end_byte : body.end_byte]
    kept = rb"\.\s*(?:" + b"|".join(sorted(_KEEPS)) + rb")\s*\([^;]*\b" + re.escape(bytes_of(awaited.name, source)) + rb"\b"
    return re.search(kept, later) is not None


def _is_independent(call: Node, guards: set[bytes], captures: Captures, file: File) -> bool:
    """Return whether iterations are independent of one another.

    The call works on its own element and changes nothing that all iterations share.
    """
    source = file.scan.source
    body = captures["body"][0]
    if _ORDERED.fullmatch(_called(call, source)) or _LEAVES_OR_PAUSES.search(source, body.start_byte, body.end_byte):
        return False
    if chain_start(captures["over"][0], _IN_CHAIN).type == "range_expression":  # it counts: there is no collection
        return False
    words, own = (set(words_in(bytes_of(node, source))) for node in (call, captures["element"][0]))
    if _locks_for_all(bytes_of(call, source), _LOCKS, own) or words & guards:
        return False
    own |= let_words(source, body.start_byte, call.start_byte)
    return bool(words & own) and not words & (mutable_names(file.outline, captures["loop"][0].start_byte) - own)


def _guards(captures: Captures, source: bytes) -> set[bytes]:
    """Return the guards of locks that all iterations share.

    An example is `let mut page = shared.lock().await;`.
    """
    body, element = captures["body"][0], captures["element"][0]
    own, found = set(words_in(bytes_of(element, source))), set()
    for statement in body.named_children if _LOCKS.search(source, body.start_byte, body.end_byte) else ():
        value, pattern = statement.child_by_field_name("value"), statement.child_by_field_name("pattern")
        if value and pattern and _locks_for_all(bytes_of(value, source), _GUARD, own):
            found |= set(words_in(bytes_of(pattern, source))) - {b"mut"}
    return found


def _locks_for_all(text: bytes, locking: re.Pattern[bytes], own: set[bytes]) -> bool:
    """Return whether an expression locks something shared.

    A lock of the loop's own element is not shared.
    """
    return locking.search(text) is not None and own.isdisjoint(words_in(text)[:1])


def _called(call: Node, source: bytes) -> bytes:
    """Return the name of the called function or method."""
    name = _CALLED.search(source[call.start_byte : call.children[0].end_byte])
    return name[1] if name else b""
