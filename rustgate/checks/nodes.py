"""The text of a node, and the function that holds it."""

from tree_sitter import Node

from rustgate.outline import Outline
from rustgate.sweep import FunctionFrame


def bytes_of(node: Node, source: bytes) -> bytes:
    """The text of a node as it stands in the source."""
    return source[node.start_byte : node.end_byte]


def text_of(node: Node, source: bytes) -> str:
    """The text of a node."""
    return bytes_of(node, source).decode(errors="replace")


def line_of(node: Node, source: bytes) -> str:
    """The text of a node on one line."""
    return " ".join(text_of(node, source).split())


def function_at(outline: Outline, byte: int) -> FunctionFrame | None:
    """The function that holds `byte`."""
    return next((frame for frame in outline.around(byte) if isinstance(frame, FunctionFrame)), None)
