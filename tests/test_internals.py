"""docs/internals says what the code does: the flow of a run, the order of the folders, the examples."""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import pytest
from conftest import write

from rustgate import api
from rustgate.cli.commands.check import check_command
from rustgate.model.finding import Finding, Severity
from rustgate.reports.terminal import PLAIN

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs/internals"
FILES = {
    "Cargo.toml": '[package]\nname = "a"\n',
    "src/lib.rs": "//! A crate.\npub fn f(x: Option<u8>) -> u8 { x.unwrap() } // rustgate: allow(unwrap-used) -- it is there\n",
}


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def stages() -> list[tuple[str, str]]:
    """(module, function) of each stage in the picture, from top to bottom."""
    return re.findall(r'\["([\w.]+): (\w+)"\]', text("how-a-run-works.md"))


def called(folder: Path, functions: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield those of `functions` that a check of `folder` calls, in the order of their first calls."""
    seen: dict[tuple[str, str], None] = {}

    def note(frame: FrameType, event: str, _argument: object) -> None:
        name = (str(frame.f_globals.get("__name__", "")).removeprefix("rustgate."), frame.f_code.co_name)
        if event == "call" and name in functions:
            seen[name] = None

    sys.setprofile(note)
    try:
        check_command([str(folder), "--no-cache", "--quiet"], standalone_mode=False)
    except SystemExit:
        pass
    finally:
        sys.setprofile(None)
    yield from seen


def test_a_run_goes_through_the_stages_of_the_picture_in_their_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [*called(write(tmp_path, FILES), {*stages()})] == stages()
    assert "missing-docs" in capsys.readouterr().out


def test_every_stage_of_the_picture_is_explained() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", text("how-a-run-works.md"), re.MULTILINE)
    assert rows == [function for _, function in stages()]


def test_the_folders_stand_in_the_order_of_the_import_contract() -> None:
    rows = [re.findall(r"`(\w+)`", row) for row in re.findall(r"^\| (`[^|]+) \|", text("folders.md"), re.MULTILINE)]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    assert rows == [layer.replace("rustgate.", "").split(" | ") for layer in layers if layer != "rustgate.__main__"]


def test_every_folder_is_explained() -> None:
    folders = {path.parent.name for path in (ROOT / "rustgate").glob("*/__init__.py")}
    assert folders <= {*re.findall(r"`(\w+)`", text("folders.md"))}


def test_the_check_of_the_example_works() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", text("add-a-rule.md"), re.DOTALL)
    names: dict[str, object] = {}
    exec("\n".join(line.removeprefix("  ") for line in code.split("\n")), names)  # noqa: S102  # the example is ours
    assert {name for name in names if name in api._MODULES} == {"Captures", "File", "Match", "match_of", "text_of"}


def test_the_format_of_the_example_forges_nothing() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", text("add-an-output-format.md"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102  # see above
    finding = Finding("r", "c", Severity.ERROR, "a\n::error::x,y.rs", 1, 1, 1, 2, "m", "", None, None, "f")
    report = SimpleNamespace(shown=[finding])
    assert [*names["render"](report, PLAIN)] == ['"a\\x0a::error::x,y.rs",1,r,error,\n']


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.iterdir()))
def test_what_a_page_names_is_there(page: str) -> None:
    paths = re.findall(r"\]\(([^)#:]+)\)", text(page))
    assert [path for path in paths if not (DOCS / path).exists()] == []
    files = re.findall(r"`((?:rustgate|rules|tests)/[\w/.]+\w)`", text(page))
    assert [file for file in files if not (ROOT / file).exists()] == []
