"""`rustgate check`: check Rust code."""

import os
import sys
import time
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from rustgate import __version__
from rustgate.cli.baseline_options import given_baseline
from rustgate.cli.cache_options import cache_folder_option, cache_for
from rustgate.cli.comparison_options import chosen_versions, comparison_of, comparison_options, mark_since, old_findings
from rustgate.cli.options import (
    Configs,
    catalog_of,
    complete_rules,
    config_options,
    configurations,
    executor_options_of_command,
    installed_rules,
    isolated_configurations,
    nothing_to_read,
    selection,
)
from rustgate.cli.progress import progress
from rustgate.cli.remarks import changes_of, left_out_remarks, run_details, summary_remarks
from rustgate.cli.report_outputs import read_outputs, wants, write_outputs
from rustgate.cli.sections import SectionedCommand
from rustgate.cli.source_reader import reader_of, show_files
from rustgate.engine.baseline import BaselineFile, mark_baseline, summary_of
from rustgate.engine.check import Engine, Options, Run
from rustgate.errors import RustgateError
from rustgate.execution.executor import cores
from rustgate.filesystem.overlay import DISK, Overlay
from rustgate.model.finding import Severity
from rustgate.model.rule import Rule
from rustgate.project.comparison import Comparison
from rustgate.project.coverage import Coverage, located, read_coverage
from rustgate.project.project import NAMELESS, Project, SourceFile
from rustgate.reports.findings.formats import FORMATS
from rustgate.reports.findings.report import Report
from rustgate.reports.findings.summary import statistics
from rustgate.rules.urls import home, rule_url

STDIN = "-"


class Arguments(Struct, frozen=True):
    """Arguments of `check`."""

    paths: tuple[str, ...]
    config: tuple[str, ...]
    isolated: bool
    profile: str | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    output: tuple[str, ...]
    fail_on: str | None
    exit_zero: bool
    watch: bool
    statistics: bool
    show_files: bool
    stdin_filename: str | None
    force_exclude: bool
    no_suppress: bool
    show_muted: bool
    jobs: int | None
    file_timeout: float
    quiet: bool
    verbose: bool
    color: str
    no_progress: bool
    coverage: Path | None
    no_cache: bool
    cache_dir: Path | None
    since: str | None
    exact: bool
    staged: bool
    baseline: Path | None
    no_baseline: bool
    strict_baseline: bool


@click.command(
    "check",
    cls=SectionedCommand,
    sections={
        "What to check": ("select", "ignore", "profile", "config", "isolated", "coverage", "stdin_filename", "force_exclude", "show_files"),
        "What to report": ("output", "statistics", "no_suppress", "show_muted", "color", "quiet", "verbose", "no_progress"),
        "What counts": ("since", "exact", "staged", "baseline", "no_baseline", "strict_baseline"),
        "When to fail": ("fail_on", "exit_zero"),
        "How to run": ("watch", "jobs", "file_timeout", "no_cache", "cache_dir"),
    },
    examples={
        "rustgate check crates/": "Check a folder by its configuration.",
        "rustgate check --select panics,todo-comment": "Check one category and one rule.",
        "rustgate check -o sarif=out.sarif -o concise": "Write a report for code scanning and one to read.",
        "rustgate check --watch": "Check again whenever a file changes.",
    },
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--select",
    multiple=True,
    metavar="RULE",
    shell_complete=complete_rules,
    help="Check only these rules or categories, even if the profile turns them off (repeatable, or joined by commas).",
)
@click.option("--ignore", multiple=True, metavar="RULE", shell_complete=complete_rules, help="Skip these rules or categories.")
@config_options
@click.option(
    "-o",
    "--output",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"Write a report ({', '.join(FORMATS)}) to a file or, once, to standard output (repeatable).",
)
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    help="Lowest severity that makes the exit code 1 (default: error).",
)
@click.option("-e", "--exit-zero", is_flag=True, help="Exit with 0 whatever is found; mistakes still exit with 2.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
@click.option(
    "--coverage", type=click.Path(path_type=Path), metavar="FILE", help="Coverage report for required-coverage, lcov or Cobertura."
)
@comparison_options
@click.option(
    "--baseline", type=click.Path(path_type=Path), metavar="FILE", help="Accept the findings in this file; only new and grown ones count."
)
@click.option("--no-baseline", is_flag=True, help="Use no baseline, whatever the configuration names.")
@click.option("--strict-baseline", is_flag=True, help="Fail on entries of the baseline that nothing needs, on edits and on new rules, too.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of listing them.")
@click.option("--show-files", is_flag=True, help="List the files that would be checked, and exit.")
@click.option("--stdin-filename", metavar="PATH", help="Path to check standard input (`-`) as.")
@click.option("--force-exclude", is_flag=True, help="Apply the configuration's `exclude` to files named here, too.")
@click.option("--no-suppress", is_flag=True, help="Ignore comments and attributes that suppress findings.")
@click.option("--show-muted", is_flag=True, help="List muted findings, too, with the reason.")
@executor_options_of_command
@click.option("-q", "--quiet", is_flag=True, help="Print no summary.")
@click.option("-v", "--verbose", is_flag=True, help="Print the root, rules, jobs and cache of the run.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Color the text report (default: auto).")
@click.option("--no-progress", is_flag=True, help="Show no progress bar.")
@click.option("--no-cache", is_flag=True, help="Check every file anew, and cache nothing.")
@cache_folder_option
def check_command(**given: Any) -> None:
    """Check Rust code.

    PATH is a file or folder (default: the working folder); `-` reads standard input. The exit code is 0 without findings at or above
    --fail-on, 1 with some, and 2 for a usage or configuration error.
    """
    arguments = Arguments(**given)
    if arguments.watch:
        _watch(arguments)
    sys.exit(_check(arguments))


def _watch(arguments: Arguments) -> None:
    """Check until Ctrl-C."""
    from rustgate.cli.watch import watch  # only this option needs it

    if STDIN in arguments.paths:
        raise RustgateError("--watch watches files; name some instead of `-`")
    watch(arguments.paths, [argument for argument in sys.argv[2:] if argument != "--watch"])


def _check(arguments: Arguments) -> int:
    """Run the command, and return the exit code."""
    started = time.perf_counter()
    outputs = read_outputs(arguments.output)
    paths = [Path(path) for path in arguments.paths or (".",)]
    versions = chosen_versions(paths, _comparison(arguments))
    project = _project(arguments, versions.checked if versions else DISK)
    configs = _configs(arguments, project.tree.overlay)
    catalog = catalog_of(configs, dict.fromkeys([project.config_root, *(file.config_root for file in project.files)]))
    baseline = _baseline(arguments, project, configs)
    options = _options(arguments, catalog, project)
    engine = Engine(installed_rules(), configs, options)
    files = _files(arguments, engine, project)
    if arguments.show_files:
        return show_files(engine.declarations(project, files).compiled(files), project)
    with nullcontext() if arguments.no_progress or arguments.quiet else progress(files) as on_result:
        run = engine.run(project, on_result)
        older = old_findings(engine, project, versions) if versions else ()
    if options.cache:
        options.cache.close()
    run, counts = mark_baseline(run, project.root, baseline, strict=arguments.strict_baseline) if baseline else (run, None)
    run = mark_since(run, older, project, versions, catalog) if versions else run
    changed, unknown = changes_of(outputs, project.root)
    table = configs(project.config_root).table
    report = Report(
        version=__version__,
        profile=table.profile,
        root=os.path.relpath(project.root).replace(os.sep, "/"),
        rules=catalog,
        findings=run.findings,
        show_muted=arguments.show_muted,
        files=len(run.files),
        lines=run.lines,
        seconds=time.perf_counter() - started,
        read=reader_of(project, table.max_file_size),
        home=home() if wants(outputs, "sarif", "rdjson") else "",
        rule_url=rule_url,
        changed=changed,
        baseline=summary_of(counts) if counts else None,
    )
    write_outputs(report, outputs, color=arguments.color, for_people=statistics if arguments.statistics else None)
    said = [*summary_remarks(run, report, counts, arguments.color)] if not arguments.quiet else []
    said += run_details(project.root, run, len(catalog), options) if arguments.verbose else []
    click.echo("".join([*said, *unknown, *left_out_remarks(outputs, report)]), err=True, nl=False)
    stale = bool(counts and arguments.strict_baseline and counts.stale)
    return 0 if arguments.exit_zero else _exit_code(run, Severity(arguments.fail_on or table.fail_on)) or int(stale)


def _baseline(arguments: Arguments, project: Project, configs: Configs) -> BaselineFile | None:
    """Return the baseline that was named, or that of the configuration."""
    if arguments.no_baseline and (arguments.baseline or arguments.strict_baseline):
        raise RustgateError("--no-baseline goes with neither --baseline nor --strict-baseline; leave one out")
    named = arguments.baseline or (None if arguments.no_baseline else configs(project.config_root).baseline)
    return given_baseline(named, project.tree.overlay, strict=arguments.strict_baseline)


def _comparison(arguments: Arguments) -> Comparison | None:
    names = (arguments.baseline.name,) if arguments.baseline else ()
    return comparison_of(arguments.since, exact=arguments.exact, staged=arguments.staged, names=names)


def _configs(arguments: Arguments, checked: Overlay) -> Configs:
    if arguments.isolated:
        return isolated_configurations(installed_rules(), arguments.config, arguments.profile)
    return configurations(installed_rules(), arguments.config, arguments.profile, checked)


def _options(arguments: Arguments, catalog: Mapping[str, Rule], project: Project) -> Options:
    return Options(
        selection=selection(catalog, arguments.select, arguments.ignore),
        jobs=arguments.jobs or cores(),
        suppress=not arguments.no_suppress,
        force_exclude=arguments.force_exclude,
        coverage=_coverage(arguments, project),
        file_timeout=arguments.file_timeout,
        cache=None if arguments.no_cache or STDIN in arguments.paths else cache_for(project.trees, arguments.cache_dir),
    )


def _exit_code(run: Run, fail_on: Severity) -> int:
    return int(
        any(not finding.muted and finding.severity.rank >= fail_on.rank and finding.path not in run.data for finding in run.findings)
    )


def _files(arguments: Arguments, engine: Engine, project: Project) -> tuple[SourceFile, ...]:
    """Return the files to check.

    Raises `RustgateError` if there are none, unless all files were named and are excluded, or something was unreadable.
    """
    files = engine.selected(project)
    if not arguments.isolated:
        project.require_read_configurations(files)
    found = project.files or project.problems
    if not found or (not files and not all(file.named for file in project.files)):
        raise nothing_to_read(arguments.paths, project)
    return files


def _coverage(arguments: Arguments, project: Project) -> Coverage | None:
    """Read the coverage report, if one was given.

    Its paths become those of the project.
    """
    if arguments.coverage is None:
        if "required-coverage" in ",".join(arguments.select).split(","):
            raise RustgateError("required-coverage needs a coverage report; add --coverage FILE with what lcov or Cobertura wrote")
        return None
    return located(read_coverage(arguments.coverage), (file.path for file in project.files), project.root)


def _project(arguments: Arguments, checked: Overlay) -> Project:
    """Return the project of the given paths.

    `-` is standard input.
    """
    if STDIN not in arguments.paths:
        if arguments.stdin_filename:
            raise RustgateError("--stdin-filename goes with `-`; add `-` to read standard input")
        return Project([Path(path) for path in arguments.paths or (".",)], checked)
    if len(arguments.paths) > 1:
        raise RustgateError("`-` reads standard input and goes with no other path")
    name = Path(arguments.stdin_filename or NAMELESS)
    return Project([name], Overlay({os.path.abspath(name): sys.stdin.buffer.read()}))
