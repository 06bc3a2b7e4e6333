"""The second opinion: lizard's numbers found for the functions that it sees, and the gate that judges by them."""

from pathlib import Path

import pytest

from rustgate.checks.size.measures import MEASURES, Subject
from rustgate.config.loader import Edit, defaults
from rustgate.config.resolver import Resolver, Selection
from rustgate.engine.check import Engine, Options
from rustgate.metrics.lizard import lizard_metrics
from rustgate.model.file import FileContext
from rustgate.project.project import Project
from rustgate.rules.catalog import shipped
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import scan_source

JOINED = join_queries([])
LIZARD = Edit("metrics.engine", "lizard", "--config metrics.engine")


def outline_of(source: str) -> Outline:
    return Outline(scan_source(source.encode(), JOINED), test=False)


PARTS = [
    ("fn f() { a()?; b()? }", 1, 3),  # each `?` is a branch to lizard
    ("fn f() { loop { a() } }", 2, 1),  # `loop` is none
    ("fn f<A>() where A: B {}", 1, 2),  # `where` is one
    ("fn f() { match a { A => 1, B => 2, _ => 3 } }", 3, 3),  # the first arm is free to lizard, `_` is not
    ("fn f() { match a { A => 1, B => 2 } }", 3, 2),
    ("fn f() { match unsafe { a } { A => 1, B => 2 } }", 3, 1),  # it takes the first braces for the arms
    ("fn f() { let a = || b; }", 1, 2),  # a closure without parameters looks like an operator
    ("fn f() { if a && b {} else if c {} }", 4, 4),
    ("fn f() { while a {} for b in c {} }", 3, 3),
    ("fn f() { let Some(a) = b else { return }; }", 2, 2),
]


@pytest.mark.parametrize(("source", "ours", "theirs"), PARTS)
def test_where_the_engines_part(source: str, ours: int, theirs: int) -> None:
    outline = outline_of(source)
    function = outline.functions[0]
    assert (function.cyclomatic, lizard_metrics(outline).by_start[function.start].cyclomatic) == (ours, theirs)


MATCHED = [
    ("fn a() {}\n\nimpl T {\n    #[inline]\n    pub fn b(&self) {}\n}\n", ["a", "T::b"], []),
    ("mod m { fn a() {} } fn a() {}", ["m::a", "a"], []),  # two of one name on one line, in order
    ("fn a() { fn b() { if c {} } }", ["a", "a::b"], []),
    ("fn a() {}\nmacro_rules! m { () => { fn b() {} } }", ["a", "b"], []),
    ("fn a() {}\nquote! { fn b() {} }", ["a"], ["b"]),
    ("trait T {\n fn a(&self);\n fn b(&self) { c() }\n}", [], ["a"]),  # lizard gives the body of `b` to `a`
    ("fn a() {}\n// #lizard forgives\nfn b() {}", ["a"], []),
    (f"fn a() {{ {'{' * 3_000} {'}' * 3_000} }}", [], []),  # too deep for lizard
    ("", [], []),
]


@pytest.mark.parametrize(("source", "matched", "others"), MATCHED)
def test_a_function_is_found_by_its_name_and_line(
    source: str, matched: list[str], others: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    outline = outline_of(source)
    opinion = lizard_metrics(outline)
    assert [function.item for function in outline.functions if function.start in opinion.by_start] == matched
    assert [other.name for other in opinion.others] == others
    assert capsys.readouterr() == ("", "")


def test_all_four_numbers_are_lizards() -> None:
    outline = outline_of("pub fn f(a: u8, b: fn(u8, u8)) -> u8 {\n    // why\n\n    g(a)?\n}\n")
    (opinion,) = lizard_metrics(outline).by_start.values()
    numbers = (opinion.line, opinion.end_line, opinion.lines, opinion.nloc, opinion.parameters, opinion.cyclomatic)
    assert numbers == (1, 5, 5, 3, 3, 2)  # it takes the comma between two types for one between parameters
    assert opinion.tokens > 20


MEASURED = [
    ("function.cyclomatic", {"count-try": False}, [("f", 2), ("g", 3)]),
    ("function.cyclomatic", {"count-try": True}, [("f", 2), ("g", 4)]),
    ("function.cyclomatic", {"count-try": False, "engine": "lizard"}, [("f", 1), ("g", 3)]),
    ("function.lines", {"count": "all"}, [("f", 5), ("g", 1)]),
    ("function.lines", {"count": "code"}, [("f", 1), ("g", 1)]),
    ("function.lines", {"count": "all", "engine": "lizard"}, [("f", 4), ("g", 1)]),
    ("function.lines", {"count": "code", "engine": "lizard"}, [("f", 3), ("g", 1)]),
]
SOURCE = "pub(crate)\nfn f() {\n    // why\n    loop {}\n}\n// #lizard forgives\nfn g() { a()?; if b && c {} }\n"


@pytest.mark.parametrize(("measure", "options", "values"), MEASURED)
def test_a_rule_reads_lizards_numbers_and_ours_for_what_lizard_does_not_see(
    measure: str, options: dict[str, object], values: list[tuple[str, int]]
) -> None:
    subject = Subject(outline_of(SOURCE), FileContext(None), options, above=-1)
    assert [(one.name, one.value) for one in MEASURES[measure](subject)] == values


def test_the_configuration_hands_the_engine_to_measured_rules_only() -> None:
    rules = shipped()
    ours = Resolver(defaults(Path(), rules), rules, Selection()).settings("a.rs")
    theirs = Resolver(defaults(Path(), rules, [LIZARD]), rules, Selection()).settings("a.rs")
    assert not any("engine" in setting.options for setting in ours.values())
    assert {name for name, setting in theirs.items() if setting.options.get("engine") == "lizard"} == {
        name for name in theirs if rules[name].measure
    }


@pytest.mark.parametrize(("edits", "values"), [([], []), ([LIZARD], [12])])
def test_the_gate_judges_by_the_engine_of_the_configuration(tmp_path: Path, edits: list[Edit], values: list[int]) -> None:
    (tmp_path / "a.rs").write_text(f"fn f() {{ {'a()?; ' * 11} }}\n", encoding="utf-8")
    rules = shipped()
    options = Options(selection=Selection(select=frozenset({"cyclomatic-complexity"})))
    run = Engine(rules, lambda config_root: defaults(config_root, rules, edits), options).run(Project([tmp_path]))
    assert [finding.value for finding in run.findings] == values
