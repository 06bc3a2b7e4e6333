"""`rustgate baseline`: accept what is there today."""

import os
import sys
from pathlib import Path

import click

from rustgate.cli.console import print_document
from rustgate.cli.options import complete_rules, configurations, installed_rules, project_of, selection
from rustgate.cli.sections import HelpfulGroup
from rustgate.engine.baseline import baseline_of, entry_places, read_baseline
from rustgate.engine.baseline_update import updated_baseline
from rustgate.errors import RustgateError
from rustgate.filesystem.git import git
from rustgate.project.project import Project
from rustgate.reference.baseline_file import Baseline, format_baseline, parse_baseline
from rustgate.reference.difference import differences
from rustgate.reference.merge import merge_baselines
from rustgate.reports.baselines import DIFFERENCE_FORMATS, Located, Place, entries_json, entries_text
from rustgate.reports.sanitize import escape_controls

_FILE = "rustgate-baseline.jsonl"
_DEFAULT = f"by default that of the configuration, or {_FILE}"


def _configured(project: Project) -> Path:
    """Return the baseline of the configuration, relative to the working folder, or the usual name."""
    named = configurations(installed_rules(), (), None)(project.config_root).baseline
    return Path(os.path.relpath(named)) if named else Path(_FILE)


@click.group("baseline", cls=HelpfulGroup)
def baseline_command() -> None:
    """Accept the findings of today, so that only new ones count."""


@baseline_command.command("create")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"File to write (default: that of the configuration, or {_FILE}).",
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
def create_command(paths: tuple[str, ...], output: Path | None, *, force: bool) -> None:
    """Write a baseline of what `check` finds in PATHs."""
    engine, project = project_of(paths)
    output = output or _configured(project)
    if output.exists() and not force:
        raise RustgateError(f"{output} exists; --force overwrites it, and accepts everything that is found today")
    baseline = baseline_of(engine.run(project), project.root, output)
    output.write_bytes(format_baseline(baseline))
    accepted = sum(entry.count for entry in baseline.entries)
    click.echo(escape_controls(f"rustgate: {output} accepts {accepted:,} findings; check with --baseline {output}"), err=True)


@baseline_command.command("merge")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def merge_command(file: Path | None) -> None:
    """Merge the versions of FILE that git could not.

    Writes FILE and does not add it. The exit code is 1 if both sides changed an entry in different ways; then the tighter one counts.
    """
    file = file or _configured(Project([Path()]))
    base, ours, theirs = (git(file.absolute().parent, "show", f":{stage}:./{file.name}") for stage in (1, 2, 3))
    if ours is None and theirs is None:
        click.echo(escape_controls(f"rustgate: nothing to merge: git has no conflict in {file}"), err=True)
        return
    if ours is None or theirs is None:
        raise RustgateError(f"one side of the merge deleted {file}; decide by `git rm {file}` or `git add {file}`")
    before = parse_baseline(base.stdout, f"{file} (base)") if base else Baseline()
    merged, ambiguous = merge_baselines(
        before, parse_baseline(ours.stdout, f"{file} (ours)"), parse_baseline(theirs.stdout, f"{file} (theirs)")
    )
    file.write_bytes(format_baseline(merged))
    for path, rule, item, _ in ambiguous:
        click.echo(escape_controls(f"rustgate: both sides changed {path}: {rule} {item}; look at it"), err=True)
    click.echo(escape_controls(f"rustgate: merged {file}; `git add {file}` marks it as resolved"), err=True)
    sys.exit(int(bool(ambiguous)))


@baseline_command.command("update")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--file", type=click.Path(path_type=Path), metavar="FILE", help=f"Baseline to update (default: that of the configuration, or {_FILE})."
)
@click.option("--accept-new", is_flag=False, flag_value="all", default=None, metavar="RULE,..", help="Accept new findings, too (of RULEs).")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; the exit code is 1 if something would change.")
def update_command(paths: tuple[str, ...], file: Path | None, accept_new: str | None, *, only_check: bool) -> None:
    """Remove entries that nothing needs, tighten values, follow moves."""
    engine, project = project_of(paths)
    file = file or _configured(project)
    run, given = engine.run(project), read_baseline(file)
    names = accept_new.split(",") if accept_new not in {None, "all"} and accept_new else []
    accept = run.active if accept_new == "all" else selection(installed_rules(), names, ()).select
    baseline, added = updated_baseline(run, project.root, given, accept)
    text = format_baseline(baseline)
    changed = text != file.read_bytes()
    if changed and not only_check:
        file.write_bytes(text)
    for finding in added:
        click.echo(escape_controls(f"rustgate: accepted {finding.path}:{finding.line}: {finding.rule}: {finding.problem}"), err=True)
    done = "would change" if only_check else "updated"
    click.echo(escape_controls(f"rustgate: {done} {file}" if changed else f"rustgate: {file} is up to date"), err=True)
    sys.exit(int(changed and only_check))


@baseline_command.command("diff")
@click.argument("old")
@click.argument("new", required=False)
@click.option("-o", "--output", type=click.Choice(list(DIFFERENCE_FORMATS)), default="text", help="Output format (default: text).")
def diff_command(old: str, new: str | None, output: str) -> None:
    """Show what differs between two versions of a baseline.

    OLD and NEW are files, or REV:FILE for a file of a git revision; NEW is the baseline as it is, if it is not named. The exit code is 0.
    """
    current = str(_configured(Project([Path()])))
    found = [*differences(_version(old), _version(new or current))]
    print_document(DIFFERENCE_FORMATS[output](found))


@baseline_command.command("show")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--file", type=click.Path(path_type=Path), metavar="FILE", help=f"Baseline to show; {_DEFAULT}.")
@click.option("--rule", "rules", multiple=True, shell_complete=complete_rules, help="Show only these rules or categories.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="Output format (default: text).")
def show_command(paths: tuple[str, ...], file: Path | None, rules: tuple[str, ...], output: str) -> None:
    """Show each entry with where it is today, or that it is stale."""
    chosen = selection(installed_rules(), rules, ()).select
    engine, project = project_of(paths)
    given = read_baseline(file or _configured(project))
    places = entry_places(engine.run(project), project.root, given)
    rows = [
        Located(entry, tuple(Place(finding.path, finding.line) for finding in found))
        for entry, found in places
        if not chosen or entry.rule in chosen
    ]
    print_document((entries_json if output == "json" else entries_text)(rows))


def _version(name: str) -> Baseline:
    """Read a baseline from a file, or from a git revision as REV:FILE."""
    revision, colon, path = name.partition(":")
    if not colon or os.path.exists(name):
        return read_baseline(Path(name)).baseline
    file = Path(path)
    answer = git(file.absolute().parent, "show", "--end-of-options", f"{revision}:./{file.name}")
    if answer is None:
        raise RustgateError(f"git knows no {path} in {revision}; name a revision that has it, or a file")
    return parse_baseline(answer.stdout, name)
