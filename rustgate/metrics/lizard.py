"""Measure the functions of a file with lizard.

Its numbers stand beside rustgate's own.
"""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import redirect_stderr
from functools import lru_cache
from io import StringIO

from msgspec import Struct

from rustgate.syntax.outline import Outline

ENGINE = "lizard"
"""Lizard's name in `[metrics] engine` and `--engine`."""


class LizardFunction(Struct, frozen=True):
    """A function as lizard measures it.

    `nloc` counts its lines that are neither blank nor comment, the signature included.
    """

    name: str
    line: int
    end_line: int
    lines: int
    nloc: int
    tokens: int
    parameters: int
    cyclomatic: int


class LizardFile(Struct, frozen=True):
    """Lizard's functions of a file.

    `by_start` holds those that rustgate has as well, by their first byte; `others` the rest.
    """

    by_start: Mapping[int, LizardFunction]
    others: tuple[LizardFunction, ...]


def lizard_metrics(outline: Outline) -> LizardFile:
    """Match lizard's functions to those of the outline.

    The same name on the same line is the same function.
    """
    unmatched: defaultdict[tuple[str, int], list[LizardFunction]] = defaultdict(list)
    for measured in reversed(_analysed(outline.source)):
        unmatched[measured.name, measured.line].append(measured)
    found = {}
    for function in outline.functions:
        name = outline.source[function.name_start : function.name_end].decode()
        same = unmatched[name, outline.lines.number(function.name_start)]
        if function.body and same:
            found[function.start] = same.pop()
    return LizardFile(found, tuple(measured for rest in unmatched.values() for measured in rest))


@lru_cache(maxsize=1)
def _analysed(source: bytes) -> tuple[LizardFunction, ...]:
    """Return lizard's functions of a source, in its order.

    One file is remembered: several rules ask for the same one, one after another. Lizard gives up on braces nested hundreds deep and says
    so on stderr; the functions after that are missing here.
    """
    import lizard  # noqa: PLC0415  # 50 ms that only a run with lizard pays

    with redirect_stderr(StringIO()):
        analysis = lizard.analyze_file.analyze_source_code("source.rs", source.decode())
    return tuple(
        LizardFunction(
            name=function.name,
            line=function.start_line,
            end_line=function.end_line,
            lines=function.length,
            nloc=function.nloc,
            tokens=function.token_count,
            parameters=function.parameter_count,
            cyclomatic=function.cyclomatic_complexity,
        )
        for function in analysis.function_list
    )
