"""What people type from habit, exit codes for scripts, watching, and completions."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import pytest
from conftest import write

from rustgate.cli import cli
from rustgate.cli.habits import COMMANDS, OPTIONS
from rustgate.cli.watch import snapshot

RUSTGATE = (sys.executable, "-m", "rustgate")
UNWRAP = "fn f(x: Option<u8>) -> u8 { x.unwrap() }\n"
RANK_B = "fn f(a: u8) -> u8 {\n" + "    if a > 1 { return 1; }\n" * 6 + "    a\n}\n"


def rustgate(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        (*RUSTGATE, *arguments), cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lint"], 'there is no command "lint"; `rustgate check` checks code'),
        (["rule", "unwrap-used"], "`rustgate explain RULE` explains one rule"),
        (["chekc"], 'did you mean "check"?'),
        (["check", "--fix"], "there is no option --fix; rustgate changes no code"),
        (["check", "--output-format", "json"], "there is no option --output-format; use --output FORMAT"),
        (["check", "--add-noqa"], "// rustgate: allow(RULE) -- reason"),
        (
            ["check", "--profile", "enterprize"],
            '--profile: unknown value "enterprize"; did you mean "enterprise"? (known: mvp, production,',
        ),
        (["completions", "tcsh"], 'SHELL: unknown value "tcsh"'),
        (["cache", "clear"], 'there is no command "clear"; did you mean "clean"?'),
        (["baseline", "xyz"], "see `rustgate baseline --help`"),
        (["."], "`rustgate check .` checks it"),
        (["check", "--select", "unwarp-used"], 'did you mean "unwrap-used"?'),
        (["check", "--jobs", "0"], "see `rustgate check --help`"),
        (["check", "--watch", "-"], "--watch watches files; name some instead of `-`"),
    ],
)
def test_a_habit_gets_a_hint_in_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    run = rustgate(tmp_path, *arguments)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert run.stderr.startswith("rustgate: ")
    assert said in run.stderr


def test_what_hints_name_is_there() -> None:
    said = " ".join([*COMMANDS.values(), *OPTIONS.values()])
    named = [hint.split() for hint in re.findall(r"`rustgate ([^`]*)`", said)]
    assert {words[0] for words in named if not words[0].isupper() and not words[0].startswith("-")} <= {*_commands(cli, 1)}
    assert {" ".join(words[:2]) for words in named if words[0] == "cache"} <= {*_commands(cli, 2)}
    options = {option for name in _commands(cli, 1) for option in _options(name)}
    assert {*re.findall(r"(?<!\S)--[a-z-]+", said)} <= options | {"--help", "--version"}


def _commands(group: click.Group, depth: int, before: str = "") -> Iterator[str]:
    """The names of commands and, two deep, of those in groups."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield before + name
        if depth > 1 and isinstance(command, click.Group):
            yield from _commands(command, depth - 1, f"{name} ")


def _options(name: str) -> list[str]:
    command = cli.get_command(click.Context(cli), name)
    return [option for parameter in command.params for option in parameter.opts] if command else []


@pytest.mark.parametrize("name", [*_commands(cli, 1)])
def test_commands_have_examples_that_can_be_typed(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    if isinstance(command, click.Group):
        return
    assert command
    help_text = command.get_help(click.Context(command, info_name=name))
    typed = [line.split("  ")[1] for line in help_text.partition("Examples:")[2].splitlines() if line.startswith("  rustgate ")]
    assert typed or name == "completions"
    for line in typed:
        words = re.sub(r" [|>] .*", "", line).split()
        assert words[1] == name
        assert {word for word in words if word.startswith("-")} <= {*_options(name)}


@pytest.mark.parametrize(
    "arguments", [["check", "."], ["metrics"], ["unsafe"], ["config"], ["rules"], ["baseline", "create"]], ids=" ".join
)
def test_a_configuration_in_a_member_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    package = '[package]\nname = "m"\nversion = "0.1.0"\nedition = "2021"\n'
    write(tmp_path, {"Cargo.toml": '[workspace]\nmembers = ["m"]\n', "m/Cargo.toml": package, "m/src/lib.rs": "", "m/rustgate.toml": ""})
    (tmp_path / ".git").mkdir()
    run = rustgate(tmp_path / "m", *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert "a member of a workspace cannot have a configuration of its own" in run.stderr
    assert "a member of a workspace cannot have a configuration" in rustgate(tmp_path / "m", "explain", "unwrap-used").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", "--select", "unwrap-used"], 1),
        (["check", "--select", "unwrap-used", "-e"], 0),
        (["check", "--exit-zero", "--select", "nothing"], 2),
        (["unsafe"], 0),
        (["unsafe", "--fail-undocumented"], 1),
        (["metrics", "--fail-over", "B"], 0),
        (["metrics", "--fail-over", "a"], 1),
    ],
)
def test_exit_codes_for_scripts(tmp_path: Path, arguments: list[str], code: int) -> None:
    write(tmp_path, {"a.rs": UNWRAP + RANK_B.replace("fn f", "fn g"), "b.rs": "fn h() { unsafe { g() } }\n"})
    assert rustgate(tmp_path, *arguments).returncode == code


def test_documented_unsafe_code_does_not_fail(tmp_path: Path) -> None:
    write(tmp_path, {"b.rs": "fn h() {\n    // SAFETY: it is sound.\n    unsafe { g() }\n}\n"})
    assert rustgate(tmp_path, "unsafe", "--fail-undocumented").returncode == 0


def test_the_version_names_the_parts(tmp_path: Path) -> None:
    short, long = rustgate(tmp_path, "-V"), rustgate(tmp_path, "--version", "--verbose")
    assert short.stdout == rustgate(tmp_path, "--version").stdout
    assert [line.partition(" ")[0] for line in long.stdout.splitlines()] == [
        "rustgate,", "Python", "tree-sitter", "tree-sitter-rust", "tree-sitter-toml", "lizard"
    ]  # fmt: skip


def test_help_has_every_option_in_one_section_and_examples(tmp_path: Path) -> None:
    shown = rustgate(tmp_path, "check", "--help").stdout
    for option in ("--select", "-o, --output", "-e, --exit-zero", "--watch", "--cache-dir"):
        assert shown.partition("\nExamples:")[0].count(f"  {option} ") == 1
    other = shown.partition("Other options:\n")[2].partition("\nExamples:")[0]
    assert [line.split()[0] for line in other.splitlines() if line.strip()] == ["-h,"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_are_for_the_shell(tmp_path: Path, shell: str) -> None:
    run = rustgate(tmp_path, "completions", shell)
    assert (run.returncode, run.stderr) == (0, "")
    assert "_RUSTGATE_COMPLETE" in run.stdout


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("rustgate explain unw", ["unwrap-used"]),
        ("rustgate check --select todo-macro,unwrap-", ["todo-macro,unwrap-used"]),
        ("rustgate chec", ["check"]),
    ],
)
def test_rules_are_completed(tmp_path: Path, words: str, completed: list[str]) -> None:
    count = str(len(words.split()) - 1)
    code = "import sys; sys.argv[0] = 'rustgate'; from rustgate.cli import main; main()"
    environment = {**os.environ, "_RUSTGATE_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": count}
    run = subprocess.run((sys.executable, "-c", code), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert [line.partition(",")[2] for line in run.stdout.splitlines()] == completed


def test_a_change_of_a_file_a_manifest_or_the_tree_is_seen(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": "[package]\n", "src/lib.rs": UNWRAP})
    seen = [snapshot([str(tmp_path)])]
    for files in ({"src/lib.rs": UNWRAP * 2}, {"Cargo.toml": "[package]\nname = 'a'\n"}, {"src/new.rs": UNWRAP}, {"rustgate.toml": ""}):
        write(tmp_path, files)
        seen.append(snapshot([str(tmp_path)]))
    assert all(before != after for before, after in pairwise(seen))
    assert snapshot([str(tmp_path)]) == seen[-1]


@pytest.mark.slow
def test_watching_checks_again_after_a_change_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": UNWRAP})
    command = (*RUSTGATE, "check", "--watch", "--select", "unwrap-used", "-o", "concise", "-q")
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith("a.rs:1:29: error[unwrap-used]")
        assert process.stderr.readline() == "rustgate: watching for changes; Ctrl-C ends\n"
        write(tmp_path, {"b.rs": UNWRAP})
        assert [process.stdout.readline()[:5] for _ in range(2)] == ["a.rs:", "b.rs:"]
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
