"""`rustgate metrics`: measure functions and files."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from rustgate.cli.console import path_display, print_document, print_problems, style_of
from rustgate.cli.options import executor_options_of_command, project_of
from rustgate.cli.sections import SectionedCommand

if TYPE_CHECKING:
    from rustgate.engine.check import Engine
    from rustgate.metrics.model import MeasuredProject
    from rustgate.project.project import Project
    from rustgate.reports.metrics.report import MetricsReport


class MetricsArguments(Struct, frozen=True):
    """Arguments of `metrics`."""

    paths: tuple[str, ...]
    view: str
    order: str | None
    min_rank: str | None
    fail_over: str | None
    output: str
    engine: str
    compare: bool
    jobs: int | None
    file_timeout: float


@click.command(
    "metrics",
    cls=SectionedCommand,
    sections={
        "What to show": ("view", "order", "min_rank", "output"),
        "When to fail": ("fail_over",),
        "How to measure": ("engine", "compare", "jobs", "file_timeout"),
    },
    examples={
        "rustgate metrics crates/ --min-rank C": "List functions that rank C or worse.",
        "rustgate metrics --fail-over D": "Fail if a function ranks worse than D.",
        "rustgate metrics --view mi -o csv": "Write the maintainability index of each file as CSV.",
    },
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--view",
    type=click.Choice(["cc", "raw", "hal", "mi"]),
    default="cc",
    help="Metrics to show: cc (complexity, default), raw (lines), hal (Halstead) or mi (maintainability index).",
)
@click.option(
    "--sort",
    "order",
    type=click.Choice(["complexity", "cognitive", "lines", "name", "path"]),
    help="Sort by numbers, highest first, or by names or paths, from A to Z.",
)
@click.option(
    "--min-rank", type=click.Choice([*"ABCDEF"], case_sensitive=False), help="Show only this rank and worse (cc: A to F, mi: A to C)."
)
@click.option(
    "--fail-over",
    type=click.Choice([*"ABCDE"], case_sensitive=False),
    help="Exit with 1 if the cyclomatic complexity of a function ranks worse than this.",
)
@click.option("-o", "--output", type=click.Choice(["text", "json", "csv"]), default="text", help="Output format (default: text).")
@click.option("--engine", type=click.Choice(["rustgate", "lizard"]), default="rustgate", help="Engine to measure with (default: rustgate).")
@click.option("--compare", is_flag=True, help="Compare both engines, and show where they differ.")
@executor_options_of_command
def metrics_command(**given: Any) -> None:
    """Measure functions and files.

    PATH is a file or folder (default: the working folder). Files that the configuration excludes or git ignores are left out.
    """
    arguments = MetricsArguments(**given)
    _refuse_conflicts(arguments)
    engine, project = project_of(arguments.paths)
    measured = _measured(arguments, engine, project)
    print_problems(measured.problems)
    report = _report(arguments, measured, project.root)
    print_document(_rendered(report, arguments.output))
    if arguments.fail_over and report.worst_rank > arguments.fail_over:
        sys.exit(1)


def _refuse_conflicts(arguments: MetricsArguments) -> None:
    if arguments.min_rank and arguments.view in {"raw", "hal"}:
        raise click.UsageError(f"--min-rank goes with the views that have ranks, cc and mi, not with {arguments.view}")
    if arguments.min_rank and arguments.view == "mi" and arguments.min_rank not in "ABC":
        raise click.UsageError(f"--min-rank {arguments.min_rank}: the maintainability index has the ranks A, B and C")
    if arguments.compare and arguments.view != "cc":
        raise click.UsageError("--compare is about the complexity of functions; leave out --view")
    if arguments.engine == "lizard" and arguments.view in {"raw", "hal"}:
        raise click.UsageError(f"lizard measures only functions, nothing that --view {arguments.view} shows; leave out --engine")


def _measured(arguments: MetricsArguments, engine: "Engine", project: "Project") -> "MeasuredProject":
    from rustgate.engine.measure import Extras, by_lizard, measure_project  # `--help` does without
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
        display=path_display(root),
    )


def _rendered(report: "MetricsReport", output: str) -> Iterator[str]:
    if output == "json":
        from rustgate.reports.metrics.json import to_json  # only for this format

        return to_json(report)
    if output == "csv":
        from rustgate.reports.metrics.csv import to_csv  # see above

        return to_csv(report)
    from rustgate.reports.metrics.text import to_text  # see above

    return to_text(report, style_of(sys.stdout))
