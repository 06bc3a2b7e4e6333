"""Worker side of a pool.

A worker prepares itself once, and records which item of which batch it is at.
"""

import os
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from rustgate.execution.time_limits import limit_cpu_time, set_up_process

Work = Callable[[Any], Any]

_state = threading.local()


def already_prepared(work: Work) -> Work:
    """Return `work` unchanged; picklable, unlike a `lambda`."""
    return work


def _no_timer() -> None:
    pass


def init_worker(prepare: Callable[[], Work], progress: Any) -> None:
    """Initialise a worker; what it is given is kept for all batches.

    It runs once in each worker. `progress` is shared memory: two numbers for each batch.
    """
    _state.prepare, _state.work, _state.progress, _state.start_timer, _state.stop_timer = prepare, None, progress, _no_timer, _no_timer


def init_worker_process(prepare: Callable[[], Work], progress: Any, seconds: float) -> None:
    """Initialise a worker that is a process.

    It ends when the parent process ends, however that ends, and when an item takes too long.
    """
    set_up_process()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    init_worker(prepare, progress)
    _state.start_timer, _state.stop_timer = partial(limit_cpu_time, seconds), partial(limit_cpu_time, 0)


def _end_with_parent() -> None:
    from multiprocessing import parent_process  # noqa: PLC0415  # only a worker process has one
    from multiprocessing.connection import wait  # noqa: PLC0415  # see above

    parent = parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)


def run_batch(row: int, batch: list[Any]) -> list[Any]:
    """Return the results of a batch.

    The batch's row in `progress` holds the id of this process and the item that it is at: counted from 1, 0 for none.
    """
    _state.work = _state.work or _state.prepare()  # here and not at the start, so that errors reach the parent process
    progress, results = _state.progress, []
    progress[2 * row] = os.getpid()
    for position, item in enumerate(batch, 1):
        progress[2 * row + 1] = position
        _state.start_timer()
        results.append(_state.work(item))
    _state.stop_timer()
    progress[2 * row + 1] = 0
    return results
