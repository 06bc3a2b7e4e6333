"""What is read from disk: the source of a file, and of the files around a run that may declare those in it."""

import os
import stat
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from msgspec import Struct

from rustgate.bounds import leads_out
from rustgate.config import ConfigTable
from rustgate.lines import not_utf8
from rustgate.model import FileReport
from rustgate.modules import possible_parents
from rustgate.outline import Outline
from rustgate.pool import Crew
from rustgate.scan import JoinedQuery, join_queries, scan
from rustgate.workers import work_on


def read_source(absolute: str, max_size: int) -> bytes | str:
    """The bytes of a file, or a sentence that says why they cannot be had."""
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
        return f"is {size:,} bytes long, over the {max_size:,} that are read; exclude it or raise `max-file-size`"
    return source


def size_of(absolute: str) -> int:
    """The bytes of a file; 0 when it cannot be asked."""
    try:
        return os.stat(absolute).st_size
    except OSError:
        return 0


def reports_around(root: Path, paths: Iterable[str], roots: Iterable[str], crew: Crew) -> dict[str, FileReport]:
    """The modules and exports of files beyond a run that may declare the files at `paths`; `roots` names more of them."""
    seen = {*paths}
    candidates = {*roots}.union(*map(possible_parents, seen))
    reports: dict[str, FileReport] = {}
    while candidates:
        found = [path for path in sorted(candidates - seen) if _is_inside(root, path)]
        seen |= candidates
        items = [((path, absolute), size_of(absolute)) for path in found for absolute in [os.path.join(root, path)]]
        reports |= {report.path: report for report in work_on(Declaring(), items, crew)}
        candidates = set[str]().union(*map(possible_parents, found))
    return reports


def _is_inside(root: Path, path: str) -> bool:
    """Whether there is a file at `path` that lies in the root: a manifest can name any."""
    absolute = os.path.join(root, path)
    return os.path.isfile(absolute) and not leads_out(absolute, root)


class Declaring(Struct, frozen=True):
    """What a worker does to say what a file, given as (path, absolute path), declares and exports."""

    def prepare(self) -> Callable[[tuple[str, str]], FileReport]:
        """The function for one file; its report says nothing when it cannot be read."""
        query = _outline_query()

        def declared(file: tuple[str, str]) -> FileReport:
            path, absolute = file
            source = read_source(absolute, ConfigTable().max_file_size)
            if isinstance(source, str) or not_utf8(source):
                return FileReport(path, 0)
            outline = Outline(scan(source, query), test=False)
            return FileReport(path, outline.lines.count, modules=outline.modules, exports=outline.exports, types=outline.types)

        return declared

    def failed(self, item: tuple[str, str], problem: str) -> FileReport:
        """Nothing: the file is not one of the run."""
        return FileReport(item[0], 0)


@cache
def _outline_query() -> JoinedQuery:
    return join_queries([])
