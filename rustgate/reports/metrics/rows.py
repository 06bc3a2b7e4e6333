"""The numbers of `rustgate metrics` as flat rows, which the JSON and the CSV share."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import asdict

from rustgate.metrics.model import MeasuredFile, MeasuredFunction, rank
from rustgate.reports.metrics.report import cyclomatic, index, index_rank

Row = dict[str, Any]

_DIGITS = 3


def function_row(function: MeasuredFunction) -> Row:
    """A function with its rank."""
    return {**asdict(function.metrics), "rank": rank(function.metrics.cyclomatic)}


def function_row_by_lizard(function: MeasuredFunction) -> Row:
    """A function with the number of its tokens by lizard, and its rank."""
    tokens = function.lizard and function.lizard.tokens
    return {**asdict(function.metrics), "tokens": tokens, "rank": rank(function.metrics.cyclomatic)}


def file_row(file: MeasuredFile) -> Row:
    """A file in raw numbers."""
    return asdict(file.metrics)


def halstead_rows(files: Iterable[MeasuredFile]) -> Iterator[Row]:
    """Halstead's measures of each file, with an empty item, and of each of its functions."""
    for file in files:
        if file.halstead:
            yield {"path": file.path, "item": "", "line": 1, **_rounded(asdict(file.halstead))}
        for function in file.functions:
            if function.halstead:
                place = {"path": file.path, "item": function.metrics.item, "line": function.metrics.line}
                yield {**place, **_rounded(asdict(function.halstead))}


def index_row(file: MeasuredFile) -> Row:
    """The maintainability index of a file, and what it is made from."""
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
    """A function by both engines; lizard's numbers are null where it does not see the function."""
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
    return {key: round(value, _DIGITS) if isinstance(value, float) else value for key, value in numbers.items()}
