"""The numbers of `rustgate metrics` for people: the tables of a view, then averages or totals."""

from collections.abc import Iterable, Iterator, Sequence

from rustgate.metrics.halstead import Halstead
from rustgate.metrics.lizard import ENGINE
from rustgate.metrics.model import MeasuredFile, MeasuredFunction, rank
from rustgate.reports.metrics.compare_table import Sheet, rendered
from rustgate.reports.metrics.report import Average, MetricsReport, View, cyclomatic, index, index_rank, parts
from rustgate.reports.terminal import Look

WIDE = 150
"""From this many columns on there is room for all of Halstead's measures beside a name."""
_WIDE_ONLY = ("vocabulary", "length", "time", "bugs")
_RAW = ("lines", "code", "comments", "blank", "functions", "unsafe_blocks")
_HUNDRED = 100

Parts = Iterator[Sheet | str]


def to_text(report: MetricsReport, look: Look) -> str:
    """The view as tables, and a last line that sums up."""
    match report.view:
        case View.RAW:
            shown = _raw(report)
        case View.HAL:
            shown = _halstead(report, look)
        case View.MI:
            shown = _maintainability(report)
        case View.CC:
            shown = _comparison(report) if report.compare else _complexity(report)
    return rendered(shown, look)


def _complexity(report: MetricsReport) -> Parts:
    special = ("nloc", "tokens") if report.engine == ENGINE else ("cognitive", "nesting")
    if report.functions:
        titles = ["rank", "cyclomatic", *special, "lines", "parameters", "function", "at"]
        yield Sheet(titles, (_function(function, report) for function in report.functions))
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
    special: tuple[object, ...] = (numbers.cognitive, numbers.nesting)
    if report.engine == ENGINE:
        special = (seen.nloc, seen.tokens) if seen else ("-", "-")
    shown = map(str, (numbers.cyclomatic, *special, numbers.lines, numbers.parameters))
    return [rank(numbers.cyclomatic), *shown, *_where(function, report)]


def _averages(title: str, averages: Iterable[Average], engine: str) -> Sheet:
    """One row for each file or crate; cognitive complexity is no number of lizard's."""
    if engine == ENGINE:
        return Sheet(["rank", "average", "highest", "lines", "functions", title], map(_average, averages))
    rows = ([*row[:3], f"{one.cognitive:.1f}", *row[3:]] for one, row in ((one, _average(one)) for one in averages))
    return Sheet(["rank", "average", "highest", "cognitive", "lines", "functions", title], rows)


def _average(average: Average) -> list[str]:
    return [average.rank, f"{average.cyclomatic:.1f}", str(average.highest), f"{average.lines:.1f}", f"{average.functions:,}", average.name]


def _comparison(report: MetricsReport) -> Parts:
    if report.functions:
        titles = ["", "cyclomatic", "lizard", "code", "nloc", "parameters", "lizard", "function", "at"]
        yield Sheet(titles, (_compared(function, report) for function in report.functions))
    both = report.seen_by_both
    agreeing = len(both) - sum(map(parts, both))
    share = f" ({_HUNDRED * agreeing / len(both):.1f} %)" if both else ""
    yield f"cyclomatic complexity: rustgate and lizard agree on {agreeing:,} of {_plural(len(both), 'function')}{share}"
    yield _unseen(report)


def _compared(function: MeasuredFunction, report: MetricsReport) -> list[str]:
    ours, seen = function.metrics, function.lizard
    theirs = [str(seen.cyclomatic), str(seen.nloc), str(seen.parameters)] if seen else ["-", "-", "-"]
    numbers = [str(ours.cyclomatic), theirs[0], str(ours.code_lines), theirs[1], str(ours.parameters), theirs[2]]
    return ["≠" if parts(function) else "", *numbers, *_where(function, report)]


def _unseen(report: MetricsReport) -> str:
    ours = len(report.all_functions) - len(report.seen_by_both)
    theirs = sum(file.only_lizard for file in report.measured.files)
    return f"{_plural(ours, 'function')} not seen by lizard (marked -; rustgate's numbers); {theirs:,} seen only by lizard, not listed"


def _raw(report: MetricsReport) -> Parts:
    titles = [field.partition("_")[0] for field in _RAW]
    yield Sheet([*titles, "file"], ([*_totals([file]), report.display(file.path)] for file in report.files))
    crates = [(crate, files) for crate, files in report.files_by_crate.items() if crate]
    if crates:
        yield Sheet([*titles, "crate"], ([*_totals(files), crate] for crate, files in crates))
    yield Sheet([*titles, "all"], [[*_totals(report.files), _plural(len(report.files), "file")]])


def _totals(files: Sequence[MeasuredFile]) -> Iterator[str]:
    return (f"{sum(getattr(file.metrics, field) for file in files):,}" for field in _RAW)


def _halstead(report: MetricsReport, look: Look) -> Parts:
    titles = [field for field in Halstead.__struct_fields__ if look.width >= WIDE or field not in _WIDE_ONLY]
    yield Sheet([*titles, "file"], ([*_measures(file.halstead, titles), report.display(file.path)] for file in report.files))
    if len(report.files) == 1:
        yield Sheet([*titles, "function", "at"], ([*_measures(one.halstead, titles), *_where(one, report)] for one in report.functions))
    if look.width < WIDE:
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
        yield Sheet(titles, ([*_index(file), report.display(file.path)] for file in report.files))
    values = [index(file) for file in report.measured.files]
    mean = sum(values) / len(values) if values else 0
    yield f"{_plural(len(values), 'file')}, average maintainability index {index_rank(mean)} ({mean:.1f})"


def _index(file: MeasuredFile) -> list[str]:
    value, volume = index(file), file.halstead.volume if file.halstead else 0
    counted = (cyclomatic(file), file.metrics.code, file.metrics.comments)
    return [index_rank(value), f"{value:.1f}", f"{volume:,.0f}", *(f"{number:,}" for number in counted)]


def _where(function: MeasuredFunction, report: MetricsReport) -> list[str]:
    return [function.metrics.item, f"{report.display(function.metrics.path)}:{function.metrics.line}"]


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
