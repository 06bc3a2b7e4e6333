"""Whole runs over the sample crates: what is found is what their marks say, and how it is run does not change it."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rustgate.model.rule import Profile, Scope
from rustgate.rules.catalog import shipped
from rustgate.rules.examples import marks

REPOSITORY = Path(__file__).parent.parent
SAMPLES = REPOSITORY / "sample_crates"
EXIT_CODES = {"clean": 0, "messy": 1, "services": 1, "workspace": 1}
EXCLUDED = {"messy/src/generated/mod.rs", "workspace/crates/almanac/src/tide/tables/mod.rs"}
NEEDS_FULL_RUN = "unused-suppression"
OF_MORE_THAN_A_FILE = {name for name, rule in shipped().items() if rule.scope != Scope.FILE}
NOT_SHOWN = {
    Profile.PRODUCTION: {
        "dependency-audit": "needs a dependency on a package of somebody else, and the crates are compiled without a network",
        "lockfile": "needs a program without Cargo.lock, and the crates are compiled with --locked",
        "required-coverage": "needs a coverage report, which only tests/project/test_coverage.py has",
        "unvalidated-request": "needs axum or actix-web, and validator",
        "workspace-dependencies": "needs a dependency that two members take from a registry",
    },
    Profile.HYPERSCALE: {
        "detached-task": "needs tokio",
    },
}
"""What no sample crate can show, in addition to what the profile before it has, and why."""

Findings = list[dict[str, Any]]


def rust_files(crate: str) -> list[Path]:
    """The files of a crate that are to be judged."""
    files = (path for path in (SAMPLES / crate).rglob("*.rs") if "target" not in path.relative_to(SAMPLES).parts)
    return sorted(path for path in files if path.relative_to(SAMPLES).as_posix() not in EXCLUDED)


def manifests(crate: str) -> list[Path]:
    """The Cargo.toml files of a crate, those of its members included."""
    return sorted(path for path in (SAMPLES / crate).rglob("Cargo.toml") if "target" not in path.relative_to(SAMPLES).parts)


ALL_FILES = [(crate, file) for crate in EXIT_CODES for file in rust_files(crate)]

each_crate = pytest.mark.parametrize("crate", EXIT_CODES)
each_file = pytest.mark.parametrize(("crate", "file"), ALL_FILES, ids=[file.relative_to(SAMPLES).as_posix() for _, file in ALL_FILES])


def check(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rustgate", "check", str(path), "--quiet", *options]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    return done


@cache
def findings(path: Path, *options: str) -> Findings:
    """The findings of a run, with absolute paths."""
    report = json.loads(check(path, "--output", "json", *options).stdout)
    root = REPOSITORY / report["root"]
    return [finding | {"path": (root / finding["path"]).resolve()} for finding in report["findings"]]


def marked(file: Path) -> set[tuple[Path, int, str]]:
    return {(file, line, rule) for rule, line in marks(file.read_text(encoding="utf-8", errors="replace"))}


@each_crate
def test_what_is_marked_is_found_and_nothing_else(crate: str) -> None:
    expected = {mark for file in [*rust_files(crate), *manifests(crate)] for mark in marked(file)}
    found = {(finding["path"], finding["line"], finding["rule"]) for finding in findings(SAMPLES / crate)}
    assert (sorted(found - expected), sorted(expected - found)) == ([], []), "(found and not marked, marked and not found)"


@each_crate
def test_every_file_is_judged_that_the_configuration_does_not_exclude(crate: str) -> None:
    listed = check(SAMPLES / crate, "--show-files").stdout.splitlines()
    assert sorted(REPOSITORY / path for path in listed) == rust_files(crate)
    assert json.loads(check(SAMPLES / crate, "--output", "json").stdout)["summary"]["files"] == len(listed)


@each_crate
def test_the_exit_code_says_whether_there_are_errors(crate: str) -> None:
    assert check(SAMPLES / crate).returncode == EXIT_CODES[crate]


def test_clean_has_no_finding_and_makes_use_of_suppressions() -> None:
    assert findings(SAMPLES / "clean") == []
    muted = {finding["muted"]["by"] for finding in findings(SAMPLES / "clean", "--show-muted")}
    assert muted == {"suppression"}


@pytest.mark.parametrize("profile", [Profile.PRODUCTION, Profile.HYPERSCALE])
def test_the_crates_show_every_rule_that_is_on(profile: Profile) -> None:
    on = {rule.name for rule in shipped().values() if rule.severity[profile.rank]}
    shown = {finding["rule"] for crate in EXIT_CODES for finding in findings(SAMPLES / crate, "--profile", profile)}
    excused = {name for other, names in NOT_SHOWN.items() if other.rank <= profile.rank for name in names}
    assert sorted(on - shown - excused) == [], "no sample crate has a finding of these: add one, or a reason to NOT_SHOWN"
    assert (sorted(excused & shown), sorted(excused - on)) == ([], []), "these are excused for no reason"


@each_crate
def test_the_number_of_jobs_changes_nothing(crate: str) -> None:
    one, two = (check(SAMPLES / crate, "--output", "json", "--jobs", jobs).stdout for jobs in ("1", "2"))
    seconds = re.compile(r'"seconds":\s*[\d.]+')
    assert len(seconds.findall(one)) == 1
    assert seconds.sub("", one) == seconds.sub("", two)


@each_file
def test_a_file_by_itself_has_the_findings_of_the_whole_run(crate: str, file: Path) -> None:
    whole = [finding for finding in findings(SAMPLES / crate) if finding["path"] == file and finding["rule"] != NEEDS_FULL_RUN]
    alone, of_whole = ([one for one in found if one["rule"] not in OF_MORE_THAN_A_FILE] for found in (findings(file), whole))
    assert alone == of_whole
