"""Read and list the files of a run."""

import os
from collections.abc import Callable, Iterable
from functools import lru_cache

import click

from rustgate.filesystem.containment import leads_out
from rustgate.project.project import Project, SourceFile
from rustgate.reports.sanitize import escape_controls, escape_lines


def reader_of(project: Project, max_size: int) -> Callable[[str], str]:
    """Return a function that reads files of the run.

    It takes a path relative to the root. It returns an empty text for a file that the run has not read either.
    """
    overlay, read_paths = project.tree.overlay, {file.path for file in project.files}

    @lru_cache(maxsize=4)  # reports go file by file
    def read(path: str) -> str:
        file = project.root / path
        if path not in read_paths and leads_out(file, project.root):  # such as a Cargo.toml that is a link, which was not read
            return ""
        text = overlay.read(str(file), max_size)
        return "" if isinstance(text, str) else text.decode(errors="replace")

    return read


def show_files(files: Iterable[SourceFile], project: Project) -> int:
    """List the files that would be checked, and return the exit code."""
    click.echo(escape_lines("".join(f"{escape_controls(os.path.relpath(project.root / file.path))}\n" for file in files)), nl=False)
    return 0
