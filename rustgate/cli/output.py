"""Where reports go: one format to standard output at most, the others to files, each written whole or not at all."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO

from msgspec import Struct

from rustgate.errors import RustgateError, suggestion
from rustgate.reports.findings.report import Report
from rustgate.reports.findings.text import summary
from rustgate.reports.sanitize import escape_commands
from rustgate.reports.terminal import PLAIN, UNLIMITED, TextStyle

Render = Callable[[Report, TextStyle], Iterator[str]]

_OF_THE_SYSTEM = ("/dev/", "/proc/")
"""Where links lead to what the shell has opened: `/dev/stdout`, `/dev/fd/3`."""
FORMATS = ("text", "json", "sarif", "github")


class Output(Struct, frozen=True):
    """One `--output`: a format, and a file if it does not go to standard output."""

    format: str
    file: Path | None = None


def read_outputs(texts: Sequence[str]) -> list[Output]:
    """The outputs of a command line; raises `RustgateError` for a format that does not exist, or two that go to the same place."""
    outputs = [_read_output(text) for text in texts or ("text",)]
    taken: dict[Path | None, str] = {}
    for output in outputs:
        place = output.file and output.file.absolute()
        if place in taken:
            where = place or "standard output"
            raise RustgateError(
                f"both {taken[place]} and {output.format} would go to {where}; write one to another file: --output {output.format}=FILE"
            )
        taken[place] = output.format
    return outputs


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


def write_outputs(report: Report, outputs: Sequence[Output], *, color: str, render: Render) -> None:
    """Write every report, those to files first: they are there whatever becomes of standard output. Raises `RustgateError`.

    `render` makes the text report.
    """
    for output in sorted(outputs, key=lambda output: output.file is None):
        pieces = _pieces(report, output, color, render)
        if output.file:
            write_atomically(output.file, pieces)
            continue
        for piece in pieces:
            _write_all(sys.stdout.buffer, piece.encode("utf-8", errors="backslashreplace"))
        sys.stdout.buffer.flush()  # before the summary is written to stderr


def _pieces(report: Report, output: Output, color: str, render: Render) -> Iterator[str]:
    """The report of an output, in pieces where its format has many findings: all of them would take as much memory as the run."""
    if output.format != "text":
        yield from _renderer(output.format)(report)
        return
    style = PLAIN if output.file else style_of(sys.stdout, color)
    yield from map(escape_commands, render(report, style))
    if output.file:
        yield summary(report)


def _write_all(stream: IO[bytes], text: bytes) -> None:
    """Write `text`; an unbuffered stream may take it in pieces."""
    rest = memoryview(text)
    while rest:
        rest = rest[stream.write(rest) :]


def use_color(choice: str, stream: IO[str]) -> bool:
    """Whether to colour what goes to `stream`: as chosen, else on a terminal without NO_COLOR, or with FORCE_COLOR."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return stream.isatty() or bool(os.environ.get("FORCE_COLOR"))


def style_of(stream: IO[str], color: str = "auto") -> TextStyle:
    """How wide and how colourful what goes to `stream` may be, `color` being the value of `--color`."""
    width = UNLIMITED
    if stream.isatty():
        from shutil import get_terminal_size  # only for people

        width = get_terminal_size().columns
    return TextStyle(width, use_color(color, stream))


def write_atomically(file: Path, pieces: Iterable[str]) -> None:
    """Write `pieces` to `file`, which a reader sees either as it was or whole; a device or a pipe is written to as it is.

    Raises `RustgateError`, also for a link: a repository may hold one that leads to any file of the user.
    """
    try:
        _refuse_link(file)
        if file.is_symlink() or (file.exists() and not file.is_file()):
            with file.open("w", encoding="utf-8", errors="backslashreplace") as stream:
                stream.writelines(pieces)
            return
        import tempfile  # 5 ms, which a report to standard output does not pay

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
    if file.is_symlink() and not os.path.abspath(file).startswith(_OF_THE_SYSTEM):
        raise RustgateError(f"{file}: is a link to {os.readlink(file)}; name that file itself, or remove the link")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _renderer(name: str) -> Callable[[Report], Iterator[str]]:
    render: Callable[[Report], Iterator[str]] = getattr(import_module(f"rustgate.reports.findings.{name}"), f"to_{name}")
    return render
