"""Work on many items beside one another: in this process for little work, in a pool of workers for much; the results are the same."""

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
"""However small files are, each costs half a millisecond."""
HARMLESS_SECONDS = 10.0
"""An item of `harmless_bytes` is done within so many seconds, whatever it holds, and one twice as large within four times as many.

What is larger is done by a process of its own or a pool, because a process can be ended, and a query cannot.
"""

_OUT_OF_MEMORY = "needs more memory than there is; exclude it"
_MOST_LOST = 3
"""Pools that may end with no file to blame before the run gives up."""


class Work(Protocol[In_contra, Out_co]):
    """What a worker does: `prepare` runs once in each worker and gives the function for one item. It must be picklable."""

    @property
    def harmless_bytes(self) -> int:
        """The size of the largest item that cannot take longer than `HARMLESS_SECONDS`."""
        ...

    def prepare(self) -> Callable[[In_contra], Out_co]:
        """The function that turns one item into one result."""
        ...

    def failed(self, item: In_contra, problem: str) -> Out_co:
        """The result for an item that could not be worked on; `problem` is the rest of a sentence about it."""
        ...


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_unordered(work: Work[Item, Result], items: Sequence[tuple[Item, int]], executor_options: ExecutorOptions) -> Iterator[Result]:
    """The result of every item, in no particular order; an item comes with its size in bytes.

    One that takes too long, or ends its worker, has the result that the work gives for what failed; no other loses its own.
    """
    sizes, harmless = [size for _, size in items], _harmless_bytes(work.harmless_bytes, executor_options)
    if executor_options.executor or not _is_little(sizes, harmless, executor_options):
        yield from _pooled(work, items, executor_options)
    elif items:
        each = _careful(work)
        if max(sizes) <= harmless:
            yield from (each(item) for item, _ in items)
        else:
            from rustgate.execution.child_process import one_by_one  # noqa: PLC0415  # 5 ms that a few small files do not pay

            yield from one_by_one(each, [item for item, _ in items], work.failed, executor_options.file_timeout)


def batches(items: Iterable[tuple[Item, int]]) -> Iterator[list[Item]]:
    """Items in lists of about `BATCH_BYTES`, and of `BATCH_ITEMS` at most."""
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


def _is_little(sizes: Sequence[int], harmless: float, executor_options: ExecutorOptions) -> bool:
    """Whether one process does it, as a pool would not be quicker."""
    if start_method() != "fork" and max(sizes, default=0) > harmless:
        return False
    return executor_options.jobs <= 1 or (len(sizes) <= BATCH_ITEMS * 2 and sum(sizes) < POOL_THRESHOLD)


def _harmless_bytes(within_limit: int, executor_options: ExecutorOptions) -> float:
    """The size up to which no item can take longer than it may, so that nothing needs to be ended."""
    return within_limit * sqrt(min(1.0, executor_options.file_timeout / HARMLESS_SECONDS))


def _careful(work: Work[Item, Result]) -> Callable[[Item], Result]:
    """The function of the work, prepared, with which running out of memory is the failure of one item."""
    with sigint_blocked():  # a query that is interrupted while it is compiled says that it is wrong
        each = work.prepare()

    def one(item: Item) -> Result:
        try:
            return each(item)
        except MemoryError:
            return work.failed(item, _OUT_OF_MEMORY)

    return one


def _pooled(work: Work[Item, Result], items: Sequence[tuple[Item, int]], executor_options: ExecutorOptions) -> Iterator[Result]:
    """One pool after another: an item that ends its worker ends the pool, and the next one does what is left."""
    from rustgate.execution.pool import Pool  # noqa: PLC0415  # 5 ms that little work does not pay

    todo, lost = list(items), 0
    while todo:
        numbers = list(batches((number, size) for number, (_, size) in enumerate(todo)))
        pool = Pool(partial(_careful, work), [[todo[number][0] for number in batch] for batch in numbers], executor_options)
        yield from pool.results()
        for row, (position, problem) in pool.blamed.items():
            yield work.failed(todo[numbers[row].pop(position)][0], problem)
        todo = [todo[number] for row in sorted(pool.unfinished) for number in numbers[row]]
        lost += not pool.blamed
        if todo and lost == _MOST_LOST:
            raise RustgateError("worker processes end again and again, at no file (killed, or out of memory); run with fewer --jobs")
