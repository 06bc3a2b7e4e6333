"""A repository that wants to do harm, and every promise of docs/security.md held against it."""

import ast
import hashlib
import json
import os
import re
import stat
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import git, write

import rustgate as package
from rustgate.errors import PageError
from rustgate.rules.catalog import shipped
from rustgate.rules.page import parse_page
from rustgate.testing import outcomes

pytestmark = pytest.mark.slow  # it starts processes

REPOSITORY = Path(__file__).parents[1]
SECURITY = (REPOSITORY / "docs/security.md").read_text(encoding="utf-8")
RUSTGATE = (sys.executable, "-m", "rustgate")
UNWRAP = "pub fn f(x: Option<u8>) -> u8 { x.unwrap() }\n"
MANIFEST = '[package]\nname = "a"\n'
PAGE = """+++
severity = { mvp = "error" }
message = "found"
since = "1"
KEYS
+++
# Title

Why.

```rust bad
x //~ own-rule
```

```rust good
```

```query
((identifier) @finding (#eq? @finding "x"))
```
"""
COMMANDS = (
    ("check",),
    ("check", "--output", "json"),
    ("check", "--output", "sarif"),
    ("check", "--output", "github"),
    ("check", "--show-files"),
    ("metrics",),
    ("metrics", "--output", "json"),
    ("metrics", "--output", "csv"),
    ("metrics", "--view", "raw"),
    ("metrics", "--compare"),
    ("unsafe",),
    ("unsafe", "--output", "json"),
    ("rules",),
    ("rules", "--output", "json"),
    ("rules", "--output", "markdown"),
    ("explain", "own-rule"),
    ("config",),
    ("test-rules", ".rustgate/rules"),
)


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(package.__file__).parent.parent))


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """What is there once something of the repository has run."""
    return tmp_path / "HARM"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The repository, beside which lies what is none of its business."""
    return write(tmp_path / "repository", {"Cargo.toml": MANIFEST, "src/lib.rs": UNWRAP})


def rustgate(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run((*RUSTGATE, *arguments), cwd=folder, env=environment, capture_output=True, text=True, check=False)


def linted(run: subprocess.CompletedProcess[str]) -> bool:
    """Whether a run of `check` got as far as the finding in the source."""
    return run.returncode == 1 and "unwrap-used" in run.stdout


# no code of the repository runs


@pytest.mark.parametrize("key", ["check", "gather", "reads"])
def test_a_page_of_the_repository_names_no_python(folder: Path, marker: Path, key: str) -> None:
    value = '"manifest"\ncheck = "evil:run"\nscope = "workspace"' if key == "reads" else '"evil:run"'
    keys = f"{key} = {value}" + '\ncheck = "evil:run"\nscope = "crate"' * (key == "gather")
    page = PAGE.replace("KEYS", keys).partition("```query")[0]
    write(folder, {".rustgate/rules/own-rule.md": page, "evil.py": f"open({str(marker)!r}, 'w')\ndef run(*_): pass\n"})
    run = rustgate(folder, "check")
    assert (run.returncode, "which would run Python of its choice" in run.stderr) == (2, True)
    assert not marker.exists()


def test_git_runs_nothing_that_the_repository_configures(folder: Path, marker: Path) -> None:
    git(folder, "init", "--quiet")
    script = write(folder, {"evil": f"#!/bin/sh\ntouch {marker}\n"}) / "evil"
    script.chmod(0o755)
    hooks = ["fsmonitor-watchman", "post-index-change", "pre-auto-gc", "post-checkout", "reference-transaction"]
    for hook in hooks:
        write(folder, {f"hooks/{hook}": script.read_text()})
        (folder / "hooks" / hook).chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "core.pager", "pager.ls-files", "core.sshCommand", "core.editor", "filter.x.clean"):
        git(folder, "config", key, str(script))
    git(folder, "config", "alias.ls-files", f"!{script}")
    git(folder, "config", "core.hooksPath", str(folder / "hooks"))
    write(folder, {".gitattributes": "* filter=x\n"})
    git(folder, "status")
    assert marker.exists(), "the repository does harm to who asks git without precautions"
    marker.unlink()
    assert linted(rustgate(folder, "check"))
    assert not marker.exists()


def test_git_fetches_nothing_by_a_program_of_the_repository(folder: Path, tmp_path: Path, marker: Path) -> None:
    write(folder, {".gitignore": "*.txt\n"})
    git(folder, "init", "--quiet")
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "all")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", "--no-checkout", folder.as_uri(), str(clone))
    git(clone, "read-tree", "HEAD")
    git(clone, "update-index", "--skip-worktree", ".gitignore")
    git(clone, "config", "remote.origin.uploadpack", f"touch {marker}; git-upload-pack")
    write(clone, {"src/lib.rs": UNWRAP})
    assert linted(rustgate(clone, "check"))
    assert not marker.exists()
    git(clone, "ls-files", "--others", "--exclude-standard")
    assert marker.exists(), "git without precautions would have run it"


@pytest.mark.parametrize("path", [".:{}", ":{}", "{}:.", "bin:{}"])
def test_a_git_in_the_repository_is_not_run(folder: Path, marker: Path, path: str) -> None:
    git(folder, "init", "--quiet")
    for name in ("git", "bin/git"):
        write(folder, {name: f"#!/bin/sh\ntouch {marker}\n"})
        (folder / name).chmod(0o755)
    assert linted(rustgate(folder, "check", PATH=path.format(os.environ["PATH"])))
    assert not marker.exists()


MODULES = ("click", "rich", "msgspec", "tomllib", "pathspec", "lizard", "tree_sitter", "difflib", "tempfile", "sitecustomize", "subprocess")


@pytest.mark.parametrize(
    "command", [*COMMANDS[:2], ("metrics", "--compare"), ("rules",), ("explain", "unwrap-used"), ("--version",)], ids=str
)
def test_python_takes_no_module_from_the_repository(folder: Path, marker: Path, command: tuple[str, ...]) -> None:
    for name in MODULES:
        write(folder, {f"{name}.py": f"open({str(marker)!r}, 'w')\n"})
    assert rustgate(folder, *command).returncode in {0, 1}
    assert not marker.exists()


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_worker_processes_take_no_module_from_the_repository(folder: Path, tmp_path: Path, marker: Path, method: str) -> None:
    files = {f"{name}.py": f"open({str(marker)!r}, 'w')\n" for name in ("multiprocessing", *MODULES)}
    write(folder, files | {f"src/m{number}.rs": "// a line of text\n" * 30_000 for number in range(3)})
    program = f"""
import multiprocessing, sys
if __name__ == "__main__":
    multiprocessing.set_start_method({method!r})
    sys.argv = ["rustgate", "check", "--jobs", "2"]
    from rustgate.cli import main
    main()
"""
    script = write(tmp_path, {"run.py": program}) / "run.py"
    run = subprocess.run((sys.executable, str(script)), cwd=folder, capture_output=True, text=True, check=False, timeout=100)
    assert linted(run), run.stderr
    assert not marker.exists()


# no file outside is read

WATCHED = """
import os, sys
outside, log = sys.argv.pop(1), open(sys.argv.pop(1), "a")
def watch(event, arguments):
    if event in {"open", "os.listdir", "os.scandir"} and isinstance(arguments[0], (str, bytes, os.PathLike)):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.startswith(outside):
            print(event, path, file=log, flush=True)
sys.addaudithook(watch)
from rustgate.cli import main
main()
"""


def link(path: str, target: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).unlink(missing_ok=True)
        (folder / path).symlink_to(target)

    return make


def file(path: str, text: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        write(folder, {path: text})

    return make


def index(*paths: str) -> Callable[[Path], None]:
    """An index of git that holds paths which git itself would never put there."""

    def make(folder: Path) -> None:
        git(folder, "init", "--quiet")
        entries = b""
        for path in sorted(paths):
            mode = 0o160000 if path.endswith("repo") else 0o100644
            entry = struct.pack(">10I20sH", 0, 0, 0, 0, 0, 0, mode, 0, 0, 0, b"\1" * 20, len(path)) + path.encode()
            entries += entry + b"\0" * (8 - len(entry) % 8)
        content = b"DIRC" + struct.pack(">II", 2, len(paths)) + entries
        (folder / ".git/index").write_bytes(content + hashlib.sha1(content).digest())  # noqa: S324  # git's own check sum

    return make


def merged_catalogs(*makers: Callable[[Path], None]) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        for maker in makers:
            maker(folder)

    return make


CI = ".github/workflows/ci.yml"
LEADS = {
    "a source that is a link": link("src/a.rs", "../../outside/a.rs"),
    "a folder that is a link": link("src/a", "../../outside"),
    "a module that is elsewhere": file("src/lib.rs", '#[path = "../../outside/a.rs"]\nmod a;\n#[path = "/etc/passwd"]\nmod b;\n' + UNWRAP),
    "a declaring file that is a link": merged_catalogs(link("src/main.rs", "../../outside/a.rs"), file("src/x/y.rs", "")),
    "members beside": file("Cargo.toml", f'{MANIFEST}[workspace]\nmembers = ["../outside", "../*", "../**", "/**/outside"]\n'),
    "a member that is a link": merged_catalogs(
        file("Cargo.toml", f'{MANIFEST}[workspace]\nmembers = ["m", "*"]\n'), link("m", "../outside"), link("n", "../outside")
    ),
    "dependencies beside": file("Cargo.toml", f'{MANIFEST}[dependencies]\nx = {{ path = "../outside" }}\n[workspace]\n'),
    "targets beside": file("Cargo.toml", f'{MANIFEST}build = "../outside/a.rs"\n[lib]\npath = "../outside/a.rs"\n'),
    "programs in a folder that is a link": link("src/bin", "../../outside"),
    "a workspace above": file("Cargo.toml", f'{MANIFEST}workspace = "../outside"\n'),
    "a manifest that is a link": link("Cargo.toml", "../outside/Cargo.toml"),
    "a manifest below that is a link": merged_catalogs(link("b/Cargo.toml", "../../outside/Cargo.toml"), file("b/src/lib.rs", UNWRAP)),
    "a configuration that is a link": link("rustgate.toml", "../outside/rustgate.toml"),
    "a hidden configuration that is a link": link(".rustgate.toml", "../outside/rustgate.toml"),
    "pages beside": file("rustgate.toml", 'rule-paths = ["../outside"]\n'),
    "pages in another place": file("Cargo.toml", f'{MANIFEST}[package.metadata.rustgate]\nrule-paths = ["OUTSIDE"]\n'),
    "pages in a folder that is a link": link(".rustgate/rules", "../../outside"),
    "pages that are links": link(".rustgate/rules/own-rule.md", "../../../outside/own-rule.md"),
    "pages that are links in a folder that is named": merged_catalogs(
        file("rustgate.toml", 'rule-paths = ["pages"]\n'), link("pages/own-rule.md", "../../outside/own-rule.md")
    ),
    "a .gitignore that is a link": link(".gitignore", "../outside/x.sh"),
    "a CI file that is a link": link(CI, "../../../outside/x.sh"),
    "a script elsewhere": file(CI, "run: src/../../outside/x.sh ../outside/x.sh OUTSIDE/x.sh\n"),
    "a configuration of Cargo that is a link": link(".cargo/config.toml", "../../outside/rustgate.toml"),
    "an index with paths elsewhere": index("../outside/a.rs", "src/lib.rs", "../outside/repo"),
    "an index with paths through a link": merged_catalogs(index("in/a.rs", "src/lib.rs", "in/repo"), link("in", "../outside")),
}


@pytest.mark.parametrize("lead", LEADS)
def test_no_file_outside_is_read(folder: Path, tmp_path: Path, lead: str) -> None:
    outside = tmp_path / "outside"
    files = {"a.rs": UNWRAP, "repo/a.rs": UNWRAP, "Cargo.toml": MANIFEST, "x.sh": "cargo test", "rustgate.toml": 'profile = "mvp"'}
    write(outside, files | {"own-rule.md": PAGE.replace("KEYS\n", "")})
    log = write(tmp_path, {"log": ""}) / "log"
    LEADS[lead](folder)
    for path in (folder / "Cargo.toml", folder / CI):
        if path.is_file() and not path.is_symlink():
            path.write_text(path.read_text().replace("OUTSIDE", str(outside)))
    for command in (("check", "--profile", "hyperscale"), ("metrics",), ("unsafe",), ("config",)):
        program = (sys.executable, "-c", WATCHED, str(outside), str(log), *command)
        run = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
        assert "Traceback" not in run.stderr
    assert log.read_text() == ""


def test_what_is_watched_would_be_seen(folder: Path, tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"a.rs": UNWRAP})
    log = write(tmp_path, {"log": ""}) / "log"
    subprocess.run((sys.executable, "-c", WATCHED, str(outside), str(log), "check", "../outside/a.rs"), cwd=folder, check=False)
    assert f"open {outside / 'a.rs'}" in log.read_text()


# nothing is written but what was asked for


def _state(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (status.st_mtime_ns, path.read_bytes() if stat.S_ISREG(status.st_mode) else b"")
        for path in sorted(folder.rglob("*"))
        for status in [path.lstat()]
    }


def test_nothing_is_written_but_the_outputs(folder: Path, tmp_path: Path) -> None:
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    write(folder, {".rustgate/rules/own-rule.md": PAGE.replace("KEYS\n", ""), "src/new.rs": UNWRAP})
    before = _state(tmp_path)
    for command in COMMANDS:
        rustgate(folder, *command)
    assert _state(tmp_path) == before
    rustgate(folder, "check", "--output", "json=out.json")
    after = _state(tmp_path)
    assert {path for path in after if path not in before} == {str(folder / "out.json")}
    assert json.loads((folder / "out.json").read_text())["findings"]


@pytest.mark.parametrize("target", ["../mine.txt", "../nothing", "src/lib.rs"])
def test_an_output_that_is_a_link_is_refused(folder: Path, tmp_path: Path, target: str) -> None:
    mine = write(tmp_path, {"mine.txt": "mine"}) / "mine.txt"
    (folder / "rustgate.sarif").symlink_to(target)
    run = rustgate(folder, "check", "--output", "sarif=rustgate.sarif")
    assert (run.returncode, f"rustgate.sarif: is a link to {target}; name that file itself" in run.stderr) == (2, True)
    assert (mine.read_text(), (tmp_path / "nothing").exists(), (folder / "src/lib.rs").read_text()) == ("mine", False, UNWRAP)


def test_the_examples_of_a_page_stay_in_their_own_folder(tmp_path: Path) -> None:
    page = next(rule for rule in shipped().values() if rule.name == "workspace-resolver")
    text = Path(page.path).read_text().replace("```toml bad", f"```toml bad path={tmp_path / 'HARM'}").replace("clippy =", "# ")
    with pytest.raises(PageError, match="leads out of the workspace"):
        list(outcomes(parse_page(text, "new-rule.md", "new-rule", "manifest")))
    assert not (tmp_path / "HARM").exists()


def test_a_file_name_is_no_option_for_a_hook() -> None:
    hooks = (REPOSITORY / ".pre-commit-hooks.yaml").read_text().split("- id: ")[1:]
    assert hooks
    assert all("pass_filenames: false" in hook or re.search(r"entry: .* --$", hook, re.MULTILINE) for hook in hooks)


# nothing is forged

EVIL = "\x1b[31m\x1b]0;title\x07\x9b2J\u202e\x7f ##[error]evil ##vso[task.setvariable] ::error::evil"
NAMES = ("::error file=a::evil.rs", "a\n::error::evil.rs", "\x1b[2Jevil.rs", "\x9b2J.rs", "##[error]evil.rs", "a\r::stop-commands::x.rs")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|##\\w*\\[")


def _evil(folder: Path) -> None:
    comment = EVIL.replace("\n", " ")
    quoted = json.dumps(EVIL)[1:-1].replace("\x7f", "\\u007f")
    head = f"// rustgate: allow(expect-used, {comment}) -- {comment}\n"
    source = f"{head}{UNWRAP}// {comment}\n::error::evil!(x);\nunsafe fn g() {{}} // TODO {comment}\n"
    page = (
        PAGE.replace('"found"', f'"{quoted}"')
        .replace("KEYS\n", "")
        .replace("# Title\n\nWhy.", f"# Title {EVIL}\n\n::error::evil\n\n{EVIL}")
    )
    write(folder, {".rustgate/rules/own-rule.md": page, "Cargo.toml": f'[package]\nname = "{quoted}"\n[dependencies]\n"{quoted}" = "*"\n'})
    write(folder, {"src/lib.rs": source, **{f"src/{name}": source for name in NAMES}})
    write(folder, {f"{NAMES[0]}/{NAMES[1]}": source, "::error::evil.rs": source})


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("configuration", ["", "profile", "key", "rule"])
def test_nothing_is_forged(folder: Path, command: tuple[str, ...], configuration: str) -> None:
    _evil(folder)
    quoted = json.dumps(EVIL).replace("\x7f", "\\u007f")
    texts = {"profile": f"profile = {quoted}", "key": f"{quoted} = 1", "rule": f"[rules]\n{quoted} = 'off'"}
    if configuration:
        write(folder, {"rustgate.toml": texts[configuration]})
    run = subprocess.run((*RUSTGATE, *command), cwd=folder, capture_output=True, check=False)
    for text in (run.stdout.decode(), run.stderr.decode()):
        assert _CONTROL.findall(text) == []
        ours = "github" in command
        forged = [
            line for line in text.split("\n") if line.strip().startswith("::") and not (ours and "title=rustgate" in line.split("::")[1])
        ]
        assert forged == []
    assert run.stdout or run.stderr
    assert b"Traceback" not in run.stderr


def test_each_finding_is_one_command(folder: Path) -> None:
    _evil(folder)
    run = rustgate(folder, "check", "--output", "github", "--quiet")
    lines = run.stdout.splitlines()
    assert lines
    assert all(
        re.match(r"::(error|warning|notice) (file=[^:,\r\n]*,line=\d+,col=\d+,endLine=\d+,endColumn=\d+,)?title=rustgate", line)
        for line in lines
    )


def test_a_mistake_of_ours_forges_nothing(folder: Path) -> None:
    write(folder, {"src/a\n::error::evil\x1b[2J.rs": UNWRAP})
    program = """
import sys, rustgate.engine.tasks
def fail(path, *_): raise ValueError(path)
rustgate.engine.tasks.lint = fail
sys.argv = ["rustgate", "check"]
from rustgate.cli import main
main()
"""
    run = subprocess.run((sys.executable, "-c", program), cwd=folder, capture_output=True, text=True, check=False)
    assert (run.returncode, "mistake in rustgate itself" in run.stderr) == (2, True)
    assert "\x1b" not in run.stderr
    assert not any(line.strip().startswith("::") for line in run.stderr.split("\n"))


BLANKS = ("\u3000", "\u00a0", "\u1680", "\u2003", "\u202f", "\u205f", "\u180e", " \u2000\t", "\u200a\u3000")


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_no_blank_of_unicode_hides_a_command(folder: Path, blank: str) -> None:
    name = f"{blank}::add-mask::x"
    page = PAGE.replace("KEYS\n", "").replace("Why.", f"Why.\n\n{blank}::add-mask::x")
    write(folder, {f"{name}/a.rs": f"{UNWRAP}fn {'f' * 9}() {{ todo!() }}\n", f"{name}.rs": UNWRAP, ".rustgate/rules/own-rule.md": page})
    for command in COMMANDS:
        run = rustgate(folder, *command)
        lines = [line.strip().lstrip("\u180e") for line in (run.stdout + run.stderr).split("\n")]
        assert not [line for line in lines if line.startswith("::") and "title=rustgate" not in line]
        assert run.stdout or run.stderr


# nothing is silent


LEVELS = {
    "a level": ({"rustgate.toml": '[rules]\nunreadable-file = "off"\n'}, (), {}),
    "a table": ({"rustgate.toml": '[rules.unreadable-file]\nlevel = "warning"\n'}, (), {}),
    "an override": ({"rustgate.toml": '[[overrides]]\npaths = ["x"]\nrules = { unreadable-file = "note" }\n'}, (), {}),
    "a manifest": ({"Cargo.toml": f'{MANIFEST}[package.metadata.rustgate.rules]\nunreadable-file = "off"\n'}, (), {}),
    "--config": ({}, ("--config", "rules.unreadable-file=off"), {}),
    "the environment": ({}, (), {"RUSTGATE_RULES__UNREADABLE_FILE": "off"}),
    "--ignore": ({}, ("--ignore", "unreadable-file"), {}),
    "--ignore of several": ({}, ("--ignore", "docs, unreadable-file"), {}),
}


@pytest.mark.parametrize("source", LEVELS)
def test_unreadable_file_is_always_an_error(folder: Path, source: str) -> None:
    files, arguments, variables = LEVELS[source]
    run = rustgate(write(folder, files), "check", "--config", "max-file-size=1", *arguments, **variables)
    assert (run.returncode, "`exclude`" in run.stderr, run.stdout) == (2, True, "")


def test_ignoring_its_category_leaves_unreadable_file_on(folder: Path) -> None:
    run = rustgate(folder, "check", "--config", "max-file-size=1", "--ignore", "rustgate")
    assert (run.returncode, "unreadable-file" in run.stdout) == (1, True)
    assert rustgate(folder, "check", "--config", "rules.unreadable-file=error").returncode == 1


@pytest.mark.parametrize("way", ["--ignore", "a configuration", "overrides"])
def test_a_run_without_rules_is_a_mistake(folder: Path, way: str) -> None:
    names = [rule.name for rule in shipped().values() if rule.name != "unreadable-file"]
    off = "".join(f'{name} = "off"\n' for name in names)
    text = {"a configuration": f"[rules]\n{off}", "overrides": f"[[overrides]]\npaths = ['*']\n[overrides.rules]\n{off}"}
    write(folder, {"rustgate.toml": text.get(way, "")})
    arguments = ("--ignore", ",".join({rule.category for rule in shipped().values()})) if way == "--ignore" else ()
    run = rustgate(folder, "check", *arguments)
    assert (run.returncode, "no rule is on" in run.stderr) == (2, True)


# nothing takes forever


def own_page(query: str) -> dict[str, str]:
    text = PAGE.replace("KEYS\n", "").replace('((identifier) @finding (#eq? @finding "x"))', query)
    return {".rustgate/rules/own-rule.md": text}


ENDLESS = {
    "a regular expression": ('((string_literal) @finding (#match? @finding "^\\"(a+)+\\"$"))', f'const S: &str = "{"a" * 60}!";\n'),
    "another one": ('((identifier) @finding (#match? @finding "^(a|a)*$"))', f"fn {'a' * 60}_() {{}}\n"),
    "one that must not match": ('((identifier) @finding (#not-match? @finding "^([a-z]|a+)*$"))', f"fn {'a' * 60}_() {{}}\n"),
    "wildcards": ("(block (_)* @a (_)* @b (_)* @c (_)* @d (_)* @e (_)* @f) @finding", f"fn f() {{ {'a();' * 600} }}\n"),
    "wildcards among arguments": ("(arguments (_)* @a (_)* @b (_)* @c (_)* @d (_)* @e) @finding", f"fn f() {{ g({'a,' * 900}) }}\n"),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_no_page_of_the_repository_takes_forever(folder: Path, kind: str) -> None:
    query, source = ENDLESS[kind]
    write(folder, {**own_page(query), "src/slow.rs": source})
    run = rustgate(folder, "check", "--file-timeout", "0.3", "--output", "github")
    slow = "file=src/slow.rs,line=1,col=1,endLine=1,endColumn=1,title=rustgate%3A unreadable-file::this file was not checked"
    assert (run.returncode, slow in run.stdout, "unwrap-used" in run.stdout) == (1, True, True)


@pytest.mark.parametrize("query", [f"(block {'(_)? ' * 1_500}) @finding", f"(block {'[(_)* (_ (_)*)*]* ' * 400}) @finding"], ids=["?", "*"])
@pytest.mark.parametrize("command", [("check",), ("metrics",), ("test-rules", ".rustgate/rules")], ids=str)
def test_no_page_of_the_repository_takes_forever_to_compile(folder: Path, query: str, command: tuple[str, ...]) -> None:
    run = rustgate(write(folder, own_page(query)), *command)
    assert (run.returncode, "own-rule.md: the query of the page took longer than" in run.stderr) == (2, True)


def test_no_example_of_a_page_takes_forever(folder: Path) -> None:
    files = own_page(ENDLESS["another one"][0])
    text = files[".rustgate/rules/own-rule.md"].replace("x //~ own-rule", f"fn {'a' * 60}_() {{}}")
    run = rustgate(write(folder, {".rustgate/rules/own-rule.md": text}), "test-rules", ".rustgate/rules")
    assert (run.returncode, "1 cannot be used" in run.stdout, "took longer than" in run.stderr) == (2, True, True)


PIPES = ("rustgate.toml", ".rustgate.toml", ".gitignore", ".gitattributes", ".git/info/exclude", ".git/config", ".git/index", ".git/HEAD")


@pytest.mark.parametrize("path", PIPES)
def test_a_pipe_in_place_of_a_file_is_a_sentence(folder: Path, path: str) -> None:
    git(folder, "init", "--quiet")
    (folder / path).unlink(missing_ok=True)
    (folder / path).parent.mkdir(exist_ok=True)
    os.mkfifo(folder / path)
    for command in (("check",), ("check", "src"), ("metrics",)):
        run = rustgate(folder, *command)
        assert (run.returncode, f"{path}: " in run.stderr, "is not a regular file" in run.stderr) == (2, True, True)


@pytest.mark.parametrize("path", ["src/.gitignore", "included"])
def test_git_has_a_time_limit(folder: Path, path: str) -> None:
    git(folder, "init", "--quiet")
    if path == "included":
        git(folder, "config", "include.path", "../included")
    os.mkfifo(folder / path)
    program = "from rustgate.filesystem import git; git.SECONDS = 0.5; from rustgate.cli import main; main()"
    command = (sys.executable, "-c", program, "check")
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert (run.returncode, "git gave no answer within 0.5 s; remove pipes" in run.stderr) == (2, True)


def test_a_gitignore_that_is_a_pipe_ignores_nothing_without_git(folder: Path) -> None:
    os.mkfifo(folder / "src/.gitignore")
    assert linted(rustgate(folder, "check"))


def test_what_the_user_names_may_be_a_pipe(folder: Path) -> None:
    command = ("bash", "-c", 'exec "$0" -m rustgate check --config <(echo \'profile = "mvp"\')', sys.executable)
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "profile mvp" in run.stderr


@pytest.mark.parametrize(
    "configuration",
    [
        "profile." + ".".join("a" * 3_000) + " = 1",
        "rules.unwrap-used.level." + ".".join("a" * 3_000) + " = 1",
        "x = " + "[" * 900 + "]" * 900,
    ],
)
def test_a_deep_configuration_is_a_sentence(folder: Path, configuration: str) -> None:
    write(folder, {"rustgate.toml": configuration})
    run = rustgate(folder, "check")
    assert (run.returncode, "Traceback" in run.stderr, run.stderr.count("\n")) == (2, False, 1)


@pytest.mark.parametrize("pattern", ["*a" * 12 + "b", "**/a/" * 6 + "b"])
@pytest.mark.parametrize("where", ["rustgate.toml", ".gitignore"])
def test_no_pattern_takes_forever(folder: Path, pattern: str, where: str) -> None:
    deep = "/".join("a" * 60)
    write(folder, {f"src/{'a' * 200}.rs": UNWRAP, f"src/{deep}/a.rs": UNWRAP})
    write(folder, {where: f'exclude = ["{pattern}"]' if where == "rustgate.toml" else f"{pattern}\n"})
    run = rustgate(folder, "check")
    if where == "rustgate.toml":
        assert (run.returncode, "write several patterns" in run.stderr) == (2, True)
    else:
        assert linted(run)


# the promises


def _named_tests() -> list[tuple[str, str]]:
    return re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", SECURITY)


def test_every_promise_names_a_test_that_exists() -> None:
    known: dict[str, set[str]] = {}
    for file, name in _named_tests():
        if file not in known:
            tree = ast.parse((REPOSITORY / file).read_text(encoding="utf-8"))
            known[file] = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in known[file], f"{file} has no test {name}"
    promises = SECURITY.partition("## What is promised")[2].partition("\n## ")[0]
    rows = [line for line in promises.split("\n") if line.startswith("| ")][2:]
    assert len(rows) > 10
    assert all("`tests/" in row for row in rows)
    assert all((REPOSITORY / file).is_file() for file in re.findall(r"`(tests/[\w/.]+)", SECURITY))
