"""FFI functions whose panics would unwind into foreign code."""

import re
from collections.abc import Iterator
from functools import cache, partial
from itertools import takewhile

from rustgate.api import Attribute, Captures, Enclosure, File, FunctionNode, Match, Outline, OutlineNode, may_panic, stands_in, text_of

_FOREIGN = frozenset({"C", "system", "cdecl", "stdcall", "fastcall", "vectorcall", "thiscall", "aapcs", "win64", "sysv64", "efiapi"})
_MODIFIERS = frozenset({"extern", "unsafe", "async", "const", "default"})
_EXPORTS = frozenset({"no_mangle", "export_name"})
_EXPORTS_IF = re.compile(r",\s*(?:unsafe\s*\(\s*)?(?:no_mangle|export_name)\b")
_RUNS_FUTURES = re.compile(rb"\bblock_on\b")
_GUARDED = re.compile(rb"(?:catch|guard|abort_on)_?(?:unwind|panic)|panic_(?:boundary|guard)")


def ffi_panic_boundary(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Report panics in functions that foreign code calls.

    Each function is reported once, with its first panic. Not if it mentions `catch_unwind` or the like, which stops panics.
    """
    outline = file.outline
    first: dict[FunctionNode, Captures] = {}
    runs_futures = cache(lambda function: _RUNS_FUTURES.search(outline.source, function.body_start, function.end))
    panics = filter(partial(may_panic, file.scan.source), matches)
    for captures in sorted(panics, key=lambda captures: captures["finding"][0].start_byte):
        start = captures["finding"][0].start_byte
        outline_nodes = list(outline.ancestors(start))
        function = _function(outline_nodes)
        if (
            function
            and outline.is_test(start) == outline.is_test(function.start)
            and (not _in_future(outline_nodes) or runs_futures(function))
        ):
            first.setdefault(function, captures)
    for function, captures in first.items():
        if _is_boundary(function, outline) and not _GUARDED.search(outline.source, function.body_start, function.end):
            panic, what = captures["finding"][0], captures["what"][0]
            call = text_of(what, outline.source) + ("!" if panic.type == "macro_invocation" else "()")
            values: dict[str, object] = {"name": function.name, "panic": call, "line": outline.lines.number(what.start_byte)}
            yield Match(function.head_start, function.head_end, values)


def _function(outline_nodes: list[OutlineNode]) -> FunctionNode | None:
    """Return the function that outline nodes are in.

    The nodes come innermost first. None in the value of a constant, which the compiler computes.
    """
    if stands_in(Enclosure.CONST, outline_nodes):
        return None
    return next((outline_node for outline_node in outline_nodes if isinstance(outline_node, FunctionNode)), None)


def _in_future(outline_nodes: list[OutlineNode]) -> bool:
    """Return whether a function only makes a future.

    The code is in an async block or closure of the function, which does not run it.
    """
    within = takewhile(lambda outline_node: not isinstance(outline_node, FunctionNode), outline_nodes)
    return any(outline_node.kind == "async" or "async" in outline_node.words for outline_node in within)


def _is_boundary(function: FunctionNode, outline: Outline) -> bool:
    """Return whether foreign code calls a function.

    It has an ABI of other languages that lets no panic pass (`extern` alone means "C"), or no ABI and is exported under its own name.
    """
    if "extern" in function.words:
        return "unwind" not in function.words and (not function.words.isdisjoint(_FOREIGN) or function.words <= _MODIFIERS)
    return any(_exports(attribute) for attribute in outline.attributes_of(function.start))


def _exports(attribute: Attribute) -> bool:
    """Return whether an attribute exports a function's symbol.

    Not if it does so only in test builds.
    """
    if attribute.name != "cfg_attr":
        return attribute.name in _EXPORTS
    return _EXPORTS_IF.search(attribute.text) is not None and not attribute.only_in_tests
