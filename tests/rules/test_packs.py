"""A pack is a distribution with pages: three rules from one that pip really installs, and what becomes of broken ones."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import write

pytestmark = pytest.mark.slow  # it starts processes

SOURCE = Path(__file__).parents[1] / "pack"
ROOT = Path(__file__).parents[2]
CODE = 'mod LOUD {}\npub fn f(a: u8, b: u8, c: u8) {\n    println!("{a}{b}{c}");\n}\n'


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the pack is installed into."""
    folder = tmp_path_factory.mktemp("pack")
    shutil.copytree(SOURCE, folder / "source")
    options = [
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--disable-pip-version-check",
        "--target",
        str(folder / "site"),
    ]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(folder / "source")], check=True)
    return folder / "site"


def rustgate(folder: Path, *arguments: str, packs: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(packs), str(ROOT)])}
    command = [sys.executable, "-m", "rustgate", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def broken(folder: Path, name: str, module: str, files: dict[str, str]) -> Path:
    """A pack as an installer leaves it, whose package may hold anything."""
    points = {f"{module}-1.0.dist-info/entry_points.txt": f"[rustgate.packs]\n{name} = {module}\n"}
    return write(folder / "site", {**files, **points, f"{module}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {module}\n"})


def page(text: str) -> str:
    return (SOURCE / "rustgate_acme" / text).read_text(encoding="utf-8")


def test_the_rules_of_a_pack_are_rules(installed: Path, tmp_path: Path) -> None:
    write(tmp_path, {"lib.rs": CODE, "rustgate.toml": '[rules]\nquiet-modules = "warning"\n'})
    run = rustgate(tmp_path, "check", "--output", "json", "--select", "acme,quiet-modules", packs=installed)
    assert run.returncode == 1, run.stderr
    assert [(one["rule"], one["category"], one["severity"], one["message"]) for one in json.loads(run.stdout)["findings"]] == [
        ("quiet-modules", "naming", "warning", "call the module `loud`, not `LOUD`"),
        ("short-signatures", "acme", "warning", "`f` takes 3 parameters, 2 are enough at Acme"),
        ("no-println", "acme", "error", "`println!` writes past the log"),
    ]


def test_a_pack_works_in_a_pool_of_workers(installed: Path, tmp_path: Path) -> None:
    write(tmp_path, {f"m{number}.rs": CODE + "// more\n" * 30_000 for number in range(3)})
    run = rustgate(tmp_path, "check", "--output", "json", "--jobs", "2", "--select", "quiet-modules", packs=installed)
    assert [one["path"] for one in json.loads(run.stdout)["findings"]] == ["m0.rs", "m1.rs", "m2.rs"]


def test_the_other_commands_know_them(installed: Path, tmp_path: Path) -> None:
    write(tmp_path, {"lib.rs": CODE, "rustgate.toml": '[rules]\nno-println = "off"\n'})
    listed = {rule["name"]: rule["pack"] for rule in json.loads(rustgate(tmp_path, "rules", "--output", "json", packs=installed).stdout)}
    assert {name for name, pack in listed.items() if pack == "acme"} == {"no-println", "short-signatures", "quiet-modules"}
    assert listed["unwrap-used"] is None
    assert "From the pack `acme`." in rustgate(tmp_path, "explain", "quiet-modules", packs=installed).stdout
    assert 'rules.no-println.level = "off" ' in rustgate(tmp_path, "config", packs=installed).stdout
    assert '"quiet-modules"' in rustgate(tmp_path, "config", "--schema", packs=installed).stdout
    sarif = json.loads(rustgate(tmp_path, "check", "--output", "sarif", packs=installed).stdout)["runs"][0]
    rules = sarif["tool"]["driver"]["rules"]
    assert {rules[result["ruleIndex"]]["id"] for result in sarif["results"]} >= {"short-signatures", "quiet-modules"}
    for command in ("metrics", "unsafe"):
        assert rustgate(tmp_path, command, packs=installed).returncode == 0


def test_its_examples_hold(installed: Path, tmp_path: Path) -> None:
    run = rustgate(tmp_path, "test-rules", str(SOURCE), packs=installed)
    assert (run.returncode, run.stdout.splitlines()[-1]) == (0, "3 pages: 3 pass, 0 fail, 0 cannot be used"), run.stdout + run.stderr


INIT = "pack_x/__init__.py"
CHECK = "pack_x/naming/quiet-modules.md"
QUIET = page("naming/quiet-modules.md").replace("rustgate_acme.names:shouted_modules", "pack_x.checks:check")
BROKEN = {
    "raises": ({INIT: "raise ValueError('no\\nlicence')"}, 'the pack "x" (pack_x) cannot be loaded: ValueError: no licence; repair or'),
    "exits": ({INIT: "raise SystemExit(0)"}, 'the pack "x" (pack_x) cannot be loaded: SystemExit: 0; repair or uninstall it'),
    "is not there": ({}, "the pack \"x\" (pack_x) cannot be loaded: ModuleNotFoundError: No module named 'pack_x'; repair"),
    "is a module": ({"pack_x.py": ""}, 'the pack "x" (pack_x) is not a package; its entry point must name one with pages in it'),
    "has no pages": ({INIT: ""}, 'the pack "x" (pack_x) cannot be used: {site}/pack_x: no rule pages (*.md) here'),
    "takes a name": (
        {INIT: "", "pack_x/unwrap-used.md": page("no-println.md")},
        'rustgate has a rule "unwrap-used" already; give this page',
    ),
    "a check that is not there": ({INIT: "", CHECK: QUIET}, 'the check "pack_x.checks:check" of the pack "x" cannot be imported'),
    "a check that raises at once": (
        {INIT: "", CHECK: QUIET, "pack_x/checks.py": "1 / 0"},
        'the check "pack_x.checks:check" of the pack "x" cannot be imported: division by zero',
    ),
    "a check that raises": (
        {INIT: "", CHECK: QUIET, "pack_x/checks.py": "def check(file, matches):\n    yield 1 / 0"},
        'of the pack "x" raised ZeroDivisionError: division by zero; repair it, or uninstall what it came with (while lib.rs was linted)',
    ),
    "a check that yields nonsense": (
        {INIT: "", CHECK: QUIET, "pack_x/checks.py": "def check(file, matches):\n    return [1]"},
        'of the pack "x" raised TypeError: 1 is not what a check yields',
    ),
    "a check that does not fill the message": (
        {
            INIT: "from rustgate.model.finding import Match",
            CHECK: QUIET,
            "pack_x/checks.py": "from . import Match\ndef check(*_):\n    return [Match(0, 1)]",
        },
        'of the pack "x" raised LookupError: nothing fills {name} in the message',
    ),
    "speaks for rustgate": (
        {INIT: "", CHECK: QUIET.partition("```query")[0].replace("check =", 'raised_by = "linter"\n#')},
        "`raised_by` is for rustgate's own pages",
    ),
    "claims a clippy lint": (
        {INIT: "", CHECK: QUIET.replace("check =", 'clippy = "unwrap_used"\ncheck =')},
        'the clippy lint "unwrap_used" is already the equivalent of "unwrap-used"',
    ),
}


@pytest.mark.parametrize(("files", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_pack_is_one_sentence_with_its_name(tmp_path: Path, files: dict[str, str], sentence: str) -> None:
    site = broken(tmp_path, "x", "pack_x", files)
    write(tmp_path / "code", {"lib.rs": CODE})
    run = rustgate(tmp_path / "code", "check", packs=site)
    assert (run.returncode, run.stdout) == (2, "")
    assert sentence.replace("{site}", str(site)) in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_two_packs_of_one_name_are_refused(tmp_path: Path) -> None:
    broken(tmp_path, "x", "pack_x", {INIT: "", "pack_x/no-println.md": page("no-println.md")})
    site = broken(tmp_path, "x", "pack_y", {})
    run = rustgate(tmp_path, "rules", packs=site)
    assert (run.returncode, run.stderr) == (2, 'rustgate: two packs are called "x": pack_x and pack_y; uninstall one of them\n')


def test_two_packs_with_one_rule_are_refused(tmp_path: Path) -> None:
    broken(tmp_path, "x", "pack_x", {INIT: "", "pack_x/no-println.md": page("no-println.md")})
    site = broken(tmp_path, "y", "pack_y", {"pack_y/__init__.py": "", "pack_y/no-println.md": page("no-println.md")})
    run = rustgate(tmp_path, "rules", packs=site)
    assert run.returncode == 2
    assert f'the rule "no-println" is already defined in {site}/pack_x/no-println.md; rename one of them' in run.stderr


def test_the_working_folder_is_no_place_for_packs(tmp_path: Path) -> None:
    site = broken(tmp_path, "x", "pack_x", {INIT: "raise ValueError", "lib.rs": "fn f() {}\n"})
    run = rustgate(site, "check", packs=site)
    assert run.returncode == 0, run.stderr
