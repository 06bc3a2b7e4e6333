"""Measure every file of a project, for `rustgate metrics`."""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from rustgate.engine.check import Engine
from rustgate.engine.file_map import map_files
from rustgate.execution.options import ExecutorOptions
from rustgate.metrics.halstead import Tokens
from rustgate.metrics.lizard import LizardFile, lizard_metrics
from rustgate.metrics.model import FileMetrics, FunctionMetrics, ImplMetrics, MeasuredFile, MeasuredFunction, MeasuredProject
from rustgate.project.project import Project, SourceFile
from rustgate.syntax.items import Function
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import scan_source


class Extras(Struct, frozen=True):
    """Figures that only some views need."""

    halstead: bool = False
    lizard: bool = False


class MeasureJob(Struct, frozen=True):
    """Measures files with the given extras."""

    extras: Extras

    def prepare(self) -> Callable[[SourceFile, bytes], MeasuredFile]:
        """Return the function that measures one file."""
        measurer = Measurer(self.extras)
        return lambda file, source: measurer.measure(file.path, source, test=file.context.test)


def measure_project(engine: Engine, project: Project, extras: Extras, executor_options: ExecutorOptions) -> MeasuredProject:
    """Measure the included files of a project."""
    seen = map_files(engine, project, MeasureJob(extras), executor_options)
    return MeasuredProject(seen.files, seen.packages, seen.problems)


def by_lizard(measured: MeasuredProject) -> MeasuredProject:
    """Replace our numbers by lizard's, where lizard has some.

    `[metrics] engine = "lizard"` checks these against the limits. A function that lizard does not see keeps our numbers.
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

    def __init__(self, extras: Extras) -> None:
        self._extras = extras
        self._joined = join_queries([])

    def measure(self, path: str, source: bytes, *, test: bool) -> MeasuredFile:
        """Measure the file at `path`.

        `source` must be UTF-8, `test` says whether all of it is test code.
        """
        scanned = scan_source(source, self._joined)
        outline = Outline(scanned, test=test)
        tokens = Tokens(scanned.root, scanned.source) if self._extras.halstead else None
        lizard_file = lizard_metrics(outline) if self._extras.lizard else LizardFile({}, ())
        functions = tuple(
            MeasuredFunction(
                metrics=_function(path, function, outline),
                halstead=tokens.halstead(function.start, function.end) if tokens else None,
                lizard=lizard_file.by_start.get(function.start),
            )
            for function in outline.functions
            if function.body
        )
        return MeasuredFile(
            metrics=_file(path, outline, len(functions)),
            functions=functions,
            impls=tuple(ImplMetrics(path, impl.item, impl.line, impl.end_line, impl.lines) for impl in outline.impls),
            halstead=tokens.halstead(0, len(source)) if tokens else None,
            only_lizard=len(lizard_file.others),
        )


def _file(path: str, outline: Outline, functions: int) -> FileMetrics:
    code_until = outline.code_lines
    code, lines = code_until[-1], outline.lines.count
    comments = sum(code_until[line] == code_until[line - 1] for line in outline.lines.comment_lines(outline.comments))
    return FileMetrics(
        path=path,
        lines=lines,
        code=code,
        comments=comments,
        blank=lines - code - comments,
        functions=functions,
        unsafe_blocks=sum(outline_node.kind == "unsafe" for outline_node in outline.outline_nodes),
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
