"""`rustgate baseline`: accept what is there today."""

from pathlib import Path

import click

from rustgate.cli.options import project_of
from rustgate.engine.baseline import baseline_of
from rustgate.errors import RustgateError
from rustgate.reference.baseline_file import format_baseline
from rustgate.reports.sanitize import escape_controls

_FILE = "rustgate-baseline.jsonl"


@click.group("baseline")
def baseline_command() -> None:
    """Accept the findings of today, so that only new ones count."""


@baseline_command.command("create")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--output", type=click.Path(path_type=Path), default=_FILE, metavar="FILE", help=f"File to write (default: {_FILE}).")
@click.option("--force", is_flag=True, help="Overwrite the file.")
def create_command(paths: tuple[str, ...], output: Path, *, force: bool) -> None:
    """Write a baseline of what `check` finds in PATHs."""
    if output.exists() and not force:
        raise RustgateError(f"{output} exists; --force overwrites it, and accepts everything that is found today")
    engine, project = project_of(paths)
    baseline = baseline_of(engine.run(project), project.root, output)
    output.write_bytes(format_baseline(baseline))
    accepted = sum(entry.count for entry in baseline.entries)
    click.echo(escape_controls(f"rustgate: {output} accepts {accepted:,} findings; check with --baseline {output}"), err=True)
