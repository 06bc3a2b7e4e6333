"""Read the files of a run for its reports."""

from collections.abc import Callable
from functools import lru_cache

from rustgate.filesystem.containment import leads_out
from rustgate.project.project import Project


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
