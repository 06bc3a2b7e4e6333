"""What the options of rules change, where a page's examples cannot show it: those that are words or switches."""

import pytest

from rustgate.engine.linter import lint
from rustgate.engine.ruleset import build_rule_set
from rustgate.model.file import FileContext, Target
from rustgate.model.finding import Severity
from rustgate.model.rule import Setting
from rustgate.rules.catalog import shipped

OPTIONS = [
    ("todo-comment", {"allow-issue-links": False}, "// TODO(#12): later\n", [1]),
    ("todo-comment", {"allow-issue-links": True}, "// TODO(#12): later\n// TODO: later\n// TODO(me): later\n", [2, 3]),
    ("todo-comment", {"allow-issue-links": True}, "// FIXME, see https://example.org/12\n// FIXME, see\n// http://example.org\n", []),
    ("allow-without-reason", {"lints": "common"}, "#[allow(non_snake_case)]\n#[allow(clippy::all)]\nfn f() {}\n", [2]),
    ("allow-without-reason", {"lints": "every"}, "#[allow(non_snake_case)]\n#[allow(clippy::all)]\nfn f() {}\n", [1, 2]),
    ("allow-without-reason", {"lints": "every"}, '#[allow(non_snake_case, reason = "C calls it so")]\nfn F() {}\n', []),
]


@pytest.mark.parametrize(("name", "options", "text", "lines"), OPTIONS)
def test_an_option_changes_what_is_found(name: str, options: dict[str, object], text: str, lines: list[int]) -> None:
    rule = shipped()[name]
    given = {key: values[-1] for key, values in rule.options.items()} | options
    report = lint(
        "src/lib.rs", text.encode(), FileContext(Target.LIBRARY), build_rule_set([rule]), {name: Setting(Severity.ERROR, options=given)}
    )
    assert [finding.line for finding in report.findings] == lines
