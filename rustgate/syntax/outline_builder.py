"""Build outline nodes from a scan's events, and count function metrics.

One pass with a stack of the constructs that are open.
"""

import re
from collections.abc import Callable
from itertools import pairwise

from tree_sitter import Node

from rustgate.syntax.outline_nodes import FunctionNode, OutlineNode
from rustgate.syntax.parse import COMMENTS, Scan
from rustgate.syntax.signatures import read_signature

_CONTROL_FLOW = ("if", "match", "while", "for", "loop")
_ITEMS = ("mod", "trait", "type")
_PLAIN = ("extern", "async", "unsafe", "const", "macro-rules")
_NAMED_CONSTANTS = frozenset({"const_item", "static_item"})
_SPACES = re.compile(r"\s+")
_LAZY_MACRO = re.compile(rb"\b(?:thread_local|lazy_static)\s*!\s*[({\[]\s*\Z")
_LAZY_MACRO_REACH = 100
_ASYNC, _BARE, _LAZY, _NO_WORDS = frozenset({"async"}), frozenset({"bare"}), frozenset({"lazy"}), frozenset[str]()
"""Words of outline nodes; `bare` is an expression in a const context that has no `const` of its own, such as the length of an array."""


def build_outline_nodes(scan: Scan) -> list[OutlineNode]:
    """Return a file's outline nodes, sorted by start, outer ones first."""
    builder = _Builder(scan.source)
    handlers = builder.handlers()
    tree_nodes = ((kind, tree_node) for kind in handlers for tree_node in scan.events.get(kind, ()))
    events = [(tree_node.start_byte, -tree_node.end_byte, order, kind, tree_node) for order, (kind, tree_node) in enumerate(tree_nodes)]
    events.sort()
    for start, _, _, kind, tree_node in events:
        while builder.top and builder.top.end <= start:
            builder.top = builder.top.parent
        handlers[kind](kind, tree_node)
    builder.finish()
    return builder.outline_nodes


class _Builder:
    """The stack of open nodes (`top` and its parents), and the result."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.outline_nodes: list[OutlineNode] = []
        self.top: OutlineNode | None = None
        self._runs: list[OutlineNode] = []

    def handlers(self) -> dict[str, Callable[[str, Node], None]]:
        """Map each kind of event that the outline needs to its handler."""
        return {
            **dict.fromkeys(_PLAIN, self._plain),
            **dict.fromkeys(_ITEMS, self._item),
            **dict.fromkeys(_CONTROL_FLOW, self._control_flow),
            "impl": self._impl,
            "function": self._function,
            "signature": self._function,
            "closure": self._closure,
            "else": self._else,
            "else-if": self._else,
            "arm": self._arm,
            "let-else": self._let_else,
            "chain": self._chain,
            "boolean": self._boolean,
            "jump": self._jump,
            "try": self._try,
        }

    def finish(self) -> None:
        """Count the runs of equal boolean operators, when all are known.

        Nothing may be handled after this.
        """
        for node in self._runs:
            if node.function:
                operators = [operator for _, operator in sorted(node.group)]
                changes = sum(one != other for one, other in pairwise(operators))
                node.function.outermost.cognitive += 1 + changes
        for node in self.outline_nodes:
            if isinstance(node, FunctionNode):
                node.drop_self_references()

    def _enter(self, node: OutlineNode) -> None:
        self.outline_nodes.append(node)
        self.top = node

    def _text(self, tree_node: Node) -> str:
        text = self.source[tree_node.start_byte : tree_node.end_byte].decode(errors="replace")
        return text if text.isidentifier() else _SPACES.sub(" ", text)

    def _plain(self, kind: str, tree_node: Node) -> None:
        node = OutlineNode(kind, tree_node, self.top)
        if tree_node.type in _NAMED_CONSTANTS:
            self._name(node, tree_node.child_by_field_name("name"))
            node.words = _LAZY if tree_node.type == "static_item" and self._is_lazy(tree_node) else _NO_WORDS
        elif kind == "const" and tree_node.type != "const_block":
            node.words = _BARE
        elif kind == "macro-rules" and (name := tree_node.child_by_field_name("name")):
            node.head_start, node.head_end = name.start_byte, name.end_byte
        self._enter(node)

    def _is_lazy(self, static: Node) -> bool:
        """Return whether a static is computed on first use.

        Then it stands right in a `thread_local!` or `lazy_static!`.
        """
        body = static.parent
        return bool(body and _LAZY_MACRO.search(self.source, max(0, body.start_byte - _LAZY_MACRO_REACH), body.start_byte))

    def _item(self, kind: str, tree_node: Node) -> None:
        node = OutlineNode(kind, tree_node, self.top)
        self._name(node, tree_node.child_by_field_name("name"))
        node.body = tree_node.child_by_field_name("body") is not None
        node.words = self._visibility(tree_node)
        self._enter(node)

    def _name(self, node: OutlineNode, name: Node | None) -> None:
        if name:
            node.name = self._text(name)
            node.head_start, node.head_end = name.start_byte, name.end_byte

    def _visibility(self, tree_node: Node) -> frozenset[str]:
        first = tree_node.child(0)
        if first.type != "visibility_modifier":
            return frozenset()
        text = self._text(first)
        return frozenset({"pub" if text.startswith("$") else text})  # the visibility that a macro is given

    def _impl(self, kind: str, tree_node: Node) -> None:
        node = OutlineNode(kind, tree_node, self.top)
        target, trait = tree_node.child_by_field_name("type"), tree_node.child_by_field_name("trait")
        if target and trait:
            node.name = f"<{self._text(target)} as {self._text(trait)}>"
            node.words = frozenset({"trait", self._text(trait).partition("<")[0].rpartition("::")[2]})
        elif target:
            node.name = self._text((target.type == "generic_type" and target.child_by_field_name("type")) or target)
        node.head_end = target.end_byte if target else node.start
        self._enter(node)

    def _function(self, kind: str, tree_node: Node) -> None:
        node = FunctionNode(kind, tree_node, self.top)
        self._name(node, tree_node.child_by_field_name("name"))
        read_signature(node, tree_node, self.source)
        node.body = kind == "function"
        self._enter(node)

    def _closure(self, kind: str, tree_node: Node) -> None:
        node = OutlineNode(kind, tree_node, self.top)
        node.nesting += 1
        before = self.source[node.start : self.source.find(b"|", node.start, node.end)]
        node.words = _ASYNC if b"async" in before else _NO_WORDS
        self._enter(node)

    def _control_flow(self, kind: str, tree_node: Node) -> None:
        outer = self.top
        node = OutlineNode(kind, tree_node, outer)
        continues = kind == "if" and outer is not None and outer.kind == "else-if" and outer.body
        function = node.function
        if continues and outer:
            outer.body = False  # the `if` of this `else` has been seen
        else:
            node.nesting += 1
            node.depth += 1
        if function:
            function.cyclomatic += kind != "match"
            function.outermost.cognitive += 1 if continues else node.nesting
            if node.depth > len(function.deepest):
                function.deepest.append(_keyword(tree_node, kind))
        self._enter(node)

    def _else(self, kind: str, tree_node: Node) -> None:
        node = OutlineNode(kind, tree_node, self.top)
        if node.function and kind == "else":
            node.function.outermost.cognitive += 1
        self._enter(node)

    def _arm(self, _kind: str, tree_node: Node) -> None:
        if self.top and self.top.function:
            guard = tree_node.child_by_field_name("condition")
            bare = tree_node.child(0).type == "_"
            self.top.function.cyclomatic += (not bare) + bool(guard)

    def _let_else(self, _kind: str, _node: Node) -> None:
        if self.top and self.top.function:
            self.top.function.cyclomatic += 1

    def _try(self, _kind: str, _node: Node) -> None:
        if self.top and self.top.function:
            self.top.function.tries += 1

    def _jump(self, _kind: str, _node: Node) -> None:
        if self.top and self.top.function:
            self.top.function.outermost.cognitive += 1

    def _chain(self, kind: str, tree_node: Node) -> None:
        operators = [(child.start_byte, b"&&") for child in tree_node.children if child.type == "&&"]
        if operators and self.top and self.top.function:
            self.top.function.cyclomatic += len(operators)
            node = OutlineNode(kind, tree_node, self.top)
            node.group, node.operands = operators, _operands(tree_node)
            self._runs.append(node)
            self._enter(node)

    def _boolean(self, kind: str, tree_node: Node) -> None:
        node = OutlineNode(kind, tree_node, self.top)
        operator = tree_node.child_by_field_name("operator")
        if not operator:
            return
        node.operands = _operands(tree_node)
        if self.top and (node.start, node.end) in self.top.operands:
            node.group = self.top.group
        else:
            self._runs.append(node)
        node.group.append((operator.start_byte, self.source[operator.start_byte : operator.end_byte]))
        if node.function:
            node.function.cyclomatic += 1
        self._enter(node)


def _keyword(tree_node: Node, kind: str) -> tuple[int, int]:
    """Return the bytes of a control-flow keyword.

    A label before it is skipped.
    """
    word = next((child for child in tree_node.children if child.type == kind), tree_node)
    return word.start_byte, word.end_byte


def _operands(tree_node: Node) -> frozenset[tuple[int, int]]:
    """Return the ranges between boolean operators, without parentheses."""
    return frozenset((operand.start_byte, operand.end_byte) for operand in map(_without_parentheses, tree_node.named_children))


def _without_parentheses(tree_node: Node) -> Node:
    while tree_node.type == "parenthesized_expression":
        tree_node = next((child for child in tree_node.named_children if child.type not in COMMENTS), tree_node.children[0])
    return tree_node
