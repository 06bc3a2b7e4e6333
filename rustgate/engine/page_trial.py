"""Try the pages of a repository where they can be ended.

Compiling a query can take for ever, or end the process.
"""

from collections.abc import Callable, Iterable
from typing import ClassVar

from msgspec import Struct

from rustgate.engine.ruleset import require_usable
from rustgate.errors import PageError
from rustgate.execution.executor import map_unordered
from rustgate.execution.options import ExecutorOptions
from rustgate.model.rule import Rule

_SECONDS = 2.0
"""CPU time for one query; those of our own take a hundredth of that."""


class _TrialJob(Struct, frozen=True):
    """Compiles the query of one page after the other."""

    harmless_bytes: ClassVar[int] = 0

    def prepare(self) -> Callable[[Rule], str]:
        """Return the function that tries one rule."""
        return _try

    def failed(self, item: Rule, problem: str) -> str:
        """Return the sentence on a page that ended its process."""
        return unusable_page(item.path, problem)


def require_harmless(rules: Iterable[Rule]) -> None:
    """Raise `PageError` for a page that cannot be used.

    Among these are pages whose queries take too long, or too much memory, to compile.
    """
    for problem in map_unordered(_TrialJob(), [(rule, 1) for rule in rules], ExecutorOptions(file_timeout=_SECONDS)):
        if problem:
            raise PageError(problem)


def unusable_page(page: str, problem: str) -> str:
    """Say that a page took too long, or ended its process."""
    return f"{page}: the query of the page {problem.partition(';')[0]}; write a simpler one"


def _try(rule: Rule) -> str:
    require_usable([rule])
    return ""
