"""What a process may take for one item, and what is said of one that ended: the system ends it, whatever it is in the middle of."""

import signal
import sys

_PATIENCE = 3
"""How many times the limit an item may take that does not use the processor: others may be using it, or a disk be slow."""
_TOO_LONG = {"SIGPROF", "SIGALRM"}
_WORDS = {"SIGKILL": "killed, or out of memory", "SIGSEGV": "segmentation fault", "SIGABRT": "aborted, or out of memory"}


def begin_item(seconds: float) -> None:
    """From now on this process has so many seconds of the processor, and three times as many by the clock; then the system ends it.

    A query cannot be interrupted from within: neither its budget nor a signal handler of Python gets a chance. Where there are no timers,
    as on Windows, nothing is ever too slow.
    """
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, seconds * _PATIENCE)


def begin_process() -> None:
    """To be called once in a process that works on items: its timers and its parent may end it, and Ctrl-C is a matter of the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def problem_of(code: int, seconds: float) -> str:
    """What an exit code says of the item that a process was at, as the rest of a sentence; negative codes are signals."""
    name = signal.Signals(-code).name if -code in {*signal.Signals} else ""
    if name in _TOO_LONG:
        return f"took longer than {seconds:g} s; exclude it, or raise --file-timeout"
    how = _WORDS.get(name, name) or (f"exit code {code}" if code >= 0 else f"signal {-code}")
    return f"ended its worker process ({how}); exclude it"
