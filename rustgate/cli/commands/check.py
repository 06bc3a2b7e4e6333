"""`rustgate check`: check Rust code."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from rustgate import __version__
from rustgate.cache.store import Cache
from rustgate.cli.baseline_options import given_baseline
from rustgate.cli.cache_options import cache_folder_option, cache_for
from rustgate.cli.changes import changes_under_review
from rustgate.cli.comparison_options import chosen_versions, comparison_of, comparison_options, mark_since, old_findings
from rustgate.cli.options import (
    Configs,
    catalog_of,
    config_options,
    configurations,
    executor_options_of_command,
    installed_rules,
    isolated_configurations,
    nothing_to_read,
    selection,
)
from rustgate.cli.output import Output, read_outputs, write_outputs
from rustgate.cli.printing import style_of
from rustgate.cli.progress import progress
from rustgate.cli.source_reader import reader_of, show_files
from rustgate.engine.baseline import BaselineCounts, baseline_sentence, mark_baseline, summary_of
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
from rustgate.reports.findings.summary import statistics, summary
from rustgate.reports.sanitize import escape_controls
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
    strict_baseline: bool


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--select",
    multiple=True,
    metavar="RULE",
    help="Check only these rules or categories, even if the profile turns them off (repeatable, or joined by commas).",
)
@click.option("--ignore", multiple=True, metavar="RULE", help="Skip these rules or categories.")
@config_options
@click.option(
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
@click.option(
    "--coverage", type=click.Path(path_type=Path), metavar="FILE", help="Coverage report for required-coverage, lcov or Cobertura."
)
@comparison_options
@click.option(
    "--baseline", type=click.Path(path_type=Path), metavar="FILE", help="Accept the findings in this file; only new and grown ones count."
)
@click.option("--strict-baseline", is_flag=True, help="Fail on entries of the baseline that nothing needs, on edits and on new rules, too.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of listing them.")
@click.option("--show-files", is_flag=True, help="List the files that would be checked, and exit.")
@click.option("--stdin-filename", metavar="PATH", help="Path to check standard input (`-`) as.")
@click.option("--force-exclude", is_flag=True, help="Apply the configuration's `exclude` to files named here, too.")
@click.option("--no-suppress", is_flag=True, help="Ignore comments and attributes that mute findings.")
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
    sys.exit(_check(Arguments(**given)))


def _check(arguments: Arguments) -> int:
    """Run the command, and return the exit code."""
    started = time.perf_counter()
    outputs = read_outputs(arguments.output)
    paths = [Path(path) for path in arguments.paths or (".",)]
    versions = chosen_versions(paths, _comparison(arguments))
    project = _project(arguments, versions.checked if versions else DISK)
    baseline = given_baseline(arguments.baseline, project.tree.overlay, strict=arguments.strict_baseline)
    configs = _configs(arguments, project.tree.overlay)
    catalog = catalog_of(configs, dict.fromkeys([project.config_root, *(file.config_root for file in project.files)]))
    options = _options(arguments, catalog, project)
    engine = Engine(installed_rules(), configs, options)
    files = _files(arguments, engine, project)
    if arguments.show_files:
        return show_files(files, project)
    with nullcontext() if arguments.no_progress or arguments.quiet else progress(files) as on_result:
        run = engine.run(project, on_result)
        older = old_findings(engine, project, versions) if versions else ()
    if options.cache:
        options.cache.close()
    run, counts = mark_baseline(run, project.root, baseline, strict=arguments.strict_baseline) if baseline else (run, None)
    run = mark_since(run, older, project, versions, catalog) if versions else run
    changed, unknown = changes_under_review(project.root) if _wants(outputs, "github") else (None, "")
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
        home=home() if _wants(outputs, "sarif", "rdjson") else "",
        rule_url=rule_url,
        changed=changed,
        baseline=summary_of(counts) if counts else None,
    )
    write_outputs(report, outputs, color=arguments.color, for_people=statistics if arguments.statistics else None)
    said = [*_summary(arguments, run, report, counts), *_details(arguments, project, f"{run.rules} of {len(catalog)}", options.cache)]
    said += [f"rustgate: {escape_controls(unknown)}\n"] if unknown else []
    click.echo("".join([*said, *_left_out(outputs, report)]), err=True, nl=False)
    stale = counts.stale if counts and arguments.strict_baseline else 0
    return _exit_code(run, Severity(arguments.fail_on or table.fail_on)) or int(stale > 0)


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
    return int(any(not finding.muted and finding.severity.rank >= fail_on.rank for finding in run.findings))


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


def _summary(arguments: Arguments, run: Run, report: Report, counts: BaselineCounts | None) -> Iterator[str]:
    """Yield what stderr says beside the reports."""
    if not arguments.quiet:
        yield "\n" * (bool(report.shown) and sys.stderr.isatty())
        yield summary(report, style_of(sys.stderr, arguments.color))
        if counts:
            yield f"rustgate: {baseline_sentence(counts)}\n"
        yield from (f"rustgate: {escape_controls(remark)}\n" for remark in run.remarks)


def _left_out(outputs: Sequence[Output], report: Report) -> Iterator[str]:
    """Yield what stderr says of findings that a format does not hold."""
    if not _wants(outputs, "sarif"):
        return
    from rustgate.reports.findings.sarif import MOST_RESULTS, left_out  # imports urllib

    dropped = left_out(report)
    if dropped:
        worst_first = sorted(dropped, key=lambda severity: -severity.rank)
        counts = ", ".join(f"{dropped[severity]:,} {severity}{'s' * (dropped[severity] != 1)}" for severity in worst_first)

        yield (
            f"rustgate: the SARIF report leaves out {counts}: it holds one finding of a rule on a line, and at most {MOST_RESULTS:,}, "
            "chosen by severity and importance\n"
        )


def _wants(outputs: Sequence[Output], *formats: str) -> bool:
    return any(output.format in formats for output in outputs)


def _details(arguments: Arguments, project: Project, rules: str, cache: Cache | None) -> Iterator[str]:
    """Yield what `-v` adds on the run and its cache."""
    if not arguments.verbose:
        return
    yield f"  root {project.root}, {rules} rules, jobs {arguments.jobs or cores()}\n"
    if cache and cache.moved:
        yield f"  the cache was damaged, or of another program, and was begun anew; its file is now {cache.moved}\n"
    if cache:
        yield (
            f"  no cache: {cache.problem}\n" if cache.problem else f"  cache {cache.folder}: {cache.found} results found, {cache.new} new\n"
        )
