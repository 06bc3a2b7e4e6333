"""Which files are test code because of a `mod` in another file: `#[cfg(test)] mod helpers;` makes `helpers.rs` test code."""

import posixpath
from collections.abc import Container, Iterable, Iterator, Mapping

from rustgate.model.file import ModuleDeclaration

_MODULE_ROOTS = frozenset({"lib.rs", "main.rs", "mod.rs", "build.rs"})


def module_files(path: str, declaration: ModuleDeclaration) -> Iterator[str]:
    """The files that `mod name;` in the file at `path` can mean, in the order that rustc looks.

    Those come last that it means where `path` is the root of a crate in spite of its name, such as `src/bin/tool.rs`.
    """
    folder, name = posixpath.split(path)
    own = folder if name in _MODULE_ROOTS else posixpath.join(folder, name.removesuffix(".rs"))
    if declaration.path is not None:
        base = posixpath.join(own, *declaration.parents) if declaration.parents else folder
        yield posixpath.normpath(posixpath.join(base, declaration.path))
        return
    for outer in dict.fromkeys((own, folder)):
        stem = posixpath.join(outer, *declaration.parents, declaration.name.removeprefix("r#"))
        yield f"{stem}.rs"
        yield f"{stem}/mod.rs"


def declared_files(path: str, modules: Iterable[ModuleDeclaration], known: Container[str]) -> Iterator[str]:
    """The files of `known` that the modules of the file at `path` stand in."""
    for module in modules:
        file = module_file(path, module, known)
        if file:
            yield file


def module_file(path: str, module: ModuleDeclaration, known: Container[str]) -> str | None:
    """The file of `known` that a module of the file at `path` stands in; None for an inline module, and where there is no such file."""
    if module.inline:
        return None
    return next((file for file in module_files(path, module) if file in known), None)


def declarations_of(declarations: Mapping[str, Iterable[ModuleDeclaration]]) -> dict[str, list[tuple[str, ModuleDeclaration]]]:
    """Who declares each file of `declarations` that some other file does, and as what. Keys and names are paths relative to the root."""
    declared: dict[str, list[tuple[str, ModuleDeclaration]]] = {}
    for path, modules in declarations.items():
        for module in modules:
            file = module_file(path, module, declarations)
            if file:
                declared.setdefault(file, []).append((path, module))
    return declared


def test_files(declarations: Mapping[str, Iterable[ModuleDeclaration]]) -> set[str]:
    """The files of `declarations` that are declared, and only ever as test code, by the others. Keys are paths relative to the root."""
    declared = declarations_of(declarations)
    found: set[str] = set()
    grown = True
    while grown:
        new = {file for file, by in declared.items() if file not in found and all(module.test or path in found for path, module in by)}
        found |= new
        grown = bool(new)
    return found


def possible_parents(path: str) -> Iterator[str]:
    """The files that could declare the module in the file at `path`, also within inline modules; `#[path]` and odd names of roots apart."""
    folder = posixpath.dirname(path)
    while True:
        for root in ("mod.rs", "lib.rs", "main.rs"):
            yield posixpath.join(folder, root)
        if not folder:
            return
        yield f"{folder}.rs"
        folder = posixpath.dirname(folder)
