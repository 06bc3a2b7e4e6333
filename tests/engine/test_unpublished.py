"""What is only a note in packages that are never published."""

from pathlib import Path

import pytest
from conftest import write

from rustgate.config.loader import load_config
from rustgate.config.resolver import Selection
from rustgate.engine.check import Engine, Options
from rustgate.project.project import Project
from rustgate.rules.catalog import shipped

NAMES = {"missing-docs", "missing-errors-doc", "boxed-error", "string-error"}
CODE = "//! A.\npub fn f() -> Result<(), String> { Ok(()) }\npub fn g() -> Result<(), Box<dyn std::error::Error>> { Ok(()) }\n"
EXPLICIT = "\n".join(["[rules]", *(f'{name} = "error"' for name in sorted(NAMES))])
WORKSPACE = '[workspace]\nmembers = ["a"]\n[workspace.package]\npublish = false\nversion = "1.0.0"\n'


def severities(folder: Path, manifest: str, config: str = "") -> set[str]:
    write(
        folder,
        {"Cargo.toml": WORKSPACE, "a/Cargo.toml": f'[package]\nname = "a"\n{manifest}', "a/src/lib.rs": CODE, "rustgate.toml": config},
    )
    options = Options(selection=Selection(select=frozenset(NAMES)))
    run = Engine(shipped(), lambda config_root: load_config(config_root, shipped()), options).run(Project([folder]))
    found = [finding for finding in run.findings if finding.rule in NAMES]
    assert {finding.rule for finding in found} == NAMES
    return {str(finding.severity) for finding in found}


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "publish = true",
        'version = "1.0.0"\npublish = false',
        'version = "1.0.0"\npublish = []',
        "version.workspace = true\npublish.workspace = true",
    ],
)
def test_nobody_outside_uses_what_is_never_published(tmp_path: Path, manifest: str) -> None:
    assert severities(tmp_path, manifest) == {"note"}


@pytest.mark.parametrize("manifest", ['version = "1.0.0"', 'version.workspace = true\npublish = ["here"]'])
def test_what_may_be_published_is_held_to_the_rules(tmp_path: Path, manifest: str) -> None:
    assert severities(tmp_path, manifest) == {"error", "warning"}


@pytest.mark.parametrize("config", ['profile = "enterprise"', EXPLICIT])
def test_a_level_that_is_set_and_a_stricter_profile_count(tmp_path: Path, config: str) -> None:
    assert severities(tmp_path, "", config) == {"error"}
