"""One file against the rules: where findings stand, how bad they are, and which code each rule looks at."""

import gc
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from rustgate.engine.linter import lint, unreadable_result
from rustgate.engine.ruleset import RuleSet, build_rule_set
from rustgate.model.file import FileContext, FileResult, Problem, Target
from rustgate.model.finding import Finding, Severity
from rustgate.model.rule import Applies, Conditions, Enclosure, Rule, Setting
from rustgate.rules.catalog import shipped
from rustgate.rules.examples import examples
from rustgate.testing import setting_of_examples

UNWRAP = """((call_expression function: (field_expression field: (field_identifier) @method)) @finding
  (#eq? @method "unwrap"))"""
LIBRARY = FileContext(Target.LIBRARY)


def rule(name: str = "unwrap", **given: Any) -> Rule:
    defaults: dict[str, Any] = {
        "name": name,
        "category": "style",
        "path": f"{name}.md",
        "title": name,
        "why": "Because.",
        "markdown": "",
        "severity": (Severity.ERROR,) * 4,
        "message": "`{method}` is used",
        "since": "0.1",
        "query": UNWRAP,
    }
    return Rule(**{**defaults, **given})


def measured(name: str = "long") -> Rule:
    message = "`{name}` has {value} parameters, {limit} allowed ({over} over){note}"
    return rule(name, query=None, measure="function.parameters", message=message)


def report(text: str | bytes, *rules: Rule, context: FileContext = LIBRARY, setting: Setting | None = None) -> FileResult:
    source = text.encode() if isinstance(text, str) else text
    settings = {one.name: setting or Setting(Severity.ERROR, options={"count-self": False}) for one in rules}
    return lint("src/a.rs", source, context, build_rule_set(rules), settings)


def only(text: str | bytes, *rules: Rule, **given: Any) -> Finding:
    (finding,) = report(text, *(rules or (rule(),)), **given).findings
    return finding


REGIONS = [
    ("fn f() { a.unwrap(); }", (1, 10, 20)),
    ("fn f() {\n    a.unwrap();\n}", (2, 5, 15)),
    ("fn f() {\n    a\n        .b()\n        .unwrap();\n}", (2, 5, 6)),
    ("fn f() {\r\n    a(1,\r\n  2).unwrap();\r\n}", (2, 5, 9)),
    ("fn f() {\n    äöü.unwrap();\n}", (2, 5, 17)),
    ('fn f() { g("🦀", a.unwrap()); }', (1, 17, 27)),
    ("fn f() {\n\ta.unwrap();\n}", (2, 2, 12)),
    ("\ufefffn f() { a.unwrap(); }", (1, 10, 20)),
    ('fn f() {\n    println!("ä {}",\n      a.unwrap());\n}', (3, 7, 17)),
]


@pytest.mark.parametrize(("text", "region"), REGIONS)
def test_a_region_is_on_one_line_and_counts_characters(text: str, region: tuple[int, int, int]) -> None:
    found = only(text)
    assert (found.line, found.column, found.end_column) == region
    assert found.end_line == found.line


def test_a_finding_says_all_about_itself() -> None:
    found = only("mod m { impl A for B { fn f() { c.unwrap(); } } }")
    assert (found.rule, found.category, found.severity, found.path) == ("unwrap", "style", Severity.ERROR, "src/a.rs")
    assert (found.message, found.item) == ("`unwrap` is used", "m::<B as A>::f")
    assert (found.value, found.limit, found.muted) == (None, None, None)


def test_findings_are_in_order_whatever_the_order_of_the_rules() -> None:
    text = 'fn f(a: A, b: B) { println!("{}", c.unwrap()); d.unwrap(); }\nfn g() { e.unwrap(); }'
    one = Setting(Severity.ERROR, limit=1, options={"count-self": False})
    rules = (rule(), measured(), rule("another"))
    found = report(text, *rules, setting=one).findings
    assert found == report(text, *reversed(rules), setting=one).findings
    places = [(finding.line, finding.column, finding.rule) for finding in found]
    assert places == sorted(places)
    assert len(places) == 7


def test_braces_in_the_source_are_no_placeholders() -> None:
    found = only(
        "fn f() { a({ b }).unwrap(); }", rule(message="{call} is used", query="(call_expression function: (identifier)) @finding @call")
    )
    assert found.message == "a({ b }) is used"


LEVELS: list[tuple[int, int | None, int | None, Severity, tuple[Severity, int] | None]] = [
    (5, 4, None, Severity.ERROR, (Severity.ERROR, 4)),
    (4, 4, None, Severity.ERROR, None),
    (5, 4, 2, Severity.ERROR, (Severity.ERROR, 4)),
    (4, 4, 2, Severity.ERROR, (Severity.WARNING, 2)),
    (3, 4, 2, Severity.ERROR, (Severity.WARNING, 2)),
    (2, 4, 2, Severity.ERROR, None),
    (3, 4, 2, Severity.WARNING, (Severity.WARNING, 2)),
    (3, 4, 2, Severity.NOTE, (Severity.NOTE, 2)),
    (3, None, 2, Severity.ERROR, (Severity.WARNING, 2)),
    (3, None, None, Severity.ERROR, None),
    (1, 0, None, Severity.ERROR, (Severity.ERROR, 0)),
]


@pytest.mark.parametrize(("value", "limit", "soft", "severity", "expected"), LEVELS)
def test_past_the_limit_is_as_bad_as_the_rule_and_past_the_soft_one_at_most_a_warning(
    value: int, limit: int | None, soft: int | None, severity: Severity, expected: tuple[Severity, int] | None
) -> None:
    text = f"fn f({', '.join(f'a{number}: A' for number in range(value))}) {{}}"
    setting = Setting(severity, limit, soft, {"count-self": False})
    found = report(text, measured(), setting=setting).findings
    assert [(one.severity, one.limit) for one in found] == ([expected] if expected else [])
    assert [one.value for one in found] == [value] * len(found)


def test_a_measured_finding_says_how_much_is_over() -> None:
    found = only(
        "impl A { fn f(&self, a: A, b: B, c: C) {} }", measured(), setting=Setting(Severity.ERROR, 1, options={"count-self": False})
    )
    assert found.message == "`f` has 3 parameters, 1 allowed (2 over)"
    assert (found.item, found.column, found.end_column) == ("A::f", 13, 14)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("#[cfg(test)]\nmod t;\nfn f() {}\n", 3),
        ("#[cfg(test)]\nmod t { }\nfn f() {}\n", 1),
        ("fn f() {}\n\n#[cfg(test)]\nmod t { }\n", 2),
        ("#![cfg(test)]\nfn f() {}\n", None),
    ],
)
def test_the_length_of_a_file_leaves_out_its_tests(text: str, lines: int | None) -> None:
    length = rule("length", query=None, measure="file.lines", message="{value}")
    setting = Setting(Severity.ERROR, 0, options={"include-tests": False, "count": "physical"})
    assert [found.value for found in report(text, length, setting=setting).findings] == ([] if lines is None else [lines])


BROKEN = [
    (b"fn f() {\n    // \xe4\n}", "byte 0xe4 on line 2"),
    (b"\xff\xfef\x00n\x00", "byte 0xff on line 1"),
    (b"fn f() {}\n\n// \xf0\x9f\xa6", "byte 0xf0 on line 3"),
    ("// lone surrogate \ud800".encode(errors="surrogatepass"), "byte 0xed on line 1"),
]


@pytest.mark.parametrize(("source", "place"), BROKEN)
def test_a_file_that_is_not_utf_8_is_a_finding(source: bytes, place: str) -> None:
    found = only(source, rule(), rule("unreadable-file", query=None, message="the file {problem}"))
    assert (found.rule, found.line, found.column, found.end_line, found.end_column) == ("unreadable-file", 1, 1, 1, 1)
    assert found.message == f"the file is not UTF-8: {place}; save it as UTF-8"


@pytest.mark.parametrize("setting", [{}, {"unreadable-file": Setting(None)}], ids=["not there", "off"])
def test_where_the_rule_is_off_an_unreadable_file_is_no_finding(setting: dict[str, Setting]) -> None:
    rule_set = build_rule_set([rule("unreadable-file", query=None, message="{problem}")])
    assert unreadable_result(Problem("a.rs", "is gone"), rule_set, setting) == FileResult("a.rs", 0)


@pytest.mark.parametrize(("intact", "severity"), [(0, Severity.ERROR), (20, Severity.WARNING)])
def test_a_file_of_which_more_than_a_tenth_is_unread_is_an_error(intact: int, severity: Severity) -> None:
    syntax_error = shipped()["syntax-error"]
    text = "class A ( 1 ; 2\n" + "fn g() {}\n" * intact
    assert {one.severity for one in report(text, syntax_error, setting=Setting(Severity.WARNING)).findings} == {severity}


def test_what_could_be_read_around_a_syntax_error_is_judged() -> None:
    assert [found.line for found in report("fn f() { a.unwrap(); }\nfn g( {\n}\nfn h() { b.unwrap(); }", rule()).findings] == [1, 4]


BOTH = "fn f() { a.unwrap(); }\n#[cfg(test)]\nmod t { fn f() { a.unwrap(); } }"


@pytest.mark.parametrize(
    ("applies", "context", "lines"),
    [
        (Applies.PRODUCTION, LIBRARY, [1]),
        (Applies.TESTS, LIBRARY, [3]),
        (Applies.EVERYWHERE, LIBRARY, [1, 3]),
        (Applies.PRODUCTION, FileContext(Target.TEST, test=True), []),
        (Applies.TESTS, FileContext(Target.TEST, test=True), [1, 3]),
        (Applies.EVERYWHERE, FileContext(Target.TEST, test=True), [1, 3]),
        (Applies.PRODUCTION, FileContext(Target.LIBRARY, test=True), []),
        (Applies.PRODUCTION, FileContext(Target.BUILD), [1]),
    ],
)
def test_a_rule_looks_at_production_code_at_tests_or_at_both(applies: Applies, context: FileContext, lines: list[int]) -> None:
    assert [found.line for found in report(BOTH, rule(applies=applies), context=context).findings] == lines


INSIDE = "fn f() {\n    a.unwrap();\n    loop { a.unwrap();\n    unsafe { a.unwrap(); } }\n}"


@pytest.mark.parametrize(
    ("conditions", "lines"),
    [
        (Conditions(), [2, 3, 4]),
        (Conditions(inside=(Enclosure.LOOP,)), [3, 4]),
        (Conditions(inside=(Enclosure.LOOP, Enclosure.UNSAFE)), [4]),
        (Conditions(not_inside=(Enclosure.LOOP,)), [2]),
        (Conditions(not_inside=(Enclosure.UNSAFE, Enclosure.ASYNC)), [2, 3]),
        (Conditions(inside=(Enclosure.LOOP,), not_inside=(Enclosure.UNSAFE,)), [3]),
        (Conditions(targets=(Target.LIBRARY,)), [2, 3, 4]),
        (Conditions(targets=(Target.BINARY, Target.BUILD)), []),
    ],
)
def test_a_rule_looks_where_its_conditions_hold(conditions: Conditions, lines: list[int]) -> None:
    assert [found.line for found in report(INSIDE, rule(conditions=conditions)).findings] == lines


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("fn f() { a.unwrap(); }", Target.LIBRARY),
        ("fn main() { a.unwrap(); }", Target.BINARY),
        ("mod m { fn main() { a.unwrap(); } }", Target.LIBRARY),
    ],
)
def test_a_file_of_no_package_is_a_program_if_it_has_a_main_and_otherwise_a_library(text: str, target: Target) -> None:
    elsewhere = ({Target.LIBRARY, Target.BINARY} - {target}).pop()
    assert report(text, rule(conditions=Conditions(targets=(target,))), context=FileContext(None)).findings
    assert not report(text, rule(conditions=Conditions(targets=(elsewhere,))), context=FileContext(None)).findings


def test_rules_that_are_off_or_not_in_the_plan_find_nothing() -> None:
    settings = {"unwrap": Setting(None), "no-such-rule": Setting(Severity.ERROR)}
    assert lint("a.rs", b"fn f() { a.unwrap(); }", LIBRARY, build_rule_set([rule()]), settings).findings == ()


def test_a_report_brings_lines_suppressions_and_modules() -> None:
    found = report("mod a;\n// rustgate: allow(unwrap) -- why\nfn f() { a.unwrap(); }\n", rule())
    assert (found.path, found.lines) == ("src/a.rs", 3)
    assert [(one.first, one.last) for one in found.suppressions] == [(2, 3)]
    assert [module.name for module in found.modules] == ["a"]


@pytest.mark.parametrize("source", [b"", b"\n", b"\xef\xbb\xbf", b"\x00", b"}" * 50])
def test_hardly_any_source_is_judged_too(source: bytes) -> None:
    assert report(source, rule(), measured()).findings == ()


ITEMS = ["fn f", "impl A for B", "mod m", "trait T", "unsafe", "async", "const C: u8 =", "static mut S: u8 = 1;", "pub", "use x::*;"]
CODE = ["match a", "if b", "else", "loop", "|c|", "a.unwrap()", ".expect(d)", "e[f]", "dbg!", "todo!", "ä", "🦀", ";", ",", "=>", "::"]
BESIDE = ["#[test]", "#[cfg(test)]", "#![allow(warnings)]", "// TODO", "// let a = 1;", "/// # Safety", "// SAFETY: yes", "/* x", "*/"]
MUTING = ["// rustgate: allow(unwrap-used) -- why", "// rustgate:", "#[allow(clippy::todo)]"]
PIECES = [*ITEMS, *CODE, *BESIDE, *MUTING, '"', "'", "\\", "\n", "\r\n", "\t", "\ufeff", "\0", *"(){}[]<>&"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join) | st.text(max_size=80))
def test_any_text_is_judged_by_all_rules(text: str) -> None:
    rules = shipped().values()
    found = lint("src/a.rs", text.encode(), LIBRARY, plan_of_all(), {one.name: setting_of_examples(one) for one in rules})
    for finding in found.findings:
        assert 1 <= finding.line <= text.count("\n") + 1
        assert finding.line == finding.end_line
        assert 1 <= finding.column <= finding.end_column
    assert list(found.findings) == sorted(found.findings, key=lambda finding: finding.order)
    assert len({finding.fingerprint for finding in found.findings}) == len(found.findings)


@cache
def plan_of_all() -> RuleSet:
    return build_rule_set(shipped().values())


NINES = "9" * 5_000


@pytest.mark.parametrize(
    "source",
    [
        f"enum E {{ A([u8; {NINES}]), B }}",
        "enum E { A([u8; 08]), B }",
        "enum E { A([u8; 0x_]), B }",
        f"enum E {{ A([u8; 0x{'f' * 2_000}]), B }}",
        f"const N: usize = {'9' * 400}; enum E {{ A([u8; N * N]), B }}",
        f'fn f() {{ format!("SELECT {{{NINES}}} FROM a", b); }}',  # noqa: S608  # it is Rust
    ],
)
def test_numbers_beyond_all_measure_are_judged(source: str) -> None:
    rules = shipped().values()
    found = lint("src/a.rs", source.encode(), LIBRARY, plan_of_all(), {one.name: setting_of_examples(one) for one in rules})
    assert "large-enum-variant" not in {finding.rule for finding in found.findings}


def test_what_is_made_of_a_file_goes_without_the_garbage_collector() -> None:
    settings = {one.name: setting_of_examples(one) for one in shipped().values()}
    sources = [example.text.encode() for one in shipped().values() for example in examples(one) if example.bad]
    assert len(sources) > len(settings)
    for source in sources:  # what is imported and compiled for the first time is not made of a file
        lint("src/a.rs", source, LIBRARY, plan_of_all(), settings)
    gc.collect()
    was_on = gc.isenabled()
    gc.disable()
    try:
        for source in sources:
            lint("src/a.rs", source, LIBRARY, plan_of_all(), settings)
        assert gc.collect() == 0
    finally:
        if was_on:
            gc.enable()


def test_what_a_file_lacks_as_a_whole_is_found_on_its_first_line() -> None:
    macro_filter = shipped()["missing-crate-docs"]
    facts = [
        lint("src/lib.rs", source, LIBRARY, plan_of_all(), {macro_filter.name: setting_of_examples(macro_filter)}).facts[macro_filter.name]
        for source in (b"fn f() {}", b"fn f() {}\n\n\n", b"fn f() {}\nfn g() {}")
    ]
    places = [(fact.finding.line, fact.finding.end_column, fact.finding.last_line) for (fact,) in facts]
    assert places == [(1, 10, None)] * 3


def test_of_two_rules_about_one_fault_the_milder_one_yields() -> None:
    text = "fn f() {\n    a.unwrap();\n    b\n        .unwrap();\n}"
    general, special = (
        rule("unwrap", yields_to="special"),
        rule("special", query=UNWRAP.replace('"unwrap"))', '"unwrap") (#match? @finding "^a"))')),
    )
    assert [(finding.rule, finding.line) for finding in report(text, general, special).findings] == [("special", 2), ("unwrap", 3)]
    assert [finding.line for finding in report(text, general).findings] == [2, 3]


@pytest.mark.parametrize("name", ["unwrap-used", "expect-used", "panic-used", "todo-macro", "unreachable-used"])
def test_a_panic_in_drop_is_one_finding(name: str) -> None:
    one = "impl Drop for A {\n    fn drop(&mut self) {\n        self.a\n            .b()\n            .unwrap();\n"
    two = '        self.c.expect("c");\n        panic!("d");\n        todo!();\n        unreachable!();\n    }\n}\n'
    rules = [shipped()["panic-in-drop"], shipped()[name]]
    assert {finding.rule for finding in report(one + two, *rules).findings} == {"panic-in-drop"}


def test_a_blanket_allow_without_a_reason_is_one_finding() -> None:
    text = "#![allow(warnings)]\n#![cfg_attr(unix, allow(clippy::all))]\n#[allow(dead_code)]\nfn f() {}\n"
    rules = [shipped()["blanket-allow"], shipped()["allow-without-reason"]]
    found = report(text, *rules, setting=Setting(Severity.ERROR, options={"lints": "every"})).findings
    assert [(finding.rule, finding.line) for finding in found] == [("blanket-allow", 1), ("blanket-allow", 2), ("allow-without-reason", 3)]
