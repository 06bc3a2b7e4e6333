"""CSV report of one view of `rustgate metrics`."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from msgspec import Struct

from rustgate.metrics.halstead import measures
from rustgate.metrics.lizard import ENGINE
from rustgate.metrics.model import FileMetrics, FunctionMetrics, MeasuredFile, MeasuredFunction
from rustgate.reports.metrics.report import MetricsReport, View
from rustgate.reports.metrics.rows import Row, compared_row, file_row, function_row, function_row_by_lizard, halstead_rows, index_row
from rustgate.reports.sanitize import escape_controls


def _zeros(kind: type[Struct]) -> dict[str, Any]:
    return dict.fromkeys(kind.__struct_fields__, 0)


# what the columns of an empty report are taken from
_NO_FUNCTION = MeasuredFunction(FunctionMetrics(**_zeros(FunctionMetrics)))
_NO_FILE = MeasuredFile(FileMetrics(**_zeros(FileMetrics)), (), (), halstead=measures(0, 0, 0, 0))


def to_csv(report: MetricsReport) -> Iterator[str]:
    """Yield a header and one row per function or file.

    Functions are listed under `cc`, files under `raw` and `mi`, both under `hal`.
    """
    head = next(iter(_rows(report, [_NO_FILE], [_NO_FUNCTION])))
    text = StringIO()
    writer = csv.DictWriter(text, fieldnames=list(head), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in _rows(report, report.files, report.functions))
    yield text.getvalue()


def _rows(report: MetricsReport, files: Iterable[MeasuredFile], functions: Iterable[MeasuredFunction]) -> Iterable[Row]:
    match report.view:
        case View.RAW:
            return map(file_row, files)
        case View.HAL:
            return halstead_rows(files)
        case View.MI:
            return map(index_row, files)
        case View.CC if report.compare:
            return map(compared_row, functions)
        case View.CC:
            return map(function_row_by_lizard if report.engine == ENGINE else function_row, functions)


def _cell(value: object) -> object:
    """Return a cell's value, control characters escaped.

    Names come from files, and a terminal would act upon such characters.
    """
    return escape_controls(value) if isinstance(value, str) else value
