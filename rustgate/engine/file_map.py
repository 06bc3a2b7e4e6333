"""Map a function over the files of a project.

This serves the commands for metrics and the unsafe inventory.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar, Generic, Protocol, TypeVar

from msgspec import Struct

from rustgate.engine.check import Engine
from rustgate.execution.executor import map_unordered
from rustgate.execution.options import ExecutorOptions
from rustgate.filesystem.reading import read_source, size_of
from rustgate.model.file import Problem
from rustgate.project.project import Project, SourceFile
from rustgate.syntax.line_index import not_utf8


class OfFile(Protocol):
    """Anything that was found in one file."""

    @property
    def path(self) -> str:
        """Return the path relative to the root."""
        ...


Found = TypeVar("Found", bound=OfFile)
Found_co = TypeVar("Found_co", bound=OfFile, covariant=True)


class Reader(Protocol[Found_co]):
    """A picklable reader of single files.

    `prepare` runs once in each worker and returns the function for one source, in UTF-8.
    """

    def prepare(self) -> Callable[[SourceFile, bytes], Found_co]:
        """Return the function that reads one source."""
        ...


class FileMap(Struct, Generic[Found], frozen=True):
    """Results of reading the files of a project.

    `files` is what was found in each file, sorted by path. `packages` gives the package of each file by path, or an empty name.
    `problems` are the files and folders that could not be read.
    """

    files: tuple[Found, ...]
    packages: Mapping[str, str]
    problems: tuple[Problem, ...]


class UnreadFile(Struct, frozen=True):
    """One file that is still to be read."""

    file: SourceFile
    max_size: int


class FileMapJob(Struct, Generic[Found], frozen=True):
    """The reader that a worker needs before its first file."""

    harmless_bytes: ClassVar[int] = 16_384
    """Chains of operators are the worst case: 16 KB of them take 1 s."""

    reader: Reader[Found]

    def prepare(self) -> Callable[[UnreadFile], Found | Problem]:
        """Return the function that reads one file."""
        return partial(_read, self.reader.prepare())

    def failed(self, item: UnreadFile, problem: str) -> Found | Problem:
        """Return the problem of a file that a worker could not read."""
        return Problem(item.file.path, problem)


def map_files(engine: Engine, project: Project, reader: Reader[Found], executor_options: ExecutorOptions) -> FileMap[Found]:
    """Read the included files of a project.

    Test code is found beforehand, so that the reader gets files marked as such.
    """
    listed = engine.selected(project)
    declared = engine.declarations(project, listed)
    files = declared.compiled(listed)
    unread = [UnreadFile(file, engine.settings.max_size(file)) for file in files]
    results = list(map_unordered(FileMapJob(reader), [(one, size_of(one.file.absolute)) for one in unread], executor_options))
    problems = [*project.problems, *(result for result in results if isinstance(result, Problem))]
    known = {problem.path for problem in problems}
    problems += declared.problems_beside(known)
    return FileMap(
        files=tuple(sorted((result for result in results if not isinstance(result, Problem)), key=lambda file: file.path)),
        packages={file.path: _package_of(project, file) for file in files},
        problems=tuple(sorted(problems, key=lambda problem: problem.path)),
    )


def _read(read: Callable[[SourceFile, bytes], Found], item: UnreadFile) -> Found | Problem:
    source = read_source(item.file.absolute, item.max_size) if item.file.source is None else item.file.source
    if isinstance(source, str):
        return Problem(item.file.path, source)
    problem = not_utf8(source)
    return Problem(item.file.path, problem) if problem else read(item.file, source)


def _package_of(project: Project, file: SourceFile) -> str:
    """Return the name of a file's package.

    It is empty for a file of no package.
    """
    manifest = project.tree.package_of(file.absolute)
    package = manifest.table.get("package") if manifest else None
    return str(package.get("name", "")) if isinstance(package, dict) else ""
