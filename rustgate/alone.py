"""Work in one process of its own, item after item: it can be ended, and costs a fork instead of a pool."""

import os
import pickle
import select
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, TypeVar

from rustgate.errors import RustgateError
from rustgate.limits import PATIENCE, begin_item, begin_process, problem_of, too_long

Item = TypeVar("Item")
Result = TypeVar("Result")

_LENGTH = 8
_MOST = 2**20
_TICK = 0.1
"""Seconds of one wait. They are counted by waits, as the time in which everything was stopped is nobody's."""


def one_by_one(
    each: Callable[[Item], Result], items: Sequence[Item], failed: Callable[[Item, str], Result], seconds: float
) -> Iterator[Result]:
    """The result of every item, in order; one that takes longer than it may, or ends the process, has the result of `failed`.

    `each` is prepared before the fork, so that the process has what it needs. Raises what `each` raises.
    """
    done = 0
    while done < len(items):
        child = _Child(each, items[done:], seconds)
        try:
            for result in child.results():
                done += 1
                yield result
        finally:
            child.end()
        if done < len(items):
            yield failed(items[done], child.problem)
            done += 1


class _Child:
    """The process, and the end of its pipe."""

    def __init__(self, each: Callable[[Item], Result], items: Sequence[Item], seconds: float) -> None:
        self._pipe, writer = os.pipe()
        parent, self._alive = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(self._pipe)
            os.close(self._alive)
            threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
            _work(each, items, seconds, os.fdopen(writer, "wb"))
        os.close(writer)
        os.close(parent)
        self._seconds = seconds
        self.problem = ""
        self._ended = False

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
            elif more := os.read(self._pipe, _MOST):
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


def _work(each: Callable[[Item], Result], items: Sequence[Item], seconds: float, pipe: BinaryIO) -> None:
    """What the process does; it does not return."""
    try:
        begin_process()
        for item in items:
            begin_item(seconds)
            _send(each(item), pipe)
    except Exception as error:  # noqa: BLE001  # the first process raises it again
        if not isinstance(error, RustgateError):
            import traceback  # noqa: PLC0415  # only a mistake of ours needs it

            error.add_note(traceback.format_exc())
        _send(_Raised(error), pipe)
    finally:
        os._exit(0)


def _send(result: object, pipe: BinaryIO) -> None:
    text = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
    pipe.write(len(text).to_bytes(_LENGTH, "big") + text)
    pipe.flush()
