"""What a command imports: start-up is a feature, and every module that it does not need costs each run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import git, write

import rustgate as package

pytestmark = pytest.mark.slow  # it starts processes

PROGRAM = """
import sys
from rustgate.cli import run
sys.argv = ["rustgate", *{arguments!r}]
run()
sys.stderr.write("modules: " + " ".join(sys.modules))
"""
HEAVY = frozenset({
    *("asyncio", "concurrent.futures", "csv", "difflib", "email", "html", "http", "importlib.metadata", "importlib.resources", "jinja2"),
    *("lizard", "logging", "multiprocessing", "pdb", "pydoc", "rich", "socket", "ssl", "subprocess", "tempfile", "traceback"),
    *("unittest", "urllib.request", "xml"),
})  # fmt: skip
"""What no command needs to begin with; sqlite3 is not among them, since a cache is a part of most runs."""
JUDGING = frozenset(
    [
        *("rustgate.config.json_schema", "rustgate.engine.measure", "rustgate.engine.project_map", "rustgate.engine.unsafe_inventory"),
        *("rustgate.metrics.halstead", "rustgate.project.workspace_reader", "rustgate.testing"),
    ]
)
OF_RUNS = frozenset(["tree_sitter", "rustgate.engine.check", "rustgate.engine.linter", "rustgate.syntax.outline", "rustgate.syntax.parse"])
READING = frozenset({"msgspec", "rustgate.rules.page", "rustgate.rules.catalog", "tomllib"})
SOURCE = "//! A crate.\n\n/// Adds.\npub fn add(a: u8, b: u8) -> u8 {\n    a.wrapping_add(b)\n}\n"


def load_check(folder: Path, *arguments: str) -> set[str]:
    """The modules that a command imports, beyond those that this environment brings into every process of Python."""

    def modules(program: str) -> set[str]:
        environment = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parent.parent)}
        run = subprocess.run((sys.executable, "-c", program), cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert "Traceback" not in run.stderr
        return set(run.stderr.rpartition("modules: ")[2].split())

    everywhere = modules('import sys, click\nsys.stderr.write("modules: " + " ".join(sys.modules))')
    return modules(PROGRAM.format(arguments=arguments)) - everywhere


def below(modules: set[str], names: frozenset[str]) -> set[str]:
    """Those of `names` that were imported, or something in them."""
    return {name for name in names if any(module == name or module.startswith(f"{name}.") for module in modules)}


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        (("check", "a.rs"), HEAVY | JUDGING | {"tree_sitter_toml"}),
        (("check", "a.rs", "--output", "json"), HEAVY | JUDGING | {"tree_sitter_toml"}),
        (("check", "."), HEAVY),
        (("--version",), HEAVY | JUDGING | OF_RUNS | READING),
        (("--help",), HEAVY | JUDGING | OF_RUNS | READING),
        (("check", "--help"), HEAVY | JUDGING),
        (("metrics", "--help"), HEAVY | JUDGING | OF_RUNS),
        (("rules", "--output", "markdown"), HEAVY | JUDGING | OF_RUNS),
        (("explain", "unwrap-used"), HEAVY | JUDGING | OF_RUNS),
        (("config", "a.rs"), HEAVY | JUDGING),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_imports_only_what_it_needs(tmp_path: Path, arguments: tuple[str, ...], unneeded: frozenset[str]) -> None:
    write(tmp_path, {"a.rs": SOURCE})
    assert below(load_check(tmp_path, *arguments), unneeded) == set()


def test_a_single_file_of_a_repository_asks_git_nothing(tmp_path: Path) -> None:
    git(write(tmp_path, {"a.rs": SOURCE, "Cargo.toml": '[package]\nname = "a"\n'}), "init", "--quiet")
    assert below(load_check(tmp_path, "check", "a.rs"), HEAVY) == set()


def test_what_is_needed_is_seen(tmp_path: Path) -> None:
    git(write(tmp_path, {"a.rs": SOURCE}), "init", "--quiet")
    assert "subprocess" in load_check(tmp_path, "check", ".")
    assert "rich" in below(load_check(tmp_path, "rules"), HEAVY)
    assert "lizard" in below(load_check(tmp_path, "metrics", "--engine", "lizard", "a.rs"), HEAVY)
    assert below(load_check(tmp_path, "check", "a.rs"), OF_RUNS) == OF_RUNS
