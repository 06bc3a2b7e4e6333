"""JSON report of `rustgate metrics`, a stable contract for other programs."""

from collections.abc import Iterator
from typing import Any

import msgspec

from rustgate.reports.json_document import json_text
from rustgate.reports.metrics.report import MetricsReport, View
from rustgate.reports.metrics.rows import compared_row, halstead_rows, index_row
from rustgate.reports.sanitize import escape_surrogates


def to_json(report: MetricsReport) -> Iterator[str]:
    """Yield `files`, `functions` and `impls`, always.

    Then comes what the view or the comparison adds. It ends in a line end.
    """
    files = report.measured.files
    document: dict[str, Any] = {
        "files": [file.metrics for file in files],
        "functions": [function.metrics for function in report.functions],
        "impls": [impl for file in files for impl in file.impls],
    }
    if report.view is View.HAL:
        document["halstead"] = list(halstead_rows(report.files))
    if report.view is View.MI:
        document["maintainability"] = [index_row(file) for file in report.files]
    if report.compare:
        document["comparison"] = [compared_row(function) for function in report.functions]
    rows = {key: [{**row, "path": escape_surrogates(row["path"])} for row in msgspec.to_builtins(found)] for key, found in document.items()}
    yield json_text(rows)
