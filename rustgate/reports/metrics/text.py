"""Text report of `rustgate metrics`: tables, then averages or totals."""

from collections.abc import Iterable, Iterator, Sequence

from rustgate.metrics.halstead import Halstead
from rustgate.metrics.lizard import ENGINE
from rustgate.metrics.model import MeasuredFile, MeasuredFunction, rank
from rustgate.reports.metrics.report import Average, MetricsReport, View, cyclomatic, engines_differ, index, index_rank
from rustgate.reports.tables import Table, render_tables
from rustgate.reports.terminal import TextStyle

WIDE = 150
"""Columns from which all of Halstead's measures fit beside a name."""
_WIDE_ONLY = ("vocabulary", "length", "time", "bugs")
_RAW = ("lines", "code", "comments", "blank", "functions", "unsafe_blocks")
_HUNDRED = 100

Parts = Iterator[Table | str]


def to_text(report: MetricsReport, style: TextStyle) -> Iterator[str]:
    """Yield the view as tables, and a last line that sums up."""
    match report.view:
        case View.RAW:
            parts = _raw(report)
        case View.HAL:
            parts = _halstead(report, style)
        case View.MI:
            parts = _maintainability(report)
        case View.CC:
            parts = _comparison(report) if report.compare else _complexity(report)
    return render_tables(parts, style)


def _complexity(report: MetricsReport) -> Parts:
    engine_columns = ("nloc", "tokens") if report.engine == ENGINE else ("cognitive", "nesting")
    if report.functions:
        titles = ["rank", "cyclomatic", *engine_columns, "lines", "parameters", "function", "at"]
        yield Table(titles, (_function(function, report) for function in report.functions))
    elif report.min_rank:
        yield f"no function has rank {report.min_rank} or worse"
    for title, averages in (("file", report.file_averages), ("crate", report.crate_averages)):
        if averages:
            yield _averages(title, averages, report.engine)
    everything = report.overall
    measured = f"{_plural(everything.functions, 'function')} in {_plural(len(report.measured.files), 'file')}"
    yield f"{measured}, average complexity {everything.rank} ({everything.cyclomatic:.1f})"
    if report.engine == ENGINE:
        yield _unseen(report)


def _function(function: MeasuredFunction, report: MetricsReport) -> list[str]:
    numbers, seen = function.metrics, function.lizard
    engine_columns: tuple[object, ...] = (numbers.cognitive, numbers.nesting)
    if report.engine == ENGINE:
        engine_columns = (seen.nloc, seen.tokens) if seen else ("-", "-")
    shown = map(str, (numbers.cyclomatic, *engine_columns, numbers.lines, numbers.parameters))
    return [rank(numbers.cyclomatic), *shown, *_location(function, report)]


def _averages(title: str, averages: Iterable[Average], engine: str) -> Table:
    """Return a table with one row per file or crate.

    Lizard has no cognitive complexity.
    """
    if engine == ENGINE:
        return Table(["rank", "average", "highest", "lines", "functions", title], map(_average, averages))
    rows = ([*row[:3], f"{one.cognitive:.1f}", *row[3:]] for one, row in ((one, _average(one)) for one in averages))
    return Table(["rank", "average", "highest", "cognitive", "lines", "functions", title], rows)


def _average(average: Average) -> list[str]:
    return [average.rank, f"{average.cyclomatic:.1f}", str(average.highest), f"{average.lines:.1f}", f"{average.functions:,}", average.name]


def _comparison(report: MetricsReport) -> Parts:
    if report.functions:
        titles = ["", "cyclomatic", "lizard", "code", "nloc", "parameters", "lizard", "function", "at"]
        yield Table(titles, (_compared(function, report) for function in report.functions))
    both = report.seen_by_both
    agreeing = len(both) - sum(map(engines_differ, both))
    share = f" ({_HUNDRED * agreeing / len(both):.1f} %)" if both else ""
    yield f"cyclomatic complexity: rustgate and lizard agree on {agreeing:,} of {_plural(len(both), 'function')}{share}"
    yield _unseen(report)


def _compared(function: MeasuredFunction, report: MetricsReport) -> list[str]:
    ours, seen = function.metrics, function.lizard
    theirs = [str(seen.cyclomatic), str(seen.nloc), str(seen.parameters)] if seen else ["-", "-", "-"]
    numbers = [str(ours.cyclomatic), theirs[0], str(ours.code_lines), theirs[1], str(ours.parameters), theirs[2]]
    return ["≠" if engines_differ(function) else "", *numbers, *_location(function, report)]


def _unseen(report: MetricsReport) -> str:
    ours = len(report.all_functions) - len(report.seen_by_both)
    theirs = sum(file.only_lizard for file in report.measured.files)
    return f"{_plural(ours, 'function')} not seen by lizard (marked -; rustgate's numbers); {theirs:,} seen only by lizard, not listed"


def _raw(report: MetricsReport) -> Parts:
    titles = [field.partition("_")[0] for field in _RAW]
    yield Table([*titles, "file"], ([*_totals([file]), report.display(file.path)] for file in report.files))
    crates = [(crate, files) for crate, files in report.files_by_crate.items() if crate]
    if crates:
        yield Table([*titles, "crate"], ([*_totals(files), crate] for crate, files in crates))
    yield Table([*titles, "all"], [[*_totals(report.files), _plural(len(report.files), "file")]])


def _totals(files: Sequence[MeasuredFile]) -> Iterator[str]:
    return (f"{sum(getattr(file.metrics, field) for file in files):,}" for field in _RAW)


def _halstead(report: MetricsReport, style: TextStyle) -> Parts:
    titles = [field for field in Halstead.__struct_fields__ if style.width >= WIDE or field not in _WIDE_ONLY]
    yield Table([*titles, "file"], ([*_measures(file.halstead, titles), report.display(file.path)] for file in report.files))
    if len(report.files) == 1:
        yield Table([*titles, "function", "at"], ([*_measures(one.halstead, titles), *_location(one, report)] for one in report.functions))
    if style.width < WIDE:
        yield f"{', '.join(_WIDE_ONLY)} are shown from {WIDE} columns on, and by --output csv or json"
    else:
        yield "time is in seconds"


def _measures(halstead: Halstead | None, titles: Iterable[str]) -> Iterator[str]:
    for title in titles:
        value = getattr(halstead, title, 0)
        yield f"{value:,}" if isinstance(value, int) else f"{value:,.{2 * (value < _HUNDRED)}f}"


def _maintainability(report: MetricsReport) -> Parts:
    if report.files:
        titles = ["rank", "index", "volume", "cyclomatic", "code", "comments", "file"]
        yield Table(titles, ([*_index(file), report.display(file.path)] for file in report.files))
    values = [index(file) for file in report.measured.files]
    mean = sum(values) / len(values) if values else 0
    yield f"{_plural(len(values), 'file')}, average maintainability index {index_rank(mean)} ({mean:.1f})"


def _index(file: MeasuredFile) -> list[str]:
    value, volume = index(file), file.halstead.volume if file.halstead else 0
    counted = (cyclomatic(file), file.metrics.code, file.metrics.comments)
    return [index_rank(value), f"{value:.1f}", f"{volume:,.0f}", *(f"{number:,}" for number in counted)]


def _location(function: MeasuredFunction, report: MetricsReport) -> list[str]:
    return [function.metrics.item, f"{report.display(function.metrics.path)}:{function.metrics.line}"]


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
