"""Input that is broken or means harm: the run ends, says what it made of it, and loses nothing that it finds in the file beside it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import git, write

import rustgate as package
from rustgate.config.loader import load_config
from rustgate.engine.check import Engine, Options
from rustgate.engine.declarations import DeclarationJob, DeclaringFile, declarations_in
from rustgate.engine.linter import lint
from rustgate.engine.ruleset import build_rule_set
from rustgate.engine.tasks import LintJob
from rustgate.filesystem.reading import read_source
from rustgate.model.file import FileContext, FileResult, Target
from rustgate.model.rule import Profile
from rustgate.project.project import Project
from rustgate.reports.findings.formats import FORMATS
from rustgate.rules.catalog import shipped
from rustgate.testing import setting_in

pytestmark = pytest.mark.slow  # it starts processes

RUSTGATE = (sys.executable, "-m", "rustgate")
UNWRAP = "pub fn f(x: Option<u8>) -> u8 { x.unwrap() }\n"
LONG = "// a line\n" * 2_000
"""More than is read without a worker process."""
IGNORED = "docs,manifest,unsafe-in-safe-crate,size,complexity"
"""What these files cannot satisfy."""
NEIGHBOUR = ("unwrap-used", "src/neighbour.rs")
Found = list[tuple[str, str]]
Run = subprocess.CompletedProcess[str]


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(package.__file__).parent.parent))


def rustgate(folder: Path, *arguments: str, command: tuple[str, ...] = RUSTGATE) -> Run:
    run = subprocess.run((*command, *arguments), cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in run.stderr
    return run


def check(folder: Path, *arguments: str, command: tuple[str, ...] = RUSTGATE) -> Run:
    """A run that writes a report in each format, as each looks at the sources in its own way."""
    with TemporaryDirectory() as reports:
        others = [part for name in FORMATS if name != "json" for part in ("--output", f"{name}={reports}/{name}")]
        return rustgate(folder, "check", "--ignore", IGNORED, "--output", "json", *others, *arguments, command=command)


def found(run: Run) -> Found:
    """(rule, path) of each finding."""
    return [(one["rule"], one["path"]) for one in json.loads(run.stdout)["findings"]]


def said(run: Run, path: str = "src/hostile.rs") -> str:
    """What the findings in a file say."""
    return " ".join(one["message"] for one in json.loads(run.stdout)["findings"] if one["path"] == path)


def crate(folder: Path, hostile: str | bytes) -> Path:
    return write(folder, {"src/hostile.rs": hostile, "src/neighbour.rs": UNWRAP})


def body(text: str) -> str:
    return f"fn g() {{ {text} }}\n"


# what a file holds


@pytest.mark.parametrize(
    ("content", "rules", "words"),
    [
        pytest.param("", [], "", id="nothing"),
        pytest.param(b"// caf\xe9\n", ["unreadable-file"], "is not UTF-8: byte 0xe9 on line 1", id="Latin-1"),
        pytest.param(UNWRAP.encode("utf-16"), ["unreadable-file"], "is not UTF-8: byte 0xff on line 1", id="UTF-16"),
        pytest.param(UNWRAP.encode("utf-16-le"), ["syntax-error"], "cannot parse", id="UTF-16 without a mark"),
        pytest.param(UNWRAP.encode("utf-8-sig"), ["unwrap-used"], "unwrap", id="byte order mark"),
        pytest.param(UNWRAP.replace("{", "{\r\n") + "\r\n", ["unwrap-used"], "unwrap", id="CRLF"),
        pytest.param(UNWRAP.replace("{", "{\r") + "\r", ["unwrap-used"], "unwrap", id="lone CR"),
        pytest.param(f"// \0\n\0\n{UNWRAP}", ["syntax-error", "unwrap-used"], "cannot parse", id="NUL"),
        pytest.param("\0" * 100_000, ["syntax-error"], "cannot parse", id="nothing but NUL"),
        pytest.param(
            UNWRAP + 'const S: &str = "' + "a" * 100_000, ["unwrap-used", "syntax-error"], "cannot parse", id="string without end"
        ),
        pytest.param(UNWRAP + "/* " + "a" * 100_000, ["unwrap-used", "syntax-error"], "cannot parse", id="comment without end"),
        pytest.param(UNWRAP + "/*" * 50_000, ["unwrap-used", "syntax-error"], "cannot parse", id="comments without end"),
        pytest.param(UNWRAP + "//" + "a" * 10_000_000, ["unreadable-file"], "over the limit of 4,194,304", id="10 MB on a line"),
        pytest.param(
            f"const A: &[u8] = &[{'0,' * 5_000_000}];", ["unreadable-file"], "over the limit of 4,194,304", id="5 million elements"
        ),
        pytest.param(f"{UNWRAP}const A: &[u8] = &[{'0,' * 100_000}];", ["unwrap-used"], "unwrap", id="100,000 elements"),
        pytest.param(UNWRAP + body(f"m!({'a ' * 100_000});"), ["unwrap-used"], "unwrap", id="100,000 tokens in a macro"),
        pytest.param(
            UNWRAP + body(f"let x = {'(' * 100_000}1{')' * 100_000};"), ["unwrap-used"], "unwrap", id="100,000 nested parentheses"
        ),
        pytest.param(UNWRAP + f"// {'a' * 1_000_000}", ["unwrap-used"], "unwrap", id="1 MB on a line"),
    ],
)
def test_what_can_be_judged_is(tmp_path: Path, content: str | bytes, rules: list[str], words: str) -> None:
    run = check(crate(tmp_path, content))
    assert (run.returncode, found(run)) == (1, [*((rule, "src/hostile.rs") for rule in rules), NEIGHBOUR])
    assert words in said(run)
    assert len(said(run)) < 1_000


ENDLESS = [
    pytest.param(body("{" * 100_000 + "}" * 100_000), id="100,000 nested blocks"),
    pytest.param(body("if a { " * 50_000 + "}" * 50_000), id="50,000 nested ifs"),
    pytest.param(body(f"let x = {'(' * 100_000}"), id="100,000 unclosed parentheses"),
    pytest.param("{" * 100_000, id="100,000 unclosed blocks"),
    pytest.param(body("x" + ".a()" * 100_000 + ";"), id="a chain of 100,000 calls"),
    pytest.param(body("let x = 1" + "+1" * 100_000 + ";"), id="a chain of 100,000 operators"),
    pytest.param(body(f"m!({'a ' * 1_000_000});"), id="1,000,000 tokens in a macro"),
    pytest.param(body("x.unwrap();" * 350_000), id="3.9 MB on a line"),
    pytest.param(f"const A: &[u8] = &[{'0,' * 1_900_000}];", id="1.9 million elements"),
    pytest.param("#[a]\n" * 100_000 + "fn g() {}", id="100,000 attributes"),
]


@pytest.mark.parametrize("content", ENDLESS)
def test_what_takes_too_long_is_given_up(tmp_path: Path, content: str) -> None:
    run = check(crate(tmp_path, content), "--file-timeout", "0.3")
    assert (run.returncode, found(run)) == (1, [("unreadable-file", "src/hostile.rs"), NEIGHBOUR])
    assert said(run) == "this file was not checked because it took longer than 0.3 s; exclude it, or raise --file-timeout"


def filled(parts: tuple[str, str, str, str, str], size: int) -> bytes:
    """A text of about `size` bytes: its beginning, what repeats, its middle, as often what closes, and its end."""
    begin, repeat, middle, close, end = parts
    count = (size - len(begin + middle + end)) // len(repeat + close)
    return f"{begin}{repeat * count}{middle}{close * count}{end}".encode()


SLOW = {
    "calls": ("fn f() { x", ".a()", "", "", " }"),
    "calls of calls": ("fn f() { x", "()", "", "", " }"),
    "calls and tries": ("fn f() { x", "()?", "", "", " }"),
    "calls of elements": ("fn f() { x", "[0]()", "", "", " }"),
    "calls with types": ("fn f() { x", ".a::<B>()", "", "", " }"),
    "calls and waits": ("async fn f() { x", "().await", "", "", " }"),
    "operators": ("fn f() { x", "+a", "", "", " }"),
    "locks": ("async fn f() {", "let g = m.lock();g.a().await;", "", "", "}"),
    "macros in macros": ("", "m!{fn f(){", "", "}}", ""),
    "modules in modules": ("", "mod a {", "", "}", ""),
    "functions in functions": ("", "pub fn f(){", "", "}", ""),
    "suppressions": ("", "// rustgate: allow(unwrap-used) -- x\n", "fn f() {}", "", ""),
    "attributes": ("", "#[allow(a)] ", "fn f() {}", "", ""),
    "safety comments": ("", "// SAFETY: a\n", "fn f() {}", "", ""),
    "braces that nobody closes": ("fn f() { ", "{", "", "", ""),
    "quotes": ("", '"', "", "", ""),
    "comments behind `pub`": ("//", " pub//", "", "", ""),
    "comments behind `pub` that nobody closes": ("", "pub/*", "", "", ""),
    "merge conflicts": ("", "<<<<<<< a\n(\n", "", ">>>>>>> b\n", ""),
}
"""What takes longest for its size, of all kinds of code that were tried."""


@pytest.fixture(scope="session")
def calls() -> float:
    """The seconds of the kind whose 16 KB set the limit: half of what an item may take on a machine like those that it was set on."""
    return seconds_to_judge("calls")


@pytest.mark.parametrize("kind", SLOW)
def test_what_the_first_process_does_itself_is_done_soon(kind: str, calls: float) -> None:
    begun = time.process_time()
    declarations_in(filled(SLOW[kind], DeclarationJob.harmless_bytes), DeclaringFile("src/lib.rs", "", 0), tuple(shipped().values()))
    declared = time.process_time() - begun
    assert declared < 2 * calls
    assert seconds_to_judge(kind) < 2 * calls


def seconds_to_judge(kind: str) -> float:
    """What the rules of production take for as much of a kind as is judged in the first process."""
    rules = tuple(shipped().values())
    settings = {rule.name: setting_in(rule, Profile.PRODUCTION) for rule in rules if rule.severity[Profile.PRODUCTION.rank]}
    rule_set, source = build_rule_set(rules), filled(SLOW[kind], LintJob.harmless_bytes)
    begun = time.process_time()
    lint("src/a.rs", source, FileContext(Target.LIBRARY), rule_set, settings)
    return time.process_time() - begun


def test_a_file_that_is_excluded_does_not_fail_the_gate(tmp_path: Path) -> None:
    write(tmp_path, {"src/hostile.rs": "{" * 100_000, "src/neighbour.rs": "fn f() {}", "rustgate.toml": 'exclude = ["hostile.rs"]'})
    assert (check(tmp_path).returncode, found(check(tmp_path))) == (0, [])


def test_a_file_that_declares_others_may_be_hostile(tmp_path: Path) -> None:
    write(tmp_path, {"src/lib.rs": "mod neighbour;" + body("let x = 1" + "+1" * 100_000 + ";"), "src/neighbour.rs": UNWRAP})
    run = check(tmp_path, "src/neighbour.rs", "--file-timeout", "0.3")
    assert (run.returncode, found(run)) == (1, [NEIGHBOUR])  # what it declares is told in time


AROUND: dict[str, str | bytes] = {
    "too slow": "mod neighbour;" + "{" * 100_000,
    "not UTF-8": b"mod neighbour; // \xff",
    "too large": b"mod neighbour;" + b" " * 5_000_000,
}


@pytest.mark.parametrize("kind", AROUND)
@pytest.mark.parametrize("parent", ["src/lib.rs", "src/main.rs", "src/mod.rs"])
def test_a_file_around_the_run_that_cannot_be_read_is_a_finding(tmp_path: Path, kind: str, parent: str) -> None:
    write(tmp_path, {"Cargo.toml": "[workspace]\n", parent: AROUND[kind], "src/neighbour.rs": "fn f() {}\n"})
    for _ in range(2):  # nothing is remembered
        run = check(tmp_path, "src/neighbour.rs", "--file-timeout", "0.3")
        assert (run.returncode, found(run)) == (1, [("unreadable-file", parent)])


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", "os._exit(0)", "os.abort()"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_process_that_dies_at_a_file_around_the_run_is_a_finding(tmp_path: Path, end: str, jobs: str) -> None:
    large = "#![allow(clippy::unwrap_used)]\nmod neighbour;\n" + "// a line\n" * 60_000
    write(tmp_path, {"Cargo.toml": "[workspace]\n", "src/lib.rs": large, "src/neighbour.rs": UNWRAP})
    command = patched("real(path, *rest)", f"declarations.declarations_in = lambda *_: {end}")
    dies = check(tmp_path, "src/neighbour.rs", "--jobs", jobs, command=command)
    assert (dies.returncode, found(dies)) == (1, [("unreadable-file", "src/lib.rs"), NEIGHBOUR])
    assert "crashed its worker process" in said(dies, "src/lib.rs")
    lives = check(tmp_path, "src/neighbour.rs", "--jobs", jobs)
    assert (lives.returncode, found(lives)) == (0, [])


def test_a_file_of_the_run_whose_declarations_are_lost_is_one_finding(tmp_path: Path) -> None:
    large = "#[cfg(test)]\nmod neighbour;\n" + "// a line\n" * 60_000
    write(tmp_path, {"Cargo.toml": "[workspace]\n", "src/lib.rs": large, "src/neighbour.rs": "fn f() {}"})
    command = patched("real(path, *rest)", "declarations.declarations_in = lambda *_: os.abort()")
    run = check(tmp_path, command=command)
    assert (run.returncode, found(run)) == (1, [("unreadable-file", "src/lib.rs")])
    assert found(check(tmp_path)) == []


def test_a_file_around_the_run_may_be_excluded(tmp_path: Path) -> None:
    files = {"src/lib.rs": "mod neighbour;" + "{" * 100_000, "src/neighbour.rs": "fn f() {}", "rustgate.toml": 'exclude = ["lib.rs"]'}
    run = check(write(tmp_path, files), "--file-timeout", "0.3")
    assert (run.returncode, found(run)) == (0, [])


def test_standard_input_may_be_hostile(tmp_path: Path) -> None:
    command = (*RUSTGATE, "check", "-", "--output", "json", "--file-timeout", "0.3", "--select", "unwrap-used")
    run = subprocess.run(command, cwd=tmp_path, input="{" * 100_000, capture_output=True, text=True, check=False)
    assert (run.returncode, found(run)) == (1, [("unreadable-file", "<stdin>")])


@pytest.mark.parametrize("command", [["metrics", "--view", "raw", "--output", "csv"], ["unsafe", "--output", "json"]])
def test_other_commands_say_so_as_well(tmp_path: Path, command: list[str]) -> None:
    write(tmp_path, {"hostile.rs": "{" * 100_000, "neighbour.rs": "unsafe fn f() {}\n"})
    run = rustgate(tmp_path, *command, "--file-timeout", "0.3")
    assert run.stderr == "rustgate: hostile.rs took longer than 0.3 s; exclude it, or raise --file-timeout\n"
    assert "neighbour.rs" in run.stdout
    assert "hostile.rs" not in run.stdout


# what a file is


def test_a_file_that_vanishes_or_grows_during_the_run_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path, {f"{name}.rs": UNWRAP for name in "abcd"})

    def disturb(report: FileResult) -> None:
        if report.path == "a.rs":
            (tmp_path / "b.rs").unlink()
            (tmp_path / "c.rs").write_bytes(b" " * 5_000_000)

    found = Engine(shipped(), lambda config_root: load_config(config_root, shipped()), Options()).run(Project([tmp_path]), disturb).findings
    messages = {one.path: one.message for one in found if one.rule == "unreadable-file"}
    assert {one.path for one in found if one.rule == "unwrap-used"} == {"a.rs", "d.rs"}
    assert "cannot be read: No such file" in messages.pop("b.rs")
    assert "is 5,000,000 bytes long, over the limit of 4,194,304" in messages.pop("c.rs")
    assert not messages


@pytest.mark.parametrize(
    ("limit", "expected"), [(9, b"123456789"), (8, "is 9 bytes long, over the limit of 8; exclude it or raise `max-file-size`")]
)
def test_a_file_that_grows_while_it_is_read_is_read_to_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, expected: bytes | str
) -> None:
    write(tmp_path, {"empty": "", "growing": "123456789"})
    before = os.stat(tmp_path / "empty")
    monkeypatch.setattr(os, "fstat", lambda _: before)
    assert read_source(str(tmp_path / "growing"), limit) == expected


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_without_permission_is_a_finding(tmp_path: Path) -> None:
    write(crate(tmp_path, UNWRAP), {"src/locked/x.rs": UNWRAP})
    (tmp_path / "src/locked").chmod(0)
    run = check(tmp_path)
    assert (run.returncode, NEIGHBOUR in found(run)) == (1, True)
    assert said(run, "src/locked") == "this file was not checked because it cannot be listed: Permission denied"


ODD: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to nothing": lambda path: path.symlink_to("nothing.rs"),
    "a link to a folder around it": lambda path: path.symlink_to(".."),
    "a folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize(
    ("kind", "listed", "named"),
    [
        ("a pipe", "is not a regular file", "is not a regular file"),
        ("a link to itself", "", "Too many levels of symbolic links"),
        ("a link to a device", "", "is not a regular file"),
        ("a link to nothing", "", "No such file"),
        ("a link to a folder around it", "", None),
        ("a folder", "", None),
    ],
)
def test_what_only_has_the_name_of_a_file_is_not_read(tmp_path: Path, kind: str, listed: str, named: str | None) -> None:
    write(tmp_path, {"src/neighbour.rs": UNWRAP})
    ODD[kind](tmp_path / "src/hostile.rs")
    run = check(tmp_path)
    assert (run.returncode, found(run)[-1]) == (1, NEIGHBOUR)
    assert (listed in said(run), bool(said(run))) == (True, bool(listed))
    if named:
        assert named in said(check(tmp_path, "src/hostile.rs", "src/neighbour.rs"))


NAMES = [
    "a\nb.rs",
    "a'b\"c`d.rs",
    "🦀 é.rs",
    "\x1b[31m\x1b]0;x\x07.rs",
    "-q.rs",
    "a b;c|d&e$(f).rs",
    "%0A::error::x.rs",
    os.fsdecode(b"\xff\xfe.rs"),
]


@pytest.mark.parametrize("in_git", [False, True])
def test_a_file_may_have_any_name(tmp_path: Path, *, in_git: bool) -> None:
    write(tmp_path, {f"src/{name}": UNWRAP for name in NAMES})
    if in_git:
        git(tmp_path, "init")
        git(tmp_path, "add", ".")
    run = check(tmp_path, *(f"--output={name}={name}" for name in FORMATS if name != "json"))
    assert len(found(run)) == len(NAMES)
    for name in {*FORMATS} - {"json"}:
        assert "\x1b" not in (tmp_path / name).read_text()
        if name != "github":
            assert not any(line.lstrip().startswith("::") for line in (tmp_path / name).read_text().splitlines())
    assert sum(line.startswith("::error") for line in (tmp_path / "github").read_text().splitlines()) == len(NAMES)


# what the tree is


OUTSIDE = {"outside/Cargo.toml": '[package]\nname = "outside"\n', "outside/src/lib.rs": UNWRAP, "outside/src/hidden.rs": UNWRAP}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {"Cargo.toml": '[workspace]\nmembers = ["../outside", "../*", ".", "a/.."]\n[package]\nname = "a"'}, id="members outside"
        ),
        pytest.param({"Cargo.toml": '[package]\nname = "a"\nworkspace = "../outside"'}, id="a workspace outside"),
        pytest.param({"Cargo.toml": '[package]\nname = "a"\nworkspace = "."'}, id="its own workspace"),
        pytest.param({"Cargo.toml": '[package]\nname = "a"\n[lib]\npath = "../outside/src/lib.rs"'}, id="a library outside"),
        pytest.param({"src/lib.rs": '#[path = "../../outside/src/lib.rs"]\nmod a;\n#[path = "lib.rs"]\nmod b;'}, id="a module outside"),
        pytest.param(
            {
                "a/Cargo.toml": '[package]\nname = "a"\nworkspace = "../b"\n[dependencies]\nb = { path = "../b" }',
                "b/Cargo.toml": '[workspace]\nmembers = ["../a", "../b"]\n[package]\nname = "b"\nworkspace = "../a"',
                "a/src/lib.rs": "",
                "b/src/lib.rs": "",
            },
            id="a circle",
        ),
        pytest.param({"src/lib.rs": "mod a;", "src/a.rs": '#[path = "lib.rs"]\nmod b;'}, id="modules in a circle"),
    ],
)
def test_nothing_outside_the_root_is_read_and_no_circle_is_run_in(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, {**OUTSIDE, **{f"root/{name}": text for name, text in files.items()}, "root/src/neighbour.rs": UNWRAP})
    run = check(tmp_path / "root")
    assert (run.returncode, found(run)) == (1, [NEIGHBOUR])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"a = {'[' * 100_000}{']' * 100_000}", "too many brackets"),
        (f"a = {'{a = ' * 100_000}", "too many brackets"),
        (f"a{'.a' * 100_000} = 1", "more than 200 dots"),
        (f"[a]\n[{'a.' * 100_000}a]", "more than 200 dots (at line 2)"),
        (f'[package]\nname = "{"a" * 1_100_000}"', "longer than the limit of 1,048,576 bytes"),
        ("[package]\nname = '\0'", "invalid character"),
        (b"[package]\nname = '\xff'", "can't decode byte 0xff"),
    ],
)
def test_a_manifest_may_be_hostile(tmp_path: Path, content: str | bytes, words: str) -> None:
    run = check(write(tmp_path, {"Cargo.toml": content, "src/neighbour.rs": UNWRAP}))
    assert (run.returncode, found(run)) == (1, [("unreadable-file", "Cargo.toml"), NEIGHBOUR])
    assert words in said(run, "Cargo.toml")
    config = rustgate(write(tmp_path, {"rustgate.toml": content, "Cargo.toml": ""}), "check")
    assert (config.returncode, words in config.stderr) == (2, True)


def test_dots_in_a_comment_are_no_keys(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": f'# {"." * 300}\n[package]\nname = "a"\n', "src/neighbour.rs": UNWRAP})
    assert found(check(tmp_path)) == [NEIGHBOUR]


def test_a_repository_of_5_000_files_is_a_matter_of_seconds(tmp_path: Path) -> None:
    for folder in range(5):
        write(tmp_path, {f"f{folder}/{number}.rs": "fn f() {}\n" for number in range(1_000)})
    write(tmp_path, {"src/neighbour.rs": UNWRAP})
    run = check(tmp_path, "--jobs", "2")
    assert (run.returncode, found(run)) == (1, [NEIGHBOUR])
    assert json.loads(run.stdout)["summary"]["files"] == 5_001


# what happens to the processes


def patched(lint: str, more: str = "") -> tuple[str, ...]:
    """The command line, with `judge` in place of the function that judges one file; `real` is that, and `more` is done before."""
    return (
        sys.executable,
        "-c",
        f"""import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background would ignore it
from rustgate.engine import tasks; from rustgate.cli import main; real = tasks.lint
from rustgate.engine import declarations
tasks.lint = lambda path, *rest: {lint}
{more}
main()""",
    )


needs_fork = pytest.mark.skipif(sys.platform != "linux", reason="other start methods give the worker a judge that is not patched")


@needs_fork
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "killed, or out of memory"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "segmentation fault"),
        ("os.abort()", "aborted, or out of memory"),
    ],
)
def test_a_worker_that_dies_costs_the_file_that_did_it(tmp_path: Path, jobs: str, end: str, words: str) -> None:
    many = {f"src/f{number}.rs": f"{UNWRAP}// {number}\n" + LONG for number in range(30)}
    write(crate(tmp_path, LONG), many)
    run = check(tmp_path, "--jobs", jobs, command=patched(f"{end} if path.endswith('hostile.rs') else real(path, *rest)"))
    expected = [("unwrap-used", path) for path in many] + [("unreadable-file", "src/hostile.rs"), NEIGHBOUR]
    assert (run.returncode, found(run)) == (1, sorted(expected, key=lambda one: one[1]))
    assert said(run) == f"this file was not checked because it crashed its worker process ({words}); exclude it"


@needs_fork
def test_a_test_module_that_has_ended_a_worker_is_not_tried_again(tmp_path: Path) -> None:
    write(tmp_path, {"src/lib.rs": f"#[cfg(test)]\nmod hostile;\n{LONG}", "src/hostile.rs": UNWRAP, "src/neighbour.rs": UNWRAP})
    end = "os.write(2, b'tried ') and os.kill(os.getpid(), 9) if path.endswith('hostile.rs') else real(path, *rest)"
    run = check(tmp_path, "--quiet", command=patched(end))
    assert (run.stderr, found(run)) == ("tried ", [("unreadable-file", "src/hostile.rs"), NEIGHBOUR])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory cannot be limited in this way")
def test_what_needs_more_memory_than_there_is_costs_its_file(tmp_path: Path) -> None:
    crate(tmp_path, f"const A: &[u8] = &[{'0,' * 1_900_000}];")
    limited = ("sh", "-c", 'ulimit -v 400000 && exec "$@"', "sh", *RUSTGATE)
    run = check(tmp_path, "--file-timeout", "100", command=limited)
    assert (run.returncode, found(run)) == (1, [("unreadable-file", "src/hostile.rs"), NEIGHBOUR])
    assert "memory" in said(run) or "segmentation fault" in said(run)  # tree-sitter does not look at what it was given


REFUSED = {
    "every fork": "def no(): raise BlockingIOError(11, 'no more processes')\nos.fork = no",
    "the second fork": "fork, forks = os.fork, []\ndef no():\n    forks.append(1)\n    if len(forks) > 1: raise OSError(12, 'no memory')\n"
    "    return fork()\nos.fork = no",
    "shared memory": "import multiprocessing.heap as heap\ndef no(*_): raise OSError(28, 'no space')\nheap.Arena = no",
    "semaphores": "import multiprocessing.synchronize as s\nclass No:\n    def SemLock(*_): raise OSError(30, 'read-only')\n"
    "s._multiprocessing = No()",
}


@needs_fork
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("what", REFUSED)
def test_where_the_system_refuses_a_pool_one_process_does(tmp_path: Path, what: str, jobs: str) -> None:
    files = write(crate(tmp_path, LONG), {f"src/f{number}.rs": UNWRAP + LONG for number in range(30)})
    expected = found(check(files, "--no-cache", "--jobs", "1"))
    run = check(files, "--no-cache", "--jobs", jobs, command=patched("real(path, *rest)", REFUSED[what]))
    assert (run.returncode, found(run), len(expected)) == (1, expected, 31)


def closing(folder: Path, closed: str, *arguments: str) -> Run:
    """A run in which the shell has closed some of the standard streams."""
    return rustgate(folder, *arguments, command=("sh", "-c", f'exec "$@" {closed}', "sh", *RUSTGATE))


@pytest.mark.parametrize("arguments", [("check",), ("check", "--no-cache"), ("metrics",), ("rules",), ("--help",), ("--version",)], ids=str)
def test_a_closed_standard_output_is_a_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    run = closing(crate(tmp_path, ""), ">&-", *arguments)
    assert (run.returncode, run.stderr) == (2, "rustgate: input or output failed: [Errno 9] Bad file descriptor\n")


def test_closed_streams_that_are_not_needed_change_nothing(tmp_path: Path) -> None:
    crate(tmp_path, "")
    assert "unwrap-used" in closing(tmp_path, "2>&-", "check").stdout
    assert [closing(tmp_path, closed, "check").returncode for closed in ("2>&-", "<&-", "<&- 2>&-", ">&- 2>&-")] == [1, 1, 1, 2]
    run = closing(tmp_path, ">&-", "check", "--output", "json=out.json")
    assert (run.returncode, NEIGHBOUR[0] in (tmp_path / "out.json").read_text()) == (1, True)
    assert closing(tmp_path, "<&-", "check", "-").returncode == 2


@needs_fork
def test_ctrl_c_ends_at_once_and_leaves_no_process_behind(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": LONG, "b.rs": LONG})
    command = (*patched("(os.write(1, b'begun\\n'), signal.pause())"), "check", "--jobs", "2")
    with subprocess.Popen(command, cwd=tmp_path, stdout=-1, stderr=-1, start_new_session=True) as process:
        assert process.stdout
        assert process.stdout.readline() == b"begun\n"
        os.killpg(process.pid, signal.SIGINT)
        output = process.communicate()  # ends when no process has the other end of the pipes any more
    assert (process.returncode, output[0].strip(), output[1]) in {(130, b"", b"\n"), (130, b"begun", b"\n")}


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_seen_enough_ends_the_run_quietly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unbuffered: str) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    write(tmp_path, {f"f{number}.rs": UNWRAP * 1_000 for number in range(10)})
    with subprocess.Popen((*RUSTGATE, "check", "--jobs", "2"), cwd=tmp_path, stdout=-1, stderr=-1) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(b"f0.rs:1:1: warning[")
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 2)
