"""Modules across files: which file a `mod` means, and which files are therefore test code."""

import pytest

from rustgate.model.file import ModuleDeclaration
from rustgate.project import module_files as modules


def mod(name: str, *parents: str, path: str | None = None) -> ModuleDeclaration:
    return ModuleDeclaration(name, parents, path, test=False)


def for_tests(name: str, *parents: str, path: str | None = None) -> ModuleDeclaration:
    return ModuleDeclaration(name, parents, path, test=True)


@pytest.mark.parametrize(
    ("path", "declaration", "files"),
    [
        ("src/lib.rs", mod("a"), ["src/a.rs", "src/a/mod.rs"]),
        ("src/main.rs", mod("a"), ["src/a.rs", "src/a/mod.rs"]),
        ("build.rs", mod("a"), ["a.rs", "a/mod.rs"]),
        ("src/a/mod.rs", mod("b"), ["src/a/b.rs", "src/a/b/mod.rs"]),
        ("src/a.rs", mod("b"), ["src/a/b.rs", "src/a/b/mod.rs", "src/b.rs", "src/b/mod.rs"]),
        ("src/lib.rs", mod("r#type"), ["src/type.rs", "src/type/mod.rs"]),
        ("src/lib.rs", mod("c", "a", "b"), ["src/a/b/c.rs", "src/a/b/c/mod.rs"]),
        ("src/a.rs", mod("c", "b"), ["src/a/b/c.rs", "src/a/b/c/mod.rs", "src/b/c.rs", "src/b/c/mod.rs"]),
        ("src/lib.rs", mod("a", path="odd.rs"), ["src/odd.rs"]),
        ("src/a.rs", mod("b", path="odd.rs"), ["src/odd.rs"]),
        ("src/a.rs", mod("b", path="../shared/odd.rs"), ["shared/odd.rs"]),
        ("src/lib.rs", mod("c", "b", path="odd.rs"), ["src/b/odd.rs"]),
        ("src/a.rs", mod("c", "b", path="odd.rs"), ["src/a/b/odd.rs"]),
        ("src/a/mod.rs", mod("c", "b", path="odd.rs"), ["src/a/b/odd.rs"]),
    ],
)
def test_a_module_is_looked_for_where_rustc_looks(path: str, declaration: ModuleDeclaration, files: list[str]) -> None:
    assert [*modules.module_files(path, declaration)] == files


Declarations = dict[str, list[ModuleDeclaration]]


@pytest.mark.parametrize(
    ("declarations", "tests"),
    [
        pytest.param({"lib.rs": [mod("a")], "a.rs": []}, set(), id="declared, but not as test code"),
        pytest.param({"lib.rs": [for_tests("a")], "a.rs": []}, {"a.rs"}, id="a file"),
        pytest.param({"lib.rs": [for_tests("a")], "a/mod.rs": []}, {"a/mod.rs"}, id="a folder"),
        pytest.param({"lib.rs": [for_tests("a")], "a.rs": [mod("b")], "a/b.rs": []}, {"a.rs", "a/b.rs"}, id="what it declares"),
        pytest.param({"lib.rs": [mod("a")], "a.rs": [for_tests("b")], "a/b.rs": []}, {"a/b.rs"}, id="only below"),
        pytest.param({"lib.rs": [for_tests("a")], "main.rs": [mod("a")], "a.rs": []}, set(), id="declared elsewhere as well"),
        pytest.param({"lib.rs": [for_tests("a")], "main.rs": [for_tests("a")], "a.rs": []}, {"a.rs"}, id="both times as test code"),
        pytest.param({"lib.rs": [for_tests("a", path="odd.rs")], "odd.rs": []}, {"odd.rs"}, id="#[path]"),
        pytest.param({"lib.rs": [for_tests("b", "a")], "a/b.rs": []}, {"a/b.rs"}, id="within an inline module"),
        pytest.param({"bin/t.rs": [for_tests("a")], "bin/a.rs": []}, {"bin/a.rs"}, id="a root by another name"),
        pytest.param({"lib.rs": [for_tests("a")], "a.rs": [], "a/mod.rs": []}, {"a.rs"}, id="the first that rustc finds"),
        pytest.param({"lib.rs": [for_tests("gone")]}, set(), id="no such file"),
        pytest.param({"a.rs": []}, set(), id="declared by nobody"),
        pytest.param({"lib.rs": [for_tests("a")], "a.rs": [mod("a", path="a.rs")]}, set(), id="declares itself"),
    ],
)
def test_files_are_test_code_when_they_are_only_ever_declared_so(declarations: Declarations, tests: set[str]) -> None:
    assert modules.test_files(declarations) == tests


@pytest.mark.parametrize(
    ("path", "parents"),
    [
        ("a.rs", {"mod.rs", "lib.rs", "main.rs"}),
        ("src/a.rs", {"src/mod.rs", "src/lib.rs", "src/main.rs", "src.rs", "mod.rs", "lib.rs", "main.rs"}),
    ],
)
def test_every_file_above_may_declare_a_module(path: str, parents: set[str]) -> None:
    assert {*modules.possible_parents(path)} == parents


@pytest.mark.parametrize(
    ("path", "declaration"),
    [
        ("src/lib.rs", mod("a")),
        ("src/a.rs", mod("b")),
        ("src/a/mod.rs", mod("b")),
        ("src/lib.rs", mod("c", "a", "b")),
        ("crates/a/src/main.rs", mod("b")),
    ],
)
def test_the_parents_of_a_module_are_found_again(path: str, declaration: ModuleDeclaration) -> None:
    for file in [*modules.module_files(path, declaration)][:2]:
        assert path in modules.possible_parents(file)
