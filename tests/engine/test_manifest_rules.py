"""Rules about manifests in whole runs: which workspaces are read, what is found in real ones, and how it is muted."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import git, write
from msgspec.structs import replace

from rustgate.config.loader import load_config
from rustgate.config.resolver import Selection
from rustgate.engine.check import Engine, Options, Run
from rustgate.project.discovery import is_ignored
from rustgate.project.project import Project, Tree
from rustgate.project.workspace_reader import read_workspace
from rustgate.rules.catalog import shipped

WILDCARD = '[package]\nname = "a"\n\n[dependencies]\nserde = "*"\n'
ONLY = Options(selection=Selection(select=frozenset({"wildcard-dependency"})))
ALL = Options(selection=Selection(select=frozenset(name for name, rule in shipped().items() if rule.reads_manifests)))
Files = Mapping[str, str | bytes]


def run(*paths: Path, options: Options = ONLY) -> Run:
    return Engine(shipped(), lambda config_root: load_config(config_root, shipped()), options).run(Project(paths))


def marks(result: Run) -> list[tuple[str, str, int]]:
    return [(one.rule, one.path, one.line) for one in result.findings if not one.muted]


def places(result: Run, rule: str = "wildcard-dependency") -> list[str]:
    return [f"{path}:{line}" for name, path, line in marks(result) if name == rule]


# three projects as they are kept in real life


SERVICE: Files = {
    "Cargo.toml": """\
[workspace]
members = ["crates/*", "xtask"]
exclude = ["crates/legacy"]
resolver = "3"

[workspace.package]
version = "2.1.0"
edition = "2024"
rust-version = "1.85"
license = "Apache-2.0"
publish = false

[workspace.dependencies]
api = { path = "crates/api", version = "2.1.0" }
axum = "0.8"
tracing = { version = "0.1", features = ["log"] }

[workspace.lints.clippy]
pedantic = { level = "warn", priority = -1 }
module_name_repetitions = "allow"

[profile.release]
lto = "thin"
codegen-units = 1
""",
    "Cargo.lock": "version = 4\n",
    "rust-toolchain.toml": '[toolchain]\nchannel = "1.85"\n',
    "deny.toml": "",
    ".github/workflows/ci.yml": "on: push\njobs:\n  all:\n    steps:\n      - uses: actions/checkout@v4\n      - run: cargo xtask ci\n",
    ".cargo/config.toml": '[alias]\nxtask = "run --package xtask --"\n',
    "crates/api/Cargo.toml": """\
[package]
name = "api"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
publish.workspace = true

[dependencies]
axum.workspace = true
tracing.workspace = true
uuid = { version = "1", features = ["v7"] }

[dev-dependencies]
proptest = "1"

[lints]
workspace = true
""",
    "crates/api/src/lib.rs": "",
    "crates/server/Cargo.toml": """\
[package]
name = "server"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
publish.workspace = true

[dependencies]
api.workspace = true
uuid = "1.6"

[lints]
workspace = true
""",
    "crates/server/src/main.rs": "fn main() {}\n",
    "crates/legacy/Cargo.toml": '[package]\nname = "legacy"\nversion = "0.1.0"\n\n[dependencies]\nopenssl = "*"\n',
    "crates/legacy/src/lib.rs": "",
    "xtask/Cargo.toml": '[package]\nname = "xtask"\nedition.workspace = true\nrust-version.workspace = true\n\n[lints]\nworkspace = true\n',
    "xtask/src/main.rs": 'fn main() {\n    cargo(&["fmt", "--check"]);\n    cargo(&["clippy"]);\n    cargo(&["test"]);\n}\n',
}
LIBRARY: Files = {
    "Cargo.toml": """\
[package]
name = "shapes"
version = "0.3.1"
edition = "2021"
rust-version = "1.70"
description = "Shapes"
license = "MIT OR Apache-2.0"
repository = "https://example.org/shapes"

[dependencies]
serde = { version = "1", optional = true }

[dev-dependencies]
criterion = "0.5"
quickcheck = "1"

[[bench]]
name = "area"
harness = false

[workspace]
members = ["examples/demo"]

[lints.clippy]
all = "deny"
needless_return = "allow"
""",
    "README.md": "# Shapes\n",
    ".gitignore": "/target\nCargo.lock\n",
    "src/lib.rs": "",
    "examples/demo/Cargo.toml": """\
[package]
name = "demo"
version = "0.0.0"
edition = "2021"
rust-version = "1.70"
publish = false

[dependencies]
shapes = { path = "../.." }
""",
    "examples/demo/src/main.rs": "fn main() {}\n",
    "fuzz/Cargo.toml": """\
[package]
name = "shapes-fuzz"
version = "0.0.0"
publish = false
edition = "2021"

[package.metadata]
cargo-fuzz = true

[dependencies]
libfuzzer-sys = "*"

[workspace]
""",
    "fuzz/fuzz_targets/parse.rs": "",
    "tests/fixtures/broken/Cargo.toml": WILDCARD,
    "tests/fixtures/broken/src/lib.rs": "",
    ".github/workflows/ci.yml": """\
jobs:
  test:
    steps:
      - run: cargo test --all-features
  lint:
    steps:
      - run: |
          cargo fmt --all -- --check
          cargo +nightly clippy --workspace
""",
    ".github/workflows/audit.yaml": "jobs:\n  audit:\n    steps:\n      - uses: EmbarkStudios/cargo-deny-action@v2\n",
}
TOOL: Files = {
    "Cargo.toml": """\
# Copyright the authors
[package]
name = "tool"
version = "1.0.0"
edition = "2018"
license = "GPL-3.0-or-later"
description = "A tool"
homepage = "https://example.org"

[dependencies]
anyhow = "1"
shared = { git = "https://example.org/shared", branch = "main" }

[profile.release]
lto = true
""",
    "Cargo.lock": "version = 3\n",
    ".gitlab-ci.yml": "test:\n  script:\n    - make check\n",
    "Makefile": "CARGO ?= cargo\ncheck:\n\t$(CARGO) test\n\t# $(CARGO) clippy\n",
    "src/main.rs": "fn main() {}\n",
}
REAL: dict[str, tuple[Files, list[tuple[str, str, int]]]] = {
    "service": (
        SERVICE,
        [
            ("benchmarks", "Cargo.toml", 1),
            ("fuzzing", "Cargo.toml", 1),
            ("workspace-dependencies", "crates/api/Cargo.toml", 11),
            ("current-edition", "crates/legacy/Cargo.toml", 1),
            ("package-metadata", "crates/legacy/Cargo.toml", 1),
            ("rust-version", "crates/legacy/Cargo.toml", 1),
            ("wildcard-dependency", "crates/legacy/Cargo.toml", 6),
        ],
    ),
    "library": (
        LIBRARY,
        [
            ("pinned-toolchain", "Cargo.toml", 21),
            ("workspace-lints", "Cargo.toml", 21),
            ("lint-groups-priority", "Cargo.toml", 25),
        ],
    ),
    "tool": (
        TOOL,
        [
            ("benchmarks", "Cargo.toml", 2),
            ("ci-workflow", "Cargo.toml", 2),
            ("dependency-audit", "Cargo.toml", 2),
            ("fuzzing", "Cargo.toml", 2),
            ("observability", "Cargo.toml", 2),
            ("package-metadata", "Cargo.toml", 2),
            ("pinned-toolchain", "Cargo.toml", 2),
            ("property-tests", "Cargo.toml", 2),
            ("rust-version", "Cargo.toml", 2),
            ("current-edition", "Cargo.toml", 5),
            ("unpinned-git-dependency", "Cargo.toml", 12),
            ("release-profile", "Cargo.toml", 14),
        ],
    ),
}


@pytest.mark.parametrize(("files", "expected"), REAL.values(), ids=REAL.keys())
def test_a_project_as_it_is_kept_in_real_life(tmp_path: Path, files: Files, expected: list[tuple[str, str, int]]) -> None:
    write(tmp_path, files)
    assert sorted(marks(run(tmp_path, options=ALL)), key=lambda one: (one[1:], one[0])) == expected


@pytest.mark.parametrize("files", [SERVICE, LIBRARY, TOOL])
def test_in_a_repository_it_is_the_same(tmp_path: Path, files: Files) -> None:
    alone, repository = write(tmp_path / "a", files), write(tmp_path / "b", files)
    git(repository, "init", "--quiet")
    assert marks(run(alone, options=ALL)) == marks(run(repository, options=ALL))


# which workspaces, and when


def test_a_run_on_single_files_looks_at_no_manifest(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": WILDCARD, "src/lib.rs": ""})
    assert places(run(tmp_path / "src" / "lib.rs")) == []
    assert places(run(tmp_path)) == ["Cargo.toml:5"]


def test_a_part_of_a_workspace_touches_the_whole(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": '[workspace]\nmembers = ["*"]', "a/Cargo.toml": WILDCARD, "b/Cargo.toml": WILDCARD, "a/src/lib.rs": ""})
    assert places(run(tmp_path / "a")) == ["a/Cargo.toml:5", "b/Cargo.toml:5"]


def test_ci_is_looked_for_up_to_the_root_of_the_repository(tmp_path: Path) -> None:
    write(tmp_path, {".gitlab-ci.yml": "cargo fmt\ncargo clippy\ncargo test", "deep/a/Cargo.toml": WILDCARD, "deep/a/src/lib.rs": ""})
    (tmp_path / ".git").mkdir()
    assert "ci-workflow" not in {rule for rule, _, _ in marks(run(tmp_path / "deep", options=ALL))}
    (tmp_path / ".gitlab-ci.yml").unlink()
    assert "ci-workflow" in {rule for rule, _, _ in marks(run(tmp_path / "deep", options=ALL))}


def test_members_are_those_that_cargo_would_take(tmp_path: Path) -> None:
    package = '[package]\nname = "x"\n'
    files = {
        "Cargo.toml": f'{package}[dependencies]\nb = {{ path = "b" }}\n'
        '[workspace]\nmembers = ["m/*", "lost", "m/\\u0000*"]\nexclude = ["m/no"]',
        "m/one/Cargo.toml": f'{package}[dependencies]\nc = {{ path = "../../c" }}\nz = {{ path = "../../../z" }}\nq.path = 3',
        "m/no/Cargo.toml": package,
        "m/file": "",
        "m/broken/Cargo.toml": "[package",
        "m/root/Cargo.toml": f"{package}[workspace]",
        "b/Cargo.toml": package,
        "c/Cargo.toml": f'{package}[target.x.dependencies]\nx = {{ path = ".." }}',
        "d/Cargo.toml": package,
    }
    write(tmp_path, files)
    workspace = read_workspace(Tree(tmp_path), tmp_path)
    assert workspace is not None
    assert [member.path for member in workspace.members] == ["Cargo.toml", "b/Cargo.toml", "c/Cargo.toml", "m/one/Cargo.toml"]


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ("**", ["a/Cargo.toml", "a/b/Cargo.toml", "a/b/c/Cargo.toml"]),
        ("**/**/**/b/**", ["a/b/Cargo.toml", "a/b/c/Cargo.toml"]),
        ("a/*", ["a/b/Cargo.toml"]),
        ("./a/../a/[b-d]/?", ["a/b/c/Cargo.toml"]),
        ("/".join("*" * 40), []),
        ("../**", []),
        ("/**", []),
        ("../outside", []),
        ("loop/a", []),
    ],
)
def test_members_lie_inside_and_no_link_is_followed(tmp_path: Path, members: str, found: list[str]) -> None:
    package = '[package]\nname = "x"\n'
    root = tmp_path / "root"
    files = {"outside/Cargo.toml": package, "root/Cargo.toml": f'[workspace]\nmembers = ["{members}"]'}
    write(tmp_path, files | dict.fromkeys(("root/a/Cargo.toml", "root/a/b/Cargo.toml", "root/a/b/c/Cargo.toml"), package))
    for link in ("a/up", "a/again", "a/b/up", "a/b/again", "a/b/c/up"):
        (root / link).symlink_to(root)
    (root / "loop").symlink_to(tmp_path)
    workspace = read_workspace(Tree(root), root)
    assert workspace is not None
    assert [member.path for member in workspace.members] == found


@pytest.mark.parametrize(
    "text",
    [
        '[package]\nname = 1\nedition = 2021\npublish = "x"\nmetadata = 3\nreadme = []',
        'package.name = "a"\ndependencies = 3\ntarget = []\nlints = { rust = 1, clippy = { all = 1, x = [] } }\nprofile.release = 3',
        '[workspace]\nresolver = true\nlints = "x"\npackage = 1\ndependencies = [1]\nmembers = ["../..", "/", "", "a[", "**/x"]',
        'patch.x = 1\nproject.name = "a"\n[lib]\ncrate-type = "cdylib"\n[dependencies]\na = 1\nb = { version = 1, git = 2, path = 3 }',
        '[package]\nname = "a"\nedition.workspace = true\nrust-version = { workspace = true }\nversion.workspace = true',
    ],
)
def test_odd_values_are_for_cargo_to_refuse(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"Cargo.toml": text, "src/main.rs": "fn main() {}", ".cargo/config.toml": "profile = 3", ".travis.yml": b"\xff"})
    result = run(tmp_path, options=ALL)
    assert all(finding.path == "Cargo.toml" and "{" not in finding.message for finding in result.findings)


def test_a_manifest_that_is_not_toml_is_one_finding(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": "[package", "src/main.rs": "fn main() {}"})
    assert marks(run(tmp_path, options=ALL)) == [("unreadable-file", "Cargo.toml", 1)]


def test_without_these_rules_nothing_of_them_is_loaded(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": WILDCARD, "src/lib.rs": ""})
    code = (
        f"import sys; from rustgate.cli import run; sys.argv = ['rustgate', 'check', {str(tmp_path)!r}, '--select', 'unwrap-used']\n"
        "run()\n"
        "print([name for name in sys.modules if name.endswith(('.manifests', '.workspaces', 'tree_sitter_toml'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


# settings and suppressions


def test_settings_are_those_of_the_home_by_the_path_of_the_manifest(tmp_path: Path) -> None:
    overrides = (
        '[rules]\nwildcard-dependency = "note"\n'
        '[[overrides]]\npaths = ["a/"]\nrules = { wildcard-dependency = "error" }\n'
        '[[overrides]]\npaths = ["b/"]\nrules = { wildcard-dependency = "off" }\n'
    )
    write(tmp_path, {"Cargo.toml": '[workspace]\nmembers = ["?"]', "rustgate.toml": f'exclude = ["d/"]\n{overrides}'})
    write(tmp_path, {f"{name}/Cargo.toml": WILDCARD for name in "abcd"})
    write(tmp_path, {f"{name}/src/lib.rs": "" for name in "abcd"})
    found = run(tmp_path, options=Options()).findings
    assert [(one.path, one.severity) for one in found if one.rule == "wildcard-dependency"] == [
        ("a/Cargo.toml", "error"),
        ("c/Cargo.toml", "note"),
    ]


REASON = "allow(wildcard-dependency) -- not published"
MUTED = {
    "end of the line": WILDCARD.replace('"*"', f'"*" # rustgate: {REASON}'),
    "above the key": WILDCARD.replace("serde", f"# rustgate: {REASON}\nserde"),
    "above a key of several lines": WILDCARD.replace(
        '"*"', f'"*"\n# rustgate: {REASON}\n[dependencies.a]\nversion = "*"\nfeatures = [\n]'
    ).replace("serde", "#rustgate: allow(wildcard-dependency) -- short\nserde"),
    "above the table": WILDCARD.replace("[dep", f"# rustgate: {REASON}\n\n[dep"),
    "for the file": f"# Copyright\n\n# rustgate: {REASON.replace('allow', 'allow-file')}\n{WILDCARD}",
}


@pytest.mark.parametrize("text", MUTED.values(), ids=MUTED.keys())
def test_a_comment_mutes(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"Cargo.toml": text, "src/lib.rs": ""})
    found = [one for one in run(tmp_path, options=Options()).findings if one.rule in {"wildcard-dependency", "unused-suppression"}]
    assert {(one.rule, one.muted.by if one.muted else None) for one in found} == {("wildcard-dependency", "suppression")}
    shown = run(tmp_path, options=replace(ONLY, suppress=False)).findings
    assert shown != ()
    assert all(one.muted is None for one in shown)


COMPLAINTS = [
    (WILDCARD.replace('"*"', f'"1" # rustgate: {REASON}'), "unused-suppression", 5),
    (WILDCARD.replace('"*"', f'"1" # rustgate: {REASON}\nrand = "*"'), "wildcard-dependency", 6),
    (WILDCARD.replace('"*"', '"*" # rustgate: allow(wildcard-dependency)'), "suppression-without-reason", 5),
    (WILDCARD.replace('"*"', '"*" # rustgate: allow(wildcart) -- why'), "unknown-rule", 5),
    (WILDCARD.replace('"*"', '"*" # rustgate: hush'), "unknown-rule", 5),
    (WILDCARD.replace('"*"', f'"*" # rustgate: {REASON.replace("allow", "allow-file")}'), "unknown-rule", 5),
]


@pytest.mark.parametrize(("text", "rule", "line"), COMPLAINTS)
def test_a_comment_that_mutes_nothing_or_gives_no_reason_is_told(tmp_path: Path, text: str, rule: str, line: int) -> None:
    write(tmp_path, {"Cargo.toml": text, "src/lib.rs": ""})
    assert (rule, "Cargo.toml", line) in marks(run(tmp_path, options=Options()))


def test_a_finding_names_the_key_and_its_columns(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": '[package]\nname = "é"\n[dependencies]\nx = 1\n"é" = { version = "*" }\n', "src/lib.rs": ""})
    (found,) = run(tmp_path).findings
    assert (found.line, found.column, found.end_column, found.item) == (5, 1, 4, "dependencies.é")


# what lies beside


CI = {
    "a script": ({".travis.yml": "script: bash ci/all.sh", "ci/all.sh": "cargo fmt; cargo clippy\ncargo test"}, True),
    "an action": (
        {".github/workflows/a.yml": "uses: ./.github/actions/x", ".github/actions/x/action.yml": "cargo fmt; cargo clippy\ncargo test"},
        True,
    ),
    "scripts in a circle": ({".travis.yml": "sh a.sh", "a.sh": "sh b.sh; cargo fmt", "b.sh": "sh a.sh; cargo clippy; cargo test"}, True),
    "a path outside": ({".travis.yml": "sh ../../etc/passwd /etc/passwd"}, False),
    "only the components": ({".travis.yml": "components: [clippy, rustfmt]\nscript: cargo build && cargo test"}, False),
    "too large to be one": ({".travis.yml": "cargo fmt; cargo clippy; cargo test" + " " * 300_000}, False),
    "a folder": ({".travis.yml/x": ""}, False),
}


@pytest.mark.parametrize(("files", "complete"), CI.values(), ids=CI.keys())
def test_what_ci_runs_is_followed(tmp_path: Path, files: Files, *, complete: bool) -> None:
    write(tmp_path, {"Cargo.toml": WILDCARD, "src/lib.rs": "", **files})
    assert places(run(tmp_path, options=ALL), "ci-workflow") == ([] if complete else ["Cargo.toml:1"])


@pytest.mark.parametrize("repository", [True, False])
def test_a_file_that_git_ignores_need_not_be_there(tmp_path: Path, *, repository: bool) -> None:
    write(tmp_path, {".gitignore": "*.lock\n!keep.lock\n", "a/.gitignore": "Cargo.toml"})
    if repository:
        git(tmp_path, "init", "--quiet")
    names = ["a/x.lock", "a/keep.lock", "a/Cargo.toml", "Cargo.toml"]
    assert [is_ignored(tmp_path / name, tmp_path) for name in names] == [True, False, True, False]


def test_a_file_that_git_knows_is_not_ignored(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "*.lock\n", "Cargo.lock": ""})
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--force", "Cargo.lock")
    assert not is_ignored(tmp_path / "Cargo.lock", tmp_path)


def test_what_stands_apart_below_another_is_not_asked_for_what_the_repository_has(tmp_path: Path) -> None:
    write(
        tmp_path, {"Cargo.toml": '[package]\nname = "a"', "src/lib.rs": "", "b/Cargo.toml": f"{WILDCARD}[workspace]", "b/src/main.rs": ""}
    )
    found = {rule for rule, path, _ in marks(run(tmp_path / "b", options=ALL)) if path == "b/Cargo.toml"}
    assert found == {"current-edition", "rust-version", "wildcard-dependency"}
