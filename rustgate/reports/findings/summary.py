"""What a run ends with: counts, what was not checked, and what to do next."""

from collections import Counter
from collections.abc import Iterator

from rustgate.model.finding import Severity
from rustgate.model.rule import UNREADABLE
from rustgate.reports.findings.entries import BOLD, COLORS, DIM
from rustgate.reports.findings.report import Report
from rustgate.reports.terminal import PLAIN, TextStyle, wrapped

_GREEN = "32;1"
_COLUMNS = ((Severity.ERROR, 6), (Severity.WARNING, 8), (Severity.NOTE, 5))
_MOST_FREQUENT = 3
_MANY = 100
"""Findings from which on a repository is taken for one that begins with rustgate."""
_INDENT = "  "


def summary(report: Report, style: TextStyle = PLAIN) -> str:
    """Return the counts, what was not checked, and the next steps.

    Of a run without findings that is one line.
    """
    counts = headline(report, style, f"{report.seconds:.2f} s")
    first, *rest = wrapped(counts, style.width - len(_INDENT), first=-len(_INDENT))
    lines = [first, *(f"{_INDENT}{line}" for line in rest), *not_checked(report)]
    if report.counting:
        lines += [*_most_frequent(report, style), *_next_steps(report, style)]
    return "".join(f"{line}\n" for line in lines)


def headline(report: Report, style: TextStyle = PLAIN, *more: str) -> str:
    """Return the counts of findings, files and lines; `more` is said beside the profile."""
    counted = [
        style.paint(_plural(report.counts[severity], severity), COLORS[severity])
        for severity in sorted(Severity, key=lambda severity: -severity.rank)
        if report.counts[severity]
    ]
    found = ", ".join(counted) or style.paint("no findings", _GREEN)
    muted = f", {report.muted:,} muted" if report.muted else ""
    where = f"{report.files_with_findings:,} of " if counted and report.files > 1 else ""
    read = ", ".join((_plural(report.lines, "line"), f"profile {report.profile}", *more))
    return f"{style.paint('rustgate:', BOLD)} {found}{muted} in {where}{_plural(report.files, 'file')} ({read})"


def not_checked(report: Report) -> Iterator[str]:
    """Yield sentences on what could not be checked."""
    syntax, unreadable = report.by_rule["syntax-error"], report.by_rule[UNREADABLE]
    if syntax:
        yield f"{_INDENT}{_plural(syntax, 'syntax error')}: what could be read around {'it' if syntax == 1 else 'them'} was checked"
    if unreadable:
        yield f"{_INDENT}{_plural(unreadable, 'file')} could not be read and {'was' if unreadable == 1 else 'were'} not checked"


def statistics(report: Report, style: TextStyle = PLAIN) -> Iterator[str]:
    """Yield a table of the rules with findings, most findings first."""
    counts = Counter((finding.rule, finding.severity) for finding in report.counting)
    totals = report.by_rule
    if not totals:
        return
    width = max(len(rule) for rule in totals)
    lines = [style.paint(f"{'rule':{width}}  errors  warnings  notes", DIM)]
    for rule, _ in _ranked(totals):
        numbers = [_number(counts[rule, severity], column, severity, style) for severity, column in _COLUMNS]
        lines.append(f"{rule:{width}}  {'  '.join(numbers)}".rstrip())
    yield "\n".join(lines) + "\n"


def _ranked(totals: Counter[str]) -> list[tuple[str, int]]:
    return sorted(totals.items(), key=lambda entry: (-entry[1], entry[0]))


def _number(count: int, width: int, severity: Severity, style: TextStyle) -> str:
    text = f"{count or '-':>{width}}"
    return style.paint(text, COLORS[severity]) if count else text


def _most_frequent(report: Report, style: TextStyle) -> Iterator[str]:
    """Yield the rules with most findings, where there are several."""
    if len(report.by_rule) > 1:
        frequent = ", ".join(f"{rule} ({count:,})" for rule, count in _ranked(report.by_rule)[:_MOST_FREQUENT])
        yield from _hanging("most: ", frequent, style)


def _next_steps(report: Report, style: TextStyle) -> Iterator[str]:
    name = _ranked(report.by_rule)[0][0]
    steps = [f"`rustgate explain {name}` says why and how to fix it"]
    if report.rules[name].raised_by is None:
        mark = "#" if report.rules[name].reads_manifests else "//"
        steps.append(f"suppress one finding with `{mark} rustgate: allow({name}) -- reason`")
    if report.baseline is None and len(report.counting) >= _MANY:
        steps = [steps[0], "`rustgate baseline create` accepts what is there today, so that only new findings count"]
    yield from _hanging("next: ", "; ".join(steps), style)


def _hanging(label: str, text: str, style: TextStyle) -> Iterator[str]:
    hanging = _INDENT + " " * len(label)
    first, *rest = wrapped(text, style.width - len(hanging))
    yield f"{_INDENT}{style.paint(label, DIM)}{first}"
    yield from (f"{hanging}{line}" for line in rest)


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
