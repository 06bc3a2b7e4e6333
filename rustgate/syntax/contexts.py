"""Whether code stands in a kind of context: decided from the frames around it, innermost first."""

from collections.abc import Callable, Iterable
from itertools import takewhile

from rustgate.model.rule import Context
from rustgate.syntax.outline_nodes import OutlineNode

_LOOPS = frozenset({"for", "while", "loop"})


def stands_in(context: Context, outline_nodes: Iterable[OutlineNode]) -> bool:
    """Whether the code that `frames` hold, from the innermost outwards, runs in `context`."""
    return _DECIDERS[context](outline_nodes)


def _in_async(outline_nodes: Iterable[OutlineNode]) -> bool:
    """In an async block, function or closure; not in a plain function or closure within one."""
    for outline_node in outline_nodes:
        if outline_node.kind == "async":
            return True
        if outline_node.kind in {"function", "closure"}:
            return "async" in outline_node.words
    return False


def _in_const(outline_nodes: Iterable[OutlineNode]) -> bool:
    """In what the compiler evaluates: the value of a const or static, a const block; a closure in there runs later, as do lazy statics."""
    for outline_node in outline_nodes:
        if outline_node.kind in {"function", "closure"}:
            return False
        if outline_node.kind == "const":
            return "lazy" not in outline_node.words
    return False


def _in_static(outline_nodes: Iterable[OutlineNode]) -> bool:
    """In the value of a const or static, whenever that is computed, or a const block."""
    return any(outline_node.kind == "const" for outline_node in takewhile(_is_no_function, outline_nodes))


def _is_no_function(outline_node: OutlineNode) -> bool:
    return outline_node.kind not in {"function", "closure"}


def _in_drop(outline_nodes: Iterable[OutlineNode]) -> bool:
    return any(outline_node.kind == "impl" and "Drop" in outline_node.words for outline_node in outline_nodes)


def _in_loop(outline_nodes: Iterable[OutlineNode]) -> bool:
    for outline_node in outline_nodes:
        if outline_node.kind in _LOOPS:
            return True
        if outline_node.kind == "function":
            return False
    return False


def _in_unsafe(outline_nodes: Iterable[OutlineNode]) -> bool:
    for outline_node in outline_nodes:
        if outline_node.kind == "unsafe":
            return True
        if outline_node.kind == "function":
            return "unsafe" in outline_node.words
    return False


def _in_macro_rules(outline_nodes: Iterable[OutlineNode]) -> bool:
    return any(outline_node.kind == "macro-rules" for outline_node in outline_nodes)


_DECIDERS: dict[Context, Callable[[Iterable[OutlineNode]], bool]] = {
    Context.ASYNC: _in_async,
    Context.CONST: _in_const,
    Context.DROP: _in_drop,
    Context.LOOP: _in_loop,
    Context.MACRO_RULES: _in_macro_rules,
    Context.STATIC: _in_static,
    Context.UNSAFE: _in_unsafe,
}
