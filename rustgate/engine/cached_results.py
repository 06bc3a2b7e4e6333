"""Cached results of linting, found by file content.

The key also covers everything else that a result depends on.
"""

import functools
import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

from msgspec import msgpack

from rustgate.cache.keys import KeyInputs, base_key
from rustgate.cache.serialization import deserialize, serialize
from rustgate.cache.store import Cache
from rustgate.engine.check_loader import fact_type
from rustgate.engine.tasks import LintJob, LintResult, Task
from rustgate.model.file import FileResult
from rustgate.model.rule import UNREADABLE

_WRITE_AT = 1024 * 1024
"""Bytes of unsaved results at which they are written."""


class CachedResults:
    """Finds and stores the results of linting files.

    Results are the same with a cache and without.
    """

    def __init__(self, job: LintJob, cache: Cache) -> None:
        self._job = job
        self._cache = cache
        self._rules = {rule.name: rule for rule in job.rules}
        self._fact_type = functools.cache(lambda name: fact_type(self._rules[name]))
        self._base_keys: dict[tuple[int, int], bytes | None] = {}
        self._unsaved: dict[bytes, bytes] = {}
        self._unsaved_bytes = 0

    def find(self, tasks: Iterable[Task], digests: Mapping[str, bytes]) -> Iterator[FileResult]:
        """Yield the cached results of files.

        `digests` holds, by path, the digests of the bytes of files; files without one are left out.
        """
        paths = {key: task.path for task in tasks if task.path in digests and (key := self._key(task, digests[task.path]))}
        for key, text in self._cache.get(paths):
            result = deserialize(text, self._fact_type)
            if result and result.path == paths[key]:
                yield result

    def add(self, task: Task, linted: LintResult) -> None:
        """Store a result, unless the file was unreadable."""
        key = self._key(task, linted.digest) if linted.digest else None
        failed = any(finding.rule == UNREADABLE for finding in linted.result.findings)
        text = serialize(linted.result) if key and not failed else None
        if key and text and self._is_restorable(text, linted.result):
            self._unsaved[key] = text
            self._unsaved_bytes += len(text)
            if self._unsaved_bytes > _WRITE_AT:
                self.save()

    def _is_restorable(self, text: bytes, result: FileResult) -> bool:
        """Return whether the bytes give the same result back, which unusual data of a pack may not."""
        packs = any(self._rules[name].pack for name in result.facts)
        return not packs or deserialize(text, self._fact_type) == result

    def save(self) -> None:
        """Write the unsaved results."""
        self._cache.put(self._unsaved.items())
        self._unsaved, self._unsaved_bytes = {}, 0

    def _key(self, task: Task, digest: bytes) -> bytes | None:
        """Return the cache key of a result, if any.

        `digest` is that of the bytes of the file. There is no key where the program itself has none, see `base_key`.
        """
        inputs = (task.settings, task.max_size)  # the same for most files of a run
        if inputs not in self._base_keys:
            self._base_keys[inputs] = base_key(KeyInputs(self._job.rules, self._job.settings[task.settings], task.max_size))
        base = self._base_keys[inputs]
        parts = (base, digest, os.fsencode(task.path), task.context)
        return blake2b(msgpack.encode(parts), digest_size=32).digest() if base else None
