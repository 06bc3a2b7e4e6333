"""Work in one process of its own, item after item: it can be ended, and costs a fork instead of a pool."""

import mmap
import os
import pickle
import select
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import Any, BinaryIO, TypeVar

from rustgate.errors import RustgateError
from rustgate.execution.time_limits import PATIENCE, begin_item, begin_process, problem_of, too_long

Item = TypeVar("Item")
Result = TypeVar("Result")

_LENGTH = 8
_AT_ONCE = 2**20
"""Bytes that are written or read at once."""
_GATHERING = 0.05
"""Seconds for which results may wait to be sent together: that one arrives costs as much as to judge a small file."""
_TICK = 0.1
"""Seconds of one wait. They are counted by waits, as the time in which everything was stopped is nobody's."""


def one_by_one(
    each: Callable[[Item], Result], items: Sequence[Item], failed: Callable[[Item, str], Result], seconds: float
) -> Iterator[Result]:
    """The result of every item; one that takes longer than it may, or ends the process, has the result of `failed`.

    `each` is prepared before the fork, so that the process has what it needs. Raises what `each` raises.
    """
    todo = list(items)
    while todo:
        child = _Child(each, todo, seconds)
        received = 0
        try:
            for result in child.results():
                received += 1
                yield result
        finally:
            child.end()
        if received < len(todo):
            at = max(child.position, received)  # it may end between two items
            yield failed(todo[at], child.problem)
            del todo[at]
        del todo[:received]  # what was done and not sent is done once more


class _Child:
    """The process, and the end of its pipe."""

    def __init__(self, each: Callable[[Item], Result], items: Sequence[Item], seconds: float) -> None:
        self._board = mmap.mmap(-1, _LENGTH)
        self._pipe, writer = os.pipe()
        parent, self._alive = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(self._pipe)
            os.close(self._alive)
            threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
            _work(each, items, seconds, _Results(os.fdopen(writer, "wb", _AT_ONCE), self._board))
        os.close(writer)
        os.close(parent)
        self._seconds = seconds
        self.problem = ""
        self._ended = False

    @property
    def position(self) -> int:
        """The number of the item that the process is at, or has ended at."""
        return int.from_bytes(self._board[:], "big")

    def results(self) -> Iterator[Any]:
        """What the process sends, until it ends or says nothing for too long; raises what was raised there."""
        held = bytearray()
        while True:
            size = _LENGTH + int.from_bytes(held[:_LENGTH], "big")
            if len(held) >= max(size, _LENGTH + 1):
                result = pickle.loads(held[_LENGTH:size])  # noqa: S301  # it comes from a fork of this process
                del held[:size]
                if isinstance(result, _Raised):
                    raise result.error
                yield result
            elif not self._says_something():
                self.problem = too_long(self._seconds)
                return
            elif more := os.read(self._pipe, _AT_ONCE):
                held += more
            else:
                self._ended = True
                return

    def _says_something(self) -> bool:
        """Whether there is something to read, or the end, before patience is."""
        waits = int(self._seconds * PATIENCE / _TICK) + 1
        return any(select.select([self._pipe], [], [], _TICK)[0] for _ in range(waits))

    def end(self) -> None:
        """End the process if it has not ended by itself, and learn how it did."""
        os.close(self._pipe)
        os.close(self._alive)
        if self.problem or not self._ended:
            os.kill(self._pid, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        self.problem = self.problem or problem_of(os.waitstatus_to_exitcode(status), self._seconds)


class _Raised:
    """An exception on its way to the first process."""

    def __init__(self, error: Exception) -> None:
        self.error = error


def _end_with_parent(parent: int) -> None:
    """End this process when the other end of a pipe is closed, which it is however the first process ends."""
    os.read(parent, 1)
    os._exit(1)


class _Results:
    """The way of the results to the first process, a few at a time; `board` tells it at which item this one is."""

    def __init__(self, pipe: BinaryIO, board: mmap.mmap) -> None:
        self._pipe = pipe
        self._board = board
        self._sent = monotonic()

    def begin(self, position: int) -> None:
        """Tell that the item with this number is next."""
        self._board[:] = position.to_bytes(_LENGTH, "big")

    def add(self, result: object) -> None:
        """Send a result, or let it wait for others."""
        text = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
        self._pipe.write(len(text).to_bytes(_LENGTH, "big") + text)
        if monotonic() - self._sent > _GATHERING:
            self.send()

    def send(self) -> None:
        """Send what waits."""
        self._pipe.flush()
        self._sent = monotonic()


def _work(each: Callable[[Item], Result], items: Sequence[Item], seconds: float, results: _Results) -> None:
    """What the process does; it does not return."""
    try:
        begin_process()
        for position, item in enumerate(items):
            results.begin(position)
            begin_item(seconds)
            results.add(each(item))
        results.send()
    except Exception as error:  # noqa: BLE001  # the first process raises it again
        if not isinstance(error, RustgateError):
            import traceback  # noqa: PLC0415  # only a mistake of ours needs it

            error.add_note(traceback.format_exc())
        results.add(_Raised(error))
        results.send()
    finally:
        os._exit(0)
