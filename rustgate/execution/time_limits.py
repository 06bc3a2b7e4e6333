"""Time limits of processes that work on items, and what is said of one that ended."""

import gc
import signal
import sys


def collect_rarely() -> None:
    """Look for cycles when there are 100,000 more containers than the last time; nothing that is made of a file holds a cycle."""
    gc.set_threshold(100_000, 20, 20)


PATIENCE = 3
"""How many times the limit a process may take that does not use the processor: others may be using it, or a disk be slow."""
_WORDS = {"SIGKILL": "killed, or out of memory", "SIGSEGV": "segmentation fault", "SIGABRT": "aborted, or out of memory"}


def begin_process() -> None:
    """To be called first in a process that works on items: its timer and its parent may end it, Ctrl-C is a matter of the parent alone."""
    collect_rarely()
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.signal(signal.SIGPROF, signal.SIG_DFL)


def begin_item(seconds: float) -> None:
    """From now on this process has so many seconds of the processor (0: as many as it likes); then the system ends it, whatever it is at.

    A query cannot be interrupted from within: no signal handler of Python gets a chance. Windows has no such timer.
    """
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


def too_long(seconds: float) -> str:
    """What is said of an item that took longer, as the rest of a sentence."""
    return f"took longer than {seconds:g} s; exclude it, or raise --file-timeout"


def problem_of(code: int, seconds: float) -> str:
    """What the exit code of a process says of the item that it was at, as the rest of a sentence; negative codes are signals."""
    name = signal.Signals(-code).name if -code in {*signal.Signals} else f"signal {-code}"
    if name == "SIGPROF":
        return too_long(seconds)
    return f"crashed its worker process ({_WORDS.get(name, name) if code < 0 else f'exit code {code}'}); exclude it"
