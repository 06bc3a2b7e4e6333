"""What was judged before is not judged again: reports by content and circumstances, contents by what the file system says of them."""

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from hashlib import blake2b

from msgspec import Struct, msgpack

from rustgate.cache.keys import KeyInputs, base_key
from rustgate.cache.serialization import deserialize, serialize
from rustgate.cache.store import RACE, Cache
from rustgate.engine.tasks import LintJob, LintResult, Task, digest_of
from rustgate.execution.executor import map_unordered
from rustgate.execution.options import ExecutorOptions
from rustgate.filesystem.reading import read_source, size_of
from rustgate.model.file import FileResult
from rustgate.model.rule import UNREADABLE

_WRITE_AT = 1024 * 1024
"""Bytes of results that are put aside before they are written."""


class _Look(Struct, frozen=True):
    """How a file looked before it was read: a key that stands for it, None where looks can deceive; and its size in bytes."""

    key: bytes | None
    size: int


class CachedResults:
    """Judges files, or remembers what was found in them. With a cache and without, the reports are the same."""

    def __init__(self, work: LintJob, cache: Cache, executor_options: ExecutorOptions) -> None:
        self._work = work
        self._cache = cache
        self._executor_options = executor_options
        self._rules = {rule.name: rule for rule in work.rules}
        self._identities: dict[tuple[int, int], bytes | None] = {}
        self._new: dict[bytes, bytes] = {}
        self._waiting = 0

    def reports(self, tasks: Iterable[Task]) -> Iterator[FileResult]:
        """The report of every task, in no particular order."""
        todo = {task.path: task for task in tasks}
        looks = {task.path: _look(task) for task in todo.values()}
        remembered = self._remembered(todo, looks)
        self._cache.found += len(remembered)
        self._cache.new += len(todo) - len(remembered)
        for report in remembered:
            del todo[report.path]
            yield report
        for linted in map_unordered(self._work, [(task, looks[path].size) for path, task in todo.items()], self._executor_options):
            self._keep(todo[linted.report.path], linted, looks[linted.report.path])
            yield linted.report
        self._write()

    def _remembered(self, tasks: Mapping[str, Task], looks: Mapping[str, _Look]) -> list[FileResult]:
        """The reports of those tasks that are known."""
        digests = self._digests(tasks, looks)
        paths = {key: path for path, digest in digests.items() if (key := self._key(tasks[path], digest))}
        reports = ((paths[key], deserialize(text, self._rules)) for key, text in self._cache.get(paths))
        return [report for path, report in reports if report and report.path == path]

    def _digests(self, tasks: Mapping[str, Task], looks: Mapping[str, _Look]) -> dict[str, bytes]:
        """The digests of those files of which something can be known; a file is read only if it does not look as it did."""
        known = dict(self._cache.get(look.key for look in looks.values() if look.key))
        digests = {path: known[look.key] for path, look in looks.items() if look.key in known}
        begun = dict(self._cache.get({name for task in tasks.values() if (name := self._identity(task))}))
        for path in looks.keys() - digests.keys():
            task = tasks[path]
            source = read_source(task.absolute, task.max_size) if task.source is None and self._identity(task) in begun else ""
            if isinstance(source, bytes):
                digests[path] = digest_of(source)
                self._remember(looks[path], digests[path])
        return digests

    def _keep(self, task: Task, linted: LintResult, look: _Look) -> None:
        """Put aside what was found, unless the file could not be judged."""
        key = self._key(task, linted.digest) if linted.digest else None
        failed = any(finding.rule == UNREADABLE for finding in linted.report.findings)
        text = serialize(linted.report, self._rules) if key and not failed else None
        if linted.digest and key and text:
            self._new |= {key: text, self._identity(task) or b"": b""}
            self._remember(look, linted.digest)
            self._waiting += len(text)
            if self._waiting > _WRITE_AT:
                self._write()

    def _remember(self, look: _Look, digest: bytes) -> None:
        if look.key:
            self._new[look.key] = digest

    def _write(self) -> None:
        self._cache.put(self._new.items())
        self._new, self._waiting = {}, 0

    def _key(self, task: Task, digest: bytes) -> bytes | None:
        """What the report of a file with this digest is kept under; None where it cannot be kept."""
        name = self._identity(task)
        return _hash(name, digest, os.fsencode(task.path), task.place) if name else None

    def _identity(self, task: Task) -> bytes | None:
        """What else the report depends on: the same for most files of a run."""
        circumstances = (task.settings, task.max_size)
        if circumstances not in self._identities:
            settings = self._work.settings[task.settings]
            self._identities[circumstances] = base_key(KeyInputs(self._work.rules, settings, task.max_size))
        return self._identities[circumstances]


def reporting(work: LintJob, cache: Cache | None, executor_options: ExecutorOptions) -> Callable[[Iterable[Task]], Iterator[FileResult]]:
    """What gives the report of every task, in no particular order; each file is judged if there is no cache."""
    return CachedResults(work, cache, executor_options).reports if cache else partial(_linted, work, executor_options)


def _linted(work: LintJob, executor_options: ExecutorOptions, tasks: Iterable[Task]) -> Iterator[FileResult]:
    return (
        linted.report
        for linted in map_unordered(
            work, [(task, size_of(task.absolute) if task.source is None else len(task.source)) for task in tasks], executor_options
        )
    )


def _look(task: Task) -> _Look:
    """How the file of a task looks; one that does not come from disk, or that was changed just now, has no looks that can be trusted."""
    if task.source is not None:
        return _Look(None, len(task.source))
    now = time.time_ns()
    try:
        status = os.stat(task.absolute)
    except OSError:
        return _Look(None, 0)
    trusted = stat.S_ISREG(status.st_mode) and max(status.st_mtime_ns, status.st_ctime_ns) < now - RACE
    seen = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev)
    return _Look(_hash(os.fsencode(task.absolute), *seen) if trusted else None, status.st_size)


def _hash(*parts: object) -> bytes:
    return blake2b(msgpack.encode(parts), digest_size=32).digest()
