"""Values of `--output`, and the files and streams that reports go to."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from msgspec import Struct

from rustgate.cli.console import style_of
from rustgate.errors import RustgateError, suggestion
from rustgate.reports.findings.formats import FORMATS, Render, renderer
from rustgate.reports.findings.report import Report
from rustgate.reports.findings.summary import summary
from rustgate.reports.sanitize import escape_commands
from rustgate.reports.terminal import PLAIN

_SYSTEM_FOLDERS = ("/dev/", "/proc/")
"""Folders whose links may be written to, such as `/dev/stdout` and `/dev/fd/3`."""


class Output(Struct, frozen=True):
    """A value of `--output`.

    `file` is None for standard output; with `append`, what it holds stays.
    """

    format: str
    file: Path | None = None
    append: bool = False


def read_outputs(texts: Sequence[str]) -> list[Output]:
    """Parse the values of `--output`.

    With workflow commands, the summary of the step is written too, where the environment names its file. Raises `RustgateError` for an
    unknown format, and for two outputs to the same file.
    """
    outputs = [_read_output(text) for text in texts or ("full",)]
    taken: dict[Path | None, str] = {}
    for output in outputs:
        file = output.file and output.file.absolute()
        if file in taken and not (file is None and _belong_together(taken[file], output.format)):
            where = file or "standard output"
            raise RustgateError(
                f"both {taken[file]} and {output.format} would go to {where}; write one to another file: --output {output.format}=FILE"
            )
        taken[file] = output.format
    summary_file = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary_file and any(FORMATS[output.format].annotates for output in outputs):
        outputs.append(Output("markdown", Path(summary_file), append=True))
    return outputs


def wants(outputs: Sequence[Output], *formats: str) -> bool:
    """Return whether one of the formats is asked for."""
    return any(output.format in formats for output in outputs)


def _belong_together(one: str, other: str) -> bool:
    """Return whether two formats can share standard output, as workflow commands and a text can."""
    return (FORMATS[one].annotates and FORMATS[other].for_people) or (FORMATS[other].annotates and FORMATS[one].for_people)


def _read_output(text: str) -> Output:
    name, equals, file = text.partition("=")
    if name not in FORMATS:
        raise RustgateError(f'unknown output format "{name}"{suggestion(name, FORMATS)} (known: {", ".join(FORMATS)})')
    if not equals:
        return Output(name)
    if not file:
        raise RustgateError(f"--output {text}: the name of the file is missing")
    if not Path(file).absolute().parent.is_dir():
        raise RustgateError(f"--output {text}: there is no folder {Path(file).absolute().parent}; make it first")
    _refuse_link(Path(file))  # before the work, and once more when it is written
    return Output(name, Path(file))


def write_outputs(report: Report, outputs: Sequence[Output], *, color: str, for_people: Render | None = None) -> None:
    """Write all reports; `for_people` replaces those that are for people.

    Files come first: they are complete even if standard output fails. What annotates comes before the text. Raises `RustgateError`.
    """
    for output in sorted(outputs, key=lambda output: (output.file is None, FORMATS[output.format].for_people)):
        pieces = _pieces(report, output, color, for_people)
        if output.file:
            (_append if output.append else write_atomically)(output.file, pieces)
            continue
        for piece in pieces:
            _write_all(sys.stdout.buffer, piece.encode("utf-8", errors="backslashreplace"))
        sys.stdout.buffer.flush()  # before the summary is written to stderr


def _pieces(report: Report, output: Output, color: str, for_people: Render | None) -> Iterator[str]:
    if not FORMATS[output.format].for_people:
        yield from renderer(output.format)(report, PLAIN)
        return
    style = PLAIN if output.file else style_of(sys.stdout, color)
    yield from map(escape_commands, (for_people or renderer(output.format))(report, style))
    if output.file:
        yield f"\n{summary(report)}" if report.shown else summary(report)


def _write_all(stream: IO[bytes], text: bytes) -> None:
    """Write all of `text`.

    An unbuffered stream may take only a part at once.
    """
    rest = memoryview(text)
    while rest:
        rest = rest[stream.write(rest) :]


def _append(file: Path, pieces: Iterable[str]) -> None:
    try:
        with file.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            stream.writelines(pieces)
    except OSError as error:
        raise RustgateError(f"{file}: the report cannot be written: {error.strerror}") from error


def write_atomically(file: Path, pieces: Iterable[str]) -> None:
    """Write a file atomically.

    Readers see the old content, or all of the new. A device or a pipe is written to directly. Raises `RustgateError`, also for a link:
    one in a repository can lead to any file of the user.
    """
    try:
        _refuse_link(file)
        if file.is_symlink() or (file.exists() and not file.is_file()):
            with file.open("w", encoding="utf-8", errors="backslashreplace") as stream:
                stream.writelines(pieces)
            return
        import tempfile  # 5 ms that only a report to a file costs

        handle, name = tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
                stream.writelines(pieces)
            os.chmod(name, 0o666 & ~_umask())
            os.replace(name, file)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise RustgateError(f"{file}: the report cannot be written: {error.strerror}") from error


def _refuse_link(file: Path) -> None:
    if file.is_symlink() and not os.path.abspath(file).startswith(_SYSTEM_FOLDERS):
        raise RustgateError(f"{file}: is a link to {os.readlink(file)}; name that file itself, or remove the link")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
