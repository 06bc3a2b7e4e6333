"""SARIF 2.1.0 report, made for code scanning.

Its limits are those of code scanning's upload.
"""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from rustgate.model.finding import Finding, Severity
from rustgate.model.rule import Rule
from rustgate.reports.findings.code_scanning_hash import line_hashes
from rustgate.reports.findings.importance import choose, most_important_first
from rustgate.reports.findings.report import Report, source_lines
from rustgate.reports.json_document import json_text
from rustgate.reports.terminal import TextStyle

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS = 5_000
"""Results that code scanning keeps of one upload; the others are left out here, and counted on stderr."""
_MAX_TAGS = 10
_MAX_CHARACTERS = 1_024


def render(report: Report, _style: TextStyle) -> Iterator[str]:
    """Yield the SARIF document, ending in a line end.

    It holds one run with all rules and at most `MOST_RESULTS` results.
    """
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
    yield json_text(document)


def left_out(report: Report) -> Counter[Severity]:
    """Count the findings that are not in the document, by severity.

    Those beyond the upload's limit, and those that share rule and line with another.
    """
    return Counter(finding.severity for finding in report.shown) - Counter(finding.severity for finding in _chosen(report))


def _run(report: Report) -> dict[str, Any]:
    indexes = {name: index for index, name in enumerate(report.rules)}
    results = sorted(_chosen(report), key=lambda finding: finding.order)
    home = {"informationUri": report.home} if report.home else {}
    driver = {
        "name": "rustgate",
        **home,
        "semanticVersion": report.version,
        "version": report.version,
        "rules": [_rule(rule, report) for rule in report.rules.values()],
    }
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"rustgate/{report.profile}/"},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "results": list(_results(report, results, indexes)),
    }


def _chosen(report: Report) -> list[Finding]:
    """Return the findings to write.

    There is one for each rule and line, because two would have the same line hash.
    """
    first: dict[tuple[str, str, int], Finding] = {}
    for finding in most_important_first(report.shown, report.rules):
        first.setdefault((finding.path, finding.rule, finding.line), finding)
    return choose(list(first.values()), MOST_RESULTS)


def _rule(rule: Rule, report: Report) -> dict[str, Any]:
    profile, url = report.profile, report.url(rule.name)
    severity = rule.severity[profile.rank] or next(level for level in rule.severity if level)
    properties: dict[str, Any] = {
        "tags": [rule.category, *(tag for tag in rule.tags if tag != rule.category)][:_MAX_TAGS],
        "precision": rule.precision,
        "problem.severity": "recommendation" if severity is Severity.NOTE else severity.value,
    }
    if rule.security_severity:
        properties["security-severity"] = rule.security_severity
    return {
        "id": rule.name,
        "name": _pascal_case(rule.name),
        "shortDescription": {"text": _shortened(_sentence(rule.title))},
        "fullDescription": {"text": _shortened(_sentence(rule.why))},
        **({"helpUri": url} if url else {}),
        "help": {"text": _shortened(rule.why), "markdown": rule.markdown},
        "defaultConfiguration": {"level": severity.value, "enabled": rule.severity[profile.rank] is not None},
        "properties": properties,
    }


def _pascal_case(name: str) -> str:
    """Return a rule's name as one word.

    It must differ from the rule's id in more than case.
    """
    words = name.split("-")
    return "".join(word.capitalize() for word in [*words, *(["rule"] if len(words) == 1 else [])])


def _results(report: Report, findings: list[Finding], indexes: dict[str, int]) -> Iterator[dict[str, Any]]:
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        by_path.setdefault(finding.path, []).append(finding)
    for path, group in by_path.items():
        lines = source_lines(report, path)
        hashes = line_hashes(report.read(path), {finding.line for finding in group})
        for finding in group:
            line = lines[finding.line - 1] if finding.line <= len(lines) else ""
            yield _result(finding, line, hashes.get(finding.line), indexes[finding.rule])


def _columns(finding: Finding, line: str) -> tuple[int, int]:
    """Return the columns where a finding begins and ends.

    One that is about a whole line, and so has no width, covers the visible part of the line.
    """
    if finding.end_column > 1 or not line.strip():
        return finding.column, finding.end_column
    return len(line) - len(line.lstrip()) + 1, len(line.rstrip()) + 1


def _result(finding: Finding, line: str, line_hash: str | None, index: int) -> dict[str, Any]:
    start, end = _columns(finding, line)
    region = {
        "startLine": finding.line,
        "startColumn": _utf16_column(line, start),
        "endLine": finding.end_line,
        "endColumn": _utf16_column(line, end),
    }
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": _sentence(finding.message)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(os.fsencode(finding.path), safe="/"), "uriBaseId": "%SRCROOT%"},
                    "region": region,
                }
            }
        ],
        "partialFingerprints": {"rustgate/v1": finding.fingerprint},
    }
    if line_hash:
        result["partialFingerprints"]["primaryLocationLineHash"] = line_hash
    if finding.item:
        result["locations"][0]["logicalLocations"] = [{"fullyQualifiedName": finding.item}]
    if finding.muted:
        kind = "inSource" if finding.muted.by == "suppression" else "external"
        reason = {"justification": finding.muted.reason} if finding.muted.reason else {}
        result["suppressions"] = [{"kind": kind, **reason}]
    return result


def _utf16_column(line: str, column: int) -> int:
    """Convert a column from characters to UTF-16 code units.

    Both are 1-based.
    """
    return len(line[: column - 1].encode("utf-16-le", errors="surrogatepass")) // 2 + 1


def _shortened(markdown: str) -> str:
    """Join the lines of a text and cut it to `_MAX_CHARACTERS`."""
    text = " ".join(markdown.split())
    return text if len(text) <= _MAX_CHARACTERS else text[: _MAX_CHARACTERS - 1].rstrip() + "…"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
