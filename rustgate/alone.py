"""Work in one process of its own, item after item: it can be ended, and costs a fork instead of a pool."""

import os
import pickle
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, TypeVar

from rustgate.errors import RustgateError
from rustgate.limits import begin_item, begin_process, problem_of

Item = TypeVar("Item")
Result = TypeVar("Result")

_LENGTH = 8


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
            yield failed(items[done], problem_of(child.code, seconds))
            done += 1


class _Child:
    """The process, and the end of its pipe."""

    def __init__(self, each: Callable[[Item], Result], items: Sequence[Item], seconds: float) -> None:
        reader, writer = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(reader)
            _work(each, items, seconds, os.fdopen(writer, "wb"))
        os.close(writer)
        self._pipe = os.fdopen(reader, "rb")
        self.code = 0

    def results(self) -> Iterator[object]:
        """What the process sends, until it ends; raises what was raised there."""
        while True:
            length = self._pipe.read(_LENGTH)
            text = self._pipe.read(int.from_bytes(length, "big"))
            if len(length) < _LENGTH or len(text) < int.from_bytes(length, "big"):
                return
            result = pickle.loads(text)  # noqa: S301  # it comes from a fork of this process
            if isinstance(result, _Raised):
                raise result.error
            yield result

    def end(self) -> None:
        """End the process if it has not ended by itself, and learn how it did."""
        self._pipe.close()
        ended, status = os.waitpid(self._pid, os.WNOHANG)
        if not ended:
            os.kill(self._pid, signal.SIGKILL)
            _, status = os.waitpid(self._pid, 0)
        self.code = os.waitstatus_to_exitcode(status)


class _Raised:
    """An exception on its way to the first process."""

    def __init__(self, error: Exception) -> None:
        self.error = error


def _work(each: Callable[[Item], Result], items: Sequence[Item], seconds: float, pipe: BinaryIO) -> None:
    """What the process does; it does not return."""
    try:
        begin_process()
        for item in items:
            begin_item(seconds)
            _send(each(item), pipe)
    except Exception as error:  # noqa: BLE001  # the first process raises it again
        if not isinstance(error, RustgateError):
            import traceback  # only a mistake of ours needs it

            error.add_note(traceback.format_exc())
        _send(_Raised(error), pipe)
    finally:
        os._exit(0)


def _send(result: object, pipe: BinaryIO) -> None:
    text = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
    pipe.write(len(text).to_bytes(_LENGTH, "big") + text)
    pipe.flush()
