"""Rules, findings and reports for the tests of formats."""

from typing import Any

from rustgate.model.finding import Finding, Severity, Suppressed
from rustgate.model.rule import Profile, Rule
from rustgate.reports.findings.report import Report

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def rule(name: str, **given: Any) -> Rule:
    defaults: dict[str, Any] = {
        "name": name,
        "category": "style",
        "path": f"{name}.md",
        "title": f"`{name}` in code",
        "why": "It takes time\nto read.",
        "markdown": f"# {name}\n\nIt takes time to read.\n",
        "severity": (None, WARNING, ERROR, ERROR),
        "message": "",
        "since": "0.1",
    }
    return Rule(**{**defaults, **given})


RULES = {name: rule(name) for name in ("long-words", "short-words", "syntax-error")}
RULES["unreadable-file"] = rule("unreadable-file", raised_by="linter")
SOURCE = "fn f() {\n    a.b();\n}\n"


def finding(line: int = 2, column: int = 5, end_column: int = 6, **given: Any) -> Finding:
    defaults: dict[str, Any] = {
        "rule": "long-words",
        "category": "style",
        "severity": ERROR,
        "path": "src/a.rs",
        "line": line,
        "column": column,
        "end_line": line,
        "end_column": end_column,
        "problem": "`a` is too long",
        "item": "f",
        "value": None,
        "limit": None,
        "fingerprint": "0123",
    }
    return Finding(**{**defaults, **given})


def report(*findings: Finding, source: str = SOURCE, **given: Any) -> Report:
    defaults: dict[str, Any] = {
        "version": "0.1.0",
        "profile": Profile.PRODUCTION,
        "root": ".",
        "rules": RULES,
        "findings": tuple(sorted(findings, key=lambda finding: finding.order)),
        "show_muted": False,
        "files": 2,
        "lines": 1_234,
        "seconds": 0.0504,
        "read": lambda _path: source,
    }
    return Report(**{**defaults, **given})


MUTED = Suppressed("suppression", "it is a name")
