"""`rustgate unsafe`: arguments to an inventory of unsafe code, as text or JSON."""

import os
import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import click

from rustgate.cli.options import executor_options_of_command, installed_rules, project_of

if TYPE_CHECKING:
    from rustgate.reports.unsafe_inventory import InventoryReport


@click.command("unsafe")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--undocumented", is_flag=True, help="Only what nothing justifies, tests apart; the totals stay the same.")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", help="How to show them (default: text).")
@executor_options_of_command
def unsafe_command(paths: tuple[str, ...], output: str, *, undocumented: bool, jobs: int | None, file_timeout: float) -> None:
    """List unsafe code with what justifies it.

    Every unsafe block, function, trait and impl with its SAFETY comment or its `# Safety` section, or without one; totals for each crate,
    in which tests do not count. What a `macro_rules!` macro holds is not seen. PATH is a folder or a file (default: the working folder).
    What the configuration excludes and what git ignores is left out.
    """
    from rustgate.engine.unsafe_inventory import RULES, list_project  # the help of this command needs none of these modules
    from rustgate.execution.executor import cores
    from rustgate.execution.options import ExecutorOptions
    from rustgate.reports.sanitize import escape_commands, escape_controls
    from rustgate.reports.unsafe_inventory import InventoryReport

    engine, project = project_of(paths)
    inventory = list_project(engine, project, [installed_rules()[name] for name in RULES], ExecutorOptions(jobs or cores(), file_timeout))
    for problem in inventory.problems:
        click.echo(f"rustgate: {escape_controls(problem.path)} {problem.sentence}", err=True)
    shown = InventoryReport(inventory, undocumented, cache(lambda path: os.path.relpath(project.root / path).replace(os.sep, "/")))
    click.echo(escape_commands("".join(_rendered(shown, output))).encode("utf-8", errors="backslashreplace"), nl=False)


def _rendered(shown: "InventoryReport", output: str) -> Iterator[str]:
    from rustgate.reports.unsafe_inventory import to_json, to_text  # see `unsafe_command`

    if output == "json":
        return to_json(shown)
    from rustgate.cli.output import style_of  # only for people

    return to_text(shown, style_of(sys.stdout))
