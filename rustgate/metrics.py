"""Files in, numbers out: measures every file of a project, for `rustgate metrics`."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from rustgate.engine import Engine, declared_as_tests
from rustgate.halstead import Halstead, Tokens
from rustgate.lines import not_utf8
from rustgate.metrics_model import FileMetrics, Function, FunctionMetrics, ImplMetrics
from rustgate.model import ModuleDeclaration
from rustgate.outline import Outline
from rustgate.pool import Crew
from rustgate.project import Problem, Project, SourceFile
from rustgate.scan import join_queries, scan
from rustgate.second_opinion import Opinion, SecondOpinion, second_opinion
from rustgate.sources import read_source, size_of
from rustgate.workers import work_on

RANKS = "ABCDEF"
_HIGHEST = (5, 10, 20, 30, 40)


class Wanted(Struct, frozen=True):
    """What to compute beside what every view needs."""

    halstead: bool = False
    lizard: bool = False


class MeasuredFunction(Struct, frozen=True):
    """A function with all that was asked for; `lizard` is also None for a function that lizard does not see."""

    metrics: FunctionMetrics
    halstead: Halstead | None = None
    lizard: Opinion | None = None


class MeasuredFile(Struct, frozen=True):
    """A file with all that was asked for; `only_lizard` counts functions that only lizard sees."""

    metrics: FileMetrics
    functions: tuple[MeasuredFunction, ...]
    impls: tuple[ImplMetrics, ...]
    modules: tuple[ModuleDeclaration, ...]
    halstead: Halstead | None = None
    only_lizard: int = 0

    @property
    def path(self) -> str:
        """The path relative to the root."""
        return self.metrics.path


class Measured(Struct, frozen=True):
    """A measured project: files by path, the package that each belongs to (or an empty name), and what could not be read."""

    files: tuple[MeasuredFile, ...]
    packages: Mapping[str, str]
    problems: tuple[Problem, ...]


class Job(Struct, frozen=True):
    """One file to measure."""

    file: SourceFile
    max_size: int


class Measuring(Struct, frozen=True):
    """What a worker needs before its first file."""

    wanted: Wanted

    def prepare(self) -> Callable[[Job], MeasuredFile | Problem]:
        """The function that measures one file."""
        return Measurer(self.wanted).read_and_measure

    def failed(self, item: Job, problem: str) -> MeasuredFile | Problem:
        """What is known of a file that a worker could not measure."""
        return Problem(item.file.path, problem)


def rank(cyclomatic: float) -> str:
    """A to F: radon's `cc_rank`, A up to 5, B to 10, C to 20, D to 30, E to 40, F above."""
    return RANKS[bisect_left(_HIGHEST, cyclomatic)]


def measure_project(engine: Engine, project: Project, wanted: Wanted, crew: Crew) -> Measured:
    """Measure the files of a project that its configuration does not exclude."""
    work = [Job(file, engine.resolver(file.home).config.table.max_file_size) for file in engine.selected(project)]
    results = list(work_on(Measuring(wanted), [(job, size_of(job.file.absolute)) for job in work], crew))
    files = [result for result in results if isinstance(result, MeasuredFile)]
    tests = declared_as_tests(project, {file.path: file.modules for file in files}, crew)
    problems = [*project.problems, *(result for result in results if isinstance(result, Problem))]
    return Measured(
        files=tuple(sorted((_as_test(file) if file.path in tests else file for file in files), key=lambda file: file.path)),
        packages={job.file.path: package_of(project, job.file) for job in work},
        problems=tuple(sorted(problems, key=lambda problem: problem.path)),
    )


def by_lizard(measured: Measured) -> Measured:
    """The same with lizard's numbers in place of ours where lizard has some: what `[metrics] engine = "lizard"` judges by.

    A function that lizard does not see keeps ours.
    """
    return replace(measured, files=tuple(replace(file, functions=tuple(map(_by_lizard, file.functions))) for file in measured.files))


def _by_lizard(function: MeasuredFunction) -> MeasuredFunction:
    seen = function.lizard
    if seen is None:
        return function
    metrics = replace(function.metrics, lines=seen.lines, code_lines=seen.nloc, parameters=seen.parameters, cyclomatic=seen.cyclomatic)
    return replace(function, metrics=metrics)


class Measurer:
    """Measures one file after another with one compiled query."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._joined = join_queries([])

    def read_and_measure(self, job: Job) -> MeasuredFile | Problem:
        """The numbers of a file, or why they cannot be had."""
        source = read_source(job.file.absolute, job.max_size) if job.file.source is None else job.file.source
        if isinstance(source, str):
            return Problem(job.file.path, source)
        problem = not_utf8(source)
        if problem:
            return Problem(job.file.path, problem)
        return self.measure(job.file.path, source, test=job.file.place.test)

    def measure(self, path: str, source: bytes, *, test: bool) -> MeasuredFile:
        """The numbers of the file at `path`; `source` must be UTF-8, `test` says whether all of it is test code."""
        scanned = scan(source, self._joined)
        outline = Outline(scanned, test=test)
        tokens = Tokens(scanned.root, scanned.source) if self._wanted.halstead else None
        opinion = second_opinion(outline) if self._wanted.lizard else SecondOpinion({}, ())
        functions = tuple(
            MeasuredFunction(
                metrics=_function(path, function, outline),
                halstead=tokens.halstead(function.start, function.end) if tokens else None,
                lizard=opinion.by_start.get(function.start),
            )
            for function in outline.functions
            if function.body
        )
        return MeasuredFile(
            metrics=_file(path, outline, len(functions)),
            functions=functions,
            impls=tuple(ImplMetrics(path, impl.item, impl.line, impl.end_line, impl.lines) for impl in outline.impls),
            modules=outline.modules,
            halstead=tokens.halstead(0, len(source)) if tokens else None,
            only_lizard=len(opinion.others),
        )


def _file(path: str, outline: Outline, functions: int) -> FileMetrics:
    before = outline.code_lines
    code, lines = before[-1], outline.lines.count
    comments = sum(before[line] == before[line - 1] for line in outline.lines.comment_lines(outline.comments))
    return FileMetrics(
        path=path,
        lines=lines,
        code=code,
        comments=comments,
        blank=lines - code - comments,
        functions=functions,
        unsafe_blocks=sum(frame.kind == "unsafe" for frame in outline.frames),
        test=outline.whole_file_is_test,
    )


def _function(path: str, function: Function, outline: Outline) -> FunctionMetrics:
    return FunctionMetrics(
        path=path,
        item=function.item,
        line=function.line,
        end_line=function.end_line,
        lines=function.lines,
        code_lines=outline.lines_of_code(function.body_start, function.end),
        parameters=function.parameters,
        cyclomatic=function.cyclomatic,
        cognitive=function.cognitive,
        nesting=function.nesting,
        test=function.test,
    )


def _as_test(file: MeasuredFile) -> MeasuredFile:
    """The file after it has turned out that only test code declares it."""
    functions = tuple(replace(function, metrics=replace(function.metrics, test=True)) for function in file.functions)
    return replace(file, metrics=replace(file.metrics, test=True), functions=functions)


def package_of(project: Project, file: SourceFile) -> str:
    """The name of the package that a file belongs to, or an empty one."""
    manifest = project.tree.nearest(Path(file.absolute).parent)
    package = manifest.table.get("package") if manifest else None
    return str(package.get("name", "")) if isinstance(package, dict) else ""
