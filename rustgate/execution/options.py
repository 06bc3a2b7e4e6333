"""Who does the work of a run, and how their processes begin."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from concurrent.futures import Executor


class ExecutorOptions(Struct, frozen=True):
    """Who does the work: how many workers, for how many seconds one item may keep one of them, and what makes the pool.

    The seconds are those of the processor where the system tells of them, as a machine that is busy must fail no file; by the clock it
    is three times as many.
    `executor` takes what the executors of `concurrent.futures` take: `max_workers`, `initializer` and `initargs`. Without one, processes
    are started where it pays. Only a process can be ended: with another executor nothing is ever too slow.
    """

    jobs: int = 1
    file_timeout: float = 10.0
    executor: "Callable[..., Executor] | None" = None


def start_method() -> str:
    """How worker processes are made: by a fork only where no other thread can hold a lock that the child would wait for."""
    if sys.platform == "linux" and threading.active_count() == 1:
        return "fork"
    return "spawn" if sys.platform == "win32" else "forkserver"


@contextmanager
def sigint_blocked() -> Iterator[None]:
    """Lets Ctrl-C wait; processes that begin meanwhile never hear it, and leave no traceback: the first process ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
