"""Exit after an interrupt or a failed output."""

import os
import sys

PIPE_CLOSED = 141
"""Exit code where whoever read the output has seen enough, as in shells."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as in shells."""


def open_closed_streams() -> None:
    """Open the standard streams that the shell has closed.

    Otherwise the next file that is opened would take their place. What is read or written there is an error, except that nobody needs
    messages on a closed standard error.
    """
    modes = {0: os.O_WRONLY, 1: os.O_RDONLY, 2: os.O_WRONLY}
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, modes[number])
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            stream = open(number, "w" if number else "r", encoding="utf-8", closefd=False)  # noqa: SIM115  # it lives as long as the process
            setattr(sys, name, stream)


def output_failed(error: OSError) -> str | None:
    """Return a sentence on a failed output, and stop writing.

    None for a closed pipe: `| head` has seen enough.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered would fail again at the exit
    return None if isinstance(error, BrokenPipeError) else f"input or output failed: {error}"
