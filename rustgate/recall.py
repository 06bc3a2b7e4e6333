"""What was judged before is not judged again: reports by content and circumstances, contents by what the file system says of them."""

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from hashlib import blake2b

from msgspec import Struct, msgpack

from rustgate.cache import RACE, Cache
from rustgate.identity import Circumstances, identity
from rustgate.kept import packed, unpacked
from rustgate.model import FileReport
from rustgate.pool import Crew
from rustgate.sources import read_source, size_of
from rustgate.tasks import Judged, Judging, digest_of
from rustgate.tasks import Task as Job
from rustgate.workers import work_on

_NOT_JUDGED = "unreadable-file"
_WRITE_AT = 16 * 1024 * 1024
"""Bytes of results that are put aside before they are written."""


class _Look(Struct, frozen=True):
    """How a file looked before it was read: a key that stands for it, None where looks can deceive; and its size in bytes."""

    key: bytes | None
    size: int


class Recall:
    """Judges files, or remembers what was found in them. With a cache and without, the reports are the same."""

    def __init__(self, work: Judging, cache: Cache, crew: Crew) -> None:
        self._work = work
        self._cache = cache
        self._crew = crew
        self._rules = {rule.name: rule for rule in work.rules}
        self._identities: dict[tuple[int, int], bytes | None] = {}
        self._new: dict[bytes, bytes] = {}
        self._waiting = 0

    def reports(self, jobs: Iterable[Job]) -> Iterator[FileReport]:
        """The report of every job, in no particular order."""
        todo = {job.path: job for job in jobs}
        looks = {job.path: _look(job) for job in todo.values()}
        for report in self._remembered(todo, looks):
            del todo[report.path]
            yield report
        for judged in work_on(self._work, [(job, looks[path].size) for path, job in todo.items()], self._crew):
            self._keep(todo[judged.report.path], judged, looks[judged.report.path])
            yield judged.report
        self._write()

    def _remembered(self, jobs: Mapping[str, Job], looks: Mapping[str, _Look]) -> list[FileReport]:
        """The reports of those jobs that are known."""
        digests = self._digests(jobs, looks)
        paths = {key: path for path, digest in digests.items() if (key := self._key(jobs[path], digest))}
        reports = ((paths[key], unpacked(text, self._rules)) for key, text in self._cache.get(paths))
        return [report for path, report in reports if report and report.path == path]

    def _digests(self, jobs: Mapping[str, Job], looks: Mapping[str, _Look]) -> dict[str, bytes]:
        """The digests of those files of which something can be known; a file is read only if it does not look as it did."""
        known = dict(self._cache.get(look.key for look in looks.values() if look.key))
        digests = {path: known[look.key] for path, look in looks.items() if look.key in known}
        begun = dict(self._cache.get({name for job in jobs.values() if (name := self._identity(job))}))
        for path in looks.keys() - digests.keys():
            job = jobs[path]
            source = read_source(job.absolute, job.max_size) if job.source is None and self._identity(job) in begun else ""
            if isinstance(source, bytes):
                digests[path] = digest_of(source)
                self._remember(looks[path], digests[path])
        return digests

    def _keep(self, job: Job, judged: Judged, look: _Look) -> None:
        """Put aside what was found, unless the file could not be judged."""
        key = self._key(job, judged.digest) if judged.digest else None
        failed = any(finding.rule == _NOT_JUDGED for finding in judged.report.findings)
        text = packed(judged.report, self._rules) if key and not failed else None
        if judged.digest and key and text:
            self._new |= {key: text, self._identity(job) or b"": b""}
            self._remember(look, judged.digest)
            self._waiting += len(text)
            if self._waiting > _WRITE_AT:
                self._write()

    def _remember(self, look: _Look, digest: bytes) -> None:
        if look.key:
            self._new[look.key] = digest

    def _write(self) -> None:
        self._cache.put(self._new.items())
        self._new, self._waiting = {}, 0

    def _key(self, job: Job, digest: bytes) -> bytes | None:
        """What the report of a file with this digest is kept under; None where it cannot be kept."""
        name = self._identity(job)
        return _hash(name, digest, os.fsencode(job.path), job.place.target, job.place.test) if name else None

    def _identity(self, job: Job) -> bytes | None:
        """What else the report depends on: the same for most files of a run."""
        circumstances = (job.settings, job.max_size)
        if circumstances not in self._identities:
            settings = self._work.settings[job.settings]
            self._identities[circumstances] = identity(Circumstances(self._work.rules, settings, job.max_size))
        return self._identities[circumstances]


def reporting(work: Judging, cache: Cache | None, crew: Crew) -> Callable[[Iterable[Job]], Iterator[FileReport]]:
    """What gives the report of every job, in no particular order; each file is judged if there is no cache."""
    return Recall(work, cache, crew).reports if cache else partial(_judged, work, crew)


def _judged(work: Judging, crew: Crew, jobs: Iterable[Job]) -> Iterator[FileReport]:
    return (
        judged.report
        for judged in work_on(work, [(job, size_of(job.absolute) if job.source is None else len(job.source)) for job in jobs], crew)
    )


def _look(job: Job) -> _Look:
    """How the file of a job looks; one that does not come from disk, or that was changed just now, has no looks that can be trusted."""
    if job.source is not None:
        return _Look(None, len(job.source))
    now = time.time_ns()
    try:
        status = os.stat(job.absolute)
    except OSError:
        return _Look(None, 0)
    trusted = stat.S_ISREG(status.st_mode) and max(status.st_mtime_ns, status.st_ctime_ns) < now - RACE
    seen = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev)
    return _Look(_hash(os.fsencode(job.absolute), *seen) if trusted else None, status.st_size)


def _hash(*parts: object) -> bytes:
    return blake2b(msgpack.encode(parts), digest_size=32).digest()
