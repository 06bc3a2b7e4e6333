"""What lizard says of the functions of a file: the second opinion beside rustgate's own metrics."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import redirect_stderr
from functools import lru_cache
from io import StringIO

from msgspec import Struct

from rustgate.syntax.outline import Outline

ENGINE = "lizard"
"""Its name in `[metrics] engine` and `--engine`."""


class LizardFunction(Struct, frozen=True):
    """A function as lizard sees it: `nloc` counts its lines that are neither blank nor comment, the signature included."""

    name: str
    line: int
    end_line: int
    lines: int
    nloc: int
    tokens: int
    parameters: int
    cyclomatic: int


class LizardFile(Struct, frozen=True):
    """lizard's functions of a file: by the first byte of ours, and those that we do not have."""

    by_start: Mapping[int, LizardFunction]
    others: tuple[LizardFunction, ...]


def lizard_metrics(outline: Outline) -> LizardFile:
    """The numbers of lizard for the functions of a file. The same name on the same line is the same function."""
    waiting: defaultdict[tuple[str, int], list[LizardFunction]] = defaultdict(list)
    for opinion in reversed(_analysed(outline.source)):
        waiting[opinion.name, opinion.line].append(opinion)
    found = {}
    for function in outline.functions:
        name = outline.source[function.name_start : function.name_end].decode()
        same = waiting[name, outline.lines.number(function.name_start)]
        if function.body and same:
            found[function.start] = same.pop()
    return LizardFile(found, tuple(opinion for rest in waiting.values() for opinion in rest))


@lru_cache(maxsize=1)
def _analysed(source: bytes) -> tuple[LizardFunction, ...]:
    """The functions by lizard, in its order. One file is remembered: several rules ask for the same one, one after another.

    lizard gives up on braces nested hundreds deep and says so on stderr; the functions after that are then missing here.
    """
    import lizard  # noqa: PLC0415  # 50 ms that only a run with lizard pays

    with redirect_stderr(StringIO()):
        analysed = lizard.analyze_file.analyze_source_code("source.rs", source.decode())
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
        for function in analysed.function_list
    )
