"""The report that every format of `rustgate metrics` is made from.

It is a measured project, and which of it to show in what order.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cached_property
from typing import Any

from msgspec import Struct

from rustgate.metrics.halstead import maintainability
from rustgate.metrics.model import MeasuredFile, MeasuredFunction, MeasuredProject, rank

INDEX_RANKS = "ABC"
_B_AND_C_UP_TO = (19, 9)


class View(StrEnum):
    """The metrics to show; the names are radon's commands."""

    CC = "cc"
    RAW = "raw"
    HAL = "hal"
    MI = "mi"


class Order(StrEnum):
    """The sort order of functions and files.

    Numbers go from the highest down, names and paths from A to Z.
    """

    COMPLEXITY = "complexity"
    COGNITIVE = "cognitive"
    LINES = "lines"
    NAME = "name"
    PATH = "path"


class Average(Struct, frozen=True):
    """Averages over the functions of a file, a crate or everything.

    They are 0 where there is no function.
    """

    name: str
    functions: int
    cyclomatic: float
    highest: int
    cognitive: float
    lines: float

    @property
    def rank(self) -> str:
        """The rank of the average cyclomatic complexity."""
        return rank(self.cyclomatic)


class MetricsReport(Struct, frozen=True, dict=True):
    """A measured project and how to show it.

    `order` and `min_rank` are None for the order of the view, and for all ranks. `engine` is whose numbers these are; under `compare`
    lizard's stand beside ours. `display` turns a path from the root into one that a person in the working folder would write.
    """

    measured: MeasuredProject
    view: View
    engine: str = "rustgate"
    compare: bool = False
    order: Order | None = None
    min_rank: str | None = None
    display: Callable[[str], str] = str

    @cached_property
    def all_functions(self) -> tuple[MeasuredFunction, ...]:
        """Every function, by path and line."""
        return tuple(function for file in self.measured.files for function in file.functions)

    @property
    def worst_rank(self) -> str:
        """The worst rank of a function, A if there is none."""
        return max((rank(function.metrics.cyclomatic) for function in self.all_functions), default="A")

    @cached_property
    def functions(self) -> tuple[MeasuredFunction, ...]:
        """The functions to list, in order."""
        lowest = self.min_rank if self.min_rank and self.view is View.CC else "A"
        shown = [function for function in self.all_functions if rank(function.metrics.cyclomatic) >= lowest]
        return tuple(sorted(shown, key=_FUNCTION_KEYS[self.order or Order.COMPLEXITY]))

    @cached_property
    def files(self) -> tuple[MeasuredFile, ...]:
        """The files to list, in order.

        Under `mi` they are those of the asked rank and worse, worst first.
        """
        files = self.measured.files
        if self.view is View.MI:
            lowest = self.min_rank or "A"
            files = tuple(sorted((file for file in files if index_rank(index(file)) >= lowest), key=index))
        return tuple(sorted(files, key=_FILE_KEYS[self.order])) if self.order else files

    @cached_property
    def file_averages(self) -> tuple[Average, ...]:
        """The averages of each file with a listed function, by path."""
        shown = {function.metrics.path for function in self.functions}
        return tuple(average(self.display(file.path), file.functions) for file in self.measured.files if file.path in shown)

    @cached_property
    def crate_averages(self) -> tuple[Average, ...]:
        """The averages of each crate, by name.

        Files of no package count only in the overall average.
        """
        crates = ((name, files) for name, files in self.files_by_crate.items() if name)
        return tuple(average(name, (function for file in files for function in file.functions)) for name, files in crates)

    @cached_property
    def files_by_crate(self) -> dict[str, list[MeasuredFile]]:
        """The files by the name of their package, sorted.

        The name is empty for files of no package.
        """
        crates: dict[str, list[MeasuredFile]] = {}
        for file in self.measured.files:
            crates.setdefault(self.measured.packages[file.path], []).append(file)
        return dict(sorted(crates.items()))

    @cached_property
    def overall(self) -> Average:
        """The averages of all functions, listed or not."""
        return average("", self.all_functions)

    @property
    def seen_by_both(self) -> list[MeasuredFunction]:
        """The functions that lizard sees as well."""
        return [function for function in self.all_functions if function.lizard]


def average(name: str, functions: Iterable[MeasuredFunction]) -> Average:
    """Return the averages of some functions."""
    numbers = [function.metrics for function in functions]
    count = max(1, len(numbers))
    return Average(
        name=name,
        functions=len(numbers),
        cyclomatic=sum(one.cyclomatic for one in numbers) / count,
        highest=max((one.cyclomatic for one in numbers), default=0),
        cognitive=sum(one.cognitive for one in numbers) / count,
        lines=sum(one.lines for one in numbers) / count,
    )


def index(file: MeasuredFile) -> float:
    """Return a file's maintainability index.

    Its Halstead measures must have been asked for.
    """
    volume = file.halstead.volume if file.halstead else 0
    return maintainability(volume, cyclomatic(file), file.metrics.code, file.metrics.comments)


def index_rank(value: float) -> str:
    """Return radon's `mi_rank`, from A to C.

    A is above 19, B above 9, C below.
    """
    return INDEX_RANKS[sum(value <= bound for bound in _B_AND_C_UP_TO)]


def cyclomatic(file: MeasuredFile) -> int:
    """Return the summed cyclomatic complexity of a file's functions."""
    return sum(function.metrics.cyclomatic for function in file.functions)


def engines_differ(function: MeasuredFunction) -> bool:
    """Return whether lizard's cyclomatic complexity differs from ours.

    It is false for a function that lizard does not see.
    """
    return function.lizard is not None and function.lizard.cyclomatic != function.metrics.cyclomatic


def _name(item: str) -> str:
    return item.rpartition("::")[2].lower()


def _location(function: MeasuredFunction) -> tuple[str, int]:
    return function.metrics.path, function.metrics.line


_FUNCTION_KEYS: dict[Order, Callable[[MeasuredFunction], Any]] = {
    Order.COMPLEXITY: lambda one: (-one.metrics.cyclomatic, *_location(one)),
    Order.COGNITIVE: lambda one: (-one.metrics.cognitive, *_location(one)),
    Order.LINES: lambda one: (-one.metrics.lines, *_location(one)),
    Order.NAME: lambda one: (_name(one.metrics.item), *_location(one)),
    Order.PATH: _location,
}
_FILE_KEYS: dict[Order, Callable[[MeasuredFile], Any]] = {
    Order.COMPLEXITY: lambda file: (-cyclomatic(file), file.path),
    Order.COGNITIVE: lambda file: (-sum(function.metrics.cognitive for function in file.functions), file.path),
    Order.LINES: lambda file: (-file.metrics.lines, file.path),
    Order.NAME: lambda file: (file.path.rpartition("/")[2].lower(), file.path),
    Order.PATH: lambda file: file.path,
}
