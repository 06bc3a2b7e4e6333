"""`rustgate metrics` as it is called: what it prints where, what it refuses, and what it does not import."""

import csv
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from rustgate.cli.commands.metrics import metrics_command
from rustgate.errors import RustgateError
from rustgate.metrics.lizard import ENGINE
from rustgate.metrics.model import RANKS
from rustgate.reports.metrics.report import Order, View

pytestmark = pytest.mark.slow  # it starts processes

ADD = "pub fn add(a: u8, b: u8) -> u8 {\n    a + b\n}\n"
PICK = "fn pick(a: u8) -> u8 {\n" + "    if a > 1 {}\n" * 11 + "    a?\n}\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in {"Cargo.toml": '[package]\nname = "one"\n', "src/lib.rs": ADD, "src/pick.rs": PICK}.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(metrics_command, arguments)


def refusal(*arguments: str) -> str:
    error = run(*arguments).exception
    assert isinstance(error, RustgateError)
    return str(error)


@pytest.mark.usefixtures("tree")
def test_the_default_is_the_complexity_of_the_working_folder_as_text() -> None:
    result = run()
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split()[:2] for line in result.stdout.splitlines()[1:3]] == [["C", "12"], ["A", "1"]]
    assert result.stdout.endswith("2 functions in 2 files, average complexity B (6.5)\n")


VIEWS = [("cc", "function"), ("raw", "comments"), ("hal", "difficulty"), ("mi", "index")]


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(("view", "title"), VIEWS)
def test_every_view_has_every_output(view: str, title: str) -> None:
    text, table, document = (run("--view", view, "--output", output).stdout for output in ("text", "csv", "json"))
    assert title in text.splitlines()[0]
    assert len(list(csv.reader(StringIO(table)))) >= 3
    assert list(json.loads(document))[:3] == ["files", "functions", "impls"]


@pytest.mark.usefixtures("tree")
def test_json_is_sorted_by_path_unless_another_order_is_asked_for() -> None:
    orders = [(), ("--sort", "complexity"), ("--sort", "name")]
    items = [[one["item"] for one in json.loads(run("--output", "json", *order).stdout)["functions"]] for order in orders]
    assert items == [["add", "pick"], ["pick", "add"], ["add", "pick"]]


@pytest.mark.usefixtures("tree")
def test_the_least_rank_leaves_out_what_is_better() -> None:
    assert "add" not in run("--min-rank", "c").stdout
    assert "average complexity B (6.5)" in run("--min-rank", "C").stdout


@pytest.mark.usefixtures("tree")
def test_lizard_and_the_comparison() -> None:
    assert [one["cyclomatic"] for one in json.loads(run("--engine", "lizard", "--output", "json").stdout)["functions"]] == [1, 13]
    result = run("--compare")
    assert [line.split()[:3] for line in result.stdout.splitlines()[1:3]] == [["≠", "12", "13"], ["1", "1", "1"]]
    assert "agree on 1 of 2 functions (50.0 %)" in result.stdout
    assert run("--compare", "--engine", "lizard").stdout == result.stdout


def test_paths_are_shown_from_the_working_folder_and_written_from_the_root(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "src")
    assert "lib.rs:1" in run(".").stdout
    assert "src/lib.rs:1" not in run(".").stdout
    assert [one["path"] for one in json.loads(run("--output", "json").stdout)["files"]] == ["src/lib.rs", "src/pick.rs"]


def test_what_cannot_be_read_is_named_on_stderr_and_the_rest_is_measured(tree: Path) -> None:
    (tree / "src/broken\x1b.rs").write_bytes(b"// \xff\n")
    result = run()
    assert result.exit_code == 0
    assert result.stderr == "rustgate: src/broken\\x1b.rs is not UTF-8: byte 0xff on line 1; save it as UTF-8\n"
    assert "2 functions in 2 files" in result.stdout


def test_the_configuration_and_git_leave_files_out(tree: Path) -> None:
    (tree / "rustgate.toml").write_text('exclude = ["**/pick.rs"]\n', encoding="utf-8")
    assert "1 function in 1 file" in run().stdout
    assert "pick" in run("src/pick.rs").stdout  # what is named is measured all the same
    (tree / ".gitignore").write_text("lib.rs\n", encoding="utf-8")
    assert "every Rust file in the working folder is excluded by the configuration" in refusal()


REFUSED = [
    (("--min-rank", "B", "--view", "raw"), "--min-rank goes with the views that have ranks, cc and mi, not with raw"),
    (("--min-rank", "D", "--view", "mi"), "the maintainability index has the ranks A, B and C"),
    (("--compare", "--view", "mi"), "--compare is about the complexity of functions"),
    (("--engine", "lizard", "--view", "hal"), "lizard measures only functions, nothing that --view hal shows"),
    (("--view", "halstead"), "Invalid value for '--view'"),
    (("--min-rank", "G"), "Invalid value for '--min-rank'"),
    (("--jobs", "0"), "Invalid value for '--jobs'"),
]


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(("arguments", "sentence"), REFUSED)
def test_options_that_make_no_sense_are_refused(arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())


def test_the_options_offer_what_the_reports_know() -> None:
    offered = {option.name: option.type.choices for option in metrics_command.params if isinstance(option.type, click.Choice)}
    assert (offered["view"], offered["order"], offered["min_rank"]) == ((*View,), (*Order,), (*RANKS,))
    assert offered["engine"] == ("rustgate", ENGINE)


def test_no_rust_file_is_an_error_that_says_where_it_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert refusal().startswith("no Rust file found in the working folder;")
    assert refusal("a", "b").startswith("no Rust file found in a, b;")
    assert "there is no such file or folder" in refusal("c")


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (("--help",), {"tree_sitter", "rich", "lizard", "rustgate.engine.check", "rustgate.metrics.halstead"}),
        (("--output", "json"), {"rich", "lizard", "rustgate.reports.metrics.text"}),
        ((), {"lizard", "rustgate.reports.metrics.csv"}),
    ],
)
def test_start_up_imports_only_what_is_used(arguments: tuple[str, ...], absent: set[str]) -> None:
    code = (
        "import sys\nfrom rustgate.cli.commands.metrics import metrics_command\n"
        f"metrics_command({list(arguments)!r}, standalone_mode=False)\nprint(*sys.modules, file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert not absent & set(done.stderr.split())
