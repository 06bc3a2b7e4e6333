"""`rustgate unsafe`: arguments to an inventory of unsafe code, as text or JSON."""

import os
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rustgate.cli.options import crew_options

if TYPE_CHECKING:
    from rustgate.inventory import Inventory
    from rustgate.pool import Crew
    from rustgate.project import Project
    from rustgate.reports.inventory import Shown


@click.command("unsafe")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--undocumented", is_flag=True, help="Only what nothing justifies, tests apart; the totals stay the same.")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", help="How to show them (default: text).")
@crew_options
def unsafe_command(paths: tuple[str, ...], output: str, *, undocumented: bool, jobs: int | None, file_timeout: float) -> None:
    """List unsafe code with what justifies it.

    Every unsafe block, function, trait and impl with its SAFETY comment or its `# Safety` section, or without one; totals for each crate,
    in which tests do not count. What a `macro_rules!` macro holds is not seen. PATH is a folder or a file (default: the working folder).
    What the configuration excludes and what git ignores is left out.
    """
    from rustgate.pool import Crew  # the help of this command needs none of these modules
    from rustgate.project import Project
    from rustgate.reports.escape import printable, uncommanding
    from rustgate.reports.inventory import Shown
    from rustgate.workers import cores

    project = Project([Path(path) for path in paths or (".",)])
    inventory = _inventory(paths, project, Crew(jobs or cores(), file_timeout))
    for problem in inventory.problems:
        click.echo(f"rustgate: {printable(problem.path)} {problem.sentence}", err=True)
    shown = Shown(inventory, undocumented, cache(lambda path: os.path.relpath(project.root / path).replace(os.sep, "/")))
    click.echo(uncommanding(_rendered(shown, output)).encode("utf-8", errors="backslashreplace"), nl=False)


def _inventory(paths: Sequence[str], project: "Project", crew: "Crew") -> "Inventory":
    """Read and list; raises `RustgateError` where there is nothing to read."""
    from rustgate.catalog import installed  # see `unsafe_command`
    from rustgate.cli.options import configurations
    from rustgate.engine import Engine, Options
    from rustgate.errors import RustgateError
    from rustgate.inventory import RULES, list_project

    catalog = installed()
    engine = Engine(catalog, configurations(catalog, (), None, isolated=False), Options())
    files = engine.selected(project)
    if not files:
        looked = ", ".join(paths) or "the working folder"
        if project.files:
            raise RustgateError(f"every Rust file in {looked} is excluded by the configuration; name another folder, or change `exclude`")
        raise RustgateError(f"no Rust file found in {looked}; name a folder that holds .rs files which git does not ignore")
    project.require_read_configurations(files)
    return list_project(engine, project, [catalog[name] for name in RULES], crew)


def _rendered(shown: "Shown", output: str) -> str:
    from rustgate.reports.inventory import to_json, to_text  # see `unsafe_command`

    if output == "json":
        return to_json(shown)
    from shutil import get_terminal_size  # only for people

    from rustgate.cli.output import use_color
    from rustgate.reports.metrics_table import UNLIMITED, Look

    width = get_terminal_size().columns if sys.stdout.isatty() else UNLIMITED
    return to_text(shown, Look(width, use_color("auto", sys.stdout)))
