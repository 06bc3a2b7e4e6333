"""Checks of lock guards held across an `.await`."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from rustgate.api import FARTHEST, Captures, File, Match, ancestors, bytes_of, match_of, names_in, nearest, text_of
from rustgate.checks.asynchrony.lock_guards import FUTURE_METHODS, WAITS, Guard, enclosing_block, first_wait

_UNWRAPPING = frozenset({b"unwrap", b"expect", b"unwrap_or_else", b"map_err", b"ok"})
_HAS_RWLOCK = re.compile(rb"RwLock|parking_lot")
_CONSOLE = re.compile(rb"\bstd(?:in|out|err)(?:\(\))?$")
_PLACES = frozenset({"field_expression", "unary_expression", "reference_expression", "index_expression"})
_BRANCHING = frozenset({"if_expression", "while_expression"})
_ENDS_TEMPORARIES = frozenset({"expression_statement", "block", "closure_expression", "match_arm", "async_block", "source_file"})


def lock_across_await(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find lock guards that are held across an `.await`."""
    source = file.scan.source
    if not WAITS.search(source):
        return
    for captures in matches:
        method = captures["method"][0]
        held = ((guard, first_wait(guard, source)) for guard in _guards(captures["call"][0], method, source))
        guard, wait = next((pair for pair in held if pair[1] is not None), (None, None))
        if guard is not None and wait is not None:
            yield match_of(guard.at, method=text_of(method, source), line=file.outline.lines.number(wait))


def _guards(call: Node, method: Node, source: bytes) -> Iterator[Guard]:
    """Yield the guards that a locking call may create.

    A guard has a name, or is a temporary. Sensors and files have `read` and `write` too, so that these count only in files that mention
    `RwLock` or `parking_lot`.
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
        yield from _matched_and_bound(holder, source)
    elif holder.type in _PLACES and (sure or _is_used_at_once(holder, method, source)):
        yield _temporary(value)


def _unwrapped(call: Node, source: bytes) -> Node:
    """Return a call together with the `?`, `unwrap()` .. behind it."""
    node = call
    for _ in range(FARTHEST):
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
    """Return the outermost expression that has this value.

    Blocks, `unsafe` blocks and `if` have the value of their last expression.
    """
    for parent in ancestors(value):
        is_last = parent.type == "block" and parent.named_children[-1] == value
        is_branch = value.type in {"block", "else_clause"} and parent.type in {"unsafe_block", "else_clause", "if_expression"}
        if not (is_last or is_branch):
            break
        value = parent
    return value


def _may_be_guard(call: Node, method: Node, source: bytes) -> bool:
    """Return whether a call that is not unwrapped returns a guard.

    It may also return a `Result` that is matched. The locks of `stdin`, `stdout` and `stderr` do not count.
    """
    receiver = call.children[0].child_by_field_name("value")
    if receiver is None or _CONSOLE.search(bytes_of(receiver, source)):
        return False
    matched = call.parent is not None and call.parent.type in {"let_condition", "match_expression"}
    return matched or bytes_of(method, source) == b"lock" or b"parking_lot" in source


def _is_used_at_once(holder: Node, method: Node, source: bytes) -> bool:
    """Return whether the parent of a call uses a guard.

    A future or a number cannot be used like that.
    """
    if holder.type == "field_expression":
        name = holder.child_by_field_name("field")
        return name is not None and bytes_of(name, source) not in FUTURE_METHODS
    return holder.type == "unary_expression" and bytes_of(method, source) == b"lock"


def _bound(holder: Node, value: Node, source: bytes) -> Iterator[Guard]:
    """Yield the guard of `let name = ..` or `name = ..`.

    A name that is awaited or pinned later holds a future instead.
    """
    pattern = holder.child_by_field_name("pattern") or holder.child_by_field_name("left")
    block = enclosing_block(holder)
    if pattern is None or block is None or pattern.type in {"field_expression", "index_expression"}:
        return
    for name in names_in(pattern, source):
        waited_for = rb"\b" + name + rb"\s*\.\s*await\b|\bpin!\s*\(\s*" + name + rb"\s*\)"
        if not re.compile(waited_for).search(source, value.end_byte, block.end_byte):
            yield Guard(pattern, holder.end_byte, block.end_byte, block, name)


def _matched(holder: Node, source: bytes) -> Iterator[Guard]:
    """Yield the guard that a pattern takes from a result.

    That is `if let Ok(name)`, `while let Ok(name)` or a match arm `Ok(name)`.
    """
    pairs = [(holder.child_by_field_name("pattern"), _body(holder))]
    if holder.type == "match_expression" and (arms := holder.child_by_field_name("body")):
        pairs = [(arm.child_by_field_name("pattern"), arm.child_by_field_name("value")) for arm in arms.named_children]
    for pattern, body in pairs:
        if pattern is not None and body is not None:
            for name in names_in(pattern, source):
                yield Guard(pattern, body.start_byte, body.end_byte, body, name)


def _body(condition: Node) -> Node | None:
    """Return the block of an `if let` or `while let`."""
    whole = nearest(condition, _BRANCHING)
    return whole and (whole.child_by_field_name("consequence") or whole.child_by_field_name("body"))


def _matched_and_bound(holder: Node, source: bytes) -> Iterator[Guard]:
    """Yield the guard that a `match` passes on to a variable.

    An example is `let name = match mutex.lock() { Ok(guard) => guard, .. }`.
    """
    declaration, arms = holder.parent, holder.child_by_field_name("body")
    if holder.type != "match_expression" or declaration is None or declaration.type != "let_declaration" or arms is None:
        return
    for arm in arms.named_children:
        pattern, value = arm.child_by_field_name("pattern"), arm.child_by_field_name("value")
        if pattern and value and value.type == "identifier" and bytes_of(value, source) in names_in(pattern, source):
            yield from _bound(declaration, holder, source)
            return


def _temporary(value: Node) -> Guard:
    """Return the unnamed guard that an expression creates.

    It lives as long as the statement around it, or as the block if `let x = &..` extends it.
    """
    node, extends = value, True
    for parent in ancestors(value):
        if parent.type in _ENDS_TEMPORARIES or _drops(parent, node):
            break
        if parent.type == "let_declaration":
            block = enclosing_block(parent) if extends and node.type == "reference_expression" else None
            return Guard(value, value.end_byte, (block or node).end_byte, block or parent)
        if parent.type == "let_condition":
            body = _body(parent)
            return Guard(value, value.end_byte, (body or node).end_byte, nearest(parent, _BRANCHING) or parent)
        extends = extends and parent.type in _PLACES
        node = parent
    return Guard(value, value.end_byte, node.end_byte, node)


def _drops(parent: Node, node: Node) -> bool:
    """Return whether a parent drops a node's temporaries at once.

    Conditions and operands of `&&` drop them; the left side of `=` is evaluated last.
    """
    if parent.type in {"assignment_expression", "compound_assignment_expr"}:
        return parent.children[0] == node
    operator = parent.child_by_field_name("operator")
    return parent.type in _BRANCHING or (operator is not None and operator.type in {"&&", "||"})
