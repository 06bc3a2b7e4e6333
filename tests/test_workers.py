"""Work in one process or in several: the same results, and no worker that dies without a word."""

import os
import signal
from collections.abc import Callable, Generator
from multiprocessing import active_children

import pytest
from msgspec import Struct

from rustgate import workers
from rustgate.errors import PageError, RustgateError
from rustgate.workers import batches, cores, work_on


class Squaring(Struct, frozen=True):
    """Squares numbers, each after having noted that it was prepared."""

    log: list[str]

    def prepare(self) -> Callable[[int], int]:
        """Gives the square, and remembers that it was asked."""
        self.log.append("prepared")
        return lambda number: number * number


class Failing(Struct, frozen=True):
    """Fails at 3, in a way that the test chooses."""

    fail: Callable[[], None]

    def prepare(self) -> Callable[[int], int]:
        """Gives the number back, unless it is 3."""
        return self._work

    def _work(self, number: int) -> int:
        if number == 3:
            self.fail()
        return number


class Unready(Struct, frozen=True):
    """Cannot even begin."""

    def prepare(self) -> Callable[[int], int]:
        """Gives nothing, and says so."""
        raise PageError("the page is broken")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    error = PageError("the page is broken")
    error.add_note("while 3 was judged")
    raise error


def wait() -> None:
    signal.pause()


def interrupt() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background would ignore it
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def _pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even the least work is given to a pool, in batches of one or two."""
    monkeypatch.setattr(workers, "POOL_THRESHOLD", 0)
    monkeypatch.setattr(workers, "BATCH_BYTES", 2)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([1], [[0]]),
        ([1, 1, 1], [[0, 1, 2]]),
        ([100, 200, 1, 300], [[0, 1], [2, 3]]),
        ([999, 1, 1], [[0], [1, 2]]),
        ([0, 0, 256], [[0, 1, 2]]),
    ],
)
def test_a_batch_is_full_when_it_holds_enough(monkeypatch: pytest.MonkeyPatch, sizes: list[int], expected: list[list[int]]) -> None:
    monkeypatch.setattr(workers, "BATCH_BYTES", 256)
    assert list(batches(enumerate(sizes))) == expected


@pytest.mark.usefixtures("_pool")
@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_the_results_are_the_same_for_any_number_of_workers(jobs: int) -> None:
    assert sorted(work_on(Squaring([]), [(number, 1) for number in range(9)], jobs)) == [number * number for number in range(9)]


@pytest.mark.parametrize(
    ("size", "jobs", "prepared"), [(1, 1, 1), (workers.POOL_THRESHOLD, 1, 1), (1, 4, 1), (workers.POOL_THRESHOLD, 2, 0)]
)
def test_little_work_is_done_in_this_process(size: int, jobs: int, prepared: int) -> None:
    work = Squaring([])
    assert list(work_on(work, [(3, size)], jobs)) == [9]
    assert len(work.log) == prepared


@pytest.mark.usefixtures("_pool")
@pytest.mark.parametrize("jobs", [1, 2])
def test_no_work_needs_no_preparation(jobs: int) -> None:
    work = Squaring([])
    assert (list(work_on(work, [], jobs)), work.log) == ([], [])


@pytest.mark.usefixtures("_pool")
def test_a_worker_that_dies_is_an_error_with_a_remedy() -> None:
    with pytest.raises(RustgateError, match=r"a worker process died .* run again with --jobs 1"):
        list(work_on(Failing(die), [(number, 1) for number in range(9)], jobs=2))


@pytest.mark.usefixtures("_pool")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_a_worker_arrives_as_it_was_raised(jobs: int) -> None:
    with pytest.raises(PageError, match="the page is broken") as error:
        list(work_on(Failing(refuse), [(number, 1) for number in range(9)], jobs))
    assert "while 3 was judged" in error.value.__notes__


@pytest.mark.usefixtures("_pool")
def test_a_worker_leaves_ctrl_c_to_the_first_process(capfd: pytest.CaptureFixture[str]) -> None:
    assert sorted(work_on(Failing(interrupt), [(number, 1) for number in range(9)], jobs=2)) == list(range(9))
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("_pool")
def test_ctrl_c_ends_the_workers_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    results = work_on(Failing(wait), [(number, 1) for number in range(9)], jobs=2)
    assert isinstance(results, Generator)
    next(results)
    with pytest.raises(KeyboardInterrupt):
        results.throw(KeyboardInterrupt)
    assert (active_children(), capfd.readouterr()) == ([], ("", ""))


@pytest.mark.usefixtures("_pool")
@pytest.mark.parametrize("jobs", [1, 2])
def test_work_that_cannot_be_prepared_says_why(jobs: int, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PageError, match="the page is broken"):
        list(work_on(Unready(), [(1, 1)], jobs))
    assert capfd.readouterr() == ("", "")


def test_there_is_at_least_one_core() -> None:
    assert cores() >= 1


def test_the_cores_are_those_that_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 5}, raising=False)
    assert cores() == 2
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1
