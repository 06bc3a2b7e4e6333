"""What `check` says on stderr beside its reports."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rustgate.cli.changes import changes_under_review
from rustgate.cli.console import style_of
from rustgate.cli.report_outputs import Output, wants
from rustgate.engine.baseline import BaselineCounts, baseline_sentence
from rustgate.engine.check import Options, Run
from rustgate.project.declared_files import count_unresolved
from rustgate.reports.findings.report import Changes, Report
from rustgate.reports.findings.summary import summary
from rustgate.reports.sanitize import escape_controls


def summary_remarks(run: Run, report: Report, baseline: BaselineCounts | None, color: str) -> Iterator[str]:
    """Yield the summary of a run, what its baseline held, and remarks about its configuration."""
    yield "\n" * (bool(report.shown) and sys.stderr.isatty())
    yield summary(report, style_of(sys.stderr, color))
    if baseline:
        yield f"rustgate: {baseline_sentence(baseline)}\n"
    if run.data:
        yield f"  {len(run.data):,} {'file is' if len(run.data) == 1 else 'files are'} data that no target compiles: notes at most\n"
    yield from (f"rustgate: {escape_controls(remark)}\n" for remark in run.remarks)


def changes_of(outputs: Sequence[Output], root: Path) -> tuple[Changes | None, tuple[str, ...]]:
    """Return the lines of the change under review, and what stderr says where git cannot tell.

    They are asked for only where workflow commands are written.
    """
    changed, unknown = changes_under_review(root) if wants(outputs, "github") else (None, "")
    return changed, (f"rustgate: {escape_controls(unknown)}\n",) if unknown else ()


def run_details(root: Path, run: Run, rules: int, options: Options) -> Iterator[str]:
    """Yield what `-v` adds on the run and its cache."""
    cache = options.cache
    yield f"  root {root}, {len(run.active)} of {rules} rules, jobs {options.jobs}\n"
    unresolved = count_unresolved(root, run.modules)
    if unresolved.missing or unresolved.built:
        yield f"  not there: files of modules {unresolved.missing:,}, included files that are made while building {unresolved.built:,}\n"
    if cache and cache.moved:
        yield f"  the cache was damaged, or of another program, and was begun anew; its file is now {cache.moved}\n"
    if cache and cache.problem:
        yield f"  no cache: {cache.problem}\n"
    elif cache:
        yield f"  cache {cache.folder}: {cache.found} results found, {cache.new} new\n"


def left_out_remarks(outputs: Sequence[Output], report: Report) -> Iterator[str]:
    """Yield a sentence on findings that a format does not hold."""
    if not wants(outputs, "sarif"):
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
