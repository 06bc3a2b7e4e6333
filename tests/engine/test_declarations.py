"""Which files are test code is known before any is linted, and a quick look misses none that may say so."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import write

from rustgate.engine import declarations
from rustgate.engine.compilation.declaring_file import DeclaringFile
from rustgate.engine.compilation.module_mentions import module_mentions
from rustgate.engine.declarations import DeclarationOptions, read_declarations
from rustgate.model.file import FileResult
from rustgate.project.project import Project, SourceFile


def found_tests(folder: Path, files: Mapping[str, str]) -> set[str]:
    """The files that are found to be test code."""
    project = Project([write(folder, files)])
    declared = read_declarations(project, [*map(declaring, project.files)], declaring, DeclarationOptions())
    return {path for path, context in declared.contexts.items() if context.test}


def declaring(file: SourceFile) -> DeclaringFile:
    return DeclaringFile(file.path, file.absolute, 10**6, file.context)


@pytest.mark.parametrize(
    ("source", "names", "tests"),
    [
        ("mod a;\npub mod b;\n", {b"a", b"b"}, False),
        ("#[cfg(test)]\nmod a;\n", {b"a"}, True),
        ("#[cfg(all(test, unix))] pub(crate) mod r#type;\n", {b"type"}, True),
        ("mod a;\n#[cfg(test)]\nmod tests {\n    fn f() {}\n}\n", {b"a"}, False),
        ("#[cfg(test)]\nmod tests {\n    mod a;\n}\n", {b"a"}, True),
        ("#[cfg(test)]\nmod tests {}\nmod a;\n", {b"a"}, True),  # it may be in the module above
        ("#![cfg(test)]\nmod a;\n", {b"a"}, True),
        ("mod a; #[cfg(test)] mod b;", {b"a", b"b"}, True),
        ("#[rstest]\nfn f() {}\nmod a;\n", {b"a"}, False),
        ("proptest! { mod a; }", {b"a"}, True),
        ("/// The mod for later.\n#[cfg(test)]\nmod a;\n", {b"a"}, True),
    ],
)
def test_a_quick_look_tells_whether_a_module_may_be_test_code(source: str, names: set[bytes], *, tests: bool) -> None:
    seen = module_mentions(source.encode())
    assert seen
    assert (seen.names, seen.anywhere, seen.tests) == (frozenset(names), False, tests)


@pytest.mark.parametrize("source", ["mod /* a */ a;", "mod a // b\n;", "mod\u2028a;", "mod a\u2028;", "mod // a\n a { mod b; }"])
def test_a_declaration_with_something_between_its_words_may_be_any(source: str) -> None:
    seen = module_mentions(source.encode())
    assert seen
    assert seen.anywhere


@pytest.mark.parametrize("source", ["", "fn f() {}", "mod a { fn f() {} }", "// a model; and more"])
def test_most_files_declare_no_other(source: str) -> None:
    assert module_mentions(source.encode()) is None


def test_a_path_may_lead_anywhere(tmp_path: Path) -> None:
    seen = module_mentions(b'#[path = "b.rs"]\nmod a;')
    assert seen
    assert seen.anywhere
    files = {"lib.rs": "#[cfg(test)]\nmod b;", "other.rs": '#[path = "b.rs"]\nmod a;', "b.rs": ""}
    assert found_tests(tmp_path, files) == set()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"lib.rs": "#[cfg(test)]\nmod a;", "a.rs": "mod deep;", "a/deep.rs": "", "b.rs": ""}, {"a.rs", "a/deep.rs"}),
        ({"lib.rs": "#[cfg(test)]\nmod a;", "main.rs": "mod a;", "a.rs": ""}, set()),  # production code declares it, too
        ({"lib.rs": "#[cfg(test)]\nmod a;", "a/mod.rs": "mod b;", "a/b/mod.rs": ""}, {"a/mod.rs", "a/b/mod.rs"}),
        (
            {"Cargo.toml": '[package]\nname = "a"\n', "tests/it.rs": '#[path = "../src/c.rs"]\nmod c;', "src/c.rs": "", "src/lib.rs": ""},
            {"src/c.rs"},
        ),
    ],
)
def test_what_only_tests_declare_is_test_code(tmp_path: Path, files: dict[str, str], expected: set[str]) -> None:
    assert found_tests(tmp_path, files) == expected


def test_only_files_that_may_matter_are_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    real = declarations.declarations_in

    def noted(source: bytes, file: DeclaringFile, rules: object) -> FileResult:
        parsed.append(file.path)
        return real(source, file, rules)  # type: ignore[arg-type]  # whatever comes, goes on

    monkeypatch.setattr(declarations, "declarations_in", noted)
    files = {"lib.rs": "#[cfg(test)]\nmod a;\nmod b;", "a.rs": "mod c;", "b.rs": "mod d;", "b/d.rs": "", "e.rs": "mod a;", "f.rs": ""}
    assert found_tests(tmp_path, files) == set()  # for another file may mean `a.rs`, too
    assert sorted(parsed) == ["a.rs", "e.rs", "lib.rs"]
