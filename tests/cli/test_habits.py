"""What people type from habit, exit codes for scripts, watching, and completions."""

import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import write

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
        (["check", "--jobs", "0"], "see `rustgate check --help`"),
        (["check", "--watch", "-"], "--watch watches files; name some instead of `-`"),
    ],
)
def test_a_habit_gets_a_hint_in_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    run = rustgate(tmp_path, *arguments)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert run.stderr.startswith("rustgate: ")
    assert said in run.stderr


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
