"""Check again whenever a file changes (`check --watch`)."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from rustgate.project.project import Project

_INTERVAL = 0.5
"""Seconds between two looks at the files."""
_OTHER_FILES = ("Cargo.toml", "Cargo.lock", "rustgate.toml", ".rustgate.toml", "rust-toolchain.toml", ".gitignore")

Snapshot = dict[str, tuple[int, int]]
"""When each file was changed last, in nanoseconds, and its size."""


def watch(paths: Sequence[str], arguments: Sequence[str]) -> None:
    """Run `check` with these arguments, and again on each change, until Ctrl-C.

    Each run is a process of its own: what it has read is not kept, and the cache of results makes it quick. `paths` are the files and
    folders that are watched.
    """
    command = [sys.executable, "-m", "rustgate", "check", *arguments]
    while True:
        seen = snapshot(paths)
        if sys.stdout.isatty():
            click.clear()
        subprocess.run(command, check=False)
        click.echo("rustgate: watching for changes; Ctrl-C ends", err=True)
        while snapshot(paths) == seen:
            time.sleep(_INTERVAL)


def snapshot(paths: Sequence[str]) -> Snapshot:
    """Look at the Rust files below paths, and at manifests and configurations beside them and above."""
    found: Snapshot = {}
    project = Project([Path(path) for path in paths or (".",)])
    folders: set[str] = set()
    for file in project.files:
        _note(file.absolute, found)
        folders.add(os.path.dirname(file.absolute))
    for above in {above for folder in folders for above in _upwards(folder, str(project.root))}:
        for name in _OTHER_FILES:
            _note(os.path.join(above, name), found)
    return found


def _note(path: str, found: Snapshot) -> None:
    try:
        status = os.stat(path)
    except OSError:  # most folders have no manifest; a file can be gone by now
        return
    found[path] = status.st_mtime_ns, status.st_size


def _upwards(folder: str, root: str) -> Iterator[str]:
    while folder.startswith(root):
        yield folder
        if folder == root or folder == os.path.dirname(folder):
            return
        folder = os.path.dirname(folder)
