"""A run that is repeated from memory says what it would have said: whatever changes meanwhile, it is run again."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import git, write
from msgspec.structs import replace

import rustgate as package
from rustgate import disk, recall, start
from rustgate import replay as replay_module
from rustgate.cache import RACE
from rustgate.catalog import installed, shipped
from rustgate.cli import cli
from rustgate.errors import RustgateError

UNWRAP = "pub fn f(x: Option<u8>) -> u8 { x.unwrap() }\n"
FILES = {
    "Cargo.toml": '[package]\nname = "a"\n',
    "src/lib.rs": "//! A crate.\npub mod a;\n",
    "src/a.rs": UNWRAP,
    "src/left/out.rs": UNWRAP,
    ".gitignore": "left/\n",
    ".github/workflows/ci.yml": "run: ci/steps/test.sh\n",
    "ci/notes.txt": "",
    "member/Cargo.toml": '[package]\nname = "b"\n',
    "member/src/main.rs": "fn main() {}\n",
}
PAGE = (Path(__file__).parent.parent / "rules/panics/unwrap-used.md").read_text()
OWN = re.sub(r"clippy = .*\n", "", PAGE.replace("unwrap-used", "no-unwrap"))
Said = tuple[str, str, int]
SECONDS = re.compile(r'"seconds": [\d.]+|[\d.]+ s\)')


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets files count as old that were written just now; and no questions are noted between tests."""
    for module in (replay_module, recall):
        monkeypatch.setattr(module, "RACE", -(10**18))
    yield
    disk._notes.clear()
    replay_module._attempts.clear()


@pytest.fixture(params=["git", "no git"])
def tree(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    tree = write(tmp_path / "tree", FILES)
    if request.param == "git":
        git(tree, "init", "--quiet")
        git(tree, "add", ".")
    return tree


@pytest.fixture
def check(tree: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Said, bool]]:
    """Runs `rustgate check` in the tree: what it said, seconds apart, and whether that was said from memory."""
    monkeypatch.chdir(tree)

    def run(*arguments: str) -> tuple[Said, bool]:
        installed.cache_clear()
        disk._notes.clear()
        replay_module._attempts.clear()
        capfd.readouterr()
        code = replay_module.replay(["check", *arguments], time.perf_counter())
        replayed = code is not None
        if code is None:
            with pytest.raises((SystemExit, RustgateError)) as end:
                cli.main(["check", *arguments], standalone_mode=False)
            code = int(end.value.code or 0) if isinstance(end.value, SystemExit) else 2
            sys.stderr.write(str(end.value) if code == 2 else "")
        sys.stderr.flush()
        out, err = capfd.readouterr()
        return (SECONDS.sub("", out), SECONDS.sub("", err), code), replayed

    return run


Check = Callable[..., tuple[Said, bool]]


ARGUMENTS = [[], ["--output", "json"], ["--output", "sarif", "-q"], ["--statistics"], ["src/a.rs", "--output=json"]]


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_nothing_changed_and_the_same_is_said(check: Check, arguments: list[str]) -> None:
    expected = check("--no-cache", *arguments)[0]
    for _, replayed in enumerate([False, True, True]):
        assert check(*arguments)[1] is replayed
    assert check(*arguments)[0] == expected


@pytest.mark.parametrize("arguments", ARGUMENTS[:2])
def test_a_long_report_is_repeated_as_well(check: Check, tree: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    write(tree, {f"src/{name}.rs": "fn f() { g().unwrap() }\n" * 20 for name in "xyz"})
    monkeypatch.setattr("rustgate.cli.output._PLAIN", 1)
    monkeypatch.setattr(replay_module, "_AT_ONCE", 100)
    expected = check("--no-cache", *arguments)[0]
    assert [check(*arguments) for _ in range(2)] == [(expected, False), (expected, True)]
    assert len(expected[0]) > 1_000


def rewritten_in_place(tree: Path) -> None:
    """As long as before, and as old."""
    looks = (tree / "src/a.rs").stat()
    (tree / "src/a.rs").write_text(UNWRAP.replace("unwrap", "wrapun"))
    os.utime(tree / "src/a.rs", ns=(looks.st_atime_ns, looks.st_mtime_ns))


def files(name: str, content: dict[str, str]) -> object:
    return pytest.param(lambda tree: write(tree, content), id=name)


CHANGES = [
    files("a file", {"src/a.rs": UNWRAP * 2}),
    files("a new file", {"src/b.rs": UNWRAP}),
    files("a new file in a new folder", {"src/b/c/d.rs": UNWRAP}),
    files("the manifest", {"Cargo.toml": '[package]\nname = "a"\nedition = "2015"\n'}),
    files("a named target", {"Cargo.toml": '[package]\nname = "a"\n[[bench]]\npath = "src/a.rs"\n'}),
    files("a workspace", {"Cargo.toml": '[workspace]\nmembers = ["member"]\n[package]\nname = "a"\n'}),
    files("a workspace by a pattern", {"Cargo.toml": '[workspace]\nmembers = ["m*"]\n[package]\nname = "a"\n'}),
    files("the manifest of a member", {"member/Cargo.toml": '[package]\nname = "b"\nedition = "2024"\n'}),
    files("a configuration", {"rustgate.toml": 'profile = "mvp"'}),
    files("a hidden configuration", {".rustgate.toml": 'fail-on = "warning"'}),
    files("a configuration that is wrong", {"rustgate.toml": "profil = 1"}),
    files("a page", {".rustgate/rules/no-unwrap.md": OWN}),
    files("an empty folder of pages", {".rustgate/rules/none.txt": ""}),
    files("a .gitignore", {".gitignore": "a.rs\n"}),
    files("another .gitignore", {"src/.gitignore": "a.rs\n"}),
    files("a script of CI", {"ci/steps/test.sh": "cargo test && cargo clippy && cargo fmt --check && cargo audit"}),
    files("another file of CI", {".gitlab-ci.yml": "cargo test && cargo clippy && cargo fmt --check && cargo deny check"}),
    files("a file of CI", {".github/workflows/ci.yml": "cargo test && cargo clippy && cargo fmt --check"}),
    files("a second workflow", {".github/workflows/more.yaml": "cargo test && cargo clippy && cargo fmt --check"}),
    files("a configuration of Cargo", {".cargo/config.toml": "[profile.release]\nlto = true\ncodegen-units = 1\n"}),
    files("a lock file", {"member/Cargo.lock": ""}),
    files("a toolchain", {"rust-toolchain.toml": "[toolchain]\nchannel = '1.80'"}),
    files("a folder of tests", {"tests/a.rs": "#[test]\nfn a() { a::f(None); }"}),
    files("a program", {"src/bin/tool.rs": "fn main() {}"}),
    files("a package above", {"../Cargo.toml": '[workspace]\nmembers = ["tree"]'}),
    pytest.param(rewritten_in_place, id="a file that looks as old and as long"),
    pytest.param(lambda tree: (tree / "src/a.rs").unlink(), id="a file is gone"),
    pytest.param(lambda tree: (tree / "src/a.rs").rename(tree / "src/b.rs"), id="a new name"),
    pytest.param(lambda tree: (tree / ".gitignore").unlink(), id="no .gitignore"),
    pytest.param(lambda tree: (tree / "Cargo.toml").unlink(), id="no manifest"),
    pytest.param(lambda tree: [(tree / "src/a.rs").rename(tree / "x.txt"), (tree / "src/a.rs").symlink_to("../x.txt")], id="a link"),
    pytest.param(lambda tree: (tree / "src").rename(tree / "source"), id="a folder has a new name"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_seen(tree: Path, check: Check, change: Callable[[Path], object]) -> None:
    check()
    assert check()[1]
    change(tree)
    expected = check("--no-cache")[0]
    assert check() == (expected, False)
    assert check()[0] == expected


@pytest.mark.parametrize(
    "change",
    [
        ["add", "--force", "src/left/out.rs"],
        ["rm", "--cached", "--force", "src/a.rs"],
        ["config", "core.excludesFile", "ignored"],
    ],
    ids=lambda change: change[0],
)
@pytest.mark.parametrize("tree", ["git"], indirect=True)
def test_what_changes_in_git_alone_is_seen(tree: Path, check: Check, change: list[str]) -> None:
    write(tree, {"ignored": "new.rs\n", "src/new.rs": UNWRAP})
    check()
    assert check()[1]
    git(tree, *change)
    assert check()[0] == check("--no-cache")[0]


@pytest.mark.parametrize("folder", ["..", "src"])
@pytest.mark.parametrize("tree", ["no git"], indirect=True)
def test_a_new_repository_is_seen(tree: Path, check: Check, folder: str) -> None:
    check()
    assert check()[1]
    git(tree / folder, "init", "--quiet")
    assert check() == (check("--no-cache")[0], False)


def test_a_link_that_leads_elsewhere_is_seen(tree: Path, check: Check) -> None:
    workflow = tree / ".github/workflows/ci.yml"
    for target in ("../../../outside.yml", "../../ci/inner.yml"):
        write(tree, {os.path.join(".github/workflows", target): "run: cargo test && cargo clippy && cargo fmt --check\n"})
        workflow.unlink()
        workflow.symlink_to(target)
        expected = check("--no-cache")[0]
        assert check() == (expected, False)
        assert check() == (expected, True)


def test_pages_that_were_there_and_change_are_seen(tree: Path, check: Check) -> None:
    write(tree, {"pages/deep/no-unwrap.md": OWN, "rustgate.toml": 'rule-paths = ["pages"]'})
    for change in (
        lambda: write(tree, {"pages/deep/no-unwrap.md": OWN.replace("panics where", "is bad where")}),
        lambda: write(tree, {"pages/no-expect.md": OWN.replace("no-unwrap", "no-expect").replace('"unwrap"', '"expect"')}),
        (tree / "pages/deep/no-unwrap.md").unlink,
    ):
        check()
        assert check()[1]
        change()
        assert check() == (check("--no-cache")[0], False)


def test_the_coverage_report_counts(tree: Path, check: Check) -> None:
    report = "SF:src/a.rs\nDA:1,{}\nend_of_record\n"
    write(tree, {"lcov.info": report.format(1)})
    arguments = ["--coverage", "lcov.info", "--select", "required-coverage"]
    check(*arguments)
    assert check(*arguments)[1]
    write(tree, {"lcov.info": report.format(0)})
    assert check(*arguments)[0] == check("--no-cache", *arguments)[0]


@pytest.mark.parametrize("name", ["RUSTGATE_PROFILE", "NO_COLOR", "FORCE_COLOR", "LANG", "PYTHONPATH", "HOME"])
def test_the_environment_counts(check: Check, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    check()
    monkeypatch.setenv(name, "mvp")
    assert not check()[1]


def test_the_folder_counts(tree: Path, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    check(str(tree))
    monkeypatch.chdir(tree / "src")
    assert not check(str(tree))[1]


def test_a_new_version_says_it_anew(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    check()
    monkeypatch.setattr(replay_module, "__version__", "0.0.0")
    assert not check()[1]


def test_what_is_installed_counts(tmp_path: Path, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(write(tmp_path / "site", {"b-1.dist-info/entry_points.txt": ""}))
    for files, replayed in (
        ({"module.py": ""}, True),
        ({"a-1.dist-info/METADATA": ""}, False),
        ({"b-1.dist-info/entry_points.txt": "[console_scripts]"}, False),
    ):
        check()
        write(tmp_path / "site", files)
        assert check()[1] is replayed


@pytest.mark.parametrize("arguments", [["--no-cache"], ["--show-files"], ["--output", "json=../report.json"], ["src/odd.rs"]])
def test_some_runs_are_never_said_again(tree: Path, check: Check, arguments: list[str]) -> None:
    (tree / "src/odd.rs").write_bytes(b"\xff")
    said = [check(*arguments) for _ in range(2)]
    assert said == [(said[0][0], False)] * 2


@pytest.mark.parametrize("argument", ["-v", "-qv", "--verbose"])
def test_what_a_run_did_is_told_by_the_run_itself(check: Check, argument: str) -> None:
    (_, first, _), (_, second, _) = (check(argument)[0] for _ in range(2))
    assert (": 0 results found, " in first, ", 0 new" in second) == (True, True)


@pytest.mark.parametrize("arguments", [["rules"], [], ["--version"]])
def test_only_check_is_said_again(arguments: list[str]) -> None:
    assert replay_module.replay(arguments, 0.0) is None
    assert replay_module._attempts == []


def test_a_mistake_is_told_by_the_run_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTGATE_CACHE_SIZE", "odd")
    assert replay_module.replay(["check"], 0.0) is None


def test_what_was_changed_just_now_is_not_trusted(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_module, "RACE", RACE)
    assert [check()[1] for _ in range(2)] == [False, False]


def test_what_changes_during_the_run_is_not_remembered(tree: Path, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    remember = replay_module.remember

    def late(words: replay_module.Words, folders: list[str]) -> None:
        (tree / "src/a.rs").unlink()
        remember(words, folders)

    monkeypatch.setattr("rustgate.cli.memory.remember", late)
    check()
    monkeypatch.undo()
    monkeypatch.chdir(tree)
    assert not check()[1]


def test_after_a_day_it_is_run_again(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    check()
    now = time.time()
    for hours, replayed in ((23, True), (25, False), (47, True), (-30, False)):
        monkeypatch.setattr(time, "time", lambda hours=hours: now + hours * 3600)
        assert check()[1] is replayed


def test_an_entry_of_something_else_is_not_said(check: Check) -> None:
    check()
    attempt = replay_module._attempts[0]
    attempt.cache.put([(attempt.key, replay_module._joined([b"odd"]))])
    attempt.cache.close()
    assert not check()[1]


def test_words_that_take_too_much_room_are_not_kept(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_module, "_FEWEST", 2**30)
    assert [check()[1] for _ in range(2)] == [False, False]


def test_packs_are_never_said_again(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = {name: replace(rule, pack="acme") if name == "dbg-macro" else rule for name, rule in shipped().items()}
    monkeypatch.setattr("rustgate.cli.check.catalog_of", lambda *_: rules)
    assert [check()[1] for _ in range(2)] == [False, False]


# the door


TRUSTING = "import sys; from rustgate import replay; replay.RACE = -10**18; from rustgate.start import main"
PROGRAM = f"{TRUSTING}; main()"
LISTING = f"import os, sys; os._exit = sys.exit\n{TRUSTING}\ntry: main()\nfinally: print(*sys.modules)"


def command(folder: Path, program: str, *arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parent.parent)}
    line = [sys.executable, "-c", program, *arguments]
    return subprocess.run(line, cwd=folder, env=environment, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)


def test_the_program_says_it_again(tree: Path) -> None:
    runs = [command(tree, PROGRAM, "check", "--output", "json", "-q") for _ in range(3)]
    assert {(run.returncode, run.stderr) for run in runs} == {(1, "")}
    assert len({SECONDS.sub("", run.stdout) for run in runs}) == 1
    assert command(tree, PROGRAM, "--version").stdout.startswith("rustgate, version ")


def test_each_run_tells_its_own_time(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "perf_counter", lambda: 7.0)
    replay_module._say(replay_module.Words([b'"seconds": ', b"}"], [b"1 file, ", b" s)"], 0), started=6.87654)
    assert capfd.readouterr() == ('"seconds": 0.123}', "1 file, 0.12 s)")
    replay_module._say(replay_module.Words([b"text"], [b""], 0), started=0.0)
    assert capfd.readouterr() == ("text", "")


def test_to_say_it_again_takes_little(tree: Path) -> None:
    needed = [{*command(tree, LISTING, "check").stdout.splitlines()[-1].split()} for _ in range(2)]
    assert [modules & {"click", "msgspec", "tree_sitter", "rustgate.engine"} == set() for modules in needed] == [False, True]


def test_a_reader_that_has_seen_enough_is_no_error(tree: Path) -> None:
    command(tree, PROGRAM, "check")
    reader, writer = os.pipe()
    os.close(reader)
    run = command(tree, PROGRAM, "check", stdout=writer)
    os.close(writer)
    assert (run.returncode, run.stderr) == (2, "")


def test_a_full_disk_is_exit_2(tree: Path) -> None:
    command(tree, PROGRAM, "check")
    with open("/dev/full", "wb") as full:
        run = command(tree, PROGRAM, "check", stdout=full.fileno())
    assert (run.returncode, run.stderr) == (2, "rustgate: input or output failed: [Errno 28] No space left on device\n")


def test_a_closed_standard_output_is_exit_2(tree: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parent.parent)}
    line = ["sh", "-c", f"{sys.executable} -m rustgate check >&-"]
    assert subprocess.run(line, cwd=tree, env=environment, capture_output=True, check=False).returncode == 2


def test_ctrl_c_is_exit_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(replay_module, "replay", interrupted)
    with pytest.raises(SystemExit) as end:
        start.main()
    assert end.value.code == 130
