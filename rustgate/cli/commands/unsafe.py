"""`rustgate unsafe`: list unsafe code and its justifications."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from rustgate.cli.console import path_display, print_document, print_problems, style_of
from rustgate.cli.options import executor_options_of_command, installed_rules, project_of
from rustgate.cli.sections import SectionedCommand

if TYPE_CHECKING:
    from rustgate.reports.unsafe_inventory import InventoryReport


@click.command(
    "unsafe",
    cls=SectionedCommand,
    examples={
        "rustgate unsafe --undocumented": "List only what has no justification.",
        "rustgate unsafe --fail-undocumented": "Fail if there is any; for CI.",
    },
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--undocumented", is_flag=True, help="List only unsafe code without a justification, tests excluded; totals stay the same.")
@click.option("--fail-undocumented", is_flag=True, help="Exit with 1 if unsafe code outside tests has no justification.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="Output format (default: text).")
@executor_options_of_command
def unsafe_command(
    paths: tuple[str, ...], output: str, *, undocumented: bool, fail_undocumented: bool, jobs: int | None, file_timeout: float
) -> None:
    """List unsafe code and its justifications.

    Lists unsafe blocks, functions, traits and impls with their SAFETY comment or `# Safety` section, if any, and the totals for each crate,
    without tests. The body of a `macro_rules!` macro is not searched. PATH is a file or folder (default: the working folder). Files that
    the configuration excludes or git ignores are left out.
    """
    from rustgate.engine.unsafe_inventory import RULES, list_project  # `--help` does without
    from rustgate.execution.executor import cores
    from rustgate.execution.options import ExecutorOptions
    from rustgate.reports.unsafe_inventory import InventoryReport

    engine, project = project_of(paths)
    inventory = list_project(engine, project, [installed_rules()[name] for name in RULES], ExecutorOptions(jobs or cores(), file_timeout))
    print_problems(inventory.problems)
    print_document(_rendered(InventoryReport(inventory, undocumented, path_display(project.root)), output))
    if fail_undocumented and any(code.by is None and not code.test for code in inventory.found):
        sys.exit(1)


def _rendered(shown: "InventoryReport", output: str) -> Iterator[str]:
    from rustgate.reports.unsafe_inventory import to_json, to_text  # see `unsafe_command`

    return to_json(shown) if output == "json" else to_text(shown, style_of(sys.stdout))
