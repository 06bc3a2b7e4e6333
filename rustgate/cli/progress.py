"""Show a progress bar.

It needs a terminal and many files.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rustgate.engine.check import OnResult
from rustgate.filesystem.reading import size_of
from rustgate.model.file import FileResult
from rustgate.project.project import SourceFile

FEWEST_FILES = 100
_REFRESH = 0.1


@contextmanager
def progress(files: Sequence[SourceFile]) -> Iterator[OnResult | None]:
    """Show a progress bar, if it is useful.

    Yields a callback for each checked file, or None without a bar. Progress and remaining time go by bytes, because files differ too much
    in size.
    """
    if len(files) < FEWEST_FILES or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # importing rich takes longer than a small run
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("rustgate"),
        BarColumn(),
        TextColumn("{task.fields[files]:,} of {task.fields[all]:,} files, {task.fields[lines]:,} lines, {task.fields[rate]:,.0f} a second"),
        TimeRemainingColumn(),
    )
    # no drawing thread: a process with threads cannot be forked safely
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        sizes = {file.path: size_of(file.absolute) for file in files}
        task = bar.add_task("check", total=sum(sizes.values()), files=0, all=len(files), lines=0, rate=0)
        begun = drawn = time.monotonic()
        linted = lines = 0

        def on_result(result: FileResult) -> None:
            nonlocal drawn, linted, lines
            linted, lines = linted + 1, lines + result.lines
            now = time.monotonic()
            bar.update(task, advance=sizes[result.path], files=linted, lines=lines, rate=lines / max(now - begun, _REFRESH))
            if now - drawn >= _REFRESH:
                drawn = now
                bar.refresh()

        yield on_result
