"""How a process ends that cannot go on: its output fails, or somebody presses Ctrl-C."""

import os
import sys

INTERRUPTED = 130
"""The exit code of what Ctrl-C has ended, as shells have it."""


def output_failed(error: OSError) -> str | None:
    """What to tell the user of an error of input or output, None for `| head`, which has seen enough; nothing more is written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered would fail again at the exit
    return None if isinstance(error, BrokenPipeError) else f"input or output failed: {error}"
