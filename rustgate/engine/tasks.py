"""The files of a run one by one: what a worker needs for each, and what it makes of it."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from hashlib import blake2b

from msgspec import Struct

from rustgate.engine.linter import judge, unreadable
from rustgate.engine.ruleset import Plan, build_plan
from rustgate.filesystem.reading import read_source
from rustgate.model.file import FileReport, Place
from rustgate.model.rule import UNREADABLE, Rule, Setting

_FEW = 30
"""Files for which reading them twice costs less than compiling the queries of rules that none of them has a word of."""


class Task(Struct, frozen=True):
    """One file to judge; `settings` is its place in the table that the workers hold, `source` its bytes if they are not on disk."""

    path: str
    absolute: str
    place: Place
    settings: int
    max_size: int
    source: bytes | None = None


class Judged(Struct, frozen=True):
    """What was found, and the digest of the bytes that it was found in; None where no bytes could be read from disk."""

    report: FileReport
    digest: bytes | None


class Judging:
    """What a worker needs before its first file: the rules, and every set of settings that some file has."""

    harmless_bytes = 16_384
    """The worst are chains of calls and of operators: 16 KB of them take 5 s."""

    def __init__(self, rules: tuple[Rule, ...], settings: tuple[dict[str, Setting], ...], tasks: tuple[Task, ...]) -> None:
        """`tasks` are all that there will be."""
        self.rules = rules
        self.settings = settings
        self._tasks = tasks
        self._plan: Plan | None = None

    def __reduce__(self) -> tuple[object, ...]:
        """A plan does not travel between processes: each builds its own."""
        return Judging, (self.rules, self.settings, self._tasks[: _FEW + 1])

    def prepare(self) -> Callable[[Task], Judged]:
        """The function that judges one file; the plan is built here, once for each process."""
        self._plan = self._plan or build_plan(self.rules, _sources(self._tasks) if len(self._tasks) <= _FEW else None)
        return partial(_judge_task, self._plan, self.settings)

    def failed(self, item: Task, problem: str) -> Judged:
        """The report of a file that a worker could not judge, made in the first process."""
        plan = self._plan or build_plan(rule for rule in self.rules if rule.name == UNREADABLE)
        return Judged(unreadable(item.path, problem, plan, self.settings[item.settings]), None)


def _sources(tasks: Iterable[Task]) -> list[bytes]:
    """What can be read of the files of `tasks`."""
    sources = (read_source(task.absolute, task.max_size) if task.source is None else task.source for task in tasks)
    return [source for source in sources if isinstance(source, bytes)]


def digest_of(source: bytes) -> bytes:
    """What stands for the bytes of a file."""
    return blake2b(source, digest_size=32).digest()


def _judge_task(plan: Plan, settings: Sequence[dict[str, Setting]], task: Task) -> Judged:
    source = read_source(task.absolute, task.max_size) if task.source is None else task.source
    if isinstance(source, str):
        return Judged(unreadable(task.path, source, plan, settings[task.settings]), None)
    try:
        report = judge(task.path, source, task.place, plan, settings[task.settings])
    except Exception as error:
        error.add_note(f"while {task.path} was judged")
        raise
    return Judged(report, digest_of(source) if task.source is None else None)
