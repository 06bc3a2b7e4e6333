"""The files of a run one by one: what a worker needs for each, and what it makes of it."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from hashlib import blake2b

from msgspec import Struct

from rustgate.engine.linter import lint, unreadable_result
from rustgate.engine.ruleset import RuleSet, build_rule_set
from rustgate.filesystem.reading import read_source
from rustgate.model.file import FileContext, FileResult
from rustgate.model.rule import UNREADABLE, Rule, Setting

_FEW = 30
"""Files for which reading them twice costs less than compiling the queries of rules that none of them has a word of."""


class Task(Struct, frozen=True):
    """One file to judge; `settings` is its place in the table that the workers hold, `source` its bytes if they are not on disk."""

    path: str
    absolute: str
    place: FileContext
    settings: int
    max_size: int
    source: bytes | None = None


class LintResult(Struct, frozen=True):
    """What was found, and the digest of the bytes that it was found in; None where no bytes could be read from disk."""

    report: FileResult
    digest: bytes | None


class LintJob:
    """What a worker needs before its first file: the rules, and every set of settings that some file has."""

    harmless_bytes = 16_384
    """The worst are chains of calls and of operators: 16 KB of them take 5 s."""

    def __init__(self, rules: tuple[Rule, ...], settings: tuple[dict[str, Setting], ...], tasks: tuple[Task, ...]) -> None:
        """`tasks` are all that there will be."""
        self.rules = rules
        self.settings = settings
        self._tasks = tasks
        self._rule_set: RuleSet | None = None

    def __reduce__(self) -> tuple[object, ...]:
        """A plan does not travel between processes: each builds its own."""
        return LintJob, (self.rules, self.settings, self._tasks[: _FEW + 1])

    def prepare(self) -> Callable[[Task], LintResult]:
        """The function that judges one file; the plan is built here, once for each process."""
        self._rule_set = self._rule_set or build_rule_set(self.rules, _sources(self._tasks) if len(self._tasks) <= _FEW else None)
        return partial(_lint_task, self._rule_set, self.settings)

    def failed(self, item: Task, problem: str) -> LintResult:
        """The report of a file that a worker could not judge, made in the first process."""
        rule_set = self._rule_set or build_rule_set(rule for rule in self.rules if rule.name == UNREADABLE)
        return LintResult(unreadable_result(item.path, problem, rule_set, self.settings[item.settings]), None)


def _sources(tasks: Iterable[Task]) -> list[bytes]:
    """What can be read of the files of `tasks`."""
    sources = (read_source(task.absolute, task.max_size) if task.source is None else task.source for task in tasks)
    return [source for source in sources if isinstance(source, bytes)]


def digest_of(source: bytes) -> bytes:
    """What stands for the bytes of a file."""
    return blake2b(source, digest_size=32).digest()


def _lint_task(rule_set: RuleSet, settings: Sequence[dict[str, Setting]], task: Task) -> LintResult:
    source = read_source(task.absolute, task.max_size) if task.source is None else task.source
    if isinstance(source, str):
        return LintResult(unreadable_result(task.path, source, rule_set, settings[task.settings]), None)
    try:
        report = lint(task.path, source, task.place, rule_set, settings[task.settings])
    except Exception as error:
        error.add_note(f"while {task.path} was judged")
        raise
    return LintResult(report, digest_of(source) if task.source is None else None)
