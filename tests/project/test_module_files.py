"""Modules across files: which file a `mod` means."""

import pytest

from rustgate.model.file import ModuleDeclaration
from rustgate.project import module_files as modules


def mod(name: str, *parents: str, path: str | None = None) -> ModuleDeclaration:
    return ModuleDeclaration(name, parents, path, test=False)


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
