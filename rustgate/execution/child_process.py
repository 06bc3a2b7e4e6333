"""Run items one after another in a child process.

It can be ended, and it costs a fork instead of a pool.
"""

import mmap
import os
import pickle
import select
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, BinaryIO, TypeVar

from rustgate.errors import RustgateError
from rustgate.execution.time_limits import WALL_TIME_FACTOR, exit_problem, limit_cpu_time, set_up_process, timeout_problem

Item = TypeVar("Item")
Result = TypeVar("Result")

_LENGTH = 8
_BUFFER_BYTES = 2**20
"""Bytes that are written or read at once."""
_SEND_INTERVAL = 0.05
"""Seconds for which results may wait to be sent together: receiving one costs as much as checking a small file."""
_TICK = 0.1
"""Seconds of one wait. Time is counted in waits, so that time in which everything was stopped does not count."""


def run_in_child(
    work: Callable[[Item], Result], items: Sequence[Item], failed: Callable[[Item, str], Result], seconds: float
) -> Iterator[Result]:
    """Yield the result of every item, worked on in a child process.

    An item that takes too long or ends the process has the result of `failed`. `work` is prepared before the fork, so that the process has
    what it needs. Raises what `work` raises. Where the system starts no process, this one does the work; then an item that takes too long
    ends the run, by a signal.
    """
    todo = list(items)
    while todo:
        try:
            child = _Child(work, todo, seconds)
        except OSError:
            yield from _run_here(work, todo, seconds)
            return
        received = 0
        try:
            for result in child.results():
                received += 1
                yield result
        finally:
            child.end()
        if received < len(todo):
            at = max(child.position, received)  # the process may end between two items
            yield failed(todo[at], child.problem)
            del todo[at]
        del todo[:received]  # what was done and not sent is done again


def _run_here(work: Callable[[Item], Result], items: Sequence[Item], seconds: float) -> Iterator[Result]:
    """Work on items in this process, each with its time limit."""
    for item in items:
        limit_cpu_time(seconds)
        result = work(item)
        limit_cpu_time(0)
        yield result


class _Child:
    """The child process, and this end of its pipe."""

    def __init__(self, work: Callable[[Item], Result], items: Sequence[Item], seconds: float) -> None:
        self._progress = mmap.mmap(-1, _LENGTH)
        self._pipe, writer = os.pipe()
        parent, self._alive = os.pipe()
        try:
            self._pid = os.fork()
        except OSError:
            for end in (self._pipe, writer, parent, self._alive):
                os.close(end)
            raise
        if not self._pid:
            os.close(self._pipe)
            os.close(self._alive)
            with suppress(RuntimeError):  # the system starts no thread; then the pipe ends with the parent process
                threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
            _run_child(work, items, seconds, _ResultPipe(os.fdopen(writer, "wb", _BUFFER_BYTES), self._progress))
        os.close(writer)
        os.close(parent)
        self._seconds = seconds
        self.problem = ""
        self._ended = False

    @property
    def position(self) -> int:
        """The number of the current item, or the last one."""
        return int.from_bytes(self._progress[:], "big")

    def results(self) -> Iterator[Any]:
        """Yield what the process sends.

        It stops when the process ends or is silent for too long. Raises what was raised there.
        """
        received_bytes = bytearray()
        while True:
            size = _LENGTH + int.from_bytes(received_bytes[:_LENGTH], "big")
            if len(received_bytes) >= max(size, _LENGTH + 1):
                result = pickle.loads(received_bytes[_LENGTH:size])  # noqa: S301  # it comes from a fork of this process
                del received_bytes[:size]
                if isinstance(result, _RaisedError):
                    raise result.error
                yield result
            elif not self._is_readable_in_time():
                self.problem = timeout_problem(self._seconds)
                return
            elif more := os.read(self._pipe, _BUFFER_BYTES):
                received_bytes += more
            else:
                self._ended = True
                return

    def _is_readable_in_time(self) -> bool:
        """Return whether data, or the end of it, arrives in time."""
        waits = int(self._seconds * WALL_TIME_FACTOR / _TICK) + 1
        return any(select.select([self._pipe], [], [], _TICK)[0] for _ in range(waits))

    def end(self) -> None:
        """End the process, and say what ended it in `problem`.

        One that has ended by itself is only waited for.
        """
        os.close(self._pipe)
        os.close(self._alive)
        if self.problem or not self._ended:
            os.kill(self._pid, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        self.problem = self.problem or exit_problem(os.waitstatus_to_exitcode(status), self._seconds)


class _RaisedError:
    """An exception on its way to the parent process."""

    def __init__(self, error: Exception) -> None:
        self.error = error


def _end_with_parent(parent: int) -> None:
    """End this process when the other end of a pipe is closed.

    It is closed however the parent process ends.
    """
    os.read(parent, 1)
    os._exit(1)


class _ResultPipe:
    """Sends results to the parent process, a few at a time.

    `progress` is shared memory; it tells the parent which item is being worked on.
    """

    def __init__(self, pipe: BinaryIO, progress: mmap.mmap) -> None:
        self._pipe = pipe
        self._progress = progress
        self._sent = monotonic()

    def begin(self, position: int) -> None:
        """Record that the item with this number is next."""
        self._progress[:] = position.to_bytes(_LENGTH, "big")

    def add(self, result: object) -> None:
        """Send a result, or let it wait for others."""
        text = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
        self._pipe.write(len(text).to_bytes(_LENGTH, "big") + text)
        if monotonic() - self._sent > _SEND_INTERVAL:
            self.send()

    def send(self) -> None:
        """Send the results that wait."""
        self._pipe.flush()
        self._sent = monotonic()


def _run_child(work: Callable[[Item], Result], items: Sequence[Item], seconds: float, results: _ResultPipe) -> None:
    """Work on all items, send the results, and end the process."""
    try:
        set_up_process()
        for position, item in enumerate(items):
            results.begin(position)
            limit_cpu_time(seconds)
            results.add(work(item))
        results.send()
    except Exception as error:  # noqa: BLE001  # the parent process raises it again
        if not isinstance(error, RustgateError):
            import traceback  # noqa: PLC0415  # only a bug of ours needs it

            error.add_note(traceback.format_exc())
        results.add(_RaisedError(error))
        results.send()
    finally:
        os._exit(0)
