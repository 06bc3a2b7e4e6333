"""Read files and folders."""

import os
import stat


def read_source(absolute: str, max_size: int) -> bytes | str:
    """Read a file, or return a sentence on why not."""
    try:
        if not stat.S_ISREG(os.stat(absolute).st_mode):  # opening a pipe could wait for ever
            return "is not a regular file; exclude it"
        with open(absolute, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            source = file.read(size + 1) if size <= max_size else b""
            if len(source) > size:  # it is growing
                source += file.read(max_size)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    size = max(size, len(source))
    if size > max_size:
        return f"is {size:,} bytes long, over the limit of {max_size:,}; exclude it or raise `max-file-size`"
    return source


def require_regular(path: str | os.PathLike[str]) -> None:
    """Raise `OSError` for a pipe or a device.

    Opening one that a repository brings along could wait for ever. Opening a folder fails by itself.
    """
    mode = os.stat(path).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(0, "is not a regular file", str(path))


def names_in(folder: str | os.PathLike[str]) -> list[str]:
    """List the names in a folder.

    None if it cannot be listed.
    """
    try:
        return os.listdir(folder)
    except OSError:
        return []


def size_of(absolute: str) -> int:
    """Return the size of a file, or 0."""
    try:
        return os.stat(absolute).st_size
    except OSError:
        return 0
