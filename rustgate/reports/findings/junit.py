"""JUnit report: a failed test case for each finding.

The elements are those that Jenkins, GitLab and Azure read: https://github.com/testmoapp/junitxml.
"""

from collections.abc import Iterator
from itertools import groupby

from rustgate.model.finding import Finding
from rustgate.reports.findings.report import Report
from rustgate.reports.findings.xml import HEAD, tag, text
from rustgate.reports.terminal import TextStyle


def render(report: Report, _style: TextStyle) -> Iterator[str]:
    """Yield the document: a suite for each file, or one with a passed case where nothing was found."""
    count = len(report.counting)
    totals = {"tests": max(count, 1), "failures": count, "errors": 0}
    yield f"{HEAD}<{tag('testsuites', {'name': 'rustgate', **totals})}>\n"
    for path, group in groupby(report.counting, key=lambda finding: finding.path):
        findings = list(group)
        yield f"  <{tag('testsuite', {'name': path, 'tests': len(findings), 'failures': len(findings), 'errors': 0})}>\n"
        yield from map(_case, findings)
        yield "  </testsuite>\n"
    if not count:
        yield f"  <{tag('testsuite', {'name': 'rustgate', **totals})}>\n"
        yield f"    <{tag('testcase', {'name': 'no findings', 'classname': 'rustgate'})}/>\n  </testsuite>\n"
    yield "</testsuites>\n"


def _case(finding: Finding) -> str:
    name = f"{finding.rule} at {finding.line}:{finding.column}"
    case = tag("testcase", {"name": name, "classname": finding.path, "file": finding.path, "line": finding.line})
    failure = tag("failure", {"type": finding.severity.value, "message": finding.message})
    where = text(f"{finding.path}:{finding.line}:{finding.column}: {finding.severity}[{finding.rule}] {finding.message}")
    return f"    <{case}>\n      <{failure}>{where}</failure>\n    </testcase>\n"
