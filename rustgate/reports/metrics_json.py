"""The numbers of `rustgate metrics` as JSON: the stable contract for other programs."""

import json
from typing import Any

from msgspec import to_builtins

from rustgate.reports.metrics_report import MetricsReport, View
from rustgate.reports.metrics_rows import compared_row, halstead_rows, index_row


def to_json(report: MetricsReport) -> str:
    """`files`, `functions` and `impls`, always; then what the view or the comparison adds. Ends in a line end.

    A path that is not UTF-8 keeps its lone surrogates, which only the standard library's encoder lets through.
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
    return json.dumps(to_builtins(document), indent=2, ensure_ascii=False) + "\n"
