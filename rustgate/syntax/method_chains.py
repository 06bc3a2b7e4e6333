"""Chains of method calls and fields, and calls of methods that panic."""

import re

from tree_sitter import Node

from rustgate.syntax.node_helpers import FARTHEST, children_of
from rustgate.syntax.parse import Captures

_QUESTION_MARK = re.compile(rb"\s*\?")

FIELDS = frozenset({"field_expression"})
CALLS = FIELDS | {"call_expression"}
"""Kinds of nodes that a plain chain of calls is made of, such as `Command::new("ls").arg("-l").status()`."""


def chain_start(node: Node, through: frozenset[str] = CALLS) -> Node:
    """Return the expression that a chain begins with.

    `through` are the kinds of nodes in the chain: `FIELDS` lead from `a.b.c` to `a`, `CALLS` also from `a.b().c()`.
    """
    for _ in range(FARTHEST):
        below = (node.child_by_field_name("value") or node.named_child(0)) if node.type in through else None
        if below is None:
            break
        node = below
    return node


def method_of(call: Node) -> Node | None:
    """Return the method name of a call, if it has one."""
    function = call.child_by_field_name("function") if call.type == "call_expression" else None
    return function.child_by_field_name("field") if function else None


def may_panic(source: bytes, captures: Captures) -> bool:
    """Return whether a call or macro may panic.

    A method `@what` that takes other `@arguments` than the one of `Option` and `Result` does not.
    """
    if "arguments" not in captures:
        return True
    if source.startswith(b"expect", captures["what"][0].start_byte):
        return is_panicking_expect(captures, source)
    return not children_of(captures["arguments"][0])


def is_panicking_expect(captures: Captures, source: bytes) -> bool:
    """Return whether a call looks like `expect(message)`.

    It has one argument, and no `?` behind it.
    """
    return len(children_of(captures["arguments"][0])) == 1 and not _QUESTION_MARK.match(source, captures["finding"][0].end_byte)
