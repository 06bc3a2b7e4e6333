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
    "one on something else": ({"src/lib.rs": f"{ALLOW}\nfn g() {{}}\nmod a;", "src/a.rs": UNWRAP}, ["src/a.rs"]),
    "one of two declarations, of which the compiler sees one": (
        {"src/lib.rs": f'#[cfg(unix)]\n{ALLOW}\nmod a;\n#[cfg(not(unix))]\n#[path = "a.rs"]\nmod other;', "src/a.rs": UNWRAP},
        [],
    ),
    "one of two declarations": (
        {"src/lib.rs": f"{ALLOW}\nmod a;", "src/main.rs": "mod a;\nfn main() {}", "src/a.rs": UNWRAP},
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
