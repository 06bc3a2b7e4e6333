"""Report in Markdown, for the summary of a CI step or a comment."""

import re
from collections.abc import Iterator

from rustgate.model.finding import Finding
from rustgate.reports.findings.importance import most_important_first
from rustgate.reports.findings.report import Report
from rustgate.reports.findings.summary import headline, not_checked
from rustgate.reports.sanitize import escape_controls
from rustgate.reports.terminal import TextStyle

MOST_BYTES = 1024 * 1024
"""Bytes that GitHub takes of one step's summary; of a longer one it shows nothing."""
_FOR_THE_END = 4_096
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!&~])")


def render(report: Report, _style: TextStyle) -> Iterator[str]:
    """Yield the counts, a table of rules, and the findings, most important first.

    It stays under `MOST_BYTES`; what does not fit is counted in a sentence.
    """
    yield f"## {_escaped(headline(report))}\n"
    yield from (f"\n{_escaped(line.strip())}\n" for line in not_checked(report))
    if not report.counting:
        return
    yield "\n| rule | findings |\n| --- | ---: |\n"
    yield from (f"| {_rule(rule, report)} | {count:,} |\n" for rule, count in report.by_rule.most_common())
    yield "\n| | where | rule | what is wrong |\n| --- | --- | --- | --- |\n"
    yield from _rows(report)


def _rows(report: Report) -> Iterator[str]:
    room = MOST_BYTES - _FOR_THE_END - sum(len(rule) + _FOR_THE_END // 16 for rule in report.by_rule)
    findings = most_important_first(report.counting, report.rules)
    for shown, finding in enumerate(findings):
        row = _row(finding, report)
        room -= len(row.encode(errors="backslashreplace"))
        if room < 0:
            yield f"\n{len(findings) - shown:,} more findings are not shown here, because a summary holds at most 1 MiB.\n"
            return
        yield row


def _row(finding: Finding, report: Report) -> str:
    where = f"`{escape_controls(finding.path).replace('`', '').replace('|', '')}:{finding.line}`"
    return f"| {finding.severity} | {where} | {_rule(finding.rule, report)} | {_escaped(finding.message)} |\n"


def _rule(rule: str, report: Report) -> str:
    url = report.url(rule)
    return f"[{rule}]({url})" if url else rule


def _escaped(text: str) -> str:
    """Escape what Markdown or HTML could take for a mark; code in backticks becomes code."""
    parts = escape_controls(text).replace("\n", " ").split("`")
    if len(parts) % 2 == 0:
        return _SPECIAL.sub(r"\\\1", "`".join(parts))
    code = [f"`{part.replace('|', chr(92) + '|')}`" if index % 2 else _SPECIAL.sub(r"\\\1", part) for index, part in enumerate(parts)]
    return "".join(code)
