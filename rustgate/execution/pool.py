"""Run batches of items in a pool of workers.

It knows which item each worker is at and for how long, and finds the items that end their worker.
"""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any

from rustgate.execution.options import ExecutorOptions, sigint_blocked, start_method
from rustgate.execution.pool_worker import Work, already_prepared, init_worker, init_worker_process, run_batch
from rustgate.execution.time_limits import WALL_TIME_FACTOR, exit_problem, timeout_problem

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future
    from multiprocessing.process import BaseProcess

TICK = 0.1
"""Seconds between two checks of the workers' progress."""
_LONGEST_GAP = 1.0
"""Seconds that count of a longer gap between checks: then this process was stopped, and its workers with it."""


class CannotStartError(Exception):
    """No worker process, or nothing that it needs, can be made."""


class Pool:
    """Runs batches of items once.

    `prepare` gives each worker the function for one item.

    After the results, `unfinished` holds the numbers of the batches without a result. `blamed` holds those of them with an item that ended
    its worker: the position of the item in its batch, and what it did as the rest of a sentence.

    Raises `CannotStartError` before the first result, if it does, such as where shared memory is full.
    """

    def __init__(self, prepare: Callable[[], Work], batches: Sequence[list[Any]], options: ExecutorOptions) -> None:
        from multiprocessing import RawArray  # noqa: PLC0415  # importing takes 20 ms, which a run on a few files is spared

        self._prepare = prepare
        self._batches = batches
        with _start_failures():
            self._progress = RawArray("q", 2 * len(batches))
        self._options = options
        self.unfinished = set(range(len(batches)))
        self.blamed: dict[int, tuple[int, str]] = {}
        self._finished_batches: SimpleQueue[tuple[int, Future[list[Any]]]] = SimpleQueue()
        self._unrelated: list[BaseProcess] = []
        self._processes: dict[int | None, BaseProcess] = {}
        self._seen: dict[int, tuple[int, float]] = {}

    def results(self) -> Iterator[Any]:
        """Yield the results of each finished batch, as they arrive."""
        from multiprocessing import active_children  # noqa: PLC0415  # see `__init__`

        self._unrelated = active_children()
        with _start_failures():
            new_executor = self._executor()
        with new_executor as executor:
            try:
                with sigint_blocked(), _start_failures():
                    waiting = self._submit_batches(executor)
                _close_result_writer(executor)
                yield from self._collect_results(waiting)
            except BaseException:
                for process in self._processes.values():  # nobody waits for their results
                    process.kill()
                raise
            finally:
                executor.shutdown(cancel_futures=True)
        self._blame_crashed_workers()

    def _executor(self) -> "Executor":
        workers = min(self._options.jobs, len(self._batches))
        if self._options.executor:
            return self._options.executor(max_workers=workers, initializer=init_worker, initargs=(self._prepare, self._progress))
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  # see `__init__`
        from multiprocessing import get_context  # noqa: PLC0415  # see above

        method = start_method()
        # a fork inherits what was prepared before it
        prepare = partial(already_prepared, self._prepare()) if method == "fork" else self._prepare
        context = get_context(method)
        return ProcessPoolExecutor(
            workers, mp_context=context, initializer=init_worker_process, initargs=(prepare, self._progress, self._options.file_timeout)
        )

    def _submit_batches(self, executor: "Executor") -> int:
        """Submit the batches; return how many the executor has taken.

        It takes all of them, unless it breaks meanwhile.
        """
        from concurrent.futures import BrokenExecutor  # noqa: PLC0415  # see `__init__`
        from multiprocessing import active_children  # noqa: PLC0415  # see above

        for row, batch in enumerate(self._batches):
            try:
                future = executor.submit(run_batch, row, batch)
            except BrokenExecutor:
                return row
            finally:
                self._processes |= {process.pid: process for process in active_children() if process not in self._unrelated}
            future.add_done_callback(partial(self._batch_done, row))
        return len(self._batches)

    def _batch_done(self, row: int, future: "Future[list[Any]]") -> None:
        self._finished_batches.put((row, future))

    def _collect_results(self, waiting: int) -> Iterator[Any]:
        looked = monotonic()
        while waiting:
            try:
                row, future = self._finished_batches.get(timeout=TICK)
            except Empty:
                pass
            else:
                waiting -= 1
                yield from self._batch_results(row, future)
            passed = monotonic() - looked
            if passed >= TICK:
                looked += passed
                self._kill_stuck_workers(min(passed, _LONGEST_GAP))
                self._terminate_after_a_death()

    def _batch_results(self, row: int, future: "Future[list[Any]]") -> list[Any]:
        """Return the results of a finished batch; none if its pool broke.

        Raises what its work raised.
        """
        from concurrent.futures import BrokenExecutor  # noqa: PLC0415  # see `__init__`

        if isinstance(future.exception(), BrokenExecutor):
            return []
        results = future.result()
        self.unfinished.remove(row)
        return results

    def _kill_stuck_workers(self, passed: float) -> None:
        """Kill every worker that exceeds the wall-time limit on one item.

        `passed` are the seconds since the last check.
        """
        for row in self.unfinished - self.blamed.keys():
            pid, position = self._progress[2 * row : 2 * row + 2]
            before, waited = self._seen.get(row, (0, 0.0))
            self._seen[row] = (position, waited + passed if position == before else 0.0)
            if position and pid in self._processes and self._seen[row][1] > self._options.file_timeout * WALL_TIME_FACTOR:
                self.blamed[row] = (position - 1, timeout_problem(self._options.file_timeout))
                self._processes[pid].kill()

    def _terminate_after_a_death(self) -> None:
        """Terminate all workers if one has ended.

        One that was killed while it wrote has locked the pipe for the others.
        """
        if any(process.exitcode is not None for process in self._processes.values()):
            for process in self._processes.values():
                process.terminate()

    def _blame_crashed_workers(self) -> None:
        """Find the items whose workers ended by themselves.

        When one does, the executor terminates all others, so SIGTERM blames no item.
        """
        for row in self.unfinished - self.blamed.keys():
            pid, position = self._progress[2 * row : 2 * row + 2]
            code = self._processes[pid].exitcode if pid in self._processes else None
            if position and code is not None and code != -signal.SIGTERM:
                self.blamed[row] = (position - 1, exit_problem(code, self._options.file_timeout))


@contextmanager
def _start_failures() -> Iterator[None]:
    """Turn what the system refuses into `CannotStartError`."""
    try:
        yield
    except OSError as error:
        raise CannotStartError(str(error)) from error


def _close_result_writer(executor: "Executor") -> None:
    """Close this process's end of the pipe for results.

    Then the pipe ends when the workers do. The executor waits for the rest of what a worker was writing when it was killed, and never for
    the end of that worker.
    """
    results = getattr(executor, "_result_queue", None)
    if results is not None:
        results._writer.close()  # noqa: SLF001  # no other way ends that wait
