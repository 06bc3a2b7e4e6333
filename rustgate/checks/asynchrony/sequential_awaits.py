"""Checks of loops that await independent calls one by one."""

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import (
    Captures,
    File,
    Match,
    ancestors,
    bytes_of,
    chain_start,
    let_words,
    match_of,
    method_of,
    mutable_names,
    names_in,
    words_in,
)

_KEEPS = frozenset({b"push", b"push_back", b"insert", b"extend"})
_ORDERED = re.compile(
    rb"(?:write|read|send|recv|feed|flush|poll|lock|acquire|ready|sleep|close|shutdown|commit|execute|exec|eval|apply|migrate)(?:_\w+)?"
    rb"|next|tick|join|yield_now"
)
"""Names of calls whose order matters, or whose purpose is to wait."""
_RUNS_ALREADY = re.compile(rb"wait(?:_\w+)?|closed|finished|stopped|completed")
"""Names of calls without arguments that wait for what already runs."""
_WRAPPERS = re.compile(rb"(?:\w+\s*::\s*)*(?:Box\s*::\s*pin|timeout|timeout_at)")
"""Functions whose last argument is the future that runs."""
_ADAPTERS = frozenset({
    b"boxed", b"boxed_local", b"catch_unwind", b"fuse", b"in_current_span", b"instrument", b"into_future", b"timeout",
})  # fmt: skip
_BORROWS_MUTABLY = re.compile(rb"&\s*(?:'\w+\s+)?mut\b|\b(?:\w+_mut|entry|or_default|or_insert(?:_with(?:_key)?)?)\s*\(|\bref\s+mut\b")
_PASSES_ON = frozenset({b"context", b"expect", b"map_err", b"ok", b"unwrap", b"with_context", b"wrap_err", b"wrap_err_with"})
"""Methods of a result that has already been awaited."""
_LOCKS = re.compile(rb"\.\s*(?:lock|write)\s*\(\s*\)")
_GUARD = re.compile(_LOCKS.pattern + rb"\s*(?:(?:\.\s*(?:await|unwrap\s*\(\s*\))|\?)\s*)*$")
_LEAVES_OR_PAUSES = re.compile(rb"\b(?:break|return)\b|\b(?:sleep|sleep_until|tick)\s*\(")
_IN_CHAIN = frozenset({"call_expression", "field_expression", "parenthesized_expression"})
_MOST_WRAPPERS = 8
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
        running = call and _unwrapped(call, source)
        if call and running:
            yield match_of(call, call=_called(running, source).decode())


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
    running = _unwrapped(call, source)
    if running is None or _waits_or_is_ordered(running, source) or _LEAVES_OR_PAUSES.search(source, body.start_byte, body.end_byte):
        return False
    if chain_start(captures["over"][0], _IN_CHAIN).type == "range_expression":  # it counts: there is no collection
        return False
    words, own = (set(words_in(bytes_of(node, source))) for node in (call, captures["element"][0]))
    if _locks_for_all(bytes_of(call, source), _LOCKS, own) or words & guards:
        return False
    own |= let_words(source, body.start_byte, call.start_byte)
    loop = captures["loop"][0]
    changing = mutable_names(file.outline, loop.start_byte) | _mutable_borrows(loop, source)
    changing |= {name for name in words if re.search(rb"&\s*mut\s+(?:\*\s*)*" + name + rb"\b", bytes_of(call, source))}
    return bool(words & own) and not words & (changing - own)


def _unwrapped(call: Node, source: bytes) -> Node | None:
    """Return the call that runs inside wrappers such as `Box::pin(..)`.

    None if what they wrap is no call, but a handle.
    """
    for _ in range(_MOST_WRAPPERS):
        method, function, arguments = method_of(call), call.child_by_field_name("function"), call.child_by_field_name("arguments")
        inner: Node | None = None
        if method and method.parent and bytes_of(method, source) in _ADAPTERS:
            inner = method.parent.child_by_field_name("value")
        elif function and arguments and arguments.named_children and _WRAPPERS.fullmatch(bytes_of(function, source)):
            inner = arguments.named_children[-1]
        else:
            return call
        if inner is None or inner.type != "call_expression":
            return None
        call = inner
    return call


def _waits_or_is_ordered(call: Node, source: bytes) -> bool:
    """Return whether a call is one of those that cannot run side by side."""
    name, arguments = _called(call, source), call.child_by_field_name("arguments")
    if arguments is not None and not arguments.named_children and _RUNS_ALREADY.fullmatch(name):
        return True
    return _ORDERED.fullmatch(name) is not None


def _mutable_borrows(loop: Node, source: bytes) -> set[bytes]:
    """Return the names before a loop that are mutable borrows.

    They are bound by `let`, `if let`, `match` or a loop around this one, to what shows a mutable borrow.
    """
    found: set[bytes] = set()
    for node, parent in zip([loop, *ancestors(loop)], ancestors(loop), strict=False):
        for pattern, value in _bindings_before(node, parent):
            spans = ((part.start_byte, part.end_byte) for part in (pattern, value) if part)
            if pattern and any(_BORROWS_MUTABLY.search(source, *span) for span in spans):
                found |= set(names_in(pattern, source))
        if parent.type == "function_item":
            break
    return found


def _bindings_before(node: Node, parent: Node) -> Iterator[tuple[Node | None, Node | None]]:
    """Yield patterns and values that a parent binds before a node."""
    if parent.type == "block":
        for statement in parent.named_children:
            if statement.start_byte >= node.start_byte:
                return
            if statement.type == "let_declaration":
                yield statement.child_by_field_name("pattern"), statement.child_by_field_name("value")
    elif parent.type == "match_arm":
        match = parent.parent and parent.parent.parent
        yield parent.child_by_field_name("pattern"), match.child_by_field_name("value") if match else None
    elif parent.type == "for_expression":
        yield parent.child_by_field_name("pattern"), parent.child_by_field_name("value")
    elif parent.type in {"if_expression", "while_expression"}:
        condition = parent.child_by_field_name("condition")
        for part in [condition, *condition.named_children] if condition else ():
            if part.type == "let_condition":
                yield part.child_by_field_name("pattern"), part.child_by_field_name("value")


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
