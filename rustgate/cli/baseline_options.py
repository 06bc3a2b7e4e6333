"""Options that name a baseline."""

from pathlib import Path

from rustgate.engine.baseline import BaselineFile, read_baseline
from rustgate.errors import RustgateError


def given_baseline(file: Path | None, *, strict: bool) -> BaselineFile | None:
    """Read the baseline, if one was given.

    Raises `RustgateError` if it cannot be read, or if there is none to be `strict` about.
    """
    if strict and file is None:
        raise RustgateError("--strict-baseline goes with --baseline; add --baseline FILE")
    return read_baseline(file) if file else None
