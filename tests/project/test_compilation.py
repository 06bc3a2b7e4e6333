"""As what Cargo compiles a file: for which target, and whether only for tests."""

import pytest

from rustgate.model.file import FileContext, ModuleDeclaration
from rustgate.project.compilation import compiled_contexts


def mod(name: str, *parents: str, path: str | None = None) -> ModuleDeclaration:
    return ModuleDeclaration(name, parents, path, test=False)


def for_tests(name: str, *parents: str, path: str | None = None) -> ModuleDeclaration:
    return ModuleDeclaration(name, parents, path, test=True)


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
        pytest.param({"lib.rs": [for_tests("a")], "a.rs": [mod("a", path="a.rs")]}, {"a.rs"}, id="declares itself"),
    ],
)
def test_files_are_test_code_when_they_are_only_ever_declared_so(declarations: Declarations, tests: set[str]) -> None:
    contexts = dict.fromkeys(declarations, FileContext(None))
    found = compiled_contexts(contexts, declarations, lambda _: False, {})
    assert {path for path, context in found.items() if context.test} == tests
