"""The door of the program: what a run said that would say it again is repeated; all else is a matter of the command line."""

import sys
import time


def main() -> None:
    """Run `rustgate`."""
    started = time.perf_counter()
    from rustgate.replay import replay  # it is part of what is timed

    try:
        code = replay(sys.argv[1:], started)
    except OSError as error:
        from rustgate.ends import output_failed  # only a mishap needs it

        sentence = output_failed(error)
        if sentence:
            sys.stderr.write(f"rustgate: {sentence}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        from rustgate.ends import INTERRUPTED  # see above

        sys.exit(INTERRUPTED)
    if code is not None:
        sys.exit(code)
    from rustgate.garbage import collect_rarely  # what follows takes longer than to repeat what was said

    collect_rarely()
    from rustgate.cli import main as command_line

    command_line()
