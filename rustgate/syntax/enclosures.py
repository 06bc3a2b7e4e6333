"""Decide whether code is in a loop, `async` or another enclosure.

Enclosures are read from the enclosing outline nodes, innermost first.
"""

from collections.abc import Callable, Iterable
from itertools import takewhile

from rustgate.model.rule import Enclosure
from rustgate.syntax.outline_nodes import OutlineNode

_LOOPS = frozenset({"for", "while", "loop"})


def stands_in(enclosure: Enclosure, nodes: Iterable[OutlineNode]) -> bool:
    """Return whether code inside `nodes` runs in `enclosure`.

    `nodes` are the enclosing outline nodes, from the innermost outwards.
    """
    return _DECIDERS[enclosure](nodes)


def _in_async(nodes: Iterable[OutlineNode]) -> bool:
    """True in an async block, function or closure.

    Not in a plain function or closure within one.
    """
    for node in nodes:
        if node.kind == "async":
            return True
        if node.kind in {"function", "closure"}:
            return "async" in node.words
    return False


def _in_const(nodes: Iterable[OutlineNode]) -> bool:
    """True in code that the compiler evaluates.

    That is the value of a const or static, a const block, the length of an array, a const argument or its default, and the value of an
    enum's variant. A closure in there runs later, and so does a lazy static.
    """
    for node in nodes:
        if node.kind in {"function", "closure"}:
            return False
        if node.kind == "const":
            return "lazy" not in node.words
    return False


def _in_static(nodes: Iterable[OutlineNode]) -> bool:
    """True in a const or static value, or a const block.

    It does not matter when the value is computed.
    """
    return any(node.kind == "const" and "bare" not in node.words for node in takewhile(_is_not_function, nodes))


def _is_not_function(node: OutlineNode) -> bool:
    return node.kind not in {"function", "closure"}


def _in_drop(nodes: Iterable[OutlineNode]) -> bool:
    return any(node.kind == "impl" and "Drop" in node.words for node in nodes)


def _in_loop(nodes: Iterable[OutlineNode]) -> bool:
    for node in nodes:
        if node.kind in _LOOPS:
            return True
        if node.kind == "function":
            return False
    return False


def _in_unsafe(nodes: Iterable[OutlineNode]) -> bool:
    for node in nodes:
        if node.kind == "unsafe":
            return True
        if node.kind == "function":
            return "unsafe" in node.words
    return False


def _in_macro_rules(nodes: Iterable[OutlineNode]) -> bool:
    return any(node.kind == "macro-rules" for node in nodes)


_DECIDERS: dict[Enclosure, Callable[[Iterable[OutlineNode]], bool]] = {
    Enclosure.ASYNC: _in_async,
    Enclosure.CONST: _in_const,
    Enclosure.DROP: _in_drop,
    Enclosure.LOOP: _in_loop,
    Enclosure.MACRO_RULES: _in_macro_rules,
    Enclosure.STATIC: _in_static,
    Enclosure.UNSAFE: _in_unsafe,
}
