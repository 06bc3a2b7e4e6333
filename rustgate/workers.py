"""Work on many items beside one another: in this process for little work, in a pool of processes for much; the results are the same."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol, TypeVar

from rustgate.errors import RustgateError

In_contra = TypeVar("In_contra", contravariant=True)
Out_co = TypeVar("Out_co", covariant=True)
Item = TypeVar("Item")
Result = TypeVar("Result")

POOL_THRESHOLD = 400_000
"""Below this many bytes of source a pool costs more than it saves: it starts in the time that one process needs for about 0.4 MB."""
BATCH_BYTES = 256_000


class Work(Protocol[In_contra, Out_co]):
    """What a worker does: `prepare` runs once in each process and gives the function for one item. It must be picklable."""

    def prepare(self) -> Callable[[In_contra], Out_co]:
        """The function that turns one item into one result."""
        ...


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def work_on(work: Work[Item, Result], items: Sequence[tuple[Item, int]], jobs: int) -> Iterator[Result]:
    """The result of every item, in no particular order; an item comes with its size in bytes."""
    total = sum(size for _, size in items)
    if not items:
        return
    if jobs <= 1 or total < POOL_THRESHOLD:
        each = work.prepare()
        for item, _ in items:
            yield each(item)
    else:
        yield from _pooled(work, batches(items), jobs)


def batches(items: Iterable[tuple[Item, int]]) -> Iterator[list[Item]]:
    """Items in lists of about `BATCH_BYTES`."""
    batch: list[Item] = []
    held = 0
    for item, size in items:
        batch.append(item)
        held += size
        if held >= BATCH_BYTES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _pooled(work: Work[Item, Result], todo: Iterable[list[Item]], jobs: int) -> Iterator[Result]:
    from concurrent.futures import ProcessPoolExecutor, as_completed  # 15 ms that a run on a few files does not pay
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import active_children

    with ProcessPoolExecutor(jobs, initializer=_take, initargs=(work,)) as pool:
        try:
            with _deaf_to_ctrl_c():
                running = [pool.submit(_work_on_batch, batch) for batch in todo]
            for future in as_completed(running):
                yield from future.result()
        except BrokenProcessPool as error:
            raise RustgateError("a worker process died (out of memory, or killed); run again with --jobs 1 to see at which file") from error
        except BaseException:
            for process in active_children():  # nobody waits for what they are at
                process.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Lets Ctrl-C wait; processes that begin meanwhile never hear it, and leave no traceback: the first process ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


_work: Work[Any, Any]


def _take(work: Work[Any, Any]) -> None:
    """Runs once in each worker process; the work stays there for all its batches."""
    global _work  # noqa: PLW0603  # an initializer has no other way to hand something to the tasks of its process
    _work = work


@cache
def _each() -> Callable[[Any], Any]:
    """The function of the work; prepared by the first batch, because what goes wrong there reaches the first process."""
    return _work.prepare()


def _work_on_batch(batch: list[Any]) -> list[Any]:
    return [_each()(item) for item in batch]
