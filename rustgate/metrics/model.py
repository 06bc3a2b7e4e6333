"""Metrics of files, functions and impls, as `rustgate metrics` shows them."""

from bisect import bisect_left
from collections.abc import Mapping

from msgspec import Struct

from rustgate.metrics.halstead import Halstead
from rustgate.metrics.lizard import LizardFunction
from rustgate.model.file import Problem

RANKS = "ABCDEF"
_HIGHEST = (5, 10, 20, 30, 40)


class FileMetrics(Struct, frozen=True):
    """Line counts and totals of a file.

    `lines` is the sum of `code`, `comments` (lines with a comment and no code) and `blank`. `functions` counts those with a body; `test` is
    true when all of the file is test code. The fields are the keys of the JSON.
    """

    path: str
    lines: int
    code: int
    comments: int
    blank: int
    functions: int
    unsafe_blocks: int
    test: bool


class FunctionMetrics(Struct, frozen=True):
    """Metrics of a function with a body.

    `code_lines` are lines of code in the body. The fields are the keys of the JSON.
    """

    path: str
    item: str
    line: int
    end_line: int
    lines: int
    code_lines: int
    parameters: int
    cyclomatic: int
    cognitive: int
    nesting: int
    test: bool


class ImplMetrics(Struct, frozen=True):
    """The length of an `impl` block.

    The fields are the keys of the JSON.
    """

    path: str
    item: str
    line: int
    end_line: int
    lines: int


class MeasuredFunction(Struct, frozen=True):
    """A function with all that was asked for.

    `lizard` is also None for a function that lizard does not see.
    """

    metrics: FunctionMetrics
    halstead: Halstead | None = None
    lizard: LizardFunction | None = None


class MeasuredFile(Struct, frozen=True):
    """A file with all that was asked for.

    `only_lizard` counts functions that only lizard sees.
    """

    metrics: FileMetrics
    functions: tuple[MeasuredFunction, ...]
    impls: tuple[ImplMetrics, ...]
    halstead: Halstead | None = None
    only_lizard: int = 0

    @property
    def path(self) -> str:
        """The path relative to the root."""
        return self.metrics.path


class MeasuredProject(Struct, frozen=True):
    """A measured project: files, packages and problems.

    Files are sorted by path. `packages` maps each path to its package, or to an empty name. `problems` tell what could not be read.
    """

    files: tuple[MeasuredFile, ...]
    packages: Mapping[str, str]
    problems: tuple[Problem, ...]


def rank(cyclomatic: float) -> str:
    """Return radon's `cc_rank`, from A to F.

    A is up to 5, B to 10, C to 20, D to 30, E to 40, F above.
    """
    return RANKS[bisect_left(_HIGHEST, cyclomatic)]
