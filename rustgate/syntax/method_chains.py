"""Chains of method calls and fields."""

from tree_sitter import Node

from rustgate.syntax.node_helpers import FARTHEST

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
