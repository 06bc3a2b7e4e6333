"""Kinds of nodes, the text of one, the end of a block, the string that a literal makes, and the function that holds a place."""

from tree_sitter import Node

from rustgate.model.finding import Match
from rustgate.syntax.outline import Outline
from rustgate.syntax.outline_nodes import FunctionNode

STRINGS = frozenset({"raw_string_literal", "string_literal"})
LITERALS = STRINGS | {"boolean_literal", "char_literal", "float_literal", "integer_literal"}
LEAVING = frozenset({"break_expression", "continue_expression", "return_expression"})
"""Expressions that have no value, because what follows them is not reached."""


def bytes_of(node: Node, source: bytes) -> bytes:
    """The text of a node as it stands in the source."""
    return source[node.start_byte : node.end_byte]


def text_of(node: Node, source: bytes) -> str:
    """The text of a node."""
    return bytes_of(node, source).decode(errors="replace")


def line_of(node: Node, source: bytes) -> str:
    """The text of a node on one line."""
    return " ".join(text_of(node, source).split())


def last_of(block: Node) -> Node | None:
    """The last statement or expression in a block, comments apart."""
    return next((child for child in reversed(block.named_children) if not child.is_extra), None)


def string_of(literal: Node) -> Node:
    """The expression that makes a string of a literal alone, `String::from("..")` or `"..".to_owned()`; or the literal itself."""
    holder = literal.parent
    call = holder.parent if holder else None
    if not (holder and call and call.type == "call_expression"):
        return literal
    alone = holder.type == "arguments" and [child for child in holder.named_children if not child.is_extra] == [literal]
    return call if alone or (holder.type == "field_expression" and call.child_by_field_name("function") == holder) else literal


def function_at(outline: Outline, byte: int) -> FunctionNode | None:
    """The function that holds `byte`."""
    return next((outline_node for outline_node in outline.ancestors(byte) if isinstance(outline_node, FunctionNode)), None)


def match_of(node: Node, **values: object) -> Match:
    """The match that a node is; `values` fill the placeholders of the message."""
    return Match(node.start_byte, node.end_byte, values)
