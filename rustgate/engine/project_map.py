"""Every file of a project read once, for the commands that judge none: what is found in each, and which of them are test code."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar, Generic, Protocol, TypeVar

from msgspec import Struct

from rustgate.engine.check import Engine
from rustgate.engine.declaring_files import declaring_results
from rustgate.execution.executor import map_unordered
from rustgate.execution.options import ExecutorOptions
from rustgate.filesystem.reading import read_source, size_of
from rustgate.model.file import ModuleDeclaration, Problem
from rustgate.project.module_files import test_files
from rustgate.project.project import Project, SourceFile
from rustgate.syntax.line_index import not_utf8


class OfFile(Protocol):
    """What is found in a file tells its path relative to the root, and the modules that it declares."""

    @property
    def path(self) -> str:
        """The path relative to the root."""
        ...

    @property
    def modules(self) -> tuple[ModuleDeclaration, ...]:
        """The modules, in source order."""
        ...


Found = TypeVar("Found", bound=OfFile)
Found_co = TypeVar("Found_co", bound=OfFile, covariant=True)


class Reader(Protocol[Found_co]):
    """What is looked for: `prepare` runs once in each worker and gives the function for one source, in UTF-8. It must be picklable."""

    def prepare(self) -> Callable[[SourceFile, bytes], Found_co]:
        """The function that turns a source into what is found in it."""
        ...


class FileMap(Struct, Generic[Found], frozen=True):
    """What was found, by path; which files are only ever declared as test code; the package of each file, or an empty name; problems."""

    files: tuple[Found, ...]
    tests: set[str]
    packages: Mapping[str, str]
    problems: tuple[Problem, ...]


class Unread(Struct, frozen=True):
    """One file that is still to be read."""

    file: SourceFile
    max_size: int


class FileMapJob(Struct, Generic[Found], frozen=True):
    """What a worker needs before its first file."""

    harmless_bytes: ClassVar[int] = 16_384
    """The worst are chains of operators: 16 KB of them take 1 s."""

    reader: Reader[Found]

    def prepare(self) -> Callable[[Unread], Found | Problem]:
        """The function that reads one file."""
        return partial(_read, self.reader.prepare())

    def failed(self, item: Unread, problem: str) -> Found | Problem:
        """What is known of a file that a worker could not read."""
        return Problem(item.file.path, problem)


def map_files(engine: Engine, project: Project, reader: Reader[Found], executor_options: ExecutorOptions) -> FileMap[Found]:
    """What `reader` finds in the files of a project that its configuration does not exclude."""
    unread = [Unread(file, engine.resolver(file.config_root).config.table.max_file_size) for file in engine.selected(project)]
    results = list(map_unordered(FileMapJob(reader), [(one, size_of(one.file.absolute)) for one in unread], executor_options))
    files = sorted((result for result in results if not isinstance(result, Problem)), key=lambda file: file.path)
    problems = [*project.problems, *(result for result in results if isinstance(result, Problem))]
    return FileMap(
        files=tuple(files),
        tests=_declared_as_tests(project, {file.path: file.modules for file in files}, executor_options),
        packages={one.file.path: _package_of(project, one.file) for one in unread},
        problems=tuple(sorted(problems, key=lambda problem: problem.path)),
    )


def _read(read: Callable[[SourceFile, bytes], Found], item: Unread) -> Found | Problem:
    source = read_source(item.file.absolute, item.max_size) if item.file.source is None else item.file.source
    if isinstance(source, str):
        return Problem(item.file.path, source)
    problem = not_utf8(source)
    return Problem(item.file.path, problem) if problem else read(item.file, source)


def _declared_as_tests(project: Project, modules: Mapping[str, Sequence[ModuleDeclaration]], executor_options: ExecutorOptions) -> set[str]:
    """The files of a run that are only ever declared as test code; `modules` holds what each file declares, by its path."""
    around = declaring_results(project, modules, (), executor_options)
    return test_files({**{path: report.modules for path, report in around.items()}, **modules}) & modules.keys()


def _package_of(project: Project, file: SourceFile) -> str:
    """The name of the package that a file belongs to, or an empty one."""
    manifest = project.tree.package_of(file.absolute)
    package = manifest.table.get("package") if manifest else None
    return str(package.get("name", "")) if isinstance(package, dict) else ""
