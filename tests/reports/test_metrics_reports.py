"""The reports of `rustgate metrics`: the JSON contract, the CSV, and the text for people."""

import csv
import json
from io import StringIO

import pytest
from msgspec.structs import replace

from rustgate.engine.measure import Extras, Measurer, by_lizard
from rustgate.metrics.model import MeasuredProject
from rustgate.reports.metrics import csv as csv_report, json as json_report, text as text_report
from rustgate.reports.metrics.report import MetricsReport, Order, View, index_rank
from rustgate.reports.tables import Table, render_tables
from rustgate.reports.terminal import TextStyle, cell_width

SMALL = "// Adds.\nfn add(a: u8, b: u8) -> u8 {\n  a + b\n}\n\nimpl T {\n  fn is(&self) -> B {\n    self.a && self.b || loop {}\n  }\n}\n"
BRANCHES = "        A{0} => 1,\n" * 30
LARGE = f"fn big(x: T) -> u8 {{\n    match x {{\n{BRANCHES}        _ => unsafe {{ y()? }},\n    }}\n}}\n"
CHOICES = {"src/small.rs": "one", "src/large.rs": "two", "loose.rs": ""}


def measured(extras: Extras = Extras(halstead=True, lizard=True)) -> MeasuredProject:  # noqa: B008  # frozen
    sources = {"loose.rs": "", "src/large.rs": LARGE, "src/small.rs": SMALL}
    files = tuple(Measurer(extras).measure(path, source.encode(), test=False) for path, source in sources.items())
    return MeasuredProject(files, CHOICES, ())


def report(view: View = View.CC) -> MetricsReport:
    return MetricsReport(measured(), view)


def to_json(report: MetricsReport) -> str:
    return "".join(json_report.to_json(report))


def to_csv(report: MetricsReport) -> str:
    return "".join(csv_report.to_csv(report))


def to_text(report: MetricsReport, style: TextStyle) -> str:
    return "".join(text_report.to_text(report, style))


def rendered(parts: list[Table | str], style: TextStyle) -> str:
    return "".join(render_tables(parts, style))


FILE_KEYS = ["path", "lines", "code", "comments", "blank", "functions", "unsafe_blocks", "test"]
FUNCTION_KEYS = [
    "path", "item", "line", "end_line", "lines", "code_lines", "parameters", "cyclomatic", "cognitive", "nesting", "test",
]  # fmt: skip
IMPL_KEYS = ["path", "item", "line", "end_line", "lines"]
COMPARED_KEYS = [
    "path", "item", "line", "cyclomatic", "lizard_cyclomatic", "agree", "code_lines", "lizard_nloc", "parameters", "lizard_parameters",
    "lizard_tokens",
]  # fmt: skip
HALSTEAD_KEYS = ["n1", "n2", "N1", "N2", "vocabulary", "length", "volume", "difficulty", "effort", "time", "bugs"]


@pytest.mark.parametrize("view", [View.CC, View.RAW])
def test_the_json_is_the_contract_and_nothing_else(view: View) -> None:
    document = json.loads(to_json(report(view)))
    assert list(document) == ["files", "functions", "impls"]
    assert [list(document[key][0]) for key in document] == [FILE_KEYS, FUNCTION_KEYS, IMPL_KEYS]
    assert document["files"][1]["unsafe_blocks"] == 1
    assert [one["cyclomatic"] for one in document["functions"]] == [31, 4, 1]


def test_the_json_of_another_view_adds_its_numbers_behind_the_contract() -> None:
    halstead = json.loads(to_json(report(View.HAL)))
    index = json.loads(to_json(report(View.MI)))
    compared = json.loads(to_json(replace(report(), compare=True)))
    assert [list(one)[:3] for one in (halstead, index, compared)] == [["files", "functions", "impls"]] * 3
    assert list(halstead["halstead"][0]) == ["path", "item", "line", *HALSTEAD_KEYS]
    assert [(one["path"], one["item"]) for one in halstead["halstead"]] == [
        ("loose.rs", ""), ("src/large.rs", ""), ("src/large.rs", "big"),
        ("src/small.rs", ""), ("src/small.rs", "add"), ("src/small.rs", "T::is"),
    ]  # fmt: skip
    assert [one["path"] for one in index["maintainability"]] == ["src/large.rs", "src/small.rs", "loose.rs"]
    assert list(index["maintainability"][0]) == ["path", "index", "rank", "volume", "cyclomatic", "code", "comments"]
    assert [(one["item"], one["cyclomatic"], one["lizard_cyclomatic"], one["agree"]) for one in compared["comparison"]] == [
        ("big", 31, 32, False), ("T::is", 4, 3, False), ("add", 1, 1, True),
    ]  # fmt: skip


def test_the_json_by_lizard_has_the_same_keys() -> None:
    document = json.loads(to_json(MetricsReport(by_lizard(measured()), View.CC, engine="lizard")))
    assert list(document["functions"][0]) == FUNCTION_KEYS
    assert [one["cyclomatic"] for one in document["functions"]] == [32, 3, 1]


HEADS = [
    (report(), [*FUNCTION_KEYS, "rank"]),
    (replace(report(), engine="lizard"), [*FUNCTION_KEYS, "tokens", "rank"]),
    (replace(report(), compare=True), COMPARED_KEYS),
    (report(View.RAW), FILE_KEYS),
    (report(View.HAL), ["path", "item", "line", *HALSTEAD_KEYS]),
    (report(View.MI), ["path", "index", "rank", "volume", "cyclomatic", "code", "comments"]),
]


@pytest.mark.parametrize(("shown", "head"), HEADS)
def test_the_csv_has_a_head_even_without_rows(shown: MetricsReport, head: list[str]) -> None:
    rows = list(csv.reader(StringIO(to_csv(shown))))
    assert rows[0] == head
    assert all(len(row) == len(head) for row in rows)
    assert len(rows) > 3
    assert list(csv.reader(StringIO(to_csv(replace(shown, measured=MeasuredProject((), {}, ())))))) == [head]


def test_a_path_that_is_not_utf_8_can_be_written() -> None:
    shown = MetricsReport(MeasuredProject((Measurer(Extras()).measure("a\udcff.rs", b"fn f() {}", test=False),), {}, ()), View.RAW)
    assert json.loads(to_json(shown))["files"][0]["path"] == "a\\udcff.rs"
    assert to_csv(shown).encode().splitlines()[1].startswith(b"a\\udcff.rs,")


def test_names_with_commas_and_quotes_survive_the_csv() -> None:
    file = Measurer(Extras()).measure('a,"b".rs', b"impl A<B, C> for D { fn f() {} }", test=False)
    (row,) = csv.DictReader(StringIO(to_csv(MetricsReport(MeasuredProject((file,), {}, ()), View.CC))))
    assert (row["path"], row["item"]) == ('a,"b".rs', "<D as A<B, C>>::f")


ORDERS = [
    (None, ["big", "T::is", "add"]),
    (Order.COMPLEXITY, ["big", "T::is", "add"]),
    (Order.COGNITIVE, ["T::is", "big", "add"]),
    (Order.LINES, ["big", "add", "T::is"]),
    (Order.NAME, ["add", "big", "T::is"]),
    (Order.PATH, ["big", "add", "T::is"]),
]


@pytest.mark.parametrize(("order", "items"), ORDERS)
def test_functions_are_sorted(order: Order | None, items: list[str]) -> None:
    assert [function.metrics.item for function in replace(report(), order=order).functions] == items


FILE_ORDERS = [
    (View.RAW, None, ["loose.rs", "src/large.rs", "src/small.rs"]),
    (View.RAW, Order.LINES, ["src/large.rs", "src/small.rs", "loose.rs"]),
    (View.RAW, Order.COMPLEXITY, ["src/large.rs", "src/small.rs", "loose.rs"]),
    (View.RAW, Order.COGNITIVE, ["src/small.rs", "src/large.rs", "loose.rs"]),
    (View.RAW, Order.NAME, ["src/large.rs", "loose.rs", "src/small.rs"]),
    (View.MI, None, ["src/large.rs", "src/small.rs", "loose.rs"]),  # worst first
    (View.MI, Order.PATH, ["loose.rs", "src/large.rs", "src/small.rs"]),
]


@pytest.mark.parametrize(("view", "order", "paths"), FILE_ORDERS)
def test_files_are_sorted(view: View, order: Order | None, paths: list[str]) -> None:
    assert [file.path for file in replace(report(view), order=order).files] == paths


@pytest.mark.parametrize(("least", "items"), [("A", ["big", "T::is", "add"]), ("B", ["big"]), ("E", ["big"]), ("F", [])])
def test_the_least_rank_lists_that_rank_and_worse(least: str, items: list[str]) -> None:
    assert [function.metrics.item for function in replace(report(), min_rank=least).functions] == items


@pytest.mark.parametrize(("value", "letter"), [(100, "A"), (19.1, "A"), (19, "B"), (9.1, "B"), (9, "C"), (0, "C")])
def test_the_ranks_of_the_maintainability_index_are_radons(value: float, letter: str) -> None:
    assert index_rank(value) == letter


CC = """\
rank  cyclomatic  cognitive  nesting  lines  parameters  function  at
   E          31          1        1     35           1  big       ../src/large.rs:1
   A           4          3        1      3           0  T::is     ../src/small.rs:7
   A           1          0        0      3           2  add       ../src/small.rs:2

rank  average  highest  cognitive  lines  functions  file
   E     31.0       31        1.0   35.0          1  ../src/large.rs
   A      2.5        4        1.5    3.0          2  ../src/small.rs

rank  average  highest  cognitive  lines  functions  crate
   A      2.5        4        1.5    3.0          2  one
   E     31.0       31        1.0   35.0          1  two

3 functions in 3 files, average complexity C (12.0)
"""
NARROW = """\
      cyclo-  cogni-  nest-         param-
rank   matic    tive    ing  lines   eters  function
   E      31       1      1     35       1  big
                                              ../src/large.rs:1
"""
NONE = "no function has rank F or worse\n"
COMPARED = """\
   cyclomatic  lizard  code  nloc  parameters  lizard  function  at
≠          31      32    33    35           1       1  big       ../src/large.rs:1
≠           4       3     1     3           0       1  T::is     ../src/small.rs:7
            1       1     1     3           2       2  add       ../src/small.rs:2

cyclomatic complexity: rustgate and lizard agree on 1 of 3 functions (33.3 %)
0 functions not seen by lizard (marked -; rustgate's numbers); 0 seen only by lizard, not listed
"""
RAW = """\
lines  code  comments  blank  functions  unsafe  file
    0     0         0      0          0       0  ../loose.rs
   35    35         0      0          1       1  ../src/large.rs
   10     8         1      1          2       0  ../src/small.rs

lines  code  comments  blank  functions  unsafe  crate
   10     8         1      1          2       0  one
   35    35         0      0          1       1  two

lines  code  comments  blank  functions  unsafe  all
   45    43         1      1          3       1  3 files
"""


def shown(view: View, style: TextStyle, **fields: object) -> str:
    return to_text(replace(report(view), display="../{}".format, **fields), style)


def test_the_text_of_the_complexity_view() -> None:
    assert shown(View.CC, TextStyle()) == CC
    assert shown(View.CC, TextStyle(width=65), min_rank="E").startswith(NARROW)
    assert shown(View.CC, TextStyle(), min_rank="F").startswith(NONE)
    assert shown(View.CC, TextStyle(), compare=True) == COMPARED
    assert shown(View.RAW, TextStyle()) == RAW


def test_the_text_by_lizard_has_its_numbers_and_marks_what_it_does_not_see() -> None:
    file = Measurer(Extras(lizard=True)).measure("a.rs", b"fn a() { b()? }\n// #lizard forgives\nfn c() {}\n", test=False)
    text = to_text(MetricsReport(by_lizard(MeasuredProject((file,), {"a.rs": "x"}, ())), View.CC, engine="lizard"), TextStyle())
    lines = text.splitlines()
    assert lines[0].split() == ["rank", "cyclomatic", "nloc", "tokens", "lines", "parameters", "function", "at"]
    assert lines[1].split() == ["A", "2", "1", "10", "1", "0", "a", "a.rs:1"]
    assert lines[2].split() == ["A", "1", "-", "-", "1", "0", "c", "a.rs:3"]
    assert "cognitive" not in text
    assert lines[-1] == "1 function not seen by lizard (marked -; rustgate's numbers); 0 seen only by lizard, not listed"


def test_the_text_of_halsteads_measures_says_what_a_narrow_terminal_leaves_out() -> None:
    wide, narrow = shown(View.HAL, TextStyle()), shown(View.HAL, TextStyle(width=100))
    assert wide.splitlines()[0].split() == [*HALSTEAD_KEYS, "file"]
    assert narrow.splitlines()[0].split() == ["n1", "n2", "N1", "N2", "volume", "difficulty", "effort", "file"]
    assert "vocabulary, length, time, bugs are shown from 150 columns on" in narrow
    assert "function" not in wide
    one = replace(report(View.HAL), measured=replace(measured(), files=measured().files[1:2]))
    assert "big" in to_text(one, TextStyle())


def test_the_text_of_the_maintainability_index() -> None:
    lines = shown(View.MI, TextStyle()).splitlines()
    assert lines[0].split() == ["rank", "index", "volume", "cyclomatic", "code", "comments", "file"]
    assert [line.split()[-1] for line in lines[1:4]] == ["../src/large.rs", "../src/small.rs", "../loose.rs"]
    assert lines[-1].startswith("3 files, average maintainability index A (")


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("view", View)
def test_tables_fit_the_terminal_and_lose_nothing(view: View, width: int) -> None:
    names = [f"../crates/{'a-crate-with-a-long-name/'[:length]}src/file.rs" for length in (1, 25, 20)]
    paths = dict(zip(CHOICES, names, strict=True))
    text = to_text(replace(report(view), display=paths.__getitem__), TextStyle(width))
    assert max(map(cell_width, text.splitlines())) <= width
    assert all(path in text for path in names[:2])  # the last has no functions


def test_a_name_that_is_too_long_stands_below_its_numbers() -> None:
    table = Table(["lines", "file"], [["1", "a.rs"], ["22", "a/long/path.rs"]])
    assert rendered([table], TextStyle(15)) == "lines  file\n    1  a.rs\n   22\n    a/long/path.rs\n"


def test_names_are_harmless_to_a_terminal_and_wide_characters_stay_aligned() -> None:
    table = Table(["lines", "function", "at"], [["1", "宽", "a\x1b[2J.rs:1"], ["22", "b\u202e", "c.rs:2"]])
    assert rendered([table], TextStyle()) == "lines  function  at\n    1  宽        a\\x1b[2J.rs:1\n   22  b\\u202e   c.rs:2\n"


def test_ranks_are_coloured_only_where_there_are_colours() -> None:
    table = Table(["rank", "file"], [["C", "C.rs"]])
    assert rendered([table, "end"], TextStyle(color=True)) == "\x1b[2mrank  file\x1b[0m\n   \x1b[33mC\x1b[0m  C.rs\n\nend\n"
    assert "\x1b" not in rendered([table], TextStyle())
