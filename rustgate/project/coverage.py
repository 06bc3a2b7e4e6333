"""Read coverage reports of lcov and Cobertura."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct

from rustgate.errors import RustgateError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_COUNT = re.compile(r"DA:([0-9]{1,9}),(-?)([0-9]{1,18})(?:,.*)?")
_RECORD = re.compile(r"[A-Z]{2,6}:.*|#.*|")
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_END = "end_of_record"
_ENTITY = "<!ENTITY"
_REMEDY = "write the report again"

Lines = dict[int, int]
"""Execution count of each line with code, by its 1-based number."""


class Coverage(Struct, frozen=True):
    """A coverage report: line counts by path.

    `name` is the file of the report, for messages.
    """

    name: str
    files: Mapping[str, Lines]


def read_coverage(file: Path) -> Coverage:
    """Read a coverage report.

    Raises `RustgateError` if any of it is unreadable.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise RustgateError(f"{file}: the coverage report cannot be read: {error.strerror}; name an lcov or a Cobertura file") from error
    except UnicodeDecodeError as error:
        raise RustgateError(f"{file}: is not UTF-8, so it is no lcov and no Cobertura report; name one that is") from error
    return parse_coverage(text, str(file))


def parse_coverage(text: str, name: str) -> Coverage:
    """Parse a coverage report.

    One that begins with `<` is Cobertura. Raises `RustgateError` with the line of what is invalid.
    """
    files = _cobertura(text, name) if text.lstrip().startswith("<") else _lcov(text, name)
    if not files:
        raise RustgateError(f"{name}: the coverage report names no source file; run the tests under coverage, and {_REMEDY}")
    return Coverage(name, files)


def located(coverage: Coverage, paths: Iterable[str], root: Path) -> Coverage:
    """Map the paths of a report to those of a run.

    The latter are relative to `root`. If none of them is a path of the run, the report was made on another machine: each then means the
    file of the run whose path it ends with, or that ends with it. Raises `RustgateError` when no path matches.
    """
    known = {*paths}
    paths_of_run = {given: path for given in coverage.files if (path := _relative(given, root)) in known}
    paths_of_run = paths_of_run or dict(_guessed(coverage.files, known))
    files: dict[str, Lines] = {}
    for given, path in paths_of_run.items():
        _add(files.setdefault(path, {}), coverage.files[given])
    if known and not files:
        first = min(coverage.files)
        raise RustgateError(
            f"{coverage.name}: none of the files that the coverage report names is one of this run (the first is {first});"
            " check the paths of both"
        )
    return Coverage(coverage.name, files)


def _relative(given: str, root: Path) -> str:
    """Return a path of a report, relative to the root."""
    return os.path.normpath(os.path.join(root, given)).removeprefix(f"{root}{os.sep}").replace(os.sep, "/")


def _guessed(given: Iterable[str], known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Match paths of a report to known ones by their ends.

    Yields each path that ends like exactly one known path, with that.
    """
    by_name: dict[str, list[tuple[str, ...]]] = {}
    for path in sorted(known):
        parts = PurePosixPath(path).parts
        by_name.setdefault(parts[-1], []).append(parts)
    for path in given:
        parts = PurePosixPath(path.replace("\\", "/")).parts
        candidates = by_name.get(parts[-1], []) if parts else []
        shared = {other: _shared(parts, other) for other in candidates}
        best = [other for other, count in shared.items() if count == max(shared.values())]
        if len(best) == 1 and shared[best[0]] == min(len(parts), len(best[0])):
            yield path, "/".join(best[0])


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Count the last parts that two paths have in common."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((count for count, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _add(lines: Lines, more: Mapping[int, int]) -> None:
    for line, hits in more.items():
        lines[line] = lines.get(line, 0) + hits


def _lcov(text: str, name: str) -> dict[str, Lines]:
    files: dict[str, Lines] = {}
    source, begun = "", 0
    for number, line in enumerate(map(str.strip, text.split("\n")), 1):
        count = _COUNT.fullmatch(line)
        if line.startswith("SF:") and not begun:
            source, begun = line[3:], number
            files.setdefault(source, {})
        elif line == _END and begun:
            begun = 0
        elif count and begun:
            _add(files[source], {int(count[1]): 0 if count[2] else int(count[3])})
        elif count or line == _END or line.startswith(("DA:", "SF:")) or not _RECORD.fullmatch(line):
            raise RustgateError(f"{name}:{number}: the line is not what lcov writes here, the report may have been cut; {_REMEDY}")
    if begun:
        raise RustgateError(f"{name}:{begun}: the record that begins here has no `{_END}`, the report was cut; {_REMEDY}")
    return files


def _cobertura(text: str, name: str) -> dict[str, Lines]:
    if _ENTITY in text:
        raise RustgateError(f"{name}: the coverage report declares XML entities, which no coverage tool needs; {_REMEDY} without them")
    from xml.etree import ElementTree as ET  # noqa: PLC0415  # only runs with an XML report need a parser for it

    try:
        root = ET.fromstring(text)  # noqa: S314  # entities, the danger of XML, were refused above; nothing external is ever loaded
    except ET.ParseError as error:
        line, column = error.position
        raise RustgateError(f"{name}:{line}:{column + 1}: the coverage report is not XML, or was cut here ({error}); {_REMEDY}") from error
    except ValueError as error:
        raise RustgateError(f"{name}: the coverage report is not XML: {error}; {_REMEDY}") from error
    if root.tag != "coverage":
        raise RustgateError(f"{name}: the XML begins with <{root.tag}>, not with Cobertura's <coverage>; name a Cobertura or an lcov file")
    sources = [source.text.strip() for source in root.iterfind("sources/source") if source.text and source.text.strip()]
    files: dict[str, Lines] = {}
    for found in root.iter("class"):
        path = os.path.join(*sources, found.get("filename", "")) if len(sources) == 1 else found.get("filename", "")
        _add(files.setdefault(path, {}), dict(_class_lines(found, name)))
    return files


def _class_lines(found: "Element", name: str) -> Iterator[tuple[int, int]]:
    """Yield the lines of a class, each once.

    Cobertura lists the lines of methods again for the class as a whole.
    """
    lines: Lines = {}
    for line in found.iter("line"):
        number, hits = line.get("number", ""), line.get("hits", "")
        if not (_NUMBER.fullmatch(number) and _NUMBER.fullmatch(hits)):
            file = found.get("filename", "")
            raise RustgateError(f'{name}: {file}: <line number="{number}" hits="{hits}"> does not count how often a line ran; {_REMEDY}')
        lines[int(number)] = max(lines.get(int(number), 0), int(hits), 0)
    yield from lines.items()
