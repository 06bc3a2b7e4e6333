"""Flat rows of metrics, which the JSON and the CSV share."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import asdict

from rustgate.metrics.model import MeasuredFile, MeasuredFunction, rank
from rustgate.reports.metrics.report import cyclomatic, index, index_rank

Row = dict[str, Any]

_DECIMALS = 3


def function_row(function: MeasuredFunction) -> Row:
    """Return a function with its rank."""
    return {**asdict(function.metrics), "rank": rank(function.metrics.cyclomatic)}


def function_row_by_lizard(function: MeasuredFunction) -> Row:
    """Return a function with its rank and lizard's token count."""
    tokens = function.lizard and function.lizard.tokens
    return {**asdict(function.metrics), "tokens": tokens, "rank": rank(function.metrics.cyclomatic)}


def file_row(file: MeasuredFile) -> Row:
    """Return a file's line counts and totals."""
    return asdict(file.metrics)


def halstead_rows(files: Iterable[MeasuredFile]) -> Iterator[Row]:
    """Yield the Halstead measures of each file and its functions.

    The row of a file has an empty item.
    """
    for file in files:
        if file.halstead:
            yield {"path": file.path, "item": "", "line": 1, **_rounded(asdict(file.halstead))}
        for function in file.functions:
            if function.halstead:
                location = {"path": file.path, "item": function.metrics.item, "line": function.metrics.line}
                yield {**location, **_rounded(asdict(function.halstead))}


def index_row(file: MeasuredFile) -> Row:
    """Return a file's maintainability index and its inputs."""
    value = index(file)
    numbers = {
        "index": value,
        "rank": index_rank(value),
        "volume": file.halstead.volume if file.halstead else 0.0,
        "cyclomatic": cyclomatic(file),
        "code": file.metrics.code,
        "comments": file.metrics.comments,
    }
    return {"path": file.path, **_rounded(numbers)}


def compared_row(function: MeasuredFunction) -> Row:
    """Return a function by both engines.

    Lizard's numbers are null where it does not see the function.
    """
    ours, other = function.metrics, function.lizard
    return {
        "path": ours.path,
        "item": ours.item,
        "line": ours.line,
        "cyclomatic": ours.cyclomatic,
        "lizard_cyclomatic": other and other.cyclomatic,
        "agree": other and other.cyclomatic == ours.cyclomatic,
        "code_lines": ours.code_lines,
        "lizard_nloc": other and other.nloc,
        "parameters": ours.parameters,
        "lizard_parameters": other and other.parameters,
        "lizard_tokens": other and other.tokens,
    }


def _rounded(numbers: Row) -> Row:
    return {key: round(value, _DECIMALS) if isinstance(value, float) else value for key, value in numbers.items()}
