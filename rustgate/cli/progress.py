"""A progress bar on stderr, only on a terminal and only where there is something to wait for."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rustgate.engine import OnReport
from rustgate.model import FileReport

FEWEST_FILES = 100
_REFRESH = 0.1


@contextmanager
def progress(files: int) -> Iterator[OnReport | None]:
    """Gives what is to be told of each file that has been judged, or None where a bar is not worth its while."""
    if files < FEWEST_FILES or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # rich takes longer to import than a small run takes as a whole
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("rustgate"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files, {task.fields[lines]:,} lines, {task.fields[rate]:,.0f} a second"),
        TimeRemainingColumn(),
    )
    # no thread that would draw it: a process with one cannot be forked safely
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("check", total=files, lines=0, rate=0)
        begun = drawn = time.monotonic()
        lines = 0

        def on_report(report: FileReport) -> None:
            nonlocal drawn, lines
            lines += report.lines
            now = time.monotonic()
            bar.update(task, advance=1, lines=lines, rate=lines / max(now - begun, _REFRESH))
            if now - drawn >= _REFRESH:
                drawn = now
                bar.refresh()

        yield on_report
