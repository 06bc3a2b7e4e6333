"""Outline nodes: the constructs that others stand in, and their nesting."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from tree_sitter import Node

DEEPEST = 128
"""Levels of nesting that a qualified name or path holds; by default, rustc reads no deeper."""


class OutlineNode:
    """A construct that others stand in, from byte `start` to `end`.

    `name` is its part of a qualified name, or empty. While the outline is built, `function` is the function that it belongs to. `nesting`
    counts for cognitive complexity (closures and nested functions raise it), `depth` for the nesting metric (they do not). A boolean
    expression has the ranges of its `operands`, and shares the `group` of operators with those of them that are boolean themselves.
    """

    __slots__ = (
        "body",
        "depth",
        "end",
        "function",
        "group",
        "head_end",
        "head_start",
        "kind",
        "name",
        "nesting",
        "operands",
        "parent",
        "start",
        "words",
    )

    def __init__(self, kind: str, tree_node: Node, parent: "OutlineNode | None") -> None:
        self.kind = kind
        self.start, self.end = tree_node.start_byte, tree_node.end_byte
        self.head_start, self.head_end = self.start, self.start
        self.parent = parent
        self.function: FunctionNode | None = parent.function if parent else None
        self.nesting: int = parent.nesting if parent else 0
        self.depth: int = parent.depth if parent else 0
        self.name = ""
        self.words: frozenset[str] = frozenset()
        self.body = True
        self.group: list[tuple[int, bytes]] = []
        self.operands: frozenset[tuple[int, int]] = frozenset()

    @property
    def item(self) -> str:
        """The qualified name of the node, such as `module::Type::method`.

        It is empty at the top of a file. Of deeper nesting it has only the innermost `DEEPEST` names.
        """
        names: list[str] = []
        node: OutlineNode | None = self
        while node and len(names) < DEEPEST:
            if node.name:
                names.append(node.name)
            node = node.parent
        names.reverse()
        return "::".join(names)


class FunctionNode(OutlineNode):
    """A function or signature while its metrics are being counted."""

    __slots__ = (
        "body_start",
        "bool_parameters",
        "cognitive",
        "cyclomatic",
        "deepest",
        "fixed_signature",
        "outermost",
        "parameters",
        "public",
        "required",
        "self_parameter",
        "tries",
    )  # fmt: skip

    def __init__(self, kind: str, tree_node: Node, parent: OutlineNode | None) -> None:
        super().__init__(kind, tree_node, parent)
        self.outermost: FunctionNode = self.function.outermost if self.function else self
        self.nesting = self.nesting + 1 if self.function else 0
        self.depth = 0
        self.function = self
        self.cyclomatic, self.cognitive, self.tries = 1, 0, 0
        self.deepest: list[tuple[int, int]] = []
        self.parameters, self.bool_parameters, self.self_parameter = 0, 0, False
        self.public = self.fixed_signature = self.required = False
        self.body_start = self.end

    def drop_self_references(self) -> None:
        """Drop references to itself, once everything has been counted.

        Otherwise it, and all that it holds, would wait for the garbage collector.
        """
        del self.function, self.outermost


class Nesting:
    """Looks up outline nodes by the bytes that they hold.

    The nodes are sorted by their start, outer ones first.
    """

    def __init__(self, outline_nodes: list[OutlineNode]) -> None:
        self.outline_nodes = outline_nodes
        self._starts = [node.start for node in outline_nodes]

    def first_from(self, byte: int) -> OutlineNode | None:
        """Return the first node that begins at or after `byte`."""
        index = bisect_left(self._starts, byte)
        return self.outline_nodes[index] if index < len(self.outline_nodes) else None

    def innermost(self, byte: int) -> OutlineNode | None:
        """Return the smallest node that holds `byte`."""
        index = bisect_right(self._starts, byte) - 1
        node = self.outline_nodes[index] if index >= 0 else None
        while node and byte >= node.end:
            node = node.parent
        return node

    def ancestors(self, byte: int) -> Iterator[OutlineNode]:
        """Yield the nodes that hold `byte`, innermost first."""
        node = self.innermost(byte)
        while node:
            yield node
            node = node.parent
