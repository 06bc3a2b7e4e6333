"""Lint tasks, one per file, and their job."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from msgspec import Struct

from rustgate.cache.keys import digest_of
from rustgate.engine.linter import lint, unreadable_result
from rustgate.engine.ruleset import RuleSet, build_rule_set
from rustgate.filesystem.reading import read_source, size_of
from rustgate.model.file import FileContext, FileResult, Problem
from rustgate.model.rule import UNREADABLE, Rule, Setting

_FEW_FILES = 30
"""Most files for which a second read costs less than compiling the queries that none of them can match."""


class Task(Struct, frozen=True):
    """One file to lint.

    `settings` is its row in the table that the workers hold, `source` its bytes if they are not on disk.
    """

    path: str
    absolute: str
    context: FileContext
    settings: int
    max_size: int
    source: bytes | None = None


class LintResult(Struct, frozen=True):
    """Result of a file with its digest.

    `digest` is that of the bytes that were linted, None where no bytes could be read.
    """

    result: FileResult
    digest: bytes | None


class LintJob:
    """Rules and settings that a worker needs before its first file."""

    harmless_bytes = 16_384
    """Chains of calls and of operators are the worst case: 16 KB of them take 5 s.

    It is 0 for a run with rules of a repository, whose queries can take for ever on a few bytes.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...],
        settings: tuple[dict[str, Setting], ...],
        tasks: tuple[Task, ...],
        harmless_bytes: int = harmless_bytes,
    ) -> None:
        """Create the job for all `tasks` of a run.

        `settings` holds every set of settings that some file has.
        """
        self.rules = rules
        self.settings = settings
        self.harmless_bytes = harmless_bytes
        self._tasks = tasks
        self._rule_set: RuleSet | None = None

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle without the rule set: each process builds its own."""
        return LintJob, (self.rules, self.settings, self._tasks[: _FEW_FILES + 1], self.harmless_bytes)

    def prepare(self) -> Callable[[Task], LintResult]:
        """Return the function that lints one file.

        The rule set is built here, once for each process.
        """
        self._rule_set = self._rule_set or build_rule_set(self.rules, _sources(self._tasks) if len(self._tasks) <= _FEW_FILES else None)
        return partial(_lint_task, self._rule_set, self.settings)

    def failed(self, item: Task, problem: str) -> LintResult:
        """Return the result of a file that a worker could not lint.

        It is made in the first process.
        """
        rule_set = self._rule_set or build_rule_set(rule for rule in self.rules if rule.name == UNREADABLE)
        return LintResult(unreadable_result(Problem(item.path, problem), rule_set, self.settings[item.settings]), None)


def _sources(tasks: Iterable[Task]) -> list[bytes]:
    """Read those files of `tasks` that are readable."""
    sources = (read_source(task.absolute, task.max_size) if task.source is None else task.source for task in tasks)
    return [source for source in sources if isinstance(source, bytes)]


def size_of_task(task: Task) -> int:
    """Return the size of a task's file in bytes.

    It is 0 when the size cannot be read.
    """
    return size_of(task.absolute) if task.source is None else len(task.source)


def _lint_task(rule_set: RuleSet, settings: Sequence[dict[str, Setting]], task: Task) -> LintResult:
    source = read_source(task.absolute, task.max_size) if task.source is None else task.source
    if isinstance(source, str):
        return LintResult(unreadable_result(Problem(task.path, source), rule_set, settings[task.settings]), None)
    try:
        result = lint(task.path, source, task.context, rule_set, settings[task.settings])
    except Exception as error:
        error.add_note(f"while {task.path} was linted")
        raise
    return LintResult(result, digest_of(source))
