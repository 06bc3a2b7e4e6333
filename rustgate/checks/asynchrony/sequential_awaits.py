"""Loops that wait for one call after the other where nothing asks for an order."""

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import Captures, File, Match, bytes_of, function_at

_KEEPS = frozenset({b"push", b"push_back", b"insert", b"extend"})
_ORDERED = re.compile(
    rb"(?:write|read|send|recv|feed|flush|poll|lock|acquire|ready|sleep|close|shutdown|commit|execute|exec|eval|apply|migrate)(?:_\w+)?"
    rb"|next|tick|join|wait|yield_now"
)
"""Names of calls whose order matters, whose wait is the point, or that wait for what already runs."""
_PASSES_ON = frozenset({b"context", b"expect", b"map_err", b"ok", b"unwrap", b"with_context", b"wrap_err", b"wrap_err_with"})
"""Methods of a result that is there already."""
_LOCKS = re.compile(rb"\.\s*(?:lock|write)\s*\(\s*\)")
_GUARD = re.compile(_LOCKS.pattern + rb"\s*(?:(?:\.\s*(?:await|unwrap\s*\(\s*\))|\?)\s*)*$")
_FARTHEST = 16
_LEAVES_OR_PAUSES = re.compile(rb"\b(?:break|return)\b|\b(?:sleep|sleep_until|tick)\s*\(")
_WORD = re.compile(rb"\b[a-z_]\w*")
_MUTABLE = re.compile(rb"\blet\s+mut\s+(\w+)|\b(\w+)\s*:\s*&\s*(?:'\w+\s+)?mut\b|&\s*(?:'\w+\s+)?mut\s+(self)\b|\bmut\s+(\w+)\s*[:,)]")
_BINDS = re.compile(rb"\blet\s+([^=;]+?)\s*=")
_CALLED = re.compile(rb"(\w+)\s*(?:::\s*<[^()]*>\s*)?$")


class Awaited(Struct, frozen=True):
    """A call that a statement waits for; `keeper` is the method that its result is handed to, `name` what it is bound to, if either is."""

    call: Node
    keeper: Node | None = None
    name: Node | None = None


def sequential_await_in_loop(file: File, matches: list[Captures]) -> Iterator[Match]:
    """The first call in each `for` loop that could run for all elements at once: its result is kept or ignored, and it needs no order."""
    source = file.scan.source
    for captures in matches:
        body = captures["body"][0]
        if b"await" not in source[body.start_byte : body.end_byte]:
            continue
        guards = _guards(captures, source)
        waits = (awaited for statement in body.named_children for awaited in _awaited(statement, source))
        call = next(
            (one.call for one in waits if _is_kept_or_ignored(one, body, source) and _is_independent(one.call, guards, captures, file)),
            None,
        )
        if call:
            yield Match(call.start_byte, call.end_byte, {"call": _called(call, source).decode()})


def _awaited(statement: Node, source: bytes) -> Iterator[Awaited]:
    """The calls that a statement of its own waits for: `call().await;`, `let _ = ..`, `let name = ..`, `keeper.push(..)`."""
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
        function, arguments = value.child_by_field_name("function"), value.child_by_field_name("arguments")
        keeper = function.child_by_field_name("field") if function and function.type == "field_expression" else None
        calls = (_call_in(given, source) for given in arguments.named_children) if arguments and keeper else ()
        yield from (Awaited(call, keeper) for call in calls if call)


def _call_in(value: Node | None, source: bytes) -> Node | None:
    """The call in `call(..).await`, `call(..).await?` and `call(..).await.context("..")?`."""
    for _ in range(_FARTHEST):
        if value is None or value.type not in {"call_expression", "try_expression"}:
            break
        function = value.child_by_field_name("function")
        method = function.child_by_field_name("field") if function else None
        if value.type == "call_expression" and not (method and bytes_of(method, source) in _PASSES_ON):
            return None
        value = (function or value).child(0)
    call = value.child(0) if value and value.type == "await_expression" else None
    return call if call and call.type == "call_expression" else None


def _is_kept_or_ignored(awaited: Awaited, body: Node, source: bytes) -> bool:
    """Whether nothing is done with a result in the loop but to keep it: no name, or one that is pushed later on."""
    if awaited.keeper:
        return bytes_of(awaited.keeper, source) in _KEEPS
    if awaited.name is None:
        return True
    later = source[awaited.call.end_byte : body.end_byte]
    kept = rb"\.\s*(?:" + b"|".join(sorted(_KEEPS)) + rb")\s*\([^;]*\b" + re.escape(bytes_of(awaited.name, source)) + rb"\b"
    return re.search(kept, later) is not None


def _is_independent(call: Node, guards: set[bytes], captures: Captures, file: File) -> bool:
    """Whether a round of the loop needs nothing of the rounds before: it works on its own element, and changes nothing that all share."""
    source = file.scan.source
    loop, body = captures["loop"][0], captures["body"][0]
    if _ORDERED.fullmatch(_called(call, source)) or _LEAVES_OR_PAUSES.search(source, body.start_byte, body.end_byte):
        return False
    if _is_range(captures["over"][0]):
        return False
    words = set(_WORD.findall(bytes_of(call, source)))
    own = set(_WORD.findall(bytes_of(captures["element"][0], source)))
    if _locks_for_all(bytes_of(call, source), _LOCKS, own) or words & guards:
        return False
    own |= {word for bound in _BINDS.findall(source, body.start_byte, call.start_byte) for word in _WORD.findall(bound)}
    return bool(words & own) and not words & (_mutable(loop, file) - own)


def _guards(captures: Captures, source: bytes) -> set[bytes]:
    """The names in a loop of the guards of locks that all rounds share: `let mut page = shared.lock().await;`."""
    body, element = captures["body"][0], captures["element"][0]
    own, found = set(_WORD.findall(bytes_of(element, source))), set()
    for statement in body.named_children if _LOCKS.search(source, body.start_byte, body.end_byte) else ():
        value, pattern = statement.child_by_field_name("value"), statement.child_by_field_name("pattern")
        if value and pattern and _locks_for_all(bytes_of(value, source), _GUARD, own):
            found |= set(_WORD.findall(bytes_of(pattern, source))) - {b"mut"}
    return found


def _locks_for_all(text: bytes, locking: re.Pattern[bytes], own: set[bytes]) -> bool:
    """Whether an expression takes a lock that is not one of the element."""
    first = _WORD.search(text)
    return locking.search(text) is not None and not (first and first[0] in own)


def _is_range(over: Node) -> bool:
    """Whether a loop counts, and so has no collection to go over: `0..n`, `(0..n).rev()`."""
    node: Node | None = over
    while node is not None and node.type in {"call_expression", "field_expression", "parenthesized_expression"}:
        node = node.named_child(0)
    return node is not None and node.type == "range_expression"


def _mutable(loop: Node, file: File) -> set[bytes]:
    """The names before the loop, in its function, that it may change: `let mut`, `mut` and `&mut` parameters."""
    function = function_at(file.outline, loop.start_byte)
    found = _MUTABLE.findall(file.scan.source, function.start if function else 0, loop.start_byte)
    return {name for names in found for name in names if name}


def _called(call: Node, source: bytes) -> bytes:
    """The last name of what is called."""
    name = _CALLED.search(source[call.start_byte : call.children[0].end_byte])
    return name[1] if name else b""
