"""Time limits of worker processes, and sentences on those that ended."""

import gc
import signal
import sys


def collect_rarely() -> None:
    """Collect garbage only after 100,000 new containers.

    Nothing that is made of a file holds a cycle.
    """
    gc.set_threshold(100_000, 20, 20)


WALL_TIME_FACTOR = 3
"""Wall time per second of CPU time that an item may take: other processes may use the CPU, or a disk be slow."""
_WORDS = {"SIGKILL": "killed, or out of memory", "SIGSEGV": "segmentation fault", "SIGABRT": "aborted, or out of memory"}


def set_up_process() -> None:
    """Set the signal handling of a process that works on items.

    To be called first. Its timer and its parent may end it; Ctrl-C is for the parent alone.
    """
    collect_rarely()
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.signal(signal.SIGPROF, signal.SIG_DFL)


def limit_cpu_time(seconds: float) -> None:
    """End this process once it has used so many more CPU seconds.

    The system ends it, whatever it is doing: no signal handler of Python could interrupt a query. 0 removes the limit. Windows has no such
    timer.
    """
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


def timeout_problem(seconds: float) -> str:
    """Say that an item took too long.

    It is the rest of a sentence.
    """
    return f"took longer than {seconds:g} s; exclude it, or raise --file-timeout"


def exit_problem(code: int, seconds: float) -> str:
    """Say how a worker process ended at an item.

    It is the rest of a sentence. Negative codes are signals.
    """
    name = signal.Signals(-code).name if -code in {*signal.Signals} else f"signal {-code}"
    if name == "SIGPROF":
        return timeout_problem(seconds)
    return f"crashed its worker process ({_WORDS.get(name, name) if code < 0 else f'exit code {code}'}); exclude it"
