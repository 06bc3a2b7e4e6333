"""Helpers for tree-sitter nodes: kinds, text, ancestors, matches."""

from collections.abc import Iterator

from tree_sitter import Node

from rustgate.model.finding import Match
from rustgate.syntax.outline import Outline
from rustgate.syntax.outline_nodes import FunctionNode

STRINGS = frozenset({"raw_string_literal", "string_literal"})
LITERALS = STRINGS | {"boolean_literal", "char_literal", "float_literal", "integer_literal"}
LEAVING = frozenset({"break_expression", "continue_expression", "return_expression"})
"""Expressions that have no value, because what follows them is not reached."""
FARTHEST = 200
"""Nodes that a walk up or down a tree visits at most.

Builder chains of a hundred calls, two nodes each, are written by hand; each step up costs the depth of the tree, so that a generated
chain of thousands of calls would otherwise take hours.
"""


def bytes_of(node: Node, source: bytes) -> bytes:
    """Return the text of a node as bytes."""
    return source[node.start_byte : node.end_byte]


def text_of(node: Node, source: bytes) -> str:
    """Return the text of a node."""
    return bytes_of(node, source).decode(errors="replace")


def tree_text(node: Node) -> str:
    """Return the text of a node of any tree.

    `text_of` is for nodes of the file.
    """
    return (node.text or b"").decode(errors="replace")


def line_of(node: Node, source: bytes) -> str:
    """Return the text of a node on one line."""
    return " ".join(text_of(node, source).split())


def children_of(node: Node) -> list[Node]:
    """Return the named children of a node without comments."""
    return [child for child in node.named_children if not child.is_extra]


def last_of(block: Node) -> Node | None:
    """Return the last statement or expression of a block."""
    return next((child for child in reversed(block.named_children) if not child.is_extra), None)


def ancestors(node: Node) -> Iterator[Node]:
    """Yield the ancestors of a node, innermost first.

    After `FARTHEST` of them it ends.
    """
    for _ in range(FARTHEST):
        parent = node.parent
        if parent is None:
            return
        yield parent
        node = parent


def nearest(node: Node, kinds: frozenset[str]) -> Node | None:
    """Return the nearest ancestor of one of `kinds`."""
    return next((ancestor for ancestor in ancestors(node) if ancestor.type in kinds), None)


def string_of(literal: Node) -> Node:
    """Return the expression that makes a literal a string.

    That is `String::from("..")` or `"..".to_owned()`; the literal itself if nothing does.
    """
    holder = literal.parent
    call = holder.parent if holder else None
    if not (holder and call and call.type == "call_expression"):
        return literal
    alone = holder.type == "arguments" and children_of(holder) == [literal]
    return call if alone or (holder.type == "field_expression" and call.child_by_field_name("function") == holder) else literal


def function_at(outline: Outline, byte: int) -> FunctionNode | None:
    """Return the innermost function around `byte`, if any."""
    return next((outline_node for outline_node in outline.ancestors(byte) if isinstance(outline_node, FunctionNode)), None)


def match_of(node: Node, **values: object) -> Match:
    """Return a match at a node.

    `values` fill the placeholders of the message.
    """
    return Match(node.start_byte, node.end_byte, values)
