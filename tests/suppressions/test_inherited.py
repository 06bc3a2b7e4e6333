"""What clippy attributes in one file allow in another: the files of the modules that they stand on, and of all modules below."""

from pathlib import Path

import pytest

from rustgate.config.loader import load_config
from rustgate.engine.check import Engine, Options
from rustgate.project.project import Project
from rustgate.rules.catalog import shipped

UNWRAP = "pub fn f(x: Option<u8>) -> u8 {\n    x.unwrap()\n}\n"
MANIFEST = '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n'
ALLOW = "#[allow(clippy::unwrap_used)]"
TREES = {
    "an attribute on the declaration": ({"src/lib.rs": f"{ALLOW}\nmod a;\nmod b;", "src/a.rs": UNWRAP, "src/b.rs": UNWRAP}, ["src/b.rs"]),
    "one at the top of the crate": ({"src/lib.rs": "#![allow(clippy::unwrap_used)]\nmod a;", "src/a.rs": UNWRAP}, []),
    "one further up": ({"src/lib.rs": f"{ALLOW}\nmod a;", "src/a.rs": "mod b;", "src/a/b.rs": UNWRAP}, []),
    "one around an inline module": ({"src/lib.rs": f"{ALLOW}\nmod a {{\n    mod b;\n}}", "src/a/b.rs": UNWRAP}, []),
    "one of another rule": ({"src/lib.rs": "#[allow(clippy::expect_used)]\nmod a;", "src/a.rs": UNWRAP}, ["src/a.rs"]),
    "one on another declaration of its line": (
        {"src/lib.rs": f"{ALLOW} mod a; mod b;", "src/a.rs": UNWRAP, "src/b.rs": UNWRAP},
        ["src/b.rs"],
    ),
    "one on something else": ({"src/lib.rs": f"{ALLOW}\nfn g() {{}}\nmod a;", "src/a.rs": UNWRAP}, ["src/a.rs"]),
    "one of two declarations, of which the compiler sees one": (
        {"src/lib.rs": f'#[cfg(unix)]\n{ALLOW}\nmod a;\n#[cfg(not(unix))]\n#[path = "a.rs"]\nmod other;', "src/a.rs": UNWRAP},
        [],
    ),
    "one of two declarations": (
        {"src/lib.rs": f"{ALLOW}\nmod a;", "src/main.rs": "mod a;\nfn main() {}", "src/a.rs": UNWRAP},
        ["src/a.rs"],
    ),
    "one for tests alone": ({"src/lib.rs": "#![cfg_attr(test, allow(clippy::unwrap_used))]\nmod a;", "src/a.rs": UNWRAP}, ["src/a.rs"]),
    "one for tests alone, on the declaration": (
        {"src/lib.rs": "#[cfg_attr(all(test, unix), allow(clippy::unwrap_used))]\nmod a;", "src/a.rs": UNWRAP},
        ["src/a.rs"],
    ),
    "one that is lifted on the declaration": (
        {
            "src/lib.rs": "#![allow(clippy::unwrap_used)]\n#[warn(clippy::unwrap_used)]\nmod a;\nmod b;",
            "src/a.rs": UNWRAP,
            "src/b.rs": UNWRAP,
        },
        ["src/a.rs"],
    ),
    "one that is lifted in the file": (
        {"src/lib.rs": "#![allow(clippy::unwrap_used)]\nmod a;", "src/a.rs": f"#![deny(clippy::unwrap_used)]\n{UNWRAP}"},
        ["src/a.rs"],
    ),
    "one that is forbidden further out": (
        {"src/lib.rs": "#![forbid(clippy::unwrap_used)]\nmod a;", "src/a.rs": f"#![allow(clippy::unwrap_used)]\n{UNWRAP}"},
        ["src/a.rs"],
    ),
    "one under an old name": ({"src/lib.rs": "#![allow(clippy::option_unwrap_used)]\nmod a;", "src/a.rs": UNWRAP}, []),
    "one that a program lifts": (
        {
            "src/lib.rs": "#![allow(clippy::unwrap_used)]\nmod a;",
            "src/main.rs": "#![deny(clippy::unwrap_used)]\nmod a;\nfn main() {}",
            "src/a.rs": UNWRAP,
        },
        ["src/a.rs"],
    ),
    "a comment of rustgate, which is about lines": (
        {"src/lib.rs": "// rustgate: allow(unwrap-used) -- here\nmod a;", "src/a.rs": UNWRAP},
        ["src/a.rs"],
    ),
    "files that declare each other": (
        {"src/lib.rs": f'{ALLOW}\n#[path = "a.rs"]\nmod a;', "src/a.rs": f'#[path = "a.rs"]\nmod again;\n{UNWRAP}'},
        ["src/a.rs"],
    ),
}


def unwraps(*paths: Path) -> list[str]:
    engine = Engine(shipped(), lambda config_root: load_config(config_root, shipped()), Options())
    findings = engine.run(Project(paths)).findings
    return [finding.path for finding in findings if finding.rule == "unwrap-used" and not finding.muted]


@pytest.mark.parametrize("tree", TREES)
def test_an_attribute_reaches_the_file_of_the_module_that_it_stands_on(tree: str, tmp_path: Path) -> None:
    files, expected = TREES[tree]
    for path, text in {"Cargo.toml": MANIFEST, **files}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert unwraps(tmp_path) == expected


def test_the_reason_says_where_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    for path, text in {
        "Cargo.toml": MANIFEST,
        "src/lib.rs": "#![allow(clippy::unwrap_used, dead_code)]\nmod a;",
        "src/a.rs": UNWRAP,
    }.items():
        (tmp_path / path).write_text(text)
    findings = Engine(shipped(), lambda config_root: load_config(config_root, shipped()), Options()).run(Project([tmp_path])).findings
    reasons = {finding.muted.reason for finding in findings if finding.rule == "unwrap-used" and finding.muted}
    assert reasons == {"#![allow(clippy::unwrap_used)] in src/lib.rs:1"}


def test_a_file_by_itself_has_what_the_files_around_it_allow(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    for path, text in {"Cargo.toml": MANIFEST, "src/lib.rs": f"{ALLOW}\nmod a;\nmod b;", "src/a.rs": UNWRAP, "src/b.rs": UNWRAP}.items():
        (tmp_path / path).write_text(text)
    assert unwraps(tmp_path / "src/a.rs") == []
    assert unwraps(tmp_path / "src/b.rs") == ["src/b.rs"]


LINTS = {
    "a lint": ('[lints.clippy]\nunwrap_used = "allow"\n', "", []),
    "a lint under its old name": ('[lints.clippy]\nresult_unwrap_used = "allow"\n', "", []),
    "a lint with hyphens": ('[lints.clippy]\nunwrap-used = { level = "allow" }\n', "", []),
    "a lint that the crate lifts": ('[lints.clippy]\nunwrap_used = "allow"\n', "#![warn(clippy::unwrap_used)]\n", ["src/lib.rs"]),
    "a group that the crate lifts": ('[lints.clippy]\nunwrap_used = "allow"\n', "#![warn(clippy::restriction)]\n", ["src/lib.rs"]),
    "a lint that is forbidden": ('[lints.clippy]\nunwrap_used = "forbid"\n', "#![allow(clippy::unwrap_used)]\n", ["src/lib.rs"]),
    "a lint that is denied": ('[lints.clippy]\nunwrap_used = "deny"\n', "#![allow(clippy::unwrap_used)]\n", []),
    "a lint of the other tool": ('[lints.rust]\ntodo = "allow"\n', "", ["src/lib.rs"]),
    "a group": ('[lints.clippy]\nrestriction = "allow"\n', "", []),
    "a group with less priority": (
        '[lints.clippy]\nrestriction = { level = "deny", priority = -1 }\nunwrap_used = "allow"\n',
        "",
        [],
    ),
    "a group with more priority": (
        '[lints.clippy]\nrestriction = { level = "deny", priority = 1 }\nunwrap_used = "allow"\n',
        "",
        ["src/lib.rs"],
    ),
    "a level of another kind": ("[lints.clippy]\nunwrap_used = []\n", "", ["src/lib.rs"]),
}


@pytest.mark.parametrize("lints", LINTS)
def test_levels_of_a_manifest_stand_around_the_crate(lints: str, tmp_path: Path) -> None:
    manifest, attribute, expected = LINTS[lints]
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text(MANIFEST + manifest)
    (tmp_path / "src/lib.rs").write_text(attribute + UNWRAP)
    assert unwraps(tmp_path) == expected


def test_levels_of_a_workspace_count_for_members_that_inherit_them(tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text('[workspace]\nmembers = ["a", "b"]\n[workspace.lints.clippy]\nunwrap_used = "allow"\n')
    for name, lints in {"a": "[lints]\nworkspace = true\n", "b": ""}.items():
        (tmp_path / name / "src").mkdir(parents=True)
        (tmp_path / name / "Cargo.toml").write_text(MANIFEST.replace('"a"', f'"{name}"') + lints)
        (tmp_path / name / "src/lib.rs").write_text(UNWRAP)
    assert unwraps(tmp_path) == ["b/src/lib.rs"]
