"""The files around a run: what those that may declare the files of a run declare, export and allow."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from msgspec import Struct

from rustgate.config.loader import ConfigTable
from rustgate.execution.executor import map_unordered
from rustgate.execution.options import ExecutorOptions
from rustgate.filesystem.containment import leads_out
from rustgate.filesystem.reading import read_source, size_of
from rustgate.model.file import FileResult
from rustgate.model.rule import Rule
from rustgate.project.module_files import possible_parents
from rustgate.project.project import Project
from rustgate.suppressions.directives import read_suppressions
from rustgate.syntax.joined_query import query_of_items
from rustgate.syntax.line_index import not_utf8
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import scan_source


def declaring_results(
    project: Project, paths: Iterable[str], rules: tuple[Rule, ...], executor_options: ExecutorOptions
) -> dict[str, FileResult]:
    """What files beyond a run that may declare those at `paths` declare, export, and allow of `rules`."""
    root, seen = project.root, {*paths}
    candidates = {*project.named_roots}.union(*map(possible_parents, seen))
    found: list[str] = []
    while candidates:
        new = [path for path in sorted(candidates - seen) if _is_inside(root, path)]
        seen |= candidates
        found += new
        candidates = set[str]().union(*map(possible_parents, new))
    items = [((path, absolute), size_of(absolute)) for path in found for absolute in [os.path.join(root, path)]]
    return {report.path: report for report in map_unordered(DeclaringJob(rules), items, executor_options)}


def _is_inside(root: Path, path: str) -> bool:
    """Whether there is a file at `path` that lies in the root: a manifest can name any."""
    absolute = os.path.join(root, path)
    return os.path.isfile(absolute) and not leads_out(absolute, root)


class DeclaringJob(Struct, frozen=True):
    """What a worker does to say what a file, given as (path, absolute path), declares, exports, and allows of `rules`."""

    harmless_bytes: ClassVar[int] = 65_536
    """The worst are brackets that nobody closes: 64 KB of them take 5 s."""

    rules: tuple[Rule, ...]

    def prepare(self) -> Callable[[tuple[str, str]], FileResult]:
        """The function for one file; its report says nothing when it cannot be read."""

        def declared(file: tuple[str, str]) -> FileResult:
            path, absolute = file
            source = read_source(absolute, ConfigTable().max_file_size)
            return FileResult(path, 0) if isinstance(source, str) or not_utf8(source) else declarations_in(source, path, self.rules)

        return declared

    def failed(self, item: tuple[str, str], problem: str) -> FileResult:
        """Nothing: the file is not one of the run."""
        return FileResult(item[0], 0)


def declarations_in(source: bytes, path: str, rules: tuple[Rule, ...]) -> FileResult:
    """What a source, in UTF-8, declares, exports, and allows of `rules`."""
    scanned = scan_source(source, query_of_items())
    outline = Outline(scanned, test=False)
    return FileResult(
        path,
        outline.lines.count,
        suppressions=tuple(read_suppressions(scanned, outline, rules)),
        modules=outline.modules,
        exports=outline.exports,
        types=outline.types,
    )
