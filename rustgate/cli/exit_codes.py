"""Exit after an interrupt or a failed output."""

import os
import sys

INTERRUPTED = 130
"""Exit code after Ctrl-C, as in shells."""


def output_failed(error: OSError) -> str | None:
    """Return a sentence on a failed output, and stop writing.

    None for a closed pipe: `| head` has seen enough.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered would fail again at the exit
    return None if isinstance(error, BrokenPipeError) else f"input or output failed: {error}"
