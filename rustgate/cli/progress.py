"""A progress bar on stderr, only on a terminal and only where there is something to wait for."""

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
    """Gives what is to be told of each file that has been judged, or None where a bar is not worth its while.

    The bar and the time that is left go by bytes: files are too different.
    """
    if len(files) < FEWEST_FILES or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # rich takes longer to import than a small run takes as a whole
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("rustgate"),
        BarColumn(),
        TextColumn("{task.fields[files]:,} of {task.fields[all]:,} files, {task.fields[lines]:,} lines, {task.fields[rate]:,.0f} a second"),
        TimeRemainingColumn(),
    )
    # no thread that would draw it: a process with one cannot be forked safely
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
