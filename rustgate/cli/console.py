"""Standard output and stderr: documents, problems, width and colors."""

import os
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import IO

import click

from rustgate.model.file import Problem
from rustgate.reports.sanitize import escape_commands, escape_controls
from rustgate.reports.terminal import UNLIMITED, TextStyle


def print_document(pieces: Iterable[str]) -> None:
    """Print a document to standard output as UTF-8."""
    click.echo(escape_commands("".join(pieces)).encode("utf-8", errors="backslashreplace"), nl=False)


def print_problems(problems: Iterable[Problem]) -> None:
    """Print what could not be read to stderr."""
    for problem in problems:
        place = f"{problem.path}:{problem.line}: {problem.subject}" if problem.is_declared else problem.path
        click.echo(f"rustgate: {escape_controls(place)} {problem.sentence}", err=True)


def path_display(root: Path) -> Callable[[str], str]:
    """Return a function that displays paths.

    They are relative to `root`, and displayed relative to the working folder.
    """
    return cache(lambda path: os.path.relpath(root / path).replace(os.sep, "/"))


def use_color(choice: str, stream: IO[str]) -> bool:
    """Return whether to color what goes to `stream`.

    If the choice is "auto": never with NO_COLOR, always with FORCE_COLOR or CLICOLOR_FORCE, otherwise on a terminal that is not dumb.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    forced = any(os.environ.get(name, "0") not in {"", "0"} for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))
    return forced or (stream.isatty() and os.environ.get("TERM") != "dumb")


def style_of(stream: IO[str], color: str = "auto") -> TextStyle:
    """Return width and colors for `stream`.

    `color` is the value of `--color`.
    """
    width = UNLIMITED
    if stream.isatty():
        from shutil import get_terminal_size  # only for people

        width = get_terminal_size().columns
    return TextStyle(width, use_color(color, stream))
