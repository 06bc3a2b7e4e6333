"""How long the guard of a lock lives, and which `.await` comes before its end."""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct
from tree_sitter import Node, Query, QueryCursor

from rustgate.api import LANGUAGE, Captures, bytes_of

WAITS = re.compile(rb"\bawait\b|\b(?:select|join|try_join)\s*!")
"""What code that waits anywhere has in its text."""
_WAITING_MACRO = re.compile(rb"(?:\w+\s*::\s*)*(?:select|join|try_join)\s*!|(?!\w*stream\s*!).*?\.\s*await\b", re.DOTALL)
_MOVES = frozenset({"return_expression", "tuple_expression", "field_initializer", "shorthand_field_initializer"})
_GIVES_BACK = re.compile(rb"Guard::|\.\s*wait(?:_while|_timeout)?\s*\(")
_NAME = re.compile(rb"\b[a-z_]\w*")
_FARTHEST = 40
"""Nodes above one that are looked at."""
_NAMES = 8
"""Names of one guard that are followed."""

Span = tuple[int, int]


class Guard(Struct, frozen=True):
    """A guard that lives in `home`, from `start` to `end` unless its `name` is moved before; a temporary has none. `at` is reported."""

    at: Node
    start: int
    end: int
    home: Node
    name: bytes = b""


class _Events(Struct, frozen=True):
    """What happens while a guard may live: bytes of waits, moves of its name and jumps, the branches of each construct.

    `moved` is the guard under the names that a `let` moves it to.
    """

    waits: list[int]
    releases: list[int]
    moved: list[Guard]
    jumps: list[int]
    branches: dict[Span, list[Span]]


def first_wait(guard: Guard, source: bytes) -> int | None:
    """The last byte of the first `.await` at which the guard is held; None if there is none."""
    if not WAITS.search(source, guard.start, guard.end):
        return None
    waits, held = [], [guard]
    for one in held:  # which grows by the new names of the guard
        events = _events(one, source)
        waits += [wait for wait in events.waits if not any(_released(release, wait, events) for release in events.releases)][:1]
        held += events.moved[: _NAMES - len(held)]
    return min(waits, default=None)


def _released(release: int, wait: int, events: _Events) -> bool:
    """Whether every way to `wait` leads through `release`, or through its like in the other branches of a construct before it."""
    while release < wait:
        around = [(branch, whole) for whole, branches in events.branches.items() for branch in branches if branch[0] <= release < branch[1]]
        if not around:
            return True
        branch, whole = max(around)
        if branch[0] <= wait <= branch[1]:
            return True
        if not all(_ends_in(one, events) for one in events.branches[whole]):
            return False
        release = whole[1]
    return False


def _ends_in(branch: Span, events: _Events) -> bool:
    """Whether the guard is moved in a branch, or the branch never reaches what follows."""
    return any(branch[0] <= event < branch[1] for event in (*events.releases, *events.jumps))


def _events(guard: Guard, source: bytes) -> _Events:
    captures = QueryCursor(_events_query()).captures(guard.home)
    later = [(node.start_byte, node.end_byte) for node in captures.get("later", ()) if node.start_byte >= guard.start]

    def seen(kind: str) -> list[Node]:
        """The captured nodes that end while the guard may live, and do not stand in a closure or async block."""
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
    moved = [one for name in names for one in _renamed(guard, name, source)]
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
    """The `if`, `match` or loop that a branch belongs to, and whether one of its branches is always taken."""
    whole = nearest(branch, frozenset({"if_expression", "match_expression", "while_expression", "for_expression"})) or branch
    complete = whole.type == "match_expression" or (whole.type == "if_expression" and whole.child_by_field_name("alternative") is not None)
    return (whole.start_byte, whole.end_byte), complete


def _renamed(guard: Guard, name: Node, source: bytes) -> Iterator[Guard]:
    """The guard under the new name that `let new = name;` gives it, if that is what moves it."""
    declaration, block = name.parent, block_around(name)
    pattern = declaration.child_by_field_name("pattern") if declaration and declaration.type == "let_declaration" else None
    if declaration and pattern and block:
        for new in names_in(pattern, source):
            yield Guard(guard.at, declaration.end_byte, block.end_byte, block, new)


def _moved_names(guard: Guard, captures: Captures, source: bytes) -> Iterator[Node]:
    """Where the name of the guard is moved away, be it by a `move` closure or block; a later variable of the same name is another."""
    elsewhere = [
        (pattern.parent.end_byte, block.end_byte)
        for pattern in captures.get("pattern", ())
        if pattern.start_byte >= guard.start and guard.name in names_in(pattern, source)
        if pattern.parent and (block := block_around(pattern.parent))
    ]
    taking = [(node.start_byte, node.end_byte) for node in captures.get("later", ()) if b"move" in bytes_of(node, source)[:12]]
    for name in captures.get("name", ()):
        byte = name.start_byte
        if not guard.start <= byte < guard.end or bytes_of(name, source) != guard.name:
            continue
        if any(start <= byte < end for start, end in elsewhere):
            continue
        if any(start <= byte < end for start, end in taking) or _is_moved(name, source):
            yield name


def _is_moved(name: Node, source: bytes) -> bool:
    """Whether an occurrence of a name gives its value away: not to `_`, nor to a call that returns it."""
    parent = name.parent
    if parent is None:
        return False
    if parent.type == "let_declaration":
        pattern = parent.child_by_field_name("pattern")
        return parent.child_by_field_name("value") == name and pattern is not None and pattern.type != "_"
    if parent.type == "assignment_expression":
        return parent.child_by_field_name("right") == name
    if parent.type != "arguments" or parent.parent is None:
        return parent.type in _MOVES
    statement = nearest(parent, frozenset({"expression_statement"}))
    assigned = rb"\s*" + bytes_of(name, source) + rb"\s*=(?!=)"
    if statement is not None and re.compile(assigned).match(source, statement.start_byte):
        return False
    return not _GIVES_BACK.search(source, parent.parent.start_byte, parent.start_byte + 1)


# the tree around


def names_in(pattern: Node, source: bytes) -> list[bytes]:
    """The names that a pattern binds; those of constructors begin with a capital, `_` binds nothing."""
    return [name for name in _NAME.findall(bytes_of(pattern, source)) if name not in {b"_", b"mut", b"ref"}]


def block_around(node: Node) -> Node | None:
    """The block, or macro body, whose statement a node is."""
    return nearest(node, frozenset({"block", "source_file"}))


def nearest(node: Node, kinds: frozenset[str]) -> Node | None:
    """The innermost node of one of `kinds` around a node."""
    parent = node.parent
    for _ in range(_FARTHEST):
        if parent is None or parent.type in kinds:
            return parent
        parent = parent.parent
    return None
