"""Executor options, and how worker processes are started."""

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
    """Worker count, time limit of one item, and an optional executor factory.

    The time limit is in CPU seconds where the system counts them, because a busy machine must fail no file; in wall time it is three times
    as long. `executor` takes what the executors of `concurrent.futures` take: `max_workers`, `initializer` and `initargs`. Without one,
    processes are started where it pays. Only a process can be ended: with another executor no item ever takes too long.
    """

    jobs: int = 1
    file_timeout: float = 10.0
    executor: "Callable[..., Executor] | None" = None


def start_method() -> str:
    """Return how to start worker processes.

    A fork is safe only where no other thread can hold a lock that the child would wait for.
    """
    if sys.platform == "linux" and threading.active_count() == 1:
        return "fork"
    return "spawn" if sys.platform == "win32" else "forkserver"


@contextmanager
def sigint_blocked() -> Iterator[None]:
    """Block SIGINT; processes started inside inherit the mask.

    They never see Ctrl-C and print no traceback; the parent process ends them.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
