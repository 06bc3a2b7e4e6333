"""Lint the files of a run that have no cached result."""

from collections.abc import Iterable, Iterator, Mapping

from rustgate.cache.store import Cache
from rustgate.engine.cached_results import CachedResults
from rustgate.engine.tasks import LintJob, Task, size_of_task
from rustgate.execution.executor import map_unordered
from rustgate.execution.options import ExecutorOptions
from rustgate.model.file import FileResult


def lint_files(
    job: LintJob, tasks: Iterable[Task], digests: Mapping[str, bytes], cache: Cache | None, executor_options: ExecutorOptions
) -> Iterator[FileResult]:
    """Yield the result of every task, in any order.

    With a cache, only files without a cached result are linted.
    """
    pending = {task.path: task for task in tasks}
    cached = CachedResults(job, cache) if cache else None
    found = [*cached.find(pending.values(), digests)] if cached else []
    for result in found:
        del pending[result.path]
        yield result
    if cache:
        cache.found, cache.new = cache.found + len(found), cache.new + len(pending)
    for linted in map_unordered(job, [(task, size_of_task(task)) for task in pending.values()], executor_options):
        if cached:
            cached.add(pending[linted.result.path], linted)
        yield linted.result
    if cached:
        cached.save()
