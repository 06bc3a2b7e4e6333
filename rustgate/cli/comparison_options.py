"""Options of a comparison with an older version."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rustgate.engine.check import Engine, Run
from rustgate.errors import RustgateError
from rustgate.model.finding import Finding
from rustgate.model.rule import Rule
from rustgate.project.comparison import Comparison
from rustgate.project.project import Project
from rustgate.project.root import find_root
from rustgate.reports.sanitize import escape_controls

if TYPE_CHECKING:
    from rustgate.project.versions import Versions

_SINCE = click.option(
    "--since",
    metavar="REV|auto",
    help="Count only what is new since HEAD and REV part; `auto` finds the target branch in CI or the upstream branch.",
)
_EXACT = click.option("--exact", is_flag=True, help="With --since, compare with REV itself.")
_STAGED = click.option(
    "--staged", is_flag=True, help="Check what is staged instead of the working tree, and count only what is new since HEAD."
)


def comparison_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--since`, `--exact` and `--staged` to a command."""
    return _SINCE(_EXACT(_STAGED(command)))


def comparison_of(since: str | None, *, exact: bool, staged: bool, names: tuple[str, ...] = ()) -> Comparison | None:
    """Return what to compare with, if anything; raises `RustgateError`."""
    if exact and since is None:
        raise RustgateError("--exact goes with --since; add --since REV")
    return Comparison(since, exact, staged, names) if since is not None or staged else None


def chosen_versions(paths: Sequence[Path], comparison: Comparison | None) -> "Versions | None":
    """Return the versions to compare, and say which; None for a plain run."""
    if comparison is None:
        return None
    if Path("-") in paths:
        raise RustgateError("`-` reads standard input, which has no older version; leave out --since and --staged, or name a path")
    from rustgate.project.versions import read_versions

    versions = read_versions(find_root([Path(os.path.abspath(path)) for path in paths]), comparison, os.environ)
    notes = [versions.sentence, *(f"note: {note}" for note in versions.base.notes)]
    click.echo("".join(f"rustgate: {escape_controls(note)}\n" for note in notes), err=True, nl=False)
    return versions


def old_findings(engine: Engine, project: Project, versions: "Versions") -> tuple[Finding, ...]:
    """Return the findings of the older version."""
    from rustgate.engine.since import old_run

    return old_run(engine, project, versions).findings


def mark_since(run: Run, older: Sequence[Finding], project: Project, versions: "Versions", catalog: Mapping[str, Rule]) -> Run:
    """Mark the findings that the older version has, too."""
    from rustgate.engine.since import Since, mark

    return mark(run, Since(versions, older, project.root), catalog)
