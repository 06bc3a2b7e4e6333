"""`rustgate metrics`: arguments to measuring, and the numbers as text, JSON or CSV."""

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from rustgate.cli.options import executor_options_of_command, project_of

if TYPE_CHECKING:
    from rustgate.engine.check import Engine
    from rustgate.metrics.model import MeasuredProject
    from rustgate.project.project import Project
    from rustgate.reports.metrics.report import MetricsReport


class MetricsArguments(Struct, frozen=True):
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
@executor_options_of_command
def metrics_command(**given: Any) -> None:
    """Measure functions and files.

    PATH is a folder or a file (default: the working folder). What the configuration excludes and what git ignores is left out.
    """
    from rustgate.reports.sanitize import escape_commands, escape_controls  # see `_measured`

    arguments = MetricsArguments(**given)
    _refuse_nonsense(arguments)
    engine, project = project_of(arguments.paths)
    measured = _measured(arguments, engine, project)
    for problem in measured.problems:
        click.echo(f"rustgate: {escape_controls(problem.path)} {problem.sentence}", err=True)
    text = "".join(_rendered(_report(arguments, measured, project.root), arguments.output))
    click.echo(escape_commands(text).encode("utf-8", errors="backslashreplace"), nl=False)


def _refuse_nonsense(arguments: MetricsArguments) -> None:
    if arguments.min_rank and arguments.view in {"raw", "hal"}:
        raise click.UsageError(f"--min-rank goes with the views that have ranks, cc and mi, not with {arguments.view}")
    if arguments.min_rank and arguments.view == "mi" and arguments.min_rank not in "ABC":
        raise click.UsageError(f"--min-rank {arguments.min_rank}: the maintainability index has the ranks A, B and C")
    if arguments.compare and arguments.view != "cc":
        raise click.UsageError("--compare is about the complexity of functions; leave out --view")
    if arguments.engine == "lizard" and arguments.view in {"raw", "hal"}:
        raise click.UsageError(f"lizard measures functions, and nothing of what --view {arguments.view} shows; leave out --engine")


def _measured(arguments: MetricsArguments, engine: "Engine", project: "Project") -> "MeasuredProject":
    from rustgate.engine.measure import Extras, by_lizard, measure_project  # the help of this command needs none of these modules
    from rustgate.execution.executor import cores
    from rustgate.execution.options import ExecutorOptions

    extras = Extras(halstead=arguments.view in {"hal", "mi"}, lizard=arguments.compare or arguments.engine == "lizard")
    measured = measure_project(engine, project, extras, ExecutorOptions(arguments.jobs or cores(), arguments.file_timeout))
    return by_lizard(measured) if arguments.engine == "lizard" and not arguments.compare else measured


def _report(arguments: MetricsArguments, measured: "MeasuredProject", root: Path) -> "MetricsReport":
    from rustgate.reports.metrics.report import MetricsReport, Order, View  # see `_measured`

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


def _rendered(report: "MetricsReport", output: str) -> Iterator[str]:
    if output == "json":
        from rustgate.reports.metrics.json import to_json  # only the format that was asked for

        return to_json(report)
    if output == "csv":
        from rustgate.reports.metrics.csv import to_csv  # see above

        return to_csv(report)
    from rustgate.cli.output import style_of  # see above
    from rustgate.reports.metrics.text import to_text

    return to_text(report, style_of(sys.stdout))
