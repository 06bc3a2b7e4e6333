"""What is read from disk: the source of a file, and of the files around a run that may declare those in it."""

import os
import stat
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from rustgate import disk
from rustgate.config import ConfigTable
from rustgate.lines import not_utf8
from rustgate.model import FileReport
from rustgate.modules import possible_parents
from rustgate.outline import Outline
from rustgate.scan import JoinedQuery, join_queries, scan


def read_source(absolute: str, max_size: int) -> bytes | str:
    """The bytes of a file, or a sentence that says why they cannot be had."""
    disk.note(disk.CONTENT, absolute)
    try:
        status = os.stat(absolute)
        if not stat.S_ISREG(status.st_mode):
            return "is not a regular file; exclude it"
        if status.st_size > max_size:
            return f"is {status.st_size:,} bytes long, over the {max_size:,} that are read; exclude it or raise `max-file-size`"
        return Path(absolute).read_bytes()
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def size_of(absolute: str) -> int:
    """The bytes of a file; 0 when it cannot be asked."""
    try:
        return os.stat(absolute).st_size
    except OSError:
        return 0


def reports_around(root: Path, paths: Iterable[str], roots: Iterable[str] = ()) -> dict[str, FileReport]:
    """The modules and exports of files beyond a run that may declare the files at `paths`; `roots` names more of them."""
    seen = {*paths}
    candidates = {*roots}.union(*map(possible_parents, seen))
    reports: dict[str, FileReport] = {}
    while candidates:
        found = [path for path in sorted(candidates - seen) if disk.is_file(os.path.join(root, path))]
        seen |= candidates
        reports |= {path: _declarations(path, os.path.join(root, path)) for path in found}
        candidates = set[str]().union(*map(possible_parents, found))
    return reports


def _declarations(path: str, absolute: str) -> FileReport:
    """What a file declares and exports; nothing when it cannot be read."""
    source = read_source(absolute, ConfigTable().max_file_size)
    if isinstance(source, str) or not_utf8(source):
        return FileReport(path, 0)
    outline = Outline(scan(source, _outline_query()), test=False)
    return FileReport(path, outline.lines.count, modules=outline.modules, exports=outline.exports, types=outline.types)


@cache
def _outline_query() -> JoinedQuery:
    return join_queries([])
