"""Whether code stands in a kind of context: decided from the frames around it, innermost first."""

from collections.abc import Callable, Iterable
from itertools import takewhile

from rustgate.model.rule import Context
from rustgate.syntax.outline_nodes import Frame

_LOOPS = frozenset({"for", "while", "loop"})


def stands_in(context: Context, frames: Iterable[Frame]) -> bool:
    """Whether the code that `frames` hold, from the innermost outwards, runs in `context`."""
    return _DECIDERS[context](frames)


def _in_async(frames: Iterable[Frame]) -> bool:
    """In an async block, function or closure; not in a plain function or closure within one."""
    for frame in frames:
        if frame.kind == "async":
            return True
        if frame.kind in {"function", "closure"}:
            return "async" in frame.words
    return False


def _in_const(frames: Iterable[Frame]) -> bool:
    """In what the compiler evaluates: the value of a const or static, a const block; a closure in there runs later, as do lazy statics."""
    for frame in frames:
        if frame.kind in {"function", "closure"}:
            return False
        if frame.kind == "const":
            return "lazy" not in frame.words
    return False


def _in_static(frames: Iterable[Frame]) -> bool:
    """In the value of a const or static, whenever that is computed, or a const block."""
    return any(frame.kind == "const" for frame in takewhile(_is_no_function, frames))


def _is_no_function(frame: Frame) -> bool:
    return frame.kind not in {"function", "closure"}


def _in_drop(frames: Iterable[Frame]) -> bool:
    return any(frame.kind == "impl" and "Drop" in frame.words for frame in frames)


def _in_loop(frames: Iterable[Frame]) -> bool:
    for frame in frames:
        if frame.kind in _LOOPS:
            return True
        if frame.kind == "function":
            return False
    return False


def _in_unsafe(frames: Iterable[Frame]) -> bool:
    for frame in frames:
        if frame.kind == "unsafe":
            return True
        if frame.kind == "function":
            return "unsafe" in frame.words
    return False


def _in_macro_rules(frames: Iterable[Frame]) -> bool:
    return any(frame.kind == "macro-rules" for frame in frames)


_DECIDERS: dict[Context, Callable[[Iterable[Frame]], bool]] = {
    Context.ASYNC: _in_async,
    Context.CONST: _in_const,
    Context.DROP: _in_drop,
    Context.LOOP: _in_loop,
    Context.MACRO_RULES: _in_macro_rules,
    Context.STATIC: _in_static,
    Context.UNSAFE: _in_unsafe,
}
