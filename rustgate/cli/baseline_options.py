"""Options that name a baseline."""

from pathlib import Path

from rustgate.engine.baseline import BaselineFile, read_baseline
from rustgate.errors import RustgateError
from rustgate.filesystem.overlay import DISK, Overlay


def given_baseline(file: Path | None, checked: Overlay = DISK, *, strict: bool) -> BaselineFile | None:
    """Read the baseline, if one was given.

    `checked` is the version that it is read from. Raises `RustgateError` if it cannot be read, or if there is none to be `strict` about.
    """
    if strict and file is None:
        raise RustgateError("--strict-baseline goes with --baseline; add --baseline FILE")
    return read_baseline(file, checked) if file else None
