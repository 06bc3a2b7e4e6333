"""Work in one process or in several: the same results, and a worker that dies costs the item that it was at."""

import faulthandler
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from math import inf
from multiprocessing import active_children, connection
from pathlib import Path
from typing import IO, Any

import pytest
from msgspec import Struct

from rustgate.errors import PageError, RustgateError
from rustgate.execution import child_process, executor as executor_module, options as options_module, pool
from rustgate.execution.child_process import run_in_child
from rustgate.execution.executor import batches, cores, map_unordered
from rustgate.execution.options import ExecutorOptions
from rustgate.execution.time_limits import exit_problem

pytestmark = pytest.mark.slow  # it starts processes

HARMLESS = 16_384
Results = list[int | str]
ONE_EACH = [(number, 1) for number in range(9)]
WITHOUT_3: Results = [0, 1, 2, 4, 5, 6, 7, 8]


class Squaring(Struct, frozen=True):
    """Squares numbers, each after having noted that it was prepared."""

    log: list[str]

    harmless_bytes = HARMLESS

    def prepare(self) -> Callable[[int], int]:
        """Gives the square, and remembers that it was asked."""
        self.log.append("prepared")
        return lambda number: number * number

    def failed(self, item: int, problem: str) -> int:
        """Never asked for."""
        raise AssertionError(item, problem)


class Failing(Struct, frozen=True):
    """Fails at some numbers, in a way that the test chooses; a line in `log` tells of each number that was begun."""

    fail: Callable[[], None]
    at: tuple[int, ...] = (3,)
    log: str = os.devnull

    harmless_bytes = HARMLESS

    def prepare(self) -> Callable[[int], int | str]:
        """Gives the number back, unless it is one to fail at."""
        return self._work

    def failed(self, item: int, problem: str) -> int | str:
        """Says so."""
        return f"{item} {problem}"

    def _work(self, number: int) -> int:
        with Path(self.log).open("a", encoding="ascii") as log:
            log.write(f"{number}\n")
        if number in self.at:
            self.fail()
        return number


class Asking(Struct, frozen=True):
    """Asks which process and which thread is at work."""

    harmless_bytes = HARMLESS

    def prepare(self) -> Callable[[int], tuple[int, int]]:
        """Gives the process and the thread."""
        return lambda _: (os.getpid(), threading.get_ident())

    def failed(self, item: int, problem: str) -> tuple[int, int]:
        """Never asked for."""
        raise AssertionError(item, problem)


class Reading(Struct, frozen=True):
    """Reads a pipe to its end."""

    path: str

    harmless_bytes = HARMLESS

    def prepare(self) -> Callable[[int], int | str]:
        """Gives the number back, in its own time."""
        return self._work

    def failed(self, item: int, problem: str) -> int | str:
        """Says so."""
        return f"{item} {problem}"

    def _work(self, number: int) -> int:
        Path(self.path).read_bytes()
        return number


class Unready(Struct, frozen=True):
    """Cannot even begin."""

    harmless_bytes = HARMLESS

    def prepare(self) -> Callable[[int], int]:
        """Gives nothing, and says so."""
        raise PageError("the page is broken")

    def failed(self, item: int, problem: str) -> int:
        """Never asked for."""
        raise AssertionError(item, problem)


class Here(Executor):
    """Does at once, in this process, whatever it is given; after `until` tasks it breaks."""

    until = 10**6

    def __init__(self, max_workers: int, initializer: Callable[..., None], initargs: tuple[Any, ...]) -> None:
        initializer(*initargs)
        self._left = self.until

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A future that is done."""
        if not self._left:
            raise BrokenProcessPool
        self._left -= 1
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Breaking(Here):
    """Breaks at each third task."""

    until = 2


class Broken(Here):
    """Breaks before it has done anything."""

    until = 0


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crash() -> None:
    faulthandler.disable()  # of pytest: what it says belongs to no test
    os.kill(os.getpid(), signal.SIGSEGV)


def leave() -> None:
    os._exit(7)


def be_terminated() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    signal.pause()


def ask_too_much() -> None:
    raise MemoryError


def refuse() -> None:
    error = PageError("the page is broken")
    error.add_note("while 3 was judged")
    raise error


def wait() -> None:
    signal.pause()


def be_busy() -> None:
    while True:
        pass


def tell_and_wait() -> None:
    os.write(1, b"begun\n")
    signal.pause()


def interrupt() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background would ignore it
    signal.raise_signal(signal.SIGINT)  # to this thread: the test runner has others, which would hear it


def finished(results: Results) -> tuple[Results, Results]:
    """The numbers in order, and what is said of those that failed."""
    return sorted(one for one in results if isinstance(one, int)), sorted(one for one in results if isinstance(one, str))


@pytest.fixture
def _pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even the least work is given to other processes, to a pool in batches of one or two, and the workers are looked at often."""
    monkeypatch.setattr(executor_module, "HARMLESS_SECONDS", inf)
    monkeypatch.setattr(executor_module, "POOL_THRESHOLD", 0)
    monkeypatch.setattr(executor_module, "BATCH_BYTES", 2)
    monkeypatch.setattr(pool, "TICK", 0.01)


@pytest.fixture(params=["fork", "forkserver", "spawn"])
def _started(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way to make a worker process; a fork although the tests may have threads of their own."""
    for module in (pool, executor_module):
        monkeypatch.setattr(module, "start_method", lambda: request.param)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([1], [[0]]),
        ([1, 1, 1], [[0, 1, 2]]),
        ([100, 200, 1, 300], [[0, 1], [2, 3]]),
        ([999, 1, 1], [[0], [1, 2]]),
        ([0, 0, 256], [[0, 1, 2]]),
        ([0, 0, 0, 0, 0], [[0, 1, 2, 3], [4]]),
    ],
)
def test_a_batch_is_full_when_it_holds_enough(monkeypatch: pytest.MonkeyPatch, sizes: list[int], expected: list[list[int]]) -> None:
    monkeypatch.setattr(executor_module, "BATCH_BYTES", 256)
    monkeypatch.setattr(executor_module, "BATCH_ITEMS", 4)
    assert list(batches(enumerate(sizes))) == expected


@pytest.mark.usefixtures("_pool")
@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_the_results_are_the_same_for_any_number_of_workers(jobs: int) -> None:
    assert sorted(map_unordered(Squaring([]), ONE_EACH, ExecutorOptions(jobs))) == [number * number for number in range(9)]


@pytest.mark.usefixtures("_pool")
@pytest.mark.parametrize("executor", [ThreadPoolExecutor, ProcessPoolExecutor, Here, Breaking])
def test_any_executor_will_do(executor: Callable[..., Executor]) -> None:
    assert finished(list(map_unordered(Failing(ask_too_much), ONE_EACH, ExecutorOptions(2, 0.01, executor)))) == (
        WITHOUT_3,
        ["3 needs more memory than there is; exclude it"],
    )


MANY = executor_module.POOL_THRESHOLD // 10_000


@pytest.mark.parametrize(
    ("sizes", "options", "here"),
    [
        ([1], ExecutorOptions(), True),
        ([1], ExecutorOptions(4), True),
        ([1] * MANY, ExecutorOptions(2), True),
        ([1] * 600, ExecutorOptions(2), False),
        ([10_000] * MANY, ExecutorOptions(2), False),
        ([10_000] * MANY, ExecutorOptions(), True),
        ([HARMLESS], ExecutorOptions(), True),
        ([1, HARMLESS + 1], ExecutorOptions(), False),
        ([HARMLESS // 2], ExecutorOptions(file_timeout=2.5), True),
        ([HARMLESS // 2 + 1], ExecutorOptions(file_timeout=2.5), False),
        ([HARMLESS + 1], ExecutorOptions(file_timeout=1000), False),
    ],
)
def test_little_work_that_cannot_take_long_is_done_in_this_process(sizes: list[int], options: ExecutorOptions, *, here: bool) -> None:
    asked = list(map_unordered(Asking(), [(0, size) for size in sizes], options))
    assert len(asked) == len(sizes)
    assert (set(asked) == {(os.getpid(), threading.get_ident())}) is here


@pytest.mark.usefixtures("_pool")
@pytest.mark.parametrize("options", [ExecutorOptions(), ExecutorOptions(2), ExecutorOptions(executor=Here)])
def test_no_work_needs_no_preparation(options: ExecutorOptions) -> None:
    work = Squaring([])
    assert (list(map_unordered(work, [], options)), work.log) == ([], [])


# workers that die


@pytest.mark.usefixtures("_pool")
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("take_long", [wait, be_busy])
def test_what_takes_too_long_is_ended_and_costs_nothing_else(jobs: int, take_long: Callable[[], None]) -> None:
    results = finished(list(map_unordered(Failing(take_long, at=(0, 3, 5)), ONE_EACH, ExecutorOptions(jobs, 0.3))))
    said = "took longer than 0.3 s; exclude it, or raise --file-timeout"
    assert results == ([1, 2, 4, 6, 7, 8], [f"0 {said}", f"3 {said}", f"5 {said}"])


@pytest.mark.usefixtures("_pool", "_started")
def test_it_does_not_matter_how_the_workers_are_started() -> None:
    results = finished(list(map_unordered(Failing(die, at=(3, 8)), ONE_EACH, ExecutorOptions(2))))
    assert results == (
        [0, 1, 2, 4, 5, 6, 7],
        [f"{number} crashed its worker process (killed, or out of memory); exclude it" for number in (3, 8)],
    )
    assert finished(list(map_unordered(Failing(wait), ONE_EACH[:5], ExecutorOptions(2, 0.1))))[0] == [0, 1, 2, 4]


@pytest.mark.usefixtures("_pool")
@pytest.mark.parametrize(
    ("end", "words"),
    [(die, "killed, or out of memory"), (crash, "segmentation fault"), (leave, "exit code 7")],
)
def test_what_ends_its_worker_is_named_and_costs_nothing_else(tmp_path: Path, end: Callable[[], None], words: str) -> None:
    log = tmp_path / "log"
    results = list(map_unordered(Failing(end, log=str(log)), ONE_EACH, ExecutorOptions(2)))
    assert finished(results) == (WITHOUT_3, [f"3 crashed its worker process ({words}); exclude it"])
    assert log.read_text().split().count("3") == 1


@pytest.mark.usefixtures("_pool")
def test_any_number_of_items_may_end_their_workers() -> None:
    results = list(map_unordered(Failing(leave, at=tuple(range(1, 9))), ONE_EACH, ExecutorOptions(2)))
    assert finished(results) == ([0], [f"{number} crashed its worker process (exit code 7); exclude it" for number in range(1, 9)])


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "exit code 0"), (1, "exit code 1"), (-6, "aborted, or out of memory"), (-7, "SIGBUS"), (-63, "signal 63")],
)
def test_the_end_of_a_process_is_told_in_words(code: int, words: str) -> None:
    assert exit_problem(code, 1.0) == f"crashed its worker process ({words}); exclude it"


class DyingInASentence(Struct, frozen=True):
    """Kills its worker once, in the middle of writing the results of a batch to the first process."""

    mark: str

    harmless_bytes = HARMLESS

    def prepare(self) -> Callable[[int], int]:
        """Gives the number back, and is deadly at 3."""
        return self._work

    def failed(self, item: int, problem: str) -> int:
        """Never asked for: no item is to blame."""
        raise AssertionError(item, problem)

    def _work(self, number: int) -> int:
        if number == 3 and not Path(self.mark).exists():
            Path(self.mark).touch()
            connection.Connection._send = write_half_and_die  # type: ignore[attr-defined]  # what writes the result
        return number


def write_half_and_die(self: connection.Connection, text: bytes) -> None:
    os.write(self.fileno(), text[: len(text) // 2])
    die()


@pytest.mark.usefixtures("_pool")
@pytest.mark.parametrize("jobs", [2, 4])
def test_a_worker_that_dies_while_it_writes_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    monkeypatch.setattr(pool, "start_method", lambda: "fork")
    results = sorted(map_unordered(DyingInASentence(str(tmp_path / "mark")), ONE_EACH, ExecutorOptions(jobs)))
    assert results == list(range(9))


@pytest.mark.usefixtures("_pool")
def test_running_out_of_memory_is_the_failure_of_one_item() -> None:
    said = "3 needs more memory than there is; exclude it"
    assert finished(list(map_unordered(Failing(ask_too_much), ONE_EACH, ExecutorOptions(2)))) == (WITHOUT_3, [said])
    assert finished(list(map_unordered(Failing(ask_too_much), [(number, 0) for number in range(9)], ExecutorOptions()))) == (
        WITHOUT_3,
        [said],
    )


@pytest.mark.usefixtures("_pool")
@pytest.mark.parametrize(
    ("work", "options"), [(Failing(be_terminated), ExecutorOptions(2)), (Failing(wait), ExecutorOptions(executor=Broken))]
)
def test_workers_that_nobody_can_be_blamed_for_are_an_error_with_a_remedy(work: Failing, options: ExecutorOptions) -> None:
    with pytest.raises(RustgateError, match=r"worker processes end again and again, .* run with fewer --jobs"):
        list(map_unordered(work, ONE_EACH, options))


@pytest.mark.usefixtures("_pool")
def test_the_hours_in_which_everything_was_stopped_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, looks = tmp_path / "gate", 0
    os.mkfifo(gate)
    opened: list[IO[str]] = []

    def an_hour_later() -> int:
        nonlocal looks
        looks += 1
        if looks == 2:
            opened.append(gate.open("w"))  # once the worker has begun to read
        if looks == 6:
            opened[0].close()
        return looks * 3600

    monkeypatch.setattr(pool, "monotonic", an_hour_later)
    assert list(map_unordered(Reading(str(gate)), [(3, 1)], ExecutorOptions(2))) == [3]


# errors


@pytest.mark.usefixtures("_pool")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_a_worker_arrives_as_it_was_raised(jobs: int) -> None:
    with pytest.raises(PageError, match="the page is broken") as error:
        list(map_unordered(Failing(refuse), ONE_EACH, ExecutorOptions(jobs)))
    assert "while 3 was judged" in error.value.__notes__


@pytest.mark.usefixtures("_pool", "_started")
def test_work_that_cannot_be_prepared_says_why(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PageError, match="the page is broken"):
        list(map_unordered(Unready(), [(1, 1)], ExecutorOptions(2)))
    assert capfd.readouterr() == ("", "")


# the end of the first process


@pytest.mark.usefixtures("_pool")
def test_a_worker_leaves_ctrl_c_to_the_first_process(capfd: pytest.CaptureFixture[str]) -> None:
    assert sorted(map_unordered(Failing(interrupt), ONE_EACH, ExecutorOptions(2)), key=int) == list(range(9))
    assert capfd.readouterr() == ("", "")


class Interrupted(Struct, frozen=True):
    """Is interrupted while it is prepared."""

    log: list[str]

    harmless_bytes = HARMLESS

    def prepare(self) -> Callable[[int], int]:
        """Gives the number back, if anybody asks."""
        interrupt()
        self.log.append("prepared")
        return lambda number: number

    def failed(self, item: int, problem: str) -> int:
        """Never asked for."""
        raise AssertionError(item, problem)


@pytest.mark.parametrize("size", [1, HARMLESS + 1])
def test_ctrl_c_waits_until_the_work_is_prepared(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(pool, "start_method", lambda: "fork")
    work = Interrupted([])
    with pytest.raises(KeyboardInterrupt):
        list(map_unordered(work, [(1, size)], ExecutorOptions()))
    assert work.log == ["prepared"]


@pytest.mark.usefixtures("_pool", "_started")
def test_ctrl_c_ends_the_workers_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    others = active_children()
    results = map_unordered(Failing(wait), ONE_EACH, ExecutorOptions(2))
    assert isinstance(results, Generator)
    next(results)
    with pytest.raises(KeyboardInterrupt):
        results.throw(KeyboardInterrupt)
    assert (active_children(), capfd.readouterr()) == (others, ("", ""))


@pytest.mark.parametrize("method", ["fork", "forkserver"])
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_ends_with_the_first_process_however_that_ends(method: str, end: signal.Signals) -> None:
    program = f"""if __name__ == "__main__":
        from test_executor import *
        pool.start_method = executor_module.start_method = lambda: {method!r}
        list(map_unordered(Failing(tell_and_wait), [(3, {HARMLESS + 1}), (3, {HARMLESS + 1})], ExecutorOptions(2)))"""
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    with subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"begun\n"
        process.send_signal(end)
        process.stdout.read()  # comes to its end when nobody has the other end of the pipe any more
        assert process.wait() == -end


# where it runs


@pytest.mark.parametrize(
    ("platform", "threads", "method"),
    [("linux", 1, "fork"), ("linux", 2, "forkserver"), ("darwin", 1, "forkserver"), ("win32", 1, "spawn")],
)
def test_a_fork_is_made_only_where_it_is_safe(monkeypatch: pytest.MonkeyPatch, platform: str, threads: int, method: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(threading, "active_count", lambda: threads)
    assert options_module.start_method() == method


def test_the_cores_are_those_that_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 5}, raising=False)
    assert cores() == 2
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1


@pytest.mark.parametrize("sent", [True, False])
def test_a_process_that_ends_between_two_items_costs_one_of_them(monkeypatch: pytest.MonkeyPatch, *, sent: bool) -> None:
    class Dying(child_process._ResultPipe):
        def add(self, result: object) -> None:
            super().add(result)
            if sent:
                self.send()
            if result == 2:
                os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(child_process, "_ResultPipe", Dying)
    ended = run_in_child(lambda item: item, [*range(6)], lambda item, problem: f"{item} {problem}", 10.0)
    numbers, problems = finished([*ended])
    assert len(problems) == 1
    assert sorted([*numbers, *(int(str(one).partition(" ")[0]) for one in problems)]) == [*range(6)]
