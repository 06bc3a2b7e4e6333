"""Whether a lock is held while a task waits: where the guards come to life."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from rustgate.api import Captures, File, Match, bytes_of, text_of
from rustgate.checks.asynchrony.lock_guards import WAITS, Guard, block_around, first_wait, names_in, nearest

_UNWRAPPING = frozenset({b"unwrap", b"expect", b"unwrap_or_else", b"map_err", b"ok"})
_FUTURES = frozenset({b"boxed", b"fuse", b"instrument", b"into_future", b"map", b"shared", b"then"})
"""Methods of what is not a guard, but the future of one."""
_HAS_RWLOCK = re.compile(rb"RwLock|parking_lot")
_CONSOLE = re.compile(rb"\bstd(?:in|out|err)(?:\(\))?$")
_PLACES = frozenset({"field_expression", "unary_expression", "reference_expression", "index_expression"})
_BRANCHING = frozenset({"if_expression", "while_expression"})
_ENDS_TEMPORARIES = frozenset({"expression_statement", "block", "closure_expression", "match_arm", "async_block", "source_file"})
_FARTHEST = 40
"""Nodes above one that are looked at."""


def lock_across_await(file: File, matches: list[Captures]) -> Iterator[Match]:
    """The guards that are still held at some `.await`, each with the line of the first."""
    source = file.scan.source
    if not WAITS.search(source):
        return
    for captures in matches:
        method = captures["method"][0]
        held = ((guard, first_wait(guard, source)) for guard in _guards(captures["call"][0], method, source))
        guard, wait = next((pair for pair in held if pair[1] is not None), (None, None))
        if guard is not None and wait is not None:
            values: dict[str, object] = {"method": text_of(method, source), "line": file.outline.lines.number(wait)}
            yield Match(guard.at.start_byte, guard.at.end_byte, values)


def _guards(call: Node, method: Node, source: bytes) -> Iterator[Guard]:
    """What may hold the guard that `call` returns: a name, or for a while nothing but the code around it.

    Sensors and files are read as well, so that `read` and `write` count only where the file speaks of such a lock.
    """
    value = _unwrapped(call, source)
    sure = value != call
    value = _as_block(value)
    holder = value.parent
    is_lock = bytes_of(method, source) == b"lock" or _HAS_RWLOCK.search(source)
    if holder is None or not is_lock or not (sure or _may_be_guard(call, method, source)):
        return
    if holder.type in {"let_declaration", "assignment_expression"}:
        yield from _bound(holder, value, source)
    elif holder.type in {"let_condition", "match_expression"}:
        yield from () if sure else _matched(holder, source)
        yield from _handed_on(holder, source)
    elif holder.type in _PLACES and (sure or _is_used_at_once(holder, method, source)):
        yield _temporary(value)


def _unwrapped(call: Node, source: bytes) -> Node:
    """The expression for the guard itself, `?`, `unwrap()` and their kin passed over."""
    node = call
    for _ in range(_FARTHEST):
        parent = node.parent
        if parent is None or parent.type not in {"try_expression", "parenthesized_expression", "field_expression"}:
            break
        if parent.type != "field_expression":
            node = parent
            continue
        method, unwrapping = parent.child_by_field_name("field"), parent.parent
        if method is None or unwrapping is None or unwrapping.type != "call_expression" or bytes_of(method, source) not in _UNWRAPPING:
            break
        node = unwrapping
    return node


def _as_block(value: Node) -> Node:
    """The `{ .. }`, `unsafe { .. }` or `if` whose value an expression is; itself when it stands in none."""
    for _ in range(_FARTHEST):
        parent = value.parent
        is_last = parent is not None and parent.type == "block" and parent.named_children[-1] == value
        is_branch = value.type in {"block", "else_clause"} and parent is not None
        if parent is None or not (is_last or (is_branch and parent.type in {"unsafe_block", "else_clause", "if_expression"})):
            break
        value = parent
    return value


def _may_be_guard(call: Node, method: Node, source: bytes) -> bool:
    """Whether a call whose result nobody unwraps can return a guard, or one in a `Result` that is matched; the console has locks too."""
    receiver = call.children[0].child_by_field_name("value")
    if receiver is None or _CONSOLE.search(bytes_of(receiver, source)):
        return False
    matched = call.parent is not None and call.parent.type in {"let_condition", "match_expression"}
    return matched or bytes_of(method, source) == b"lock" or b"parking_lot" in source


def _is_used_at_once(holder: Node, method: Node, source: bytes) -> bool:
    """Whether what stands around a call needs a guard and not a future or a number."""
    if holder.type == "field_expression":
        name = holder.child_by_field_name("field")
        return name is not None and bytes_of(name, source) not in _FUTURES
    return holder.type == "unary_expression" and bytes_of(method, source) == b"lock"


def _bound(holder: Node, value: Node, source: bytes) -> Iterator[Guard]:
    """The guard of `let name = ..` and `name = ..`; a name that is awaited or pinned holds a future."""
    pattern = holder.child_by_field_name("pattern") or holder.child_by_field_name("left")
    block = block_around(holder)
    if pattern is None or block is None or pattern.type in {"field_expression", "index_expression"}:
        return
    for name in names_in(pattern, source):
        waited_for = rb"\b" + name + rb"\s*\.\s*await\b|\bpin!\s*\(\s*" + name + rb"\s*\)"
        if not re.compile(waited_for).search(source, value.end_byte, block.end_byte):
            yield Guard(pattern, holder.end_byte, block.end_byte, block, name)


def _matched(holder: Node, source: bytes) -> Iterator[Guard]:
    """The guard that `if let Ok(name)`, `while let Ok(name)` or the arm `Ok(name)` takes out of the result of locking."""
    pairs = [(holder.child_by_field_name("pattern"), _body(holder))]
    if holder.type == "match_expression" and (arms := holder.child_by_field_name("body")):
        pairs = [(arm.child_by_field_name("pattern"), arm.child_by_field_name("value")) for arm in arms.named_children]
    for pattern, body in pairs:
        if pattern is not None and body is not None:
            for name in names_in(pattern, source):
                yield Guard(pattern, body.start_byte, body.end_byte, body, name)


def _body(condition: Node) -> Node | None:
    """What runs when a `let` condition of `if` or `while` holds."""
    whole = nearest(condition, _BRANCHING)
    return whole and (whole.child_by_field_name("consequence") or whole.child_by_field_name("body"))


def _handed_on(holder: Node, source: bytes) -> Iterator[Guard]:
    """The guard of `let name = match mutex.lock() { Ok(guard) => guard, .. }`."""
    declaration, arms = holder.parent, holder.child_by_field_name("body")
    if holder.type != "match_expression" or declaration is None or declaration.type != "let_declaration" or arms is None:
        return
    for arm in arms.named_children:
        pattern, value = arm.child_by_field_name("pattern"), arm.child_by_field_name("value")
        if pattern and value and value.type == "identifier" and bytes_of(value, source) in names_in(pattern, source):
            yield from _bound(declaration, holder, source)
            return


def _temporary(value: Node) -> Guard:
    """A guard without a name: it lives as long as the statement around it, or as the block where `let x = &..` prolongs it."""
    node, extends = value, True
    for _ in range(_FARTHEST):
        parent = node.parent
        if parent is None or parent.type in _ENDS_TEMPORARIES or _drops(parent, node):
            break
        if parent.type == "let_declaration":
            block = block_around(parent) if extends and node.type == "reference_expression" else None
            return Guard(value, value.end_byte, (block or node).end_byte, block or parent)
        if parent.type == "let_condition":
            body = _body(parent)
            return Guard(value, value.end_byte, (body or node).end_byte, nearest(parent, _BRANCHING) or parent)
        extends = extends and parent.type in _PLACES
        node = parent
    return Guard(value, value.end_byte, node.end_byte, node)


def _drops(parent: Node, node: Node) -> bool:
    """Whether nothing runs while a temporary of `node` lives: conditions and operands of `&&` drop it, the left of `=` comes last."""
    if parent.type in {"assignment_expression", "compound_assignment_expr"}:
        return parent.children[0] == node
    operator = parent.child_by_field_name("operator")
    return parent.type in _BRANCHING or (operator is not None and operator.type in {"&&", "||"})
