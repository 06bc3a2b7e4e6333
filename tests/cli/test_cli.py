"""The command line as a subprocess: exit codes, every option, and that nothing ends in a traceback."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import git, write

import rustgate as package
from rustgate.cli.commands.explain import explained
from rustgate.cli.commands.rules import print_table
from rustgate.config.loader import ConfigTable, load_config
from rustgate.model.rule import Profile, Rule
from rustgate.reports.findings.formats import FORMATS
from rustgate.reports.terminal import cell_width
from rustgate.rules.catalog import shipped

pytestmark = pytest.mark.slow  # it starts processes

RUSTGATE = (sys.executable, "-m", "rustgate")
UNWRAP = "fn f(x: Option<u8>) -> u8 { x.unwrap() }\n"
EXPECT = 'fn f(x: Option<u8>) -> u8 { x.expect("why") }\n'
CLEAN = "fn f() {}\n"
ALLOW = "// rustgate: allow(unwrap-used) -- the key was inserted above\n"
IGNORED = "docs,manifest,unsafe-in-safe-crate"
"""What a file of one line cannot satisfy."""
Run = subprocess.CompletedProcess[str]


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(package.__file__).parent.parent))
    monkeypatch.setenv("TERM", "xterm")


def rustgate(folder: Path, *arguments: str, stdin: str = "", **variables: str) -> Run:
    run = subprocess.run(
        (*RUSTGATE, *arguments), cwd=folder, input=stdin, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in run.stderr
    return run


def check(folder: Path, *arguments: str, stdin: str = "", **variables: str) -> Run:
    return rustgate(folder, "check", "--ignore", IGNORED, *arguments, stdin=stdin, **variables)


def found(run: Run) -> list[tuple[str, str]]:
    """(rule, path) of each finding of a JSON report."""
    return [(one["rule"], one["path"]) for one in json.loads(run.stdout)["findings"]]


def on_terminal(folder: Path, *arguments: str, stream: str = "stdout", **variables: str) -> str:
    """What a command shows on a terminal that is its standard output, or its `stream`."""
    reader, terminal = os.openpty()
    stdout, stderr = (terminal, subprocess.DEVNULL) if stream == "stdout" else (subprocess.DEVNULL, terminal)
    with subprocess.Popen((*RUSTGATE, *arguments), cwd=folder, env={**os.environ, **variables}, stdout=stdout, stderr=stderr):
        os.close(terminal)
        shown = b""
        with suppress(OSError):  # how Linux says that a terminal has no other end any more
            while chunk := os.read(reader, 65536):
                shown += chunk
    os.close(reader)
    return shown.decode()


# exit codes


@pytest.mark.parametrize(
    ("source", "fail_on", "code"),
    [
        (CLEAN, None, 0),
        (UNWRAP, None, 1),
        (EXPECT, None, 0),
        (EXPECT, "error", 0),
        (EXPECT, "warning", 1),
        (EXPECT, "note", 1),
        (CLEAN, "note", 0),
        (ALLOW + UNWRAP, "note", 0),
    ],
)
def test_the_exit_code_is_1_for_findings_at_or_above_fail_on(tmp_path: Path, source: str, fail_on: str | None, code: int) -> None:
    write(tmp_path, {"a.rs": source})
    assert check(tmp_path, *(["--fail-on", fail_on] if fail_on else [])).returncode == code
    if fail_on:
        assert check(tmp_path, "--config", f"fail-on={fail_on}").returncode == code
        assert check(tmp_path, RUSTGATE_FAIL_ON=fail_on).returncode == code


def test_the_command_line_wins_over_the_configuration(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": EXPECT, "rustgate.toml": 'fail-on = "warning"\nprofile = "enterprise"'})
    assert check(tmp_path).returncode == 1
    assert check(tmp_path, "--fail-on", "error", "--profile", "production").returncode == 0


MISTAKES = [
    (["chekc"], ['no command "chekc"', 'did you mean "check"?']),
    (["--nonsense"], ["--nonsense"]),
    (["check", "--slect", "unwrap-used"], ["there is no option --slect", "did you mean", "--select"]),
    (["check", "nowhere"], ["nowhere: there is no such file or folder"]),
    (["check", "empty"], ["no Rust file found in empty"]),
    (["check", "empty", "notes"], ["no Rust file found in empty, notes"]),
    (["check", "a.rs", "--select", "unwrap"], ['unknown rule "unwrap"; did you mean "unwrap-used"?']),
    (["check", "a.rs", "--select", "clippy::unwrap_used"], ['"clippy::unwrap_used" is a clippy lint; the rustgate rule is "unwrap-used"']),
    (["explain", "panics"], ['"panics" is a category; name its rules one by one (', "unwrap-used"]),
    (["check", "a.rs", "--select", "unwrap-used,zzz"], ['unknown rule "zzz"; `rustgate rules` lists them all']),
    (["check", "a.rs", "--ignore", "panix"], ['unknown rule "panix"; did you mean "panics"?']),
    (["check", "a.rs", "--select", "unwrap-used", "--ignore", "panics"], ["no rule is left: --ignore names all that --select does"]),
    (["check", "--profile", "prod"], ["prod", "mvp", "production", "enterprise", "hyperscale"]),
    (["check", "--fail-on", "off"], ["off", "note", "warning", "error"]),
    (["check", "--color", "sometimes"], ["auto", "always", "never"]),
    (["check", "--jobs", "0"], ["--jobs"]),
    (["check", "--jobs", "many"], ["--jobs"]),
    (
        ["check", "--output", "jason"],
        ['unknown output format "jason"', 'did you mean "json"?', "known: full, text, concise, grouped, json"],
    ),
    (["check", "--output", "json", "--output", "sarif"], ["both json and sarif", "standard output", "--output sarif=FILE"]),
    (["check", "--output", "json=x", "--output", "sarif=./x"], ["both json and sarif", "/x; write one to another file"]),
    (["check", "--output", "json="], ["the name of the file is missing"]),
    (["check", "--output", "json=gone/x"], ["there is no folder", "gone", "make it first"]),
    (["check", "a.rs", "--output", "json=empty"], ["empty: the report cannot be written: Is a directory"]),
    (["check", "--stdin-filename", "a.rs"], ["add `-`"]),
    (["check", "-", "a.rs"], ["`-` reads standard input and goes with no other path"]),
    (["check", "--config", "gone.toml"], ["gone.toml: the configuration cannot be read: No such file"]),
    (["check", "--config", "one.toml", "--config", "two.toml"], ["two configuration files: one.toml and two.toml"]),
    (["check", "--config", "profil=mvp"], ["--config profil", 'did you mean "profile"?']),
    (["check", "--config", "one.toml"], ["one.toml", 'unknown key "\\x1b[31m"']),
    (["check", "broken"], ["broken/rustgate.toml: not TOML"]),
    (["explain", "unwrap"], ['unknown rule "unwrap"', 'did you mean "unwrap-used"?']),
    (["explain"], ["RULE"]),
    (["rules", "--output", "yaml"], ["table", "json", "markdown"]),
    (["config", "nowhere"], ["nowhere: there is no such file or folder"]),
    (["config", "--config", "exclude=x"], ["--config exclude", "a list of gitignore patterns"]),
    (["config", "broken"], ["broken/rustgate.toml: not TOML"]),
    (["--verbose"], ["--verbose goes with --version"]),
]


@pytest.mark.parametrize(("arguments", "words"), MISTAKES)
def test_a_mistake_is_exit_2_and_a_sentence_on_stderr(tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    configurations = {"broken/rustgate.toml": "profile = ", "one.toml": '"\\u001b[31m" = 1', "two.toml": ""}
    write(tmp_path, {"a.rs": UNWRAP, "broken/a.rs": UNWRAP, "empty/notes.txt": "", "notes/a.md": "", **configurations})
    run = rustgate(tmp_path, *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert [word for word in words if word not in re.sub(r"[\s│]+", " ", run.stderr)] == []


def test_the_working_folder_is_where_a_run_looks_by_itself(tmp_path: Path) -> None:
    assert "no Rust file found in the working folder" in check(tmp_path).stderr


def test_a_tree_of_which_everything_is_excluded_is_no_clean_tree(tmp_path: Path) -> None:
    run = check(write(tmp_path, {"a.rs": UNWRAP, "rustgate.toml": 'exclude = ["*.rs"]'}))
    assert (run.returncode, run.stdout) == (2, "")
    assert "every Rust file in the working folder is excluded by the configuration" in run.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_tree_that_cannot_be_listed_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path, {"locked/a.rs": CLEAN})
    (tmp_path / "locked").chmod(0)
    run = check(tmp_path, "locked", "--output", "json")
    assert (run.returncode, found(run)) == (1, [("unreadable-file", "locked")])
    (tmp_path / "locked").chmod(0o700)


def test_a_mistake_of_ours_is_exit_2_and_says_where(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": CLEAN})
    program = "import rustgate.engine.tasks\nrustgate.engine.tasks.lint = None\nfrom rustgate.cli import main\nmain()"
    run = subprocess.run((sys.executable, "-c", program, "check"), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert "Traceback" in run.stderr
    assert "while a.rs was linted" in run.stderr
    assert "please report it" in run.stderr


@pytest.mark.parametrize("name", ["click.py", "msgspec.py", "tomllib.py"])
def test_what_is_checked_never_gets_to_run(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"a.rs": CLEAN, name: "open('ran', 'w').close()"})
    assert check(tmp_path).returncode == 0
    assert not (tmp_path / "ran").exists()


def test_ctrl_c_is_exit_130_and_an_end_of_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "slow.toml")
    write(tmp_path, {"a.rs": CLEAN})
    program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from rustgate.cli import main; main()"
    command = (sys.executable, "-c", program, "check", "--config", "slow.toml")  # a job in the background would ignore the signal
    with subprocess.Popen(command, cwd=tmp_path, stdout=-1, stderr=-1) as process:
        with (tmp_path / "slow.toml").open("w"):  # opens when the other side has begun to read
            process.send_signal(signal.SIGINT)
            output = process.communicate()
        assert (process.returncode, output) == (130, (b"", b"\n"))


@pytest.mark.parametrize("arguments", [["check"], ["check", "--output", "json"], ["rules"], ["explain", "unwrap-used"], ["config"]])
def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path, arguments: list[str]) -> None:
    write(tmp_path, {"a.rs": UNWRAP})
    reader, writer = os.pipe()
    os.close(reader)
    run = subprocess.run((*RUSTGATE, *arguments), cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (run.returncode, run.stderr) == (141, b"")


def test_the_report_comes_before_the_summary(tmp_path: Path) -> None:
    shown = subprocess.run(
        (*RUSTGATE, "check"), cwd=write(tmp_path, {"a.rs": UNWRAP}), stdout=-1, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert shown.stdout.startswith("a.rs:1:")
    assert shown.stdout.splitlines()[-3].startswith("rustgate: 1 error")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_is_exit_2(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": UNWRAP})
    with Path("/dev/full").open("w") as full:
        run = subprocess.run((*RUSTGATE, "check"), cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr == "rustgate: input or output failed: [Errno 28] No space left on device\n"


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["-h"], *([name, "--help"] for name in ("check", "config", "explain", "rules"))]
)
def test_help_and_version_are_exit_0(tmp_path: Path, arguments: list[str]) -> None:
    run = rustgate(tmp_path, *arguments)
    assert (run.returncode, run.stderr) == (0, "")
    assert "rustgate" in run.stdout


# which rules


@pytest.mark.parametrize(
    ("arguments", "rules"),
    [
        ([], {"unwrap-used", "function-length"}),
        (["--select", "unwrap-used"], {"unwrap-used"}),
        (["--select", "unwrap-used,indexing"], {"unwrap-used", "indexing"}),
        (["--select", "unwrap-used", "--select", "indexing"], {"unwrap-used", "indexing"}),
        (["--select", "size"], {"function-length"}),
        (["--ignore", "panics"], {"function-length"}),
        (["--select", "panics", "--ignore", "indexing"], {"unwrap-used"}),
        (["--profile", "enterprise"], {"unwrap-used", "function-length", "indexing"}),
        (["--config", "rules.indexing=error", "--config", "rules.unwrap-used=off"], {"indexing", "function-length"}),
        (["--config", "other.toml"], {"unwrap-used"}),
        (["--config", "other.toml", "--config", "rules.indexing=note"], {"unwrap-used", "indexing"}),
    ],
)
def test_the_rules_can_be_chosen(tmp_path: Path, arguments: list[str], rules: set[str]) -> None:
    lines = "    let _ = x[i];\n" * 30
    write(tmp_path, {"a.rs": f"fn f() {{\n{lines}    x.unwrap();\n}}\n", "other.toml": 'rules.function-length = "off"'})
    assert {rule for rule, _ in found(check(tmp_path, "--output", "json", *arguments))} == rules


def test_what_could_not_be_judged_is_told_whatever_is_selected(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": b"\xff", "b.rs": UNWRAP})
    assert found(check(tmp_path, "--select", "unwrap-used", "--output", "json")) == [("unreadable-file", "a.rs"), ("unwrap-used", "b.rs")]


@pytest.mark.parametrize(
    ("arguments", "variables", "profile"),
    [
        ([], {}, "mvp"),
        ([], {"RUSTGATE_PROFILE": "enterprise"}, "enterprise"),
        (["--config", "profile=production"], {"RUSTGATE_PROFILE": "enterprise"}, "production"),
        (["--config", "profile=production", "--profile", "hyperscale"], {"RUSTGATE_PROFILE": "enterprise"}, "hyperscale"),
        (["--isolated"], {"RUSTGATE_PROFILE": "enterprise"}, "production"),
        (["--isolated", "--profile", "hyperscale"], {}, "hyperscale"),
        (["--isolated", "--config", "profile=enterprise"], {}, "enterprise"),
    ],
)
def test_the_last_word_on_the_configuration_is_the_command_lines(
    tmp_path: Path, arguments: list[str], variables: dict[str, str], profile: str
) -> None:
    write(tmp_path, {"a.rs": CLEAN, "rustgate.toml": 'profile = "mvp"'})
    assert json.loads(check(tmp_path, "--output", "json", *arguments, **variables).stdout)["profile"] == profile


def test_a_file_whose_name_holds_an_equals_sign_is_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": CLEAN, "a=b.toml": 'profile = "mvp"'})
    assert json.loads(check(tmp_path, "--output", "json", "--config", "a=b.toml").stdout)["profile"] == "mvp"


def test_a_configuration_that_nothing_reads_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": "[workspace]", "a/Cargo.toml": '[package]\nname = "a"', "a/src/lib.rs": CLEAN, "a/rustgate.toml": ""})
    assert "a member of a workspace cannot have a configuration of its own" in check(tmp_path).stderr
    assert check(tmp_path, "--isolated").returncode == 0


# which files


def test_paths_are_relative_to_the_root_for_programs_and_to_the_working_folder_for_people(tmp_path: Path) -> None:
    write(tmp_path, {"a/b.rs": UNWRAP, "c.rs": UNWRAP})
    git(tmp_path, "init", "--quiet")
    assert check(tmp_path, "a").stdout.startswith("a/b.rs:1:29: error[unwrap-used] ")
    assert check(tmp_path / "a", "../c.rs").stdout.startswith("../c.rs:1:29: error[unwrap-used] ")
    assert found(check(tmp_path / "a", "--output", "json")) == [("unwrap-used", "a/b.rs")]


def test_show_files_lists_what_would_be_checked_and_stops(tmp_path: Path) -> None:
    write(tmp_path, {"a/b.rs": UNWRAP, "c.rs": UNWRAP, "gen/d.rs": UNWRAP, "rustgate.toml": 'exclude = ["gen/"]', "a/\x1b[31m\n.rs": ""})
    git(tmp_path, "init", "--quiet")
    run = check(tmp_path / "a", "..", "--show-files")
    assert (run.returncode, run.stdout, run.stderr) == (0, "\\x1b[31m\\x0a.rs\nb.rs\n../c.rs\n", "")


@pytest.mark.parametrize(("arguments", "code", "files"), [([], 1, 2), (["--force-exclude"], 0, 0)])
def test_named_files_are_excluded_on_request(tmp_path: Path, arguments: list[str], code: int, files: int) -> None:
    write(tmp_path, {"gen/a.rs": UNWRAP, "gen/b.rs": UNWRAP, "rustgate.toml": 'exclude = ["gen/"]'})
    run = check(tmp_path, "gen/a.rs", "gen/b.rs", "--output", "json", *arguments)
    assert (run.returncode, json.loads(run.stdout)["summary"]["files"]) == (code, files)


@pytest.mark.parametrize(
    ("arguments", "stdin", "expected"),
    [
        ([], UNWRAP, [("unwrap-used", "<stdin>")]),
        ([], "", []),
        (["--stdin-filename", "src/new.rs"], UNWRAP, [("unwrap-used", "src/new.rs")]),
        (["--stdin-filename", "tests/new.rs"], UNWRAP, []),
        (["--stdin-filename", "src/lib.rs"], CLEAN, []),
        (["--stdin-filename", "src"], UNWRAP, [("unwrap-used", "src")]),
        (["--stdin-filename", "gen/new.rs"], UNWRAP, [("unwrap-used", "gen/new.rs")]),
        (["--stdin-filename", "gen/new.rs", "--force-exclude"], UNWRAP, []),
    ],
)
def test_standard_input_is_judged_as_the_file_that_it_stands_for(
    tmp_path: Path, arguments: list[str], stdin: str, expected: list[tuple[str, str]]
) -> None:
    write(tmp_path, {"Cargo.toml": '[package]\nname = "a"', "src/lib.rs": UNWRAP, "rustgate.toml": 'exclude = ["gen/"]'})
    run = check(tmp_path, "-", "--output", "json", *arguments, stdin=stdin)
    assert (run.returncode, found(run)) == (1 if expected else 0, expected)


def test_the_source_line_of_standard_input_is_shown(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": "// something else"})
    assert "x.unwrap()" in check(tmp_path, "-", "--stdin-filename", "a.rs", stdin=UNWRAP).stdout


# what is shown


def test_muted_findings_are_shown_on_request(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": ALLOW + UNWRAP})
    assert check(tmp_path).stdout == ""
    assert "muted by suppression: the key was inserted above" in check(tmp_path, "--show-muted").stdout
    report = json.loads(check(tmp_path, "--show-muted", "--output", "json").stdout)
    assert report["summary"]["muted"] == 1
    assert report["findings"][0]["muted"] == {"by": "suppression", "reason": "the key was inserted above"}


def test_no_suppress_lets_muted_findings_count(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": ALLOW + UNWRAP})
    assert (check(tmp_path).returncode, check(tmp_path, "--no-suppress").returncode) == (0, 1)


def test_statistics_are_shown_alone_on_request(tmp_path: Path) -> None:
    run = check(write(tmp_path, {"a.rs": UNWRAP + EXPECT}), "--statistics")
    assert run.returncode == 1
    assert " ".join(run.stdout.split()) == "rule errors warnings notes expect-used - 1 - unwrap-used 1 - -"


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        ([], ["rustgate: 1 error in 1 file (1 line, profile production, ", "  next: `rustgate explain unwrap-used` "]),
        (["-q"], []),
        (["-v"], ["rustgate: 1 error", "  next: ", "  root ", "  cache "]),
        (["-qv"], ["  root ", "  cache "]),
    ],
)
def test_the_summary_is_on_stderr(tmp_path: Path, arguments: list[str], lines: list[str]) -> None:
    shown = check(write(tmp_path, {"a.rs": UNWRAP}), *arguments).stderr.splitlines()
    assert len(shown) == len(lines)
    assert all(line.startswith(beginning) for line, beginning in zip(shown, lines, strict=True))


@pytest.mark.parametrize(
    ("arguments", "variables", "colored"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (["--color", "always", "--output", "json"], {}, False),
        (["--color", "always", "--output", "github"], {}, False),
    ],
)
def test_colours_are_for_people(tmp_path: Path, arguments: list[str], variables: dict[str, str], *, colored: bool) -> None:
    assert ("\x1b[" in check(write(tmp_path, {"a.rs": UNWRAP}), *arguments, **variables).stdout) is colored


@pytest.mark.parametrize(
    ("arguments", "variables", "colored"),
    [([], {}, True), ([], {"NO_COLOR": "1"}, False), ([], {"NO_COLOR": ""}, True), (["--color", "never"], {}, False)],
)
def test_a_terminal_shows_colours(tmp_path: Path, arguments: list[str], variables: dict[str, str], *, colored: bool) -> None:
    write(tmp_path, {"a.rs": UNWRAP})
    assert ("\x1b[" in on_terminal(tmp_path, "check", *arguments, **variables)) is colored
    assert ("\x1b[" in on_terminal(tmp_path, "check", *arguments, stream="stderr", **variables)) is colored


@pytest.mark.parametrize(
    ("files", "arguments", "shown"), [(100, [], True), (99, [], False), (100, ["--no-progress"], False), (100, ["-q"], False)]
)
def test_a_terminal_shows_progress_where_there_is_something_to_wait_for(
    tmp_path: Path, files: int, arguments: list[str], *, shown: bool
) -> None:
    write(tmp_path, {f"f{number}.rs": CLEAN for number in range(files)})
    assert (
        f"{files} of {files} files, {files} lines, " in on_terminal(tmp_path, "check", *arguments, stream="stderr", COLUMNS="120")
    ) is shown


def test_control_characters_never_reach_the_terminal(tmp_path: Path) -> None:
    write(tmp_path, {"\x1b[2J.rs": "// \x1b[2J\nfn f() { x.unwrap(); /* \x1b]0;title\x07 */ }", os.fsdecode(b"\xff.rs"): UNWRAP})
    for arguments in (["--output", "text"], ["--output", "github"], ["--show-files"]):
        run = check(tmp_path, *arguments)
        assert not {"\x1b", "\x07"} & {*run.stdout, *run.stderr}


# reports


def test_several_reports_are_written_in_one_run(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": UNWRAP, "b.json": "old", "e.txt": ""})
    outputs = ["text", "json=b.json", "sarif=c.sarif", "github=d.txt", f"text={tmp_path / 'e.txt'}"]
    run = check(tmp_path, *(f"--output={output}" for output in outputs), "--color", "always")
    assert (run.returncode, run.stdout[:3]) == (1, "\x1b[1")
    assert json.loads((tmp_path / "b.json").read_text())["findings"][0]["rule"] == "unwrap-used"
    assert json.loads((tmp_path / "c.sarif").read_text())["version"] == "2.1.0"
    assert (tmp_path / "d.txt").read_text().startswith("::error ")
    assert (tmp_path / "e.txt").read_text().startswith("a.rs:1:29: error[unwrap-used] ")
    assert "rustgate: 1 error" in (tmp_path / "e.txt").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.rs", "b.json", "c.sarif", "d.txt", "e.txt"]


def test_a_report_can_go_to_a_device(tmp_path: Path) -> None:
    run = check(write(tmp_path, {"a.rs": UNWRAP}), "--output", "json=/dev/stdout", "--output", "text=/dev/null")
    assert found(run) == [("unwrap-used", "a.rs")]


def test_reports_in_files_do_not_wait_for_standard_output(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": UNWRAP})
    reader, writer = os.pipe()
    os.close(reader)
    subprocess.run((*RUSTGATE, "check", "--output", "text", "--output", "json=b.json"), cwd=tmp_path, stdout=writer, check=False)
    os.close(writer)
    assert json.loads((tmp_path / "b.json").read_text())["summary"]["errors"] == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write every file")
def test_a_report_that_cannot_be_written_is_exit_2(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": UNWRAP, "locked/x": ""})
    (tmp_path / "locked").chmod(0o500)
    run = check(tmp_path, "--output", "json=locked/b.json")
    assert (run.returncode, run.stderr) == (2, "rustgate: locked/b.json: the report cannot be written: Permission denied\n")


@pytest.mark.parametrize("output", FORMATS)
def test_any_number_of_jobs_gives_the_same_bytes(tmp_path: Path, output: str) -> None:
    write(tmp_path, {f"f{number}.rs": (UNWRAP + EXPECT) * 1_000 for number in range(6)})
    one, two = (check(tmp_path, "--jobs", jobs, "--output", output) for jobs in "12")
    seconds = re.compile(r'"seconds": [\d.]+')
    assert seconds.sub("", one.stdout) == seconds.sub("", two.stdout)
    assert (one.returncode, len(one.stdout) > 1_000) == (two.returncode, True)


def test_sarif_says_what_it_leaves_out(tmp_path: Path) -> None:
    run = check(write(tmp_path, {"a.rs": UNWRAP * 5_002}), "--select", "unwrap-used", "--output", "sarif=a.sarif")
    assert "the SARIF report leaves out 2 errors: it holds one finding of a rule on a line, and at most 5,000" in run.stderr


# explain, rules, config


@pytest.mark.parametrize("rule", ["unwrap-used", "function-length", "panic-used"])
def test_explain_shows_the_page_and_what_its_front_matter_says(tmp_path: Path, rule: str) -> None:
    run = rustgate(tmp_path, "explain", rule)
    reader = shipped()[rule].markdown.partition("\n## For rule authors\n")[0]
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(reader.partition("```")[0])
    assert not re.search(r"//~|^```query|^## For rule authors", run.stdout, re.MULTILINE)
    assert run.stdout.count("*Found:*\n\n```rust") == reader.count("```rust bad")
    assert "\n## Here\n\nIn this folder: level `error` (profile production)" in run.stdout
    assert f"Category: {shipped()[rule].category}. Looks at production code. Since 0.1. Equivalent lint: `clippy::" in run.stdout


def test_explain_speaks_to_readers(tmp_path: Path) -> None:
    shown = rustgate(tmp_path, "explain", "function-length").stdout
    headings = ["Options", "Differences from clippy", "Levels", "How to configure", "How to suppress a finding", "Here"]
    assert re.findall(r"^## (.+)$", shown, re.MULTILINE) == headings


@pytest.mark.parametrize("rule", shipped().values(), ids=lambda rule: rule.name)
def test_explain_shows_a_configuration_that_is_accepted(tmp_path: Path, rule: Rule) -> None:
    (snippet,) = re.findall(rf"^```toml\n(\[rules\.{rule.name}\]\n.*?)^```$", explained(rule), re.MULTILINE | re.DOTALL)
    config = load_config(write(tmp_path, {"rustgate.toml": snippet}), shipped())
    assert {"level", *rule.options} <= set(config.table.rules[rule.name])


@pytest.mark.parametrize(
    ("rule", "comment", "attribute"),
    [
        ("unwrap-used", "// rustgate: allow(unwrap-used) -- the reason", "`#[allow(clippy::unwrap_used)]` suppresses it too"),
        ("missing-docs", "// rustgate: allow(missing-docs) -- the reason", "`#[allow(missing_docs)]` suppresses it too"),
        ("lockfile", "# rustgate: allow(lockfile) -- the reason", "covers the key or table"),
        ("unknown-rule", "A comment cannot suppress this rule.", ""),
    ],
)
def test_explain_shows_how_to_mute(rule: str, comment: str, attribute: str) -> None:
    muting = explained(shipped()[rule]).partition("\n## How to suppress a finding\n")[2]
    assert f"\n{comment}\n" in muting
    assert attribute in muting


@pytest.mark.parametrize("lint", ["unwrap_used", "clippy::unwrap_used"])
def test_explain_knows_rules_by_their_clippy_equivalents(tmp_path: Path, lint: str) -> None:
    assert rustgate(tmp_path, "explain", lint).stdout == rustgate(tmp_path, "explain", "unwrap-used").stdout


def test_explain_shows_limits_and_options(tmp_path: Path) -> None:
    shown = rustgate(tmp_path, "explain", "function-length").stdout
    assert "| profile | level | limit | warning limit | `count` |" in shown
    assert "| mvp | warning | 60 | - | physical |" in shown
    assert "| enterprise | error | 30 | 15 | physical |" in shown
    assert 'count = "physical"   # physical | code\n' in shown


def test_a_terminal_shows_a_page_as_it_reads_best(tmp_path: Path) -> None:
    shown = on_terminal(tmp_path, "explain", "unwrap-used")
    assert "\x1b[" in shown
    assert "```" not in shown
    assert "\x1b[48;" not in shown, "a background would suit one kind of terminal only"


def test_rules_lists_every_rule_as_a_table(tmp_path: Path) -> None:
    shown = rustgate(tmp_path, "rules").stdout
    assert set(shipped()) <= {*shown.split()}
    assert f"{len(shipped())} rules. Levels: mvp/production/enterprise/hyperscale" in shown


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_table_of_rules_fits_the_terminal(width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("FORCE_COLOR", "1")
    print_table([*shipped().values()])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(cell_width, lines)) <= width
    assert set(shipped()) <= {*" ".join(lines).split()}


@pytest.mark.parametrize("rule", shipped().values(), ids=lambda rule: rule.name)
def test_no_page_is_explained_with_what_is_for_tests_and_authors(rule: Rule) -> None:
    assert not re.search(r"(//|#)~|^```query|^## For rule authors|^```\w+ (good|bad)", explained(rule), re.MULTILINE)


def test_rules_lists_every_rule_as_json(tmp_path: Path) -> None:
    rules = json.loads(rustgate(tmp_path, "rules", "--output", "json").stdout)
    assert [rule["name"] for rule in rules] == [*shipped()]
    length = next(rule for rule in rules if rule["name"] == "function-length")
    assert length["levels"] == {"mvp": "warning", "production": "error", "enterprise": "error", "hyperscale": "error"}
    assert (length["limits"]["mvp"], length["soft_limits"]["enterprise"], length["options"]) == (60, 15, {"count": "physical"})


def test_rules_lists_every_rule_as_markdown(tmp_path: Path) -> None:
    lines = rustgate(tmp_path, "rules", "--output", "markdown").stdout.splitlines()
    assert len(lines) == len(shipped()) + 2
    assert any(
        line.startswith("| [`unwrap-used`](../rules/panics/unwrap-used.md) | `unwrap()` outside tests | w/e/e/e |") for line in lines
    )


CONFIG = """
fail-on = "warning"
[rules]
expect-used = "off"
[[overrides]]
paths = ["legacy/**"]
profile = "mvp"
rules.function-length.limit = 99
"""


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            ["src/a.rs"],
            [
                'profile = "production" # default',
                'fail-on = "warning" # {file}',
                "exclude = [] # default",
                "respect-clippy = true # default",
                "max-file-size = 4194304 # default",
                'metrics.engine = "rustgate" # default',
                'rules.unwrap-used.level = "error" # profile production',
                'rules.expect-used.level = "off" # {file}',
                "rules.function-length.limit = 30 # profile production",
                'rules.function-length.count = "physical" # profile production',
            ],
        ),
        (["legacy/b.rs"], ['profile = "mvp" # {file} overrides[0]', "rules.function-length.limit = 99 # {file} overrides[0]"]),
        (["--profile", "enterprise"], ['profile = "enterprise" # --profile', "rules.function-length.soft = 15 # profile enterprise"]),
        (["--config", "exclude=['x']"], ['exclude = ["x"] # --config exclude']),
        (["--isolated"], ['fail-on = "error" # default']),
        ([], ["max-file-size = 7 # environment variable RUSTGATE_MAX_FILE_SIZE"]),
    ],
)
def test_config_shows_every_value_and_where_it_came_from(tmp_path: Path, arguments: list[str], lines: list[str]) -> None:
    write(tmp_path, {"src/a.rs": "", "legacy/b.rs": "", "rustgate.toml": CONFIG})
    variables = {} if arguments else {"RUSTGATE_MAX_FILE_SIZE": "7"}
    shown = [" ".join(line.split()) for line in rustgate(tmp_path, "config", *arguments, **variables).stdout.splitlines()]
    assert [line for line in lines if line.format(file=tmp_path / "rustgate.toml") not in shown] == []
    assert {line.split(" ")[0].split(".")[1] for line in shown if line.startswith("rules.")} == set(shipped())


@pytest.mark.parametrize(
    ("arguments", "remarked"),
    [([], True), (["."], True), (["src", "legacy"], False), (["src/a.rs"], False), (["--quiet"], False), (["--ignore=docs"], False)],
)
def test_an_override_that_matches_no_file_is_remarked_on_where_all_files_are_looked_at(
    tmp_path: Path, arguments: list[str], *, remarked: bool
) -> None:
    config = f"{CONFIG}[[overrides]]\npaths = ['legcy/**', 'x']\n[[overrides]]\npaths = ['Cargo.toml']\nprofile = 'mvp'\n"
    write(tmp_path, {"src/a.rs": "", "legacy/b.rs": "", "rustgate.toml": config, "Cargo.toml": '[package]\nname = "a"\n'})
    run = rustgate(tmp_path, "check", *arguments)
    sentence = f"rustgate: {tmp_path / 'rustgate.toml'}: overrides[1] matches no file; check its paths (legcy/**, x)\n"
    assert (sentence in run.stderr, run.stderr.count("matches no file")) == (remarked, remarked)


def test_the_schema_knows_every_key_rule_and_option(tmp_path: Path) -> None:
    run = rustgate(tmp_path, "config", "--schema")
    definitions = json.loads(run.stdout)["$defs"]
    keys = definitions["ConfigTable"]["properties"]
    assert {key.replace("-", "_") for key in keys} == {*ConfigTable.__struct_fields__}
    assert keys["max-file-size"]["minimum"] == 1
    assert definitions["Profile"]["enum"] == sorted(Profile)
    assert set(definitions["Rules"]["properties"]) == {*shipped(), *(rule.category for rule in shipped().values())}
    table = definitions["Rules"]["properties"]["function-length"]["anyOf"][1]
    assert set(table["properties"]) == {"level", "limit", "soft", "count"}
    assert not any(
        definitions[name].get("additionalProperties", True) for name in ("ConfigTable", "OverrideTable", "MetricsTable", "Rules")
    )


def test_a_text_without_a_name_belongs_to_no_package(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": '[package]\nname = "a"\n', "src/lib.rs": "//! A crate.\n"})
    hidden = "//! A file.\npub(super) trait A {\n    fn a(&self);\n}\npub fn b() {}\n"
    run = rustgate(tmp_path, "check", "-", "--select", "missing-docs", "--output", "json", stdin=hidden)
    assert [(one["path"], one["line"]) for one in json.loads(run.stdout)["findings"]] == [("<stdin>", 5)]


def test_what_has_no_name_is_no_root_of_a_crate(tmp_path: Path) -> None:
    given = ("check", "-", "--select", "missing-crate-docs,unsafe-in-safe-crate", "--output", "json")
    nameless, named = (rustgate(tmp_path, *given, *more, stdin="fn f() {}\n") for more in ([], ["--stdin-filename", "a.rs"]))
    found = [[one["rule"] for one in json.loads(run.stdout)["findings"]] for run in (nameless, named)]
    assert found == [[], ["missing-crate-docs", "unsafe-in-safe-crate"]]


def test_the_version_that_ci_installs_is_no_setting(tmp_path: Path) -> None:
    assert check(write(tmp_path, {"a.rs": CLEAN}), RUSTGATE_VERSION="0.1.0").returncode == 0
    assert check(tmp_path, RUSTGATE_VERSIONS="0.1.0").returncode == 2
