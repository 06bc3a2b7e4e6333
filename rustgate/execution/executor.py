"""Run the items of a job, in this process or in others.

Little work is done in this process, or in a child process if it may take too long; much is done in a pool of workers. The results are the
same.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from math import sqrt
from typing import Protocol, TypeVar

from rustgate.errors import RustgateError
from rustgate.execution.options import ExecutorOptions, sigint_blocked, start_method

In_contra = TypeVar("In_contra", contravariant=True)
Out_co = TypeVar("Out_co", covariant=True)
Item = TypeVar("Item")
Result = TypeVar("Result")

POOL_THRESHOLD = 400_000
"""Below this many bytes of source a pool costs more than it saves: it starts in the time that one process needs for about 0.4 MB."""
BATCH_BYTES = 256_000
BATCH_ITEMS = 250
"""A limit for many small files, because each file costs at least half a millisecond."""
HARMLESS_SECONDS = 10.0
"""Seconds in which an item of `harmless_bytes` is done, whatever it holds; twice as many bytes take up to four times as long.

Larger items run in a child process or a pool, because a process can be ended and a query cannot.
"""

_OUT_OF_MEMORY = "needs more memory than there is; exclude it"
_MAX_UNEXPLAINED = 3
"""Pools that may break with no item to blame before the run gives up."""


class Job(Protocol[In_contra, Out_co]):
    """Work on many items.

    `prepare` runs once in each worker and returns the function for one item. A job must be picklable.
    """

    @property
    def harmless_bytes(self) -> int:
        """The largest size of an item that is done within `HARMLESS_SECONDS`."""
        ...

    def prepare(self) -> Callable[[In_contra], Out_co]:
        """Return the function that turns one item into one result."""
        ...

    def failed(self, item: In_contra, problem: str) -> Out_co:
        """Return the result for an item that could not be worked on.

        `problem` is the rest of a sentence about it.
        """
        ...


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_unordered(job: Job[Item, Result], items: Sequence[tuple[Item, int]], options: ExecutorOptions) -> Iterator[Result]:
    """Yield the result of every item, in no particular order.

    An item comes with its size in bytes. One that takes too long, or ends its worker, has the result of `job.failed`; no other item loses
    its own.
    """
    sizes = [size for _, size in items]
    # up to this size no item can exceed the timeout, so that nothing needs to be ended
    harmless = job.harmless_bytes * sqrt(min(1.0, options.file_timeout / HARMLESS_SECONDS))
    if options.executor or not _fits_one_process(sizes, harmless, options):
        yield from _run_in_pools(job, items, options)
    elif items and max(sizes) <= harmless:
        work = _item_function(job)
        yield from (work(item) for item, _ in items)
    elif items:
        yield from _run_in_child(job, [item for item, _ in items], options)


def _run_in_child(job: Job[Item, Result], items: Sequence[Item], options: ExecutorOptions) -> Iterator[Result]:
    """Run the items in one child process."""
    from rustgate.execution.child_process import run_in_child  # noqa: PLC0415  # importing takes 5 ms, which a few small files are spared

    yield from run_in_child(_item_function(job), items, job.failed, options.file_timeout)


def batches(items: Iterable[tuple[Item, int]]) -> Iterator[list[Item]]:
    """Group items into lists of about `BATCH_BYTES`, at most `BATCH_ITEMS` each."""
    batch: list[Item] = []
    held = 0
    for item, size in items:
        batch.append(item)
        held += size
        if held >= BATCH_BYTES or len(batch) >= BATCH_ITEMS:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _fits_one_process(sizes: Sequence[int], harmless: float, options: ExecutorOptions) -> bool:
    """Return whether one process is as quick as a pool, and safe."""
    if start_method() != "fork" and max(sizes, default=0) > harmless:
        return False
    return options.jobs <= 1 or (len(sizes) <= BATCH_ITEMS * 2 and sum(sizes) < POOL_THRESHOLD)


def _item_function(job: Job[Item, Result]) -> Callable[[Item], Result]:
    """Prepare a job; running out of memory then fails one item only."""
    with sigint_blocked():  # interrupting a query's compilation makes it look invalid
        work = job.prepare()

    def one(item: Item) -> Result:
        try:
            return work(item)
        except MemoryError:
            return job.failed(item, _OUT_OF_MEMORY)

    return one


def _run_in_pools(job: Job[Item, Result], items: Sequence[tuple[Item, int]], options: ExecutorOptions) -> Iterator[Result]:
    """Run pools until all items have a result.

    An item that ends its worker ends the pool; the next pool does what is left. Where the system has no room for a pool, a child process
    does. Raises `RustgateError` if pools keep ending with no item to blame.
    """
    from rustgate.execution.pool import CannotStartError, Pool  # noqa: PLC0415  # importing takes 5 ms, which small runs are spared

    todo, unexplained = list(items), 0
    while todo:
        numbers = list(batches((number, size) for number, (_, size) in enumerate(todo)))
        try:
            pool = Pool(partial(_item_function, job), [[todo[number][0] for number in batch] for batch in numbers], options)
            yield from pool.results()
        except CannotStartError:
            yield from _run_in_child(job, [item for item, _ in todo], options)
            return
        for row, (position, problem) in pool.blamed.items():
            yield job.failed(todo[numbers[row].pop(position)][0], problem)
        todo = [todo[number] for row in sorted(pool.unfinished) for number in numbers[row]]
        unexplained += not pool.blamed
        if todo and unexplained == _MAX_UNEXPLAINED:
            raise RustgateError("worker processes end again and again, at no file (killed, or out of memory); run with fewer --jobs")
