"""Where reports go: one format to standard output at most, the others to files, each written whole or not at all."""

import os
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO

import click
from msgspec import Struct

from rustgate.errors import RustgateError, suggestion
from rustgate.reports.report import Report
from rustgate.reports.text import Paint, paint_ansi, paint_plain, statistics, summary, to_text

_FORMATS = ("text", "json", "sarif", "github")


class Output(Struct, frozen=True):
    """One `--output`: a format, and a file if it does not go to standard output."""

    format: str
    file: Path | None = None


def formats() -> tuple[str, ...]:
    """The names of the formats."""
    return _FORMATS


def read_outputs(texts: Sequence[str]) -> list[Output]:
    """The outputs of a command line; raises `RustgateError` for a format that does not exist, or two for standard output."""
    outputs = [_read_output(text) for text in texts or ("text",)]
    standard = [output.format for output in outputs if output.file is None]
    if len(standard) > 1:
        raise RustgateError(
            f"both {standard[0]} and {standard[1]} would go to standard output; write one to a file: --output {standard[1]}=FILE"
        )
    return outputs


def _read_output(text: str) -> Output:
    name, equals, file = text.partition("=")
    if name not in _FORMATS:
        raise RustgateError(f'unknown output format "{name}"{suggestion(name, _FORMATS)} (known: {", ".join(_FORMATS)})')
    if not equals:
        return Output(name)
    if not file:
        raise RustgateError(f"--output {text}: the name of the file is missing")
    if not Path(file).absolute().parent.is_dir():
        raise RustgateError(f"--output {text}: there is no folder {Path(file).absolute().parent}; make it first")
    return Output(name, Path(file))


def write_outputs(report: Report, outputs: Sequence[Output], *, color: str, statistics_only: bool) -> None:
    """Write every report; raises `RustgateError` for a file that cannot be written."""
    for output in outputs:
        if output.format == "text":
            paint: Paint = paint_ansi if output.file is None and use_color(color, click.get_text_stream("stdout")) else paint_plain
            text = statistics(report, paint) if statistics_only else to_text(report, paint)
            text += summary(report) if output.file else ""
        else:
            text = _renderer(output.format)(report)
        if output.file:
            write_atomically(output.file, text)
        else:
            click.get_binary_stream("stdout").write(text.encode("utf-8", errors="backslashreplace"))


def use_color(choice: str, stream: IO[str]) -> bool:
    """Whether to colour what goes to `stream`: as chosen, else on a terminal without NO_COLOR, or with FORCE_COLOR."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return stream.isatty() or bool(os.environ.get("FORCE_COLOR"))


def write_atomically(file: Path, text: str) -> None:
    """Write `text` to `file`, which a reader sees either as it was or whole; a device or a pipe is written to as it is."""
    try:
        if file.exists() and not file.is_file():
            file.write_text(text, encoding="utf-8")
            return
        handle, name = tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
                stream.write(text)
            os.chmod(name, 0o666 & ~_umask())
            os.replace(name, file)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise RustgateError(f"{file}: the report cannot be written: {error.strerror}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _renderer(name: str) -> Callable[[Report], str]:
    render: Callable[[Report], str] = getattr(import_module(f"rustgate.reports.{name}"), f"to_{name}")
    return render
