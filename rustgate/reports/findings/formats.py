"""The table of output formats: a format is one module and one row here."""

from collections.abc import Callable, Iterator
from importlib import import_module

from msgspec import Struct

from rustgate.reports.findings.report import Report
from rustgate.reports.terminal import TextStyle

Render = Callable[[Report, TextStyle], Iterator[str]]
"""Yields a report in pieces, because as a whole it could take as much memory as the run."""


class Format(Struct, frozen=True):
    """A format of `--output`.

    `module` has a function `render`, see `Render`. A format for people is followed by the summary, and may share standard output with
    one whose lines stand for themselves (`annotates`).
    """

    module: str
    for_people: bool = False
    annotates: bool = False


FORMATS: dict[str, Format] = {
    "full": Format("full", for_people=True),
    "text": Format("full", for_people=True),
    "concise": Format("concise", for_people=True),
    "grouped": Format("grouped", for_people=True),
    "json": Format("json"),
    "sarif": Format("sarif"),
    "github": Format("github", annotates=True),
    "gitlab": Format("gitlab"),
    "junit": Format("junit"),
    "checkstyle": Format("checkstyle"),
    "rdjson": Format("rdjson"),
    "markdown": Format("markdown"),
}
"""The formats by name; `text` is another name of `full`."""


def renderer(name: str) -> Render:
    """Return the function that renders a format; its module is imported now."""
    render: Render = import_module(f"rustgate.reports.findings.{FORMATS[name].module}").render
    return render
