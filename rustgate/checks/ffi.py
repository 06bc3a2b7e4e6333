"""Functions that foreign code calls, and whether a panic in them would run into it."""

import re
from collections.abc import Iterator
from functools import partial

from rustgate.checks.panics import may_panic
from rustgate.contexts import stands_in
from rustgate.frames import FunctionFrame
from rustgate.model import Context, Hit
from rustgate.outline import Outline
from rustgate.plan import File
from rustgate.scan import Captures

_FOREIGN = frozenset({"C", "system", "cdecl", "stdcall", "fastcall", "vectorcall", "thiscall", "aapcs", "win64", "sysv64", "efiapi"})
_EXPORTS = frozenset({"no_mangle", "export_name"})
_GUARDED = re.compile(rb"\w*(?:catch|guard|abort_on)_?(?:unwind|panic)|\w*panic_(?:boundary|guard)")


def ffi_panic_boundary(file: File, matches: list[Captures]) -> Iterator[Hit]:
    """Hits for the names of functions that foreign code calls and that hold a panic, with the first one; `catch_unwind` holds it back."""
    outline = file.outline
    first: dict[FunctionFrame, Captures] = {}
    panics = filter(partial(may_panic, file.scan.source), matches)
    for captures in sorted(panics, key=lambda captures: captures["finding"][0].start_byte):
        function = _function(outline, captures["finding"][0].start_byte)
        if function:
            first.setdefault(function, captures)
    for function, captures in first.items():
        if _is_foreign(function, outline) and not _GUARDED.search(outline.source, function.body_start, function.end):
            panic, what = captures["finding"][0], captures["what"][0]
            word = outline.source[what.start_byte : what.end_byte].decode()
            text = f"{word}!" if panic.type == "macro_invocation" else f"{word}()"
            line = outline.lines.number(what.start_byte)
            yield Hit(function.head_start, function.head_end, {"name": function.name, "panic": text, "line": line})


def _function(outline: Outline, byte: int) -> FunctionFrame | None:
    """The function that runs what stands at a byte; None in the value of a constant, which the compiler computes."""
    frames = list(outline.around(byte))
    if stands_in(Context.CONST, frames):
        return None
    return next((frame for frame in frames if isinstance(frame, FunctionFrame)), None)


def _is_foreign(function: FunctionFrame, outline: Outline) -> bool:
    """Whether a function has an ABI of other languages that does not let panics pass, or is exported under its own name without an ABI."""
    if "extern" in function.words:
        return "unwind" not in function.words and (not function.words.isdisjoint(_FOREIGN) or function.words <= _MODIFIERS)
    return any(attribute.name in _EXPORTS for attribute in outline.attributes_of(function.start))


_MODIFIERS = frozenset({"extern", "unsafe", "async", "const", "default"})
