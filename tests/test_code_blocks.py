"""Every block of code in the README and docs/ is held to the program, by its language."""

import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from conftest import write

from rustgate.cli import cli
from rustgate.config.loader import load_config
from rustgate.rules.catalog import shipped
from rustgate.rules.page import parse_page
from rustgate.suppressions.directives import parse_directive
from rustgate.syntax.parse import parse_rust
from rustgate.testing import outcomes

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    ROOT / "CHANGELOG.md",
    ROOT / ".github/CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCK = re.compile(r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>\w*)[^\n]*\n(?P<text>.*?)^ *(?P=fence)$", re.MULTILINE | re.DOTALL)
HELD_ELSEWHERE = {
    "text": "the choice of a commit, in cli/test_since.py",
    "python": "test_internals.py runs it",
    "mermaid": "test_internals.py compares it with a run",
}


def blocks() -> Iterator[tuple[str, str, str]]:
    """(page and line, language, text) of each block."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start()) + 1
            yield f"{page.relative_to(ROOT)}:{line}", block["language"], block["text"]


def commands(text: str) -> Iterator[list[str]]:
    """The words of each call of rustgate, without what a shell does with them."""
    for line in text.splitlines():
        for call in re.findall(r"(?:^|(?<=[ /]))rustgate .*", re.sub(r"\s#.*", "", line)):
            yield shlex.split(re.sub(r" (\||>|&&) .*", "", call))


def accept_commands(text: str, _folder: Path) -> None:
    """Let click read the arguments of each command, without running it."""
    for words in commands(text):
        command: click.Command = cli
        context = click.Context(cli, info_name="rustgate")
        arguments = words[1:]
        while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
            _, found, arguments = command.resolve_command(context, arguments)
            assert found
            command = found
            context = click.Context(found, parent=context)
        if not isinstance(command, click.Group):
            command.make_context(command.name, arguments, parent=context)


def accept_configuration(text: str, folder: Path) -> None:
    """Load it as rustgate.toml, unless it is for Cargo or Python."""
    if "project" in tomllib.loads(text):
        return
    load_config(write(folder, {"rustgate.toml": text}), shipped())


def accept_workflow(text: str, folder: Path) -> None:
    """Read its commands, and look for the hooks that it names."""
    accept_commands(text, folder)
    hooks = {*re.findall(r"^- id: (\S+)", (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"), re.MULTILINE)}
    assert {*re.findall(r"- id: (rustgate\S*)", text)} <= hooks


def accept_rust(text: str, _folder: Path) -> None:
    """Parse it, and its suppressions, which name rules that there are."""
    assert not parse_rust(text.encode()).has_error
    for comment in re.findall(r"// rustgate: .*", text):
        directive = parse_directive(comment)
        assert isinstance(directive, tuple)
        assert {*re.findall(r"allow(?:-file)?\(([\w-]+)\)", comment)} <= {*shipped()}


def accept_page(text: str, _folder: Path) -> None:
    """Run the examples of a rule page."""
    rule = parse_page(text, "page.md", "no-println", "own")
    assert all(outcome.ok for outcome in outcomes(rule))


READERS: dict[str, Callable[[str, Path], None]] = {
    "sh": accept_commands,
    "console": accept_commands,
    "toml": accept_configuration,
    "yaml": accept_workflow,
    "rust": accept_rust,
    "markdown": accept_page,
}


@pytest.mark.parametrize(("language", "text"), [block[1:] for block in blocks()], ids=[block[0] for block in blocks()])
def test_a_block_of_code_is_what_the_program_accepts(language: str, text: str, tmp_path: Path) -> None:
    assert language in READERS or language in HELD_ELSEWHERE, f"say what holds a block of {language or 'no language'} to the program"
    if language in READERS:
        READERS[language](text, tmp_path)


@pytest.mark.parametrize(
    ("language", "text", "mistake"),
    [
        ("sh", "rustgate chekc\n", click.UsageError),
        ("sh", ".venv/bin/rustgate check --nosuch\n", click.NoSuchOption),
        ("console", "$ rustgate check --fail-on nosuch | head\n", click.BadParameter),
        ("yaml", "- run: rustgate check --nosuch\n", click.NoSuchOption),
        ("yaml", "- id: rustgate-nosuch\n", AssertionError),
        ("toml", "nosuch = 1\n", Exception),
        ("rust", "fn (\n", AssertionError),
        ("rust", "// rustgate: allow(nosuch) -- why\n", AssertionError),
    ],
)
def test_a_block_that_is_wrong_is_refused(language: str, text: str, mistake: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(mistake):
        READERS[language](text, tmp_path)
