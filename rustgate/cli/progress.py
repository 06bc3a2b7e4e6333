"""A progress bar on stderr, only on a terminal and only where there is something to wait for."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rustgate.model import FileReport

FEWEST_FILES = 100
OnReport = Callable[[FileReport], None]


@contextmanager
def progress(files: int, *, shown: bool) -> Iterator[OnReport | None]:
    """Gives what is to be told of each file that has been judged, or None where no bar is shown."""
    if not shown or files < FEWEST_FILES or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # rich takes longer to import than a small run takes as a whole
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("rustgate"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files, {task.fields[lines]:,} lines"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("check", total=files, lines=0)
        lines = 0

        def on_report(report: FileReport) -> None:
            nonlocal lines
            lines += report.lines
            bar.update(task, advance=1, lines=lines)

        yield on_report
