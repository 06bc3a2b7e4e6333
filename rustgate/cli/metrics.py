"""`rustgate metrics`: arguments to measuring, and the numbers as text, JSON or CSV."""

import os
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from rustgate.cli.options import crew_options

if TYPE_CHECKING:
    from rustgate.metrics import Measured
    from rustgate.project import Project
    from rustgate.reports.metrics_report import MetricsReport


class Arguments(Struct, frozen=True):
    """The options of `metrics` as they were given."""

    paths: tuple[str, ...]
    view: str
    order: str | None
    min_rank: str | None
    output: str
    engine: str
    compare: bool
    jobs: int | None
    file_timeout: float


@click.command("metrics")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--view",
    type=click.Choice(["cc", "raw", "hal", "mi"]),
    default="cc",
    help="cc: complexity of functions (default); raw: lines; hal: Halstead's measures; mi: maintainability index.",
)
@click.option(
    "--sort",
    "order",
    type=click.Choice(["complexity", "cognitive", "lines", "name", "path"]),
    help="Numbers from the highest down, names and paths from A to Z.",
)
@click.option("--min-rank", type=click.Choice([*"ABCDEF"], case_sensitive=False), help="Only this rank and worse (cc: A to F, mi: A to C).")
@click.option("--output", type=click.Choice(["text", "json", "csv"]), default="text", help="How to show them (default: text).")
@click.option("--engine", type=click.Choice(["rustgate", "lizard"]), default="rustgate", help="Whose numbers to show (default: rustgate).")
@click.option("--compare", is_flag=True, help="Both engines side by side, and where they part.")
@crew_options
def metrics_command(**given: Any) -> None:
    """Measure functions and files.

    PATH is a folder or a file (default: the working folder). What the configuration excludes and what git ignores is left out.
    """
    arguments = Arguments(**given)
    _refuse_nonsense(arguments)
    project = _project(arguments.paths)
    measured = _measured(arguments, project)
    for problem in measured.problems:
        click.echo(f"rustgate: {_printable(problem.path)} {problem.sentence}", err=True)
    text = _rendered(_report(arguments, measured, project.root), arguments.output)
    click.echo(_uncommanding(text).encode("utf-8", errors="backslashreplace"), nl=False)


def _refuse_nonsense(arguments: Arguments) -> None:
    if arguments.min_rank and arguments.view in {"raw", "hal"}:
        raise click.UsageError(f"--min-rank goes with the views that have ranks, cc and mi, not with {arguments.view}")
    if arguments.min_rank and arguments.view == "mi" and arguments.min_rank not in "ABC":
        raise click.UsageError(f"--min-rank {arguments.min_rank}: the maintainability index has the ranks A, B and C")
    if arguments.compare and arguments.view != "cc":
        raise click.UsageError("--compare is about the complexity of functions; leave out --view")


def _project(paths: Sequence[str]) -> "Project":
    from rustgate.project import Project  # the help of this command needs none of these modules

    return Project([Path(path) for path in paths or (".",)])


def _measured(arguments: Arguments, project: "Project") -> "Measured":
    """Read and measure; raises `RustgateError` where there is nothing to measure."""
    from rustgate.catalog import installed  # see `_project`
    from rustgate.cli.options import configurations
    from rustgate.engine import Engine, Options
    from rustgate.metrics import Wanted, by_lizard, measure_project
    from rustgate.pool import Crew
    from rustgate.workers import cores

    catalog = installed()
    engine = Engine(catalog, configurations(catalog, (), None, isolated=False), Options())
    files = engine.selected(project)
    if not files:
        raise _nothing(arguments.paths, project)
    project.require_read_configurations(files)
    wanted = Wanted(halstead=arguments.view in {"hal", "mi"}, lizard=arguments.compare or arguments.engine == "lizard")
    measured = measure_project(engine, project, wanted, Crew(arguments.jobs or cores(), arguments.file_timeout))
    return by_lizard(measured) if arguments.engine == "lizard" and not arguments.compare else measured


def _nothing(paths: Sequence[str], project: "Project") -> Exception:
    from rustgate.errors import RustgateError  # see `_project`

    looked = ", ".join(paths) or "the working folder"
    if project.files:
        return RustgateError(f"every Rust file in {looked} is excluded by the configuration; name another folder, or change `exclude`")
    return RustgateError(f"no Rust file found in {looked}; name a folder that holds .rs files which git does not ignore")


def _report(arguments: Arguments, measured: "Measured", root: Path) -> "MetricsReport":
    from rustgate.reports.metrics_report import MetricsReport, Order, View  # see `_project`

    order = arguments.order or ("path" if arguments.output == "json" else None)
    return MetricsReport(
        measured=measured,
        view=View(arguments.view),
        engine="rustgate" if arguments.compare else arguments.engine,
        compare=arguments.compare,
        order=Order(order) if order else None,
        min_rank=arguments.min_rank,
        display=cache(lambda path: os.path.relpath(root / path).replace(os.sep, "/")),
    )


def _rendered(report: "MetricsReport", output: str) -> str:
    if output == "json":
        from rustgate.reports.metrics_json import to_json  # only the format that was asked for

        return to_json(report)
    if output == "csv":
        from rustgate.reports.metrics_csv import to_csv  # see above

        return to_csv(report)
    from shutil import get_terminal_size  # see above

    from rustgate.cli.output import use_color
    from rustgate.reports.metrics_table import UNLIMITED, Look
    from rustgate.reports.metrics_text import to_text

    width = get_terminal_size().columns if sys.stdout.isatty() else UNLIMITED
    return to_text(report, Look(width, use_color("auto", sys.stdout)))


def _uncommanding(text: str) -> str:
    from rustgate.reports.escape import uncommanding  # see `_project`

    return uncommanding(text)


def _printable(text: str) -> str:
    from rustgate.reports.escape import printable  # only where something could not be read

    return printable(text)
