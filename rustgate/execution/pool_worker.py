"""What runs in a worker of a pool: it prepares itself once, and shows at which item of which batch it is."""

import os
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from rustgate.execution.time_limits import begin_item, begin_process

Each = Callable[[Any], Any]

_mine = threading.local()


def given(each: Each) -> Each:
    """The same; what is picklable where a `lambda` is not."""
    return each


def _nothing() -> None:
    pass


def take(prepare: Callable[[], Each], board: Any) -> None:
    """Runs once in each worker; what is given stays there for all its batches."""
    _mine.prepare, _mine.each, _mine.board, _mine.begin, _mine.rest = prepare, None, board, _nothing, _nothing


def begin(prepare: Callable[[], Each], board: Any, seconds: float) -> None:
    """The same in a worker process, which ends with the first process however that ends, and when an item takes too long."""
    begin_process()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    take(prepare, board)
    _mine.begin, _mine.rest = partial(begin_item, seconds), partial(begin_item, 0)


def _end_with_parent() -> None:
    from multiprocessing import parent_process  # noqa: PLC0415  # only a worker process has one
    from multiprocessing.connection import wait  # noqa: PLC0415  # see above

    parent = parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)


def work_on_batch(row: int, batch: list[Any]) -> list[Any]:
    """The results of a batch; `board` shows in its row who is at it, and at which item, counted from 1, or 0 for none."""
    _mine.each = _mine.each or _mine.prepare()  # here and not at the start: what goes wrong reaches the first process
    board, results = _mine.board, []
    board[2 * row] = os.getpid()
    for position, item in enumerate(batch, 1):
        board[2 * row + 1] = position
        _mine.begin()
        results.append(_mine.each(item))
    _mine.rest()
    board[2 * row + 1] = 0
    return results
