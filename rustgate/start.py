"""The door of the program: what a run said that would say it again is repeated; all else is a matter of the command line."""

import os
import sys
import time


def main() -> None:
    """Run `rustgate`."""
    started = time.perf_counter()
    from rustgate.replay import replay  # it is part of what is timed

    try:
        code = replay(sys.argv[1:], started)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered would fail again at the exit
        if not isinstance(error, BrokenPipeError):  # `| head` has seen enough
            sys.stderr.write(f"rustgate: input or output failed: {error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    if code is not None:
        sys.exit(code)
    from rustgate.cli import main as command_line  # it takes longer than to repeat what was said

    command_line()
