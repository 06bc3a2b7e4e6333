"""`--baseline` on a real repository with a past: exactly what is new is told after each change."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import write

pytestmark = pytest.mark.slow

FILES, FUNCTIONS = 10, 16


def function(number: int) -> str:
    return (
        f"pub fn f{number}(map: &Map, key: &str) -> u32 {{\n"
        f"    let first_{number} = map.get_with_a_long_name(key, Options::default_of({number}), other_argument).unwrap();\n"
        f"    first_{number} + map.get(&{number}).unwrap()\n}}\n"
    )


def long_function(lines: int) -> str:
    return "pub fn long(x: u32) {\n" + "    call(x);\n" * lines + "}\n"


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", *command) if command[0] == "rustgate" else command
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def git(folder: Path, *arguments: str) -> None:
    done = run(folder, "git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    source = tmp_path / "crates/a/src"
    source.mkdir(parents=True)
    (tmp_path / "Cargo.toml").write_text('[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n')
    (tmp_path / "crates/a/Cargo.toml").write_text('[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n')
    (source / "lib.rs").write_text("".join(f"mod m{number};\n" for number in range(FILES)))
    for number in range(FILES):
        (source / f"m{number}.rs").write_text("".join(map(function, range(FUNCTIONS))) + long_function(100))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "base")
    created = run(tmp_path, "rustgate", "baseline", "create")
    assert created.returncode == 0, created.stderr
    return tmp_path


def check(folder: Path, *more: str) -> tuple[int, dict[str, int], list[tuple[str, str, str]]]:
    """Return exit code, counts of the baseline, and what is not accepted."""
    done = run(folder, "rustgate", "check", "--baseline", "rustgate-baseline.jsonl", "--output", "json", "--no-cache", *more)
    assert done.stdout, done.stderr
    document = json.loads(done.stdout)
    return done.returncode, document["summary"]["baseline"], [(one["rule"], one["item"], one["state"]) for one in document["findings"]]


def edit(path: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        file = folder / "crates/a/src" / path
        file.write_text(change(file.read_text()))

    return apply


def nothing(_folder: Path) -> None:
    pass


FRESH = "pub fn fresh() {\n    other.thing().unwrap();\n}\n"


def git_rustfmt(folder: Path) -> None:
    files = [str(file) for file in (folder / "crates/a/src").glob("m*.rs")]
    before = [Path(file).read_text() for file in files]
    assert run(folder, "rustfmt", "--edition", "2021", "--config", "max_width=72", *files).returncode == 0
    assert before != [Path(file).read_text() for file in files]


def git_move(folder: Path, old: str, new: str, module: tuple[str, str]) -> None:
    git(folder, "mv", old, new)
    edit("lib.rs", lambda text: text.replace(*module))(folder)


def git_delete(folder: Path) -> None:
    git(folder, "rm", "-q", "crates/a/src/m0.rs")
    edit("lib.rs", lambda text: text.replace("mod m0;\n", ""))(folder)


CHANGES = {
    "nothing": (nothing, [], 0),
    "a blank line above": (edit("m0.rs", lambda text: "\n\n" + text), [], 0),
    "functions swapped": (edit("m0.rs", lambda text: text.replace(function(0), "") + function(0)), [], 0),
    "rustfmt at another width": (git_rustfmt, [], 0),
    "a file moved": (lambda folder: git_move(folder, "crates/a/src/m0.rs", "crates/a/src/n0.rs", ("mod m0;", "mod n0;")), [], 0),
    "a crate moved": (lambda folder: git(folder, "mv", "crates/a", "crates/b"), [], 0),
    "one line shorter": (edit("m0.rs", lambda text: text.replace("    call(x);\n", "", 1)), [], 0),
    "a file deleted": (git_delete, [], 0),
    "an equal unwrap beside the old one": (
        edit("m0.rs", lambda text: text.replace("    first_5 +", "    map.get(&5).unwrap();\n    first_5 +")), ["unwrap-used"], 1,
    ),
    "one line longer": (edit("m0.rs", lambda text: text.replace("    call(x);\n", "    call(x);\n" * 2, 1)), ["function-length"], 1),
    "one fixed and one added": (
        edit("m0.rs", lambda text: text.replace(function(2), "") + FRESH), ["unwrap-used"], 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "rules", "code"), CHANGES.values(), ids=CHANGES.keys())
def test_exactly_what_is_new_is_told(repository: Path, change: Callable[[Path], None], rules: list[str], code: int) -> None:
    change(repository)
    found, counts, findings = check(repository)
    assert counts["entries"] >= 300
    assert ({rule for rule, _, _ in findings} & {"unwrap-used", "function-length"}, found) == (set(rules), code)


def test_stale_entries_are_counted_and_fail_only_when_strict(repository: Path) -> None:
    git_delete(repository)
    assert check(repository)[1]["stale"] > 0
    assert check(repository)[0] == 0
    assert check(repository, "--strict-baseline")[0] == 1


def test_a_run_over_one_file_calls_nothing_else_stale(repository: Path) -> None:
    assert check(repository, "crates/a/src/m1.rs")[1]["stale"] == 0


def test_a_baseline_is_not_overwritten(repository: Path) -> None:
    assert run(repository, "rustgate", "baseline", "create").returncode == 2
    before = (repository / "rustgate-baseline.jsonl").read_bytes()
    assert run(repository, "rustgate", "baseline", "create", "--force", str(repository)).returncode == 0
    assert (repository / "rustgate-baseline.jsonl").read_bytes() == before


def test_a_missing_baseline_is_an_error(repository: Path) -> None:
    done = run(repository, "rustgate", "check", "--baseline", "nowhere.jsonl")
    assert done.returncode == 2
    assert "nowhere.jsonl" in done.stderr


def two_branches_shrink(folder: Path) -> int:
    """Return how many lines the base has; each branch takes a neighbouring one away, and git merges."""
    file = folder / "rustgate-baseline.jsonl"
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "baseline")
    lines = file.read_text().splitlines(keepends=True)
    for branch, gone in (("one", -2), ("two", -3)):
        git(folder, "checkout", "-q", "-b", branch, "main")
        file.write_text("".join(line for line in lines if line != lines[gone]))
        git(folder, "commit", "-qam", branch)
    run(folder, "git", "-c", "user.name=a", "-c", "user.email=a@b", "merge", "-q", "one")
    return len(lines)


def test_a_conflict_is_refused_with_the_remedy_and_merged(repository: Path) -> None:
    git(repository, "branch", "-M", "main")
    before = two_branches_shrink(repository)
    refused = run(repository, "rustgate", "check", "--baseline", "rustgate-baseline.jsonl")
    assert refused.returncode == 2
    assert "rustgate baseline merge" in refused.stderr
    assert run(repository, "rustgate", "baseline", "merge").returncode == 0
    assert len((repository / "rustgate-baseline.jsonl").read_text().splitlines()) == before - 2


def test_a_union_merge_has_no_conflict_and_can_be_read(repository: Path) -> None:
    (repository / ".gitattributes").write_text("rustgate-baseline.jsonl merge=union\n")
    git(repository, "branch", "-M", "main")
    two_branches_shrink(repository)
    assert not run(repository, "git", "ls-files", "-u").stdout
    assert check(repository)[1]["entries"] >= 300


def test_without_a_conflict_there_is_nothing_to_merge(repository: Path) -> None:
    done = run(repository, "rustgate", "baseline", "merge")
    assert (done.returncode, "nothing to merge" in done.stderr) == (0, True)


def update(folder: Path, *more: str) -> int:
    return run(folder, "rustgate", "baseline", "update", *more).returncode


def test_update_tightens_removes_and_accepts_nothing_new(repository: Path) -> None:
    assert update(repository, "--check") == 0
    edit("m0.rs", lambda text: text.replace("    call(x);\n", "", 1).replace(function(2), "") + FRESH)(repository)
    assert update(repository, "--check") == 1
    assert update(repository) == 0
    code, counts, findings = check(repository)
    assert (code, counts["stale"], counts["tightened"]) == (1, 0, 0)
    assert ("unwrap-used", "m0::fresh", "new") in findings or ("unwrap-used", "fresh", "new") in findings
    assert update(repository, "--accept-new=unwrap-used") == 0
    assert "unwrap-used" not in {rule for rule, _, _ in check(repository)[2]}


def test_update_covers_files_that_are_gone_and_keeps_what_a_partial_run_cannot_judge(repository: Path) -> None:
    file = repository / "rustgate-baseline.jsonl"
    before = file.read_bytes()
    assert update(repository, "crates/a/src/m1.rs") == 0
    assert file.read_bytes() == before
    git_delete(repository)
    assert update(repository) == 0
    assert b"m0.rs" not in file.read_bytes()


def test_the_configuration_names_the_baseline(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"src/lib.rs": "fn f(x: Option<u8>) -> u8 { x.unwrap() }\n", "rustgate.toml": 'baseline = "gate/old.jsonl"\n', "gate/a": ""},
    )
    assert run(tmp_path, "rustgate", "check", "--select", "unwrap-used").returncode == 2
    assert run(tmp_path, "rustgate", "baseline", "create").returncode == 0
    assert (tmp_path / "gate/old.jsonl").is_file()
    codes = [
        run(tmp_path, "rustgate", "check", *more).returncode for more in ((), ("--no-baseline",), ("--no-baseline", "--strict-baseline"))
    ]
    assert codes == [0, 1, 2]
    assert run(tmp_path / "src", "rustgate", "check", "..").returncode == 0
    assert run(tmp_path, "rustgate", "baseline", "update", "--check").returncode == 0
    write(tmp_path, {"rustgate.toml": 'baseline = "../old.jsonl"\n'})
    assert "lies outside of" in run(tmp_path, "rustgate", "check").stderr


def test_entries_are_shown_where_they_are_and_versions_compared(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"src/lib.rs": "fn f(x: Option<u8>) -> u8 { x.unwrap() }\nfn g(x: Option<u8>) -> u8 { x.unwrap() }\n"})
    assert run(tmp_path, "rustgate", "baseline", "create").returncode == 0
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "-qm", "one")
    write(tmp_path, {"src/lib.rs": "// moved down\n\nfn f(x: Option<u8>) -> u8 { x.unwrap() }\n"})
    shown = run(tmp_path, "rustgate", "baseline", "show", "--rule", "unwrap-used").stdout.splitlines()
    assert shown == ["src/lib.rs: unwrap-used in f: x . unwrap ( ): src/lib.rs:3", "src/lib.rs: unwrap-used in g: x . unwrap ( ): 1 stale"]
    assert run(tmp_path, "rustgate", "baseline", "update").returncode == 0
    compared = run(tmp_path, "rustgate", "baseline", "diff", "HEAD:rustgate-baseline.jsonl")
    assert (compared.returncode, compared.stdout.splitlines()[0]) == (0, "- src/lib.rs: unwrap-used in g: x . unwrap ( )")
    refused = run(tmp_path, "rustgate", "baseline", "diff", "HEAD:nothing.jsonl")
    assert (refused.returncode, refused.stderr) == (
        2,
        "rustgate: git knows no nothing.jsonl in HEAD; name a revision that has it, or a file\n",
    )
