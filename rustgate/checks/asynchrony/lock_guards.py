"""Lifetimes of lock guards, and the `.await`s inside them."""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct
from tree_sitter import Node, Query, QueryCursor

from rustgate.api import LANGUAGE, Captures, ancestors, bytes_of, names_in, nearest

WAITS = re.compile(rb"\bawait\b|\b(?:select|join|try_join)\s*!")
"""Text that is in all code that waits somewhere."""
_WAITING_MACRO = re.compile(rb"(?:\w+\s*::\s*)*(?:select|join|try_join)\s*!|(?!\w*stream\s*!).*?\.\s*await\b", re.DOTALL)
_MOVES = frozenset({"return_expression", "tuple_expression", "field_initializer", "shorthand_field_initializer"})
_GIVES_BACK = re.compile(rb"Guard::|\.\s*wait(?:_while|_timeout)?\s*\(")
FUTURE_METHODS = frozenset({b"boxed", b"fuse", b"in_current_span", b"instrument", b"into_future", b"map", b"shared", b"then", b"timeout"})
"""Methods of futures, which a guard does not have."""
_CONSTRUCTS = frozenset({"if_expression", "match_expression", "while_expression", "for_expression"})
_STATEMENTS = frozenset({"expression_statement", "let_declaration"})
_MOST_NAMES = 8
"""Names of one guard that are followed: code renames a guard once or twice, and each name costs a query."""

Span = tuple[int, int]


class Guard(Struct, frozen=True):
    """A lock guard and the bytes where it may live.

    It lives from `start` to `end`, unless it is moved before. `at` is the node of the finding; `scope` is the node that holds all of its
    life. `name` is empty for a temporary.
    """

    at: Node
    start: int
    end: int
    scope: Node
    name: bytes = b""


class _Events(Struct, frozen=True):
    """Events while a guard may live.

    They are the bytes of waits, of moves of its name (`releases`) and of jumps. `moved` are the guards under the new names that a `let`
    moves it to; `branches` are by the construct that they belong to.
    """

    waits: list[int]
    releases: list[int]
    moved: list[Guard]
    jumps: list[int]
    branches: dict[Span, list[Span]]


def first_wait(guard: Guard, source: bytes) -> int | None:
    """Return the last byte of the first `.await` under a guard."""
    if not WAITS.search(source, guard.start, guard.end):
        return None
    waits, held = [], [guard]
    for alias in held:  # which grows by the new names of the guard
        events = _events(alias, source)
        waits += [wait for wait in events.waits if not any(_released(release, wait, events) for release in events.releases)][:1]
        held += events.moved[: _MOST_NAMES - len(held)]
    return min(waits, default=None)


def _released(release: int, wait: int, events: _Events) -> bool:
    """Return whether every path to `wait` releases the guard.

    A release in a branch counts if all other branches of the construct release it too, or leave.
    """
    while release < wait:
        enclosing = [
            (branch, whole) for whole, branches in events.branches.items() for branch in branches if branch[0] <= release < branch[1]
        ]
        if not enclosing:
            return True
        branch, whole = max(enclosing)
        if branch[0] <= wait <= branch[1]:
            return True
        if not all(_ends_in(other, events) for other in events.branches[whole]):
            return False
        release = whole[1]
    return False


def _ends_in(branch: Span, events: _Events) -> bool:
    """Return whether a branch moves the guard, or leaves."""
    return any(branch[0] <= event < branch[1] for event in (*events.releases, *events.jumps))


def _events(guard: Guard, source: bytes) -> _Events:
    """Collect the events while a guard may live."""
    captures = QueryCursor(_events_query()).captures(guard.scope)
    later = [(node.start_byte, node.end_byte) for node in captures.get("later", ()) if node.start_byte >= guard.start]

    def seen(kind: str) -> list[Node]:
        """List the captures that end while the guard lives.

        Those in closures and async blocks run later and are left out.
        """
        nodes = [node for node in captures.get(kind, ()) if guard.start < node.end_byte <= guard.end]
        return [node for node in nodes if not any(start <= node.start_byte < end for start, end in later)]

    waits = [node.end_byte - 1 for node in seen("await")]
    waits += [node.end_byte - 1 for node in seen("macro") if _WAITING_MACRO.match(bytes_of(node, source))]
    branches: dict[Span, list[Span]] = {}
    for node in seen("branch"):
        if node.start_byte >= guard.start:
            whole, complete = _construct(node)
            branches.setdefault(whole, [] if complete else [(whole[1], whole[1])]).append((node.start_byte, node.end_byte))
    names = [*_moved_names(guard, captures, source)] if guard.name else []
    moved = [alias for name in names for alias in (*_renamed(guard, name, source), *_given_back(guard, name, source))]
    return _Events(sorted(waits), sorted(name.start_byte for name in names), moved, [node.start_byte for node in seen("jump")], branches)


@cache
def _events_query() -> Query:
    return Query(
        LANGUAGE,
        """(await_expression) @await (macro_invocation) @macro
        [(closure_expression) (async_block) (function_item)] @later
        [(return_expression) (break_expression) (continue_expression)] @jump
        (if_expression consequence: (block) @branch) (else_clause (_) @branch) (match_arm value: (_) @branch)
        (while_expression body: (block) @branch) (for_expression body: (block) @branch)
        (identifier) @name
        (let_declaration pattern: (_) @pattern)""",
    )


def _construct(branch: Node) -> tuple[Span, bool]:
    """Return the bytes of a branch's `if`, `match` or loop.

    The flag is True if one of its branches always runs.
    """
    whole = nearest(branch, _CONSTRUCTS) or branch
    complete = whole.type == "match_expression" or (whole.type == "if_expression" and whole.child_by_field_name("alternative") is not None)
    return (whole.start_byte, whole.end_byte), complete


def _renamed(guard: Guard, name: Node, source: bytes) -> Iterator[Guard]:
    """Yield the guard under its new name after `let new = name;`."""
    declaration, block = name.parent, enclosing_block(name)
    pattern = declaration.child_by_field_name("pattern") if declaration and declaration.type == "let_declaration" else None
    if declaration and pattern and block:
        for new in names_in(pattern, source):
            yield Guard(guard.at, declaration.end_byte, block.end_byte, block, new)


def _given_back(guard: Guard, name: Node, source: bytes) -> Iterator[Guard]:
    """Yield the guard that a future gives back.

    `guard = wait(guard).await` does, and so does a `let` with the same name.
    """
    wait = _awaited_future(name, source)
    statement = nearest(wait, _STATEMENTS) if wait else None
    if statement is None:
        return
    if statement.type == "let_declaration":
        pattern, block = statement.child_by_field_name("pattern"), enclosing_block(statement)
        if pattern and block and guard.name in names_in(pattern, source):
            yield Guard(guard.at, statement.end_byte, block.end_byte, block, guard.name)
    elif _assigns(statement, name, source):
        yield Guard(guard.at, statement.end_byte, guard.end, guard.scope, guard.name)


def _awaited_future(name: Node, source: bytes) -> Node | None:
    """Return the `.await` of the future that a name is moved into.

    The future may be an argument of another, as in `timeout(limit, wait(guard)).await`.
    """
    node = name
    for parent in ancestors(name):
        if parent.type == "await_expression":
            return parent if node.type == "call_expression" else None
        method = parent.child_by_field_name("field") if parent.type == "field_expression" else None
        if not (parent.type in {"arguments", "call_expression"} or (method and bytes_of(method, source) in FUTURE_METHODS)):
            return None
        node = parent
    return None


def _assigns(statement: Node, name: Node, source: bytes) -> bool:
    """Return whether a statement begins with `name =`."""
    return re.compile(rb"\s*" + bytes_of(name, source) + rb"\s*=(?!=)").match(source, statement.start_byte) is not None


def _moved_names(guard: Guard, captures: Captures, source: bytes) -> Iterator[Node]:
    """Yield the nodes that move the guard away.

    `move` closures and blocks move it as well. Where a later variable has the same name, that one is moved instead.
    """
    shadowed = [
        (pattern.parent.end_byte, block.end_byte)
        for pattern in captures.get("pattern", ())
        if pattern.start_byte >= guard.start and guard.name in names_in(pattern, source)
        if pattern.parent and (block := enclosing_block(pattern.parent))
    ]
    moving = [(node.start_byte, node.end_byte) for node in captures.get("later", ()) if b"move" in bytes_of(node, source)[:12]]
    for name in captures.get("name", ()):
        byte = name.start_byte
        if not guard.start <= byte < guard.end or bytes_of(name, source) != guard.name:
            continue
        if any(start <= byte < end for start, end in shadowed):
            continue
        if any(start <= byte < end for start, end in moving) or _is_moved(name, source):
            yield name


def _is_moved(name: Node, source: bytes) -> bool:
    """Return whether a use of a name moves its value.

    `let _ = name` does not, nor does a call that returns the guard, unless that is awaited.
    """
    parent = name.parent
    if parent is None:
        return False
    match parent.type:
        case "let_declaration":
            pattern = parent.child_by_field_name("pattern")
            moved = parent.child_by_field_name("value") == name and pattern is not None and pattern.type != "_"
        case "assignment_expression":
            moved = parent.child_by_field_name("right") == name
        case "token_tree":
            moved = _is_argument_in_macro(name, parent)
        case "arguments":
            moved = _is_given_away(name, parent, source)
        case kind:
            moved = kind in _MOVES
    return moved


def _is_given_away(name: Node, arguments: Node, source: bytes) -> bool:
    """Return whether a call takes a guard and does not return it."""
    call, statement = arguments.parent, nearest(arguments, _STATEMENTS)
    if call is None or _awaited_future(name, source) or _is_awaited_later(call, source):
        return call is not None
    if statement is not None and statement.type == "expression_statement" and _assigns(statement, name, source):
        return False
    return not _GIVES_BACK.search(source, call.start_byte, arguments.start_byte + 1)


def _is_argument_in_macro(name: Node, tokens: Node) -> bool:
    """Return whether a macro holds a call that takes the name alone."""
    called, before, after = tokens.prev_sibling, name.prev_sibling, name.next_sibling
    if called is None or before is None or after is None or tokens.children[0].type != "(":
        return False
    return called.type == "identifier" and before.type in {"(", ","} and after.type in {")", ","}


def _is_awaited_later(call: Node, source: bytes) -> bool:
    """Return whether a call's future has a name that is awaited."""
    declaration = call.parent
    pattern = declaration.child_by_field_name("pattern") if declaration and declaration.type == "let_declaration" else None
    block = enclosing_block(call)
    if pattern is None or block is None or pattern.type != "identifier":
        return False
    return re.compile(rb"\b" + bytes_of(pattern, source) + rb"\s*\.\s*await\b").search(source, call.end_byte, block.end_byte) is not None


def enclosing_block(node: Node) -> Node | None:
    """Return the innermost block around a node.

    That is the macro body or the file for a node in no block.
    """
    return nearest(node, frozenset({"block", "source_file"}))
