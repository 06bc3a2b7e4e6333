"""Runs with a cache: the same findings as without, from less work."""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from importlib import invalidate_caches
from pathlib import Path
from types import ModuleType

import pytest
from conftest import write
from msgspec.structs import replace

from rustgate.cache import file_index, keys as identity_module
from rustgate.cache.keys import KeyInputs
from rustgate.cache.pack_code import code_of_packs
from rustgate.cache.store import RACE, Cache
from rustgate.config.loader import load_config
from rustgate.config.resolver import Selection
from rustgate.engine import cached_results, lint_files as lint_files_module, tasks as tasks_module
from rustgate.engine.check import Engine, Options, Run
from rustgate.engine.compilation.declaring_file import DeclaringFile
from rustgate.engine.linter import lint
from rustgate.execution import executor as workers
from rustgate.filesystem.overlay import Overlay
from rustgate.filesystem.reading import read_source
from rustgate.model.file import FileResult
from rustgate.model.rule import Rule
from rustgate.project.project import Project
from rustgate.rules.packs import installed

SAMPLES = Path(__file__).parents[2] / "sample_crates"
PACKAGE = '[package]\nname = "a"\n'
UNWRAP = "pub fn f(x: Option<u8>) -> u8 { x.unwrap() }\n"
OWN_PAGE = ".rustgate/rules/no-dbg.md"
FILES = {
    "Cargo.toml": PACKAGE,
    "src/lib.rs": "//! A crate.\npub mod a;\n#[cfg(test)]\nmod b;\n",
    "src/a.rs": UNWRAP,
    "src/b.rs": UNWRAP,
    "src/c.rs": "fn g() { dbg!(1); panic!() }\n",
}
LIBRARY = FILES["src/lib.rs"]
RUST = {path for path in FILES if path.endswith(".rs")}


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    made = Cache(str(tmp_path / "cache"), 2**28)
    yield made
    made.close()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write(tmp_path / "tree", FILES)


@pytest.fixture
def linted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that are judged, not remembered."""
    paths: list[str] = []

    def noted(path: str, *rest: object) -> FileResult:
        paths.append(path)
        return lint(path, *rest)  # type: ignore[arg-type]  # whatever comes, goes on

    def here(job: tasks_module.LintJob, *rest: object) -> Iterator[tasks_module.LintResult]:
        job.harmless_bytes = 2**30  # with a page of the repository another process would judge, and note it there
        return workers.map_unordered(job, *rest)  # type: ignore[arg-type]  # see above

    monkeypatch.setattr(tasks_module, "lint", noted)
    monkeypatch.setattr(lint_files_module, "map_unordered", here)
    return paths


@pytest.fixture(params=[RACE, -(10**18)], ids=["racy", "old"])
def _race(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that were written just now count as that, or as old."""
    monkeypatch.setattr(file_index, "RACE", request.param)


def run(path: Path, cache: Cache | None, options: Options | None = None, catalog: Mapping[str, Rule] | None = None) -> Run:
    catalog = catalog or installed()
    return Engine(catalog, lambda config_root: load_config(config_root, catalog), replace(options or Options(), cache=cache)).run(
        Project([path])
    )


def unreadable_result(result: Run) -> list[str]:
    """The files that could not be judged, of which nothing is kept."""
    return [finding.path for finding in result.findings if finding.rule == "unreadable-file"]


PAGE = """+++
severity = { production = "error" }
message = "MESSAGE"
since = "1.0"
+++
# No `dbg!`

It is left over.

```rust bad
fn f() { dbg!(1); } //~ no-dbg
```

```rust good
fn f() {}
```

```query
((macro_invocation macro: (identifier) @name) @finding (#eq? @name "dbg"))
```
"""


# the same findings


@pytest.mark.parametrize("crate", sorted(path.name for path in SAMPLES.iterdir() if path.is_dir()))
@pytest.mark.usefixtures("_race")
def test_a_sample_crate_is_the_same_without_a_cache_with_a_cold_one_and_a_warm_one(cache: Cache, linted: list[str], crate: str) -> None:
    expected = run(SAMPLES / crate, None)
    assert linted
    assert run(SAMPLES / crate, cache) == expected
    del linted[:]
    assert run(SAMPLES / crate, cache) == expected
    assert linted == unreadable_result(expected)


def test_workers_and_a_cache_go_together(cache: Cache, monkeypatch: pytest.MonkeyPatch, linted: list[str]) -> None:
    monkeypatch.setattr(workers, "POOL_THRESHOLD", 0)
    monkeypatch.setattr(workers, "BATCH_BYTES", 100)
    expected = run(SAMPLES, None)
    assert run(SAMPLES, cache, Options(jobs=2)) == expected
    del linted[:]
    assert (run(SAMPLES, cache), linted) == (expected, unreadable_result(expected))


def change_places(tree: Path) -> None:
    for one, other in (("a.rs", "x"), ("c.rs", "a.rs"), ("x", "c.rs")):
        (tree / "src" / one).rename(tree / "src" / other)


def changed(name: str, files: Mapping[str, str], *anew: str) -> object:
    """A case: after these files were written, those of `anew` are judged."""
    return pytest.param(lambda tree: write(tree, files), {*anew}, id=name)


CHANGES = [
    changed("nothing", {}),
    changed("a file", {"src/a.rs": UNWRAP * 2}, "src/a.rs"),
    changed("a file, of the same length", {"src/a.rs": UNWRAP.replace("unwrap", "wrapun")}, "src/a.rs"),
    changed("a file is new", {"src/e.rs": UNWRAP}, "src/e.rs"),
    changed("a file that was there under another name", {"src/e.rs": FILES["src/c.rs"]}, "src/e.rs"),
    changed("a module is a test no more", {"src/lib.rs": LIBRARY.replace("#[cfg(test)]\n", "")}, "src/lib.rs", "src/b.rs"),
    changed("a module is a test", {"src/lib.rs": LIBRARY.replace("pub mod a", "#[cfg(test)]\nmod a")}, "src/lib.rs", "src/a.rs"),
    changed("another target", {"Cargo.toml": PACKAGE + '[[bench]]\npath = "src/c.rs"\n'}, "src/c.rs"),
    changed("production wins over another target", {"Cargo.toml": PACKAGE + '[[bench]]\npath = "src/a.rs"\n'}),
    changed("an older Rust", {"Cargo.toml": PACKAGE + 'rust-version = "1.70"\n'}, *RUST),
    changed("another level", {"rustgate.toml": 'rules = { panic-used = "warning" }'}, *RUST),
    changed("another limit", {"rustgate.toml": "rules = { file-length = { limit = 2 } }"}, *RUST),
    changed("another option", {"rustgate.toml": 'rules = { function-length = { count = "code" } }'}, *RUST),
    changed("other numbers", {"rustgate.toml": 'metrics = { engine = "lizard" }'}, *RUST),
    changed("an override", {"rustgate.toml": '[[overrides]]\npaths = ["c.rs"]\nprofile = "mvp"'}, "src/c.rs"),
    changed("the size limit", {"rustgate.toml": "max-file-size = 1000"}, *RUST),
    changed("a page", {OWN_PAGE: PAGE}, *RUST),
    pytest.param(lambda tree: os.utime(tree / "src/a.rs", (0, 0)), set(), id="only the time of a file"),
    pytest.param(lambda tree: (tree / "src/c.rs").rename(tree / "src/d.rs"), {"src/d.rs"}, id="the name of a file"),
    pytest.param(lambda tree: (tree / "src/c.rs").unlink(), set(), id="a file is gone"),
    pytest.param(change_places, {"src/a.rs", "src/c.rs"}, id="two files change places"),
]


@pytest.mark.parametrize(("change", "anew"), CHANGES)
@pytest.mark.usefixtures("_race")
def test_what_changed_is_judged_anew_and_nothing_else(
    cache: Cache, tree: Path, linted: list[str], change: Callable[[Path], object], anew: set[str]
) -> None:
    before = run(tree, cache)
    assert run(tree, cache) == before
    change(tree)
    del linted[:]
    found = run(tree, cache)
    assert set(linted) == anew
    assert found == run(tree, None)


def test_a_page_that_changed_counts(cache: Cache, tree: Path) -> None:
    def found() -> list[str]:
        return [one.message for one in run(tree, cache, Options(selection=Selection(select=frozenset({"no-dbg"})))).findings]

    for message in ("first", "second"):
        write(tree, {OWN_PAGE: PAGE.replace("MESSAGE", message)})
        assert found() == [message]


@pytest.mark.parametrize(
    "options",
    [Options(selection=Selection(select=frozenset({"unwrap-used"}))), Options(selection=Selection(ignore=frozenset({"unwrap-used"})))],
    ids=["select", "ignore"],
)
def test_another_selection_of_rules_is_another_run(cache: Cache, tree: Path, options: Options) -> None:
    run(tree, cache)
    assert run(tree, cache, options) == run(tree, None, options)


def test_suppressions_are_not_remembered(cache: Cache, tree: Path) -> None:
    write(tree, {"src/a.rs": f"// rustgate: allow(unwrap-used)\n{UNWRAP}"})
    for options in (Options(), Options(suppress=False), Options()):
        assert run(tree, cache, options) == run(tree, None, options)


# the program that judges


@pytest.mark.parametrize(
    "other",
    [
        ("__version__", "0.0.0"),
        ("_code_of", lambda _: b"other code"),
        ("_installed", lambda: ["tree_sitter-9.dist-info", "tree_sitter_rust-9.dist-info"]),
    ],
)
def test_another_program_judges_anew(
    cache: Cache, tree: Path, linted: list[str], monkeypatch: pytest.MonkeyPatch, other: tuple[str, object]
) -> None:
    run(tree, cache)
    del linted[:]
    monkeypatch.setattr(identity_module, *other)
    run(tree, cache)
    assert set(linted) == RUST


def test_a_program_without_a_version_remembers_nothing(
    cache: Cache, tree: Path, linted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity_module, "_installed", lambda: ["tree_sitter-0.26.dist-info"])
    for _ in range(2):
        del linted[:]
        assert run(tree, cache) == run(tree, None)
        assert sorted(linted) == sorted([*RUST] * 2)
    assert cache.count() == 0


def rule_of_a_pack() -> dict[str, Rule]:
    return {**installed(), "acme": replace(installed()["dbg-macro"], name="acme", pack="acme", check="acme_pack.checks:find")}


def test_the_code_of_a_pack_and_all_that_is_installed_beside_it_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def name() -> bytes | None:
        code_of_packs.cache_clear()
        return identity_module.base_key(KeyInputs(tuple(rule_of_a_pack().values()), {}, 1))

    pack = ModuleType("acme_pack")
    pack.__path__ = [str(write(tmp_path, {"checks.py": "1"}))]
    monkeypatch.setitem(sys.modules, "acme_pack", pack)
    versions = identity_module._installed()
    names = [name(), name()]
    write(tmp_path, {"checks.py": "2"})
    names.append(name())
    monkeypatch.setattr(identity_module, "_installed", lambda: [*versions, "acme_helper-2.dist-info"])
    names.append(name())
    assert names[0] == names[1]
    assert len({*names}) == 3


@pytest.mark.parametrize(
    ("pack", "change"),
    [
        ({"acme_pack/checks.py": "", "acme_pack/words.txt": "1"}, "acme_pack/words.txt"),
        ({"acme_pack/checks.py": "", "acme_pack/data/words.json": "1"}, "acme_pack/data/words.json"),
        ({"acme_pack.py": "x = 1"}, "acme_pack.py"),
        ({"acme_pack.py": "def find():\n    import acme_helper.words\n", "acme_helper/words.py": "x = 1"}, "acme_helper/words.py"),
        ({"acme_pack/checks.py": "from acme_helper import x\n", "acme_helper.py": "x = 1"}, "acme_helper.py"),
        (
            {"acme_pack/checks.py": 'import_module("acme_helper")', "acme_helper/a.toml": "", "acme_helper/__init__.py": ""},
            "acme_helper/a.toml",
        ),
        ({"acme_pack.py": "import acme_one as one", "acme_one.py": "import os, acme_two", "acme_two.py": ""}, "acme_two.py"),
    ],
)
def test_a_pack_that_is_edited_in_place_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Mapping[str, str], change: str
) -> None:
    def name() -> bytes | None:
        code_of_packs.cache_clear()
        invalidate_caches()
        return identity_module.base_key(KeyInputs(tuple(rule_of_a_pack().values()), {}, 1))

    write(tmp_path, pack)
    monkeypatch.syspath_prepend(tmp_path)
    before = [name(), name()]
    write(tmp_path, {change: "other = 2\n"})
    assert before[0] == before[1] != name()


def test_where_the_pages_lie_does_not_count() -> None:
    rule = installed()["dbg-macro"]
    here, there = (identity_module.base_key(KeyInputs((replace(rule, path=path),), {}, 1)) for path in ("a.md", "b.md"))
    assert here == there


# what is not remembered


def test_what_could_not_be_read_is_not_remembered(cache: Cache, tree: Path, linted: list[str]) -> None:
    (tree / "src/a.rs").unlink()
    (tree / "src/a.rs").symlink_to("nowhere")
    run(tree / "src/a.rs", cache)
    assert cache.count() == 0
    write(tree, {"src/c.rs": b"\xff"})
    for _ in range(2):
        assert [finding.rule for finding in run(tree / "src/c.rs", cache).findings] == ["unreadable-file"]
    assert (linted, cache.count()) == (["src/c.rs"] * 2, 0)


def test_a_text_that_is_not_on_disk_is_known_by_its_content(cache: Cache, tree: Path) -> None:
    path = tree / "src/c.rs"
    for source in (UNWRAP, UNWRAP * 2):
        project = Project([path], Overlay({os.path.abspath(path): source.encode()}))
        found = Engine(installed(), lambda config_root: load_config(config_root, installed()), Options(cache=cache)).run(project).findings
        assert len([one for one in found if one.rule == "unwrap-used"]) == len(source) // len(UNWRAP)
    assert cache.count() == 2


def test_what_was_changed_just_now_can_change_again_and_look_the_same(cache: Cache, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = os.stat(tree / "src/a.rs")
    stat = os.stat
    monkeypatch.setattr(os, "stat", lambda path, **options: looks if str(path).endswith("a.rs") else stat(path, **options))
    run(tree, cache)
    write(tree, {"src/a.rs": UNWRAP.replace("unwrap", "wrapun")})
    assert run(tree, cache) == run(tree, None)


def test_a_file_is_not_read_again_while_it_looks_the_same(cache: Cache, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(file: DeclaringFile) -> bytes | str:
        read.append(file.path)
        return read_source(file.absolute, file.max_size)

    monkeypatch.setattr(file_index, "RACE", -(10**18))
    monkeypatch.setattr(DeclaringFile, "read", noted)
    run(tree, cache)
    assert sorted(read) == [*sorted(RUST), "src/lib.rs"]  # one declares a test, so it is parsed as well
    del read[:]
    run(tree, cache)
    assert read == []
    os.utime(tree / "src/a.rs", (0, 0))
    run(tree, cache)
    assert read == ["src/a.rs"]


def test_results_are_written_whenever_many_are_waiting(cache: Cache, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    monkeypatch.setattr(cached_results, "_WRITE_AT", 1)
    monkeypatch.setattr(cache, "put", lambda entries: written.append(len(entries)))
    run(tree, cache)
    assert (sum(written), max(written)) == (4, 1)  # none waits for another


# what can go wrong


def test_a_cache_that_fails_changes_nothing(tree: Path, tmp_path: Path) -> None:
    write(tmp_path, {"file": ""})
    cache = Cache(str(tmp_path / "file/cache"), 2**28)
    assert run(tree, cache) == run(tree, None)
    assert "Not a directory" in (cache.problem or "")


def test_entries_that_are_no_reports_or_those_of_another_file_change_nothing(cache: Cache, tree: Path, linted: list[str]) -> None:
    expected = run(tree, cache)
    with closing(sqlite3.connect(cache.file)) as database:
        keys = [key for (key,) in database.execute("SELECT key FROM entries")]
    entries = dict(cache.get(keys))
    report = next(value for value in entries.values() if b"src/a.rs" in value)
    for value in (b"", b"no report", report):
        cache.put([(key, value) for key in keys])
        del linted[:]
        assert run(tree, cache) == expected
        assert {"src/lib.rs", "src/c.rs"} <= set(linted)
