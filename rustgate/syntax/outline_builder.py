"""Outline events in, frames out: one pass with a stack over what opens and closes, counting the metrics of each function on the way."""

import re
from collections.abc import Callable
from itertools import pairwise

from tree_sitter import Node

from rustgate.syntax.outline_nodes import FunctionNode, OutlineNode
from rustgate.syntax.parse import COMMENTS, Scan

_CONTROL_FLOW = ("if", "match", "while", "for", "loop")
_ITEMS = ("mod", "trait", "type")
_PLAIN = ("extern", "async", "unsafe", "const", "macro-rules")
_BESIDE_PARAMETERS = COMMENTS | {"(", ")", ",", "attribute_item"}
_PLAIN_HEADS = {b"fn ": False, b"pub fn ": True}
"""Whether a function with nothing else before its name is public."""
_PLAIN_PARAMETERS = {b"()": False, b"(self)": True, b"(&self)": True, b"(&mut self)": True, b"(mut self)": True}
"""Whether the most frequent lists of parameters hold `self`, and nothing else."""
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\w+")
_TYPED_SELF = re.compile(rb"(?:mut\s+)?self\s*:")
_BOOL = re.compile(rb"(?:^|:)\s*bool$")
_LAZY_MACRO = re.compile(rb"\b(?:thread_local|lazy_static)\s*!\s*[({\[]\s*\Z")
_NEAR = 100
_ASYNC, _LAZY, _NO_WORDS = frozenset({"async"}), frozenset({"lazy"}), frozenset[str]()


def build_outline_nodes(scan: Scan) -> list[OutlineNode]:
    """The frames of a file, sorted by their start, outer ones first."""
    state = _Builder(scan.source)
    handlers = state.handlers()
    nodes = ((kind, node) for kind in handlers for node in scan.events.get(kind, ()))
    events = [(node.start_byte, -node.end_byte, order, kind, node) for order, (kind, node) in enumerate(nodes)]
    events.sort()
    for start, _, _, kind, node in events:
        while state.top and state.top.end <= start:
            state.top = state.top.parent
        handlers[kind](kind, node)
    state.settle()
    return state.outline_nodes


class _Builder:
    """The stack of open frames (`top` and its parents) and what has been collected so far."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.outline_nodes: list[OutlineNode] = []
        self.top: OutlineNode | None = None
        self._runs: list[OutlineNode] = []

    def handlers(self) -> dict[str, Callable[[str, Node], None]]:
        """What to do for each kind of event; the other kinds are no business of the sweep."""
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

    def settle(self) -> None:
        """Add what can be counted only when all operators of an expression are known, its runs of the same operator; nothing follows."""
        for outline_node in self._runs:
            if outline_node.function:
                operators = [operator for _, operator in sorted(outline_node.group)]
                changes = sum(one != other for one, other in pairwise(operators))
                outline_node.function.outermost.cognitive += 1 + changes
        for outline_node in self.outline_nodes:
            if isinstance(outline_node, FunctionNode):
                outline_node.forget_itself()

    def _enter(self, outline_node: OutlineNode) -> None:
        self.outline_nodes.append(outline_node)
        self.top = outline_node

    def _text(self, node: Node) -> str:
        text = self.source[node.start_byte : node.end_byte].decode(errors="replace")
        return text if text.isidentifier() else _SPACES.sub(" ", text)

    def _plain(self, kind: str, node: Node) -> None:
        outline_node = OutlineNode(kind, node, self.top)
        if kind == "const":
            self._name(outline_node, node.child_by_field_name("name"))
            outline_node.words = _LAZY if node.type == "static_item" and self._is_lazy(node) else _NO_WORDS
        self._enter(outline_node)

    def _is_lazy(self, static: Node) -> bool:
        """Whether a static stands right in a macro that computes it when it is first used."""
        body = static.parent
        return bool(body and _LAZY_MACRO.search(self.source, max(0, body.start_byte - _NEAR), body.start_byte))

    def _item(self, kind: str, node: Node) -> None:
        outline_node = OutlineNode(kind, node, self.top)
        self._name(outline_node, node.child_by_field_name("name"))
        outline_node.body = node.child_by_field_name("body") is not None
        outline_node.words = self._visibility(node)
        self._enter(outline_node)

    def _name(self, outline_node: OutlineNode, name: Node | None) -> None:
        if name:
            outline_node.name = self._text(name)
            outline_node.head_start, outline_node.head_end = name.start_byte, name.end_byte

    def _visibility(self, node: Node) -> frozenset[str]:
        first = node.child(0)
        return frozenset({self._text(first)}) if first.type == "visibility_modifier" else frozenset()

    def _impl(self, kind: str, node: Node) -> None:
        outline_node = OutlineNode(kind, node, self.top)
        target, trait = node.child_by_field_name("type"), node.child_by_field_name("trait")
        if target and trait:
            outline_node.name = f"<{self._text(target)} as {self._text(trait)}>"
            outline_node.words = frozenset({"trait", self._text(trait).partition("<")[0].rpartition("::")[2]})
        elif target:
            outline_node.name = self._text((target.type == "generic_type" and target.child_by_field_name("type")) or target)
        outline_node.head_end = target.end_byte if target else outline_node.start
        self._enter(outline_node)

    def _function(self, kind: str, node: Node) -> None:
        outline_node = FunctionNode(kind, node, self.top)
        holder = outline_node.parent.kind if outline_node.parent else ""
        self._name(outline_node, node.child_by_field_name("name"))
        plain = _PLAIN_HEADS.get(self.source[outline_node.start : outline_node.head_start])
        if plain is None:
            self._modifiers(outline_node, node)
        else:
            outline_node.public = plain
        parameters, body = node.child_by_field_name("parameters"), node.child_by_field_name("body")
        if parameters:
            self._parameters(outline_node, parameters)
        if body:
            outline_node.body_start = body.start_byte
        outline_node.public = outline_node.public or (
            holder == "trait" and "pub" in (outline_node.parent.words if outline_node.parent else ())
        )
        outline_node.fixed_signature = (
            "extern" in outline_node.words
            or holder == "extern"
            or (holder == "impl" and bool(outline_node.parent and outline_node.parent.words))
        )
        outline_node.body = kind == "function"
        outline_node.required = holder == "trait" and not outline_node.body and _is_member(node)
        self._enter(outline_node)

    def _modifiers(self, outline_node: FunctionNode, node: Node) -> None:
        """What stands before `fn`."""
        for child in node.children:
            if child.type == "visibility_modifier":
                outline_node.public = self._text(child) == "pub"
            elif child.type == "function_modifiers":
                outline_node.words = frozenset(_WORD.findall(self._text(child)))
            elif child.type == "fn":
                return

    def _parameters(self, outline_node: FunctionNode, parameters: Node) -> None:
        plain = _PLAIN_PARAMETERS.get(self.source[parameters.start_byte : parameters.end_byte])
        if plain is not None:
            outline_node.self_parameter = plain
            return
        for child in parameters.children:
            kind = child.type
            if kind in _BESIDE_PARAMETERS:
                continue
            text = self.source[child.start_byte : child.end_byte]
            if kind == "self_parameter" or (b"self" in text and _TYPED_SELF.match(text)):
                outline_node.self_parameter = True
            else:
                outline_node.parameters += 1
                outline_node.bool_parameters += text.endswith(b"bool") and bool(_BOOL.search(text))

    def _closure(self, kind: str, node: Node) -> None:
        outline_node = OutlineNode(kind, node, self.top)
        outline_node.nesting += 1
        before = self.source[outline_node.start : self.source.find(b"|", outline_node.start, outline_node.end)]
        outline_node.words = _ASYNC if b"async" in before else _NO_WORDS
        self._enter(outline_node)

    def _control_flow(self, kind: str, node: Node) -> None:
        above = self.top
        outline_node = OutlineNode(kind, node, above)
        continues = kind == "if" and above is not None and above.kind == "else-if" and above.body
        function = outline_node.function
        if continues and above:
            above.body = False  # the one `if` that belongs to this `else` has been seen
        else:
            outline_node.nesting += 1
            outline_node.depth += 1
        if function:
            function.cyclomatic += kind != "match"
            function.outermost.cognitive += 1 if continues else outline_node.nesting
            if outline_node.depth > len(function.deepest):
                function.deepest.append(_keyword(node, kind))
        self._enter(outline_node)

    def _else(self, kind: str, node: Node) -> None:
        outline_node = OutlineNode(kind, node, self.top)
        if outline_node.function and kind == "else":
            outline_node.function.outermost.cognitive += 1
        self._enter(outline_node)

    def _arm(self, _kind: str, node: Node) -> None:
        if self.top and self.top.function:
            guard = node.child_by_field_name("condition")
            bare = node.child(0).type == "_"
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

    def _chain(self, kind: str, node: Node) -> None:
        operators = [(child.start_byte, b"&&") for child in node.children if child.type == "&&"]
        if operators and self.top and self.top.function:
            self.top.function.cyclomatic += len(operators)
            outline_node = OutlineNode(kind, node, self.top)
            outline_node.group, outline_node.operands = operators, _operands(node)
            self._runs.append(outline_node)
            self._enter(outline_node)

    def _boolean(self, kind: str, node: Node) -> None:
        outline_node = OutlineNode(kind, node, self.top)
        operator = node.child_by_field_name("operator")
        if not operator:
            return
        outline_node.operands = _operands(node)
        if self.top and (outline_node.start, outline_node.end) in self.top.operands:
            outline_node.group = self.top.group
        else:
            self._runs.append(outline_node)
        outline_node.group.append((operator.start_byte, self.source[operator.start_byte : operator.end_byte]))
        if outline_node.function:
            outline_node.function.cyclomatic += 1
        self._enter(outline_node)


def _is_member(node: Node) -> bool:
    """Whether a function stands right in a trait; what stands in a macro in it may be written with a body."""
    members = node.parent
    return bool(members and members.parent and members.parent.type == "trait_item")


def _keyword(node: Node, kind: str) -> tuple[int, int]:
    """The bytes of the keyword of a control-flow construct, behind its label if it has one."""
    word = next((child for child in node.children if child.type == kind), node)
    return word.start_byte, word.end_byte


def _operands(node: Node) -> frozenset[tuple[int, int]]:
    """The ranges of what the operators of a boolean expression or let chain stand between, parentheses apart."""
    return frozenset((operand.start_byte, operand.end_byte) for operand in map(_without_parentheses, node.named_children))


def _without_parentheses(node: Node) -> Node:
    while node.type == "parenthesized_expression":
        node = next((child for child in node.named_children if child.type not in COMMENTS), node.children[0])
    return node
