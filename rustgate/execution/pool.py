"""A pool of workers from its start to its end: who is at what, who has been at it for too long, and which item ended its worker."""

import signal
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any

from rustgate.execution.options import ExecutorOptions, sigint_blocked, start_method
from rustgate.execution.pool_worker import Each, begin, given, take, work_on_batch
from rustgate.execution.time_limits import PATIENCE, problem_of, too_long

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future
    from multiprocessing.process import BaseProcess

TICK = 0.1
"""Seconds between two looks at what the workers are at."""
_LONGEST_GAP = 1.0
"""What counts of a longer one: this process was stopped, and its workers with it."""


class Pool:
    """Does batches of items once; `prepare` gives each worker the function for one item.

    After the results, `unfinished` holds the numbers of the batches that have none, and `blamed` those of them with an item that cost its
    worker: the position of the item, and what it did as the rest of a sentence.
    """

    def __init__(self, prepare: Callable[[], Each], batches: Sequence[list[Any]], executor_options: ExecutorOptions) -> None:
        from multiprocessing import RawArray  # noqa: PLC0415  # 20 ms that a run on a few files does not pay

        self._prepare = prepare
        self._batches = batches
        self._board = RawArray("q", 2 * len(batches))
        self._executor_options = executor_options
        self.unfinished = set(range(len(batches)))
        self.blamed: dict[int, tuple[int, str]] = {}
        self._done: SimpleQueue[tuple[int, Future[list[Any]]]] = SimpleQueue()
        self._others: list[BaseProcess] = []
        self._processes: dict[int | None, BaseProcess] = {}
        self._seen: dict[int, tuple[int, float]] = {}

    def results(self) -> Iterator[Any]:
        """The result of every item of each batch that is finished, as they come."""
        from multiprocessing import active_children  # noqa: PLC0415  # see `__init__`

        self._others = active_children()
        with self._executor() as executor:
            try:
                with sigint_blocked():
                    waiting = self._hand_out(executor)
                _close_own_end(executor)
                yield from self._finished(waiting)
            except BaseException:
                for process in self._processes.values():  # nobody waits for what they are at
                    process.kill()
                raise
            finally:
                executor.shutdown(cancel_futures=True)
        self._blame_the_dead()

    def _executor(self) -> "Executor":
        workers = min(self._executor_options.jobs, len(self._batches))
        if self._executor_options.executor:
            return self._executor_options.executor(max_workers=workers, initializer=take, initargs=(self._prepare, self._board))
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  # see `__init__`
        from multiprocessing import get_context  # noqa: PLC0415  # see above

        method = start_method()
        prepare = partial(given, self._prepare()) if method == "fork" else self._prepare  # a fork has what was prepared before it
        context = get_context(method)
        return ProcessPoolExecutor(
            workers, mp_context=context, initializer=begin, initargs=(prepare, self._board, self._executor_options.file_timeout)
        )

    def _hand_out(self, executor: "Executor") -> int:
        """How many batches the executor has taken: all of them, unless it breaks meanwhile."""
        from concurrent.futures import BrokenExecutor  # noqa: PLC0415  # see `__init__`
        from multiprocessing import active_children  # noqa: PLC0415  # see above

        for row, batch in enumerate(self._batches):
            try:
                future = executor.submit(work_on_batch, row, batch)
            except BrokenExecutor:
                return row
            finally:
                self._processes |= {process.pid: process for process in active_children() if process not in self._others}
            future.add_done_callback(partial(self._over, row))
        return len(self._batches)

    def _over(self, row: int, future: "Future[list[Any]]") -> None:
        self._done.put((row, future))

    def _finished(self, waiting: int) -> Iterator[Any]:
        looked = monotonic()
        while waiting:
            try:
                row, future = self._done.get(timeout=TICK)
            except Empty:
                pass
            else:
                waiting -= 1
                yield from self._taken(row, future)
            passed = monotonic() - looked
            if passed >= TICK:
                looked += passed
                self._end_the_silent(min(passed, _LONGEST_GAP))
                self._end_those_left()

    def _taken(self, row: int, future: "Future[list[Any]]") -> list[Any]:
        """The results of a batch that is over, none where its pool broke; raises what its work raised."""
        from concurrent.futures import BrokenExecutor  # noqa: PLC0415  # see `__init__`

        if isinstance(future.exception(), BrokenExecutor):
            return []
        results = future.result()
        self.unfinished.remove(row)
        return results

    def _end_the_silent(self, passed: float) -> None:
        """End every worker that has been at one item for too long by the clock; `passed` are the seconds since the last look."""
        for row in self.unfinished - self.blamed.keys():
            pid, position = self._board[2 * row : 2 * row + 2]
            before, waited = self._seen.get(row, (0, 0.0))
            self._seen[row] = (position, waited + passed if position == before else 0.0)
            if position and pid in self._processes and self._seen[row][1] > self._executor_options.file_timeout * PATIENCE:
                self.blamed[row] = (position - 1, too_long(self._executor_options.file_timeout))
                self._processes[pid].kill()

    def _end_those_left(self) -> None:
        """Terminate the others where a worker has ended: one that was killed while it wrote has locked the pipe for them."""
        if any(process.exitcode is not None for process in self._processes.values()):
            for process in self._processes.values():
                process.terminate()

    def _blame_the_dead(self) -> None:
        """Find the items whose workers have ended by themselves; when one has, the executor terminates all others."""
        for row in self.unfinished - self.blamed.keys():
            pid, position = self._board[2 * row : 2 * row + 2]
            code = self._processes[pid].exitcode if pid in self._processes else None
            if position and code is not None and code != -signal.SIGTERM:
                self.blamed[row] = (position - 1, problem_of(code, self._executor_options.file_timeout))


def _close_own_end(executor: "Executor") -> None:
    """Close what this process holds of the end that workers write results to, so that their pipe ends when they do.

    The executor waits for the rest of what a worker was writing when it was killed, and never for the end of that worker.
    """
    results = getattr(executor, "_result_queue", None)
    if results is not None:
        results._writer.close()  # noqa: SLF001  # no other way ends that wait
