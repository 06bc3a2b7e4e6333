"""The README says what is so: its rule table, its report, its commands and its examples are derived or checked."""

import re
import runpy
import subprocess
import sys
import tomllib
from html import unescape
from pathlib import Path
from typing import get_args

import pytest

from rustgate.checks.size.measures import MEASURES
from rustgate.cli.commands.rules import markdown_table
from rustgate.config.loader import ConfigTable, load_config
from rustgate.model.file import Target
from rustgate.model.rule import Applies, Enclosure
from rustgate.rules.catalog import shipped
from rustgate.rules.page import FrontMatter, Precision
from rustgate.suppressions.directives import parse_directive

PYTHON_ONLY = {"scope", "check", "gather", "raised_by", "reads", "options", "choices"}
"""Keys of a page that say nothing without a function behind it."""
ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = {page.name: page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md")}


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_rule_table_is_that_of_the_pages() -> None:
    table = DOCS["rules.md"].split("--output markdown -->\n")[1].split("<!-- end of rules -->")[0]
    assert table == markdown_table(list(shipped().values()))


def words_of(picture: str) -> str:
    """The text of an SVG picture, without its places and colours."""
    return unescape(" ".join(re.findall(r"<text [^>]*>([^<]+)</text>", picture))).replace("\xa0", " ")


@pytest.mark.slow
def test_the_picture_of_the_report_is_a_real_one() -> None:
    for file, drawn in runpy.run_path(str(ROOT / ".ci/draw_report.py"))["pictures"]():
        assert words_of(file.read_text(encoding="utf-8")) == words_of(drawn), "renew it: .venv/bin/python .ci/draw_report.py"
        assert "error[unwrap-used]" in words_of(drawn)
        assert f"docs/pictures/{file.name}" in README


def test_the_configuration_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "rustgate.toml").write_text(blocks("toml", DOCS["configuration.md"])[0], encoding="utf-8")
    config = load_config(tmp_path, shipped())
    assert config.table.exclude == ["**/generated/**"]


def test_the_configuration_names_every_key() -> None:
    assert set(tomllib.loads(blocks("toml", DOCS["configuration.md"])[0])) == {
        field.replace("_", "-") for field in ConfigTable.__struct_fields__
    }


def test_all_that_the_front_matter_of_a_page_can_say_is_told() -> None:
    page = DOCS["own-rules.md"]
    table = page.split("| key | what it means |\n")[1].split("\n\n")[0]
    example = page.split("````markdown\n")[1].split("````")[0]
    keys = {*re.findall(r"`(\w+)`(?:,| \|)", "\n".join(line[: line.index(" |", 2) + 2] for line in table.splitlines()))}
    said = {*re.findall(r"^(\w+) = ", example, re.MULTILINE)}
    assert keys | said == {*FrontMatter.__struct_fields__} - PYTHON_ONLY
    told = {*re.findall(r"`([\w.-]+)`", page.split("What else the front matter")[1].split("The pages of a repository")[0])}
    assert {*Applies, *Enclosure, *Target, *MEASURES, *get_args(Precision)} <= told


def test_the_suppressions_can_be_read() -> None:
    comments = re.findall(r"// rustgate: .*", blocks("rust", DOCS["suppressing.md"])[0])
    assert len(comments) == 2
    assert all(isinstance(parse_directive(comment), tuple) for comment in comments)


COMMANDS = sorted(
    {
        line
        for text in (README, *DOCS.values())
        for block in (*blocks("sh", text), *blocks("console", text))
        for line in (line.removeprefix("$ ") for line in block.splitlines())
        if line.startswith("rustgate ")
    }
)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_and_option_exists(line: str) -> None:
    words = line.partition("#")[0].split()
    group = words[1:3] if words[1] in {"baseline", "cache"} else words[1:2]
    run = subprocess.run([sys.executable, "-m", "rustgate", *group, "--help"], capture_output=True, text=True, check=True)
    assert all(word.partition("=")[0] in run.stdout for word in words if word.startswith("--"))


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{name}" for name in sorted(DOCS))])
def test_links_lead_somewhere(page: str) -> None:
    paths = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [path for path in paths if not ((ROOT / page).parent / path).exists()] == []


def test_ci_takes_the_test_command_from_here() -> None:
    assert "<!-- test-command -->\n```sh\n" in README
    assert "pytest" in blocks("sh")[1]
