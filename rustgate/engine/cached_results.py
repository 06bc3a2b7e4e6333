"""Results of earlier runs: by the content of a file and by all else that they depend on."""

import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

from msgspec import msgpack

from rustgate.cache.keys import KeyInputs, base_key
from rustgate.cache.serialization import deserialize, serialize
from rustgate.cache.store import Cache
from rustgate.engine.tasks import LintJob, LintResult, Task, size_of_task
from rustgate.execution.executor import map_unordered
from rustgate.execution.options import ExecutorOptions
from rustgate.model.file import FileResult
from rustgate.model.rule import UNREADABLE

_WRITE_AT = 1024 * 1024
"""Bytes of results that wait before they are written."""


class CachedResults:
    """Finds and keeps the results of linting files. With a cache and without, the results are the same."""

    def __init__(self, job: LintJob, cache: Cache) -> None:
        self._job = job
        self._cache = cache
        self._rules = {rule.name: rule for rule in job.rules}
        self._base_keys: dict[tuple[int, int], bytes | None] = {}
        self._new: dict[bytes, bytes] = {}
        self._waiting = 0

    def find(self, tasks: Iterable[Task], digests: Mapping[str, bytes]) -> Iterator[FileResult]:
        """Yield the results that are known, of files whose bytes have these digests."""
        paths = {key: task.path for task in tasks if task.path in digests and (key := self._key(task, digests[task.path]))}
        for key, text in self._cache.get(paths):
            result = deserialize(text, self._rules)
            if result and result.path == paths[key]:
                yield result

    def add(self, task: Task, linted: LintResult) -> None:
        """Keep a result, unless the file could not be read."""
        key = self._key(task, linted.digest) if linted.digest else None
        failed = any(finding.rule == UNREADABLE for finding in linted.result.findings)
        text = serialize(linted.result, self._rules) if key and not failed else None
        if key and text:
            self._new[key] = text
            self._waiting += len(text)
            if self._waiting > _WRITE_AT:
                self.save()

    def save(self) -> None:
        """Write what waits."""
        self._cache.put(self._new.items())
        self._new, self._waiting = {}, 0

    def _key(self, task: Task, digest: bytes) -> bytes | None:
        """Return the key of the result of a file with this digest; None where it cannot be kept."""
        inputs = (task.settings, task.max_size)  # the same for most files of a run
        if inputs not in self._base_keys:
            self._base_keys[inputs] = base_key(KeyInputs(self._job.rules, self._job.settings[task.settings], task.max_size))
        base = self._base_keys[inputs]
        parts = (base, digest, os.fsencode(task.path), task.context)
        return blake2b(msgpack.encode(parts), digest_size=32).digest() if base else None


def lint_files(
    job: LintJob, tasks: Iterable[Task], digests: Mapping[str, bytes], cache: Cache | None, executor_options: ExecutorOptions
) -> Iterator[FileResult]:
    """Yield the result of every task, in no particular order; with a cache, only files of which nothing is known are linted."""
    todo = {task.path: task for task in tasks}
    known = CachedResults(job, cache) if cache else None
    found = [*known.find(todo.values(), digests)] if known else []
    for result in found:
        del todo[result.path]
        yield result
    if cache:
        cache.found, cache.new = cache.found + len(found), cache.new + len(todo)
    for linted in map_unordered(job, [(task, size_of_task(task)) for task in todo.values()], executor_options):
        if known:
            known.add(todo[linted.result.path], linted)
        yield linted.result
    if known:
        known.save()
