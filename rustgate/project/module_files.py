"""Resolve `mod` declarations; find test files.

`#[cfg(test)] mod helpers;` in another file makes `helpers.rs` test code.
"""

import posixpath
from collections.abc import Container, Iterable, Iterator, Mapping

from rustgate.model.file import ModuleDeclaration

_MODULE_ROOTS = frozenset({"lib.rs", "main.rs", "mod.rs", "build.rs"})


def module_files(path: str, declaration: ModuleDeclaration) -> Iterator[str]:
    """Yield the files that `mod name;` in a file can mean.

    `path` is the file that declares it. The files come in the order that rustc looks; last come those that it means where `path` is the
    root of a crate in spite of its name, such as `src/bin/tool.rs`.
    """
    folder, name = posixpath.split(path)
    module_folder = folder if name in _MODULE_ROOTS else posixpath.join(folder, name.removesuffix(".rs"))
    if declaration.path is not None:
        base = posixpath.join(module_folder, *declaration.parents) if declaration.parents else folder
        yield posixpath.normpath(posixpath.join(base, declaration.path))
        return
    for base in dict.fromkeys((module_folder, folder)):
        stem = posixpath.join(base, *declaration.parents, declaration.name.removeprefix("r#"))
        yield f"{stem}.rs"
        yield f"{stem}/mod.rs"


def declared_files(path: str, modules: Iterable[ModuleDeclaration], existing: Container[str]) -> Iterator[str]:
    """Yield existing files of a file's modules.

    `path` is the file that declares them; only files in `existing` count.
    """
    for module in modules:
        file = module_file(path, module, existing)
        if file:
            yield file


def module_file(path: str, module: ModuleDeclaration, existing: Container[str]) -> str | None:
    """Return the existing file of a module, if any.

    `path` is the file that declares it; only files in `existing` count. An inline module has no file.
    """
    if module.inline:
        return None
    return next((file for file in module_files(path, module) if file in existing), None)


def declarations_of(declarations: Mapping[str, Iterable[ModuleDeclaration]]) -> dict[str, list[tuple[str, ModuleDeclaration]]]:
    """Return the declarations of each declared file, with their files.

    Files and declarations are those of `declarations`. Keys and names are paths relative to the root.
    """
    declared: dict[str, list[tuple[str, ModuleDeclaration]]] = {}
    for path, modules in declarations.items():
        for module in modules:
            file = module_file(path, module, declarations)
            if file:
                declared.setdefault(file, []).append((path, module))
    return declared


def test_files(declarations: Mapping[str, Iterable[ModuleDeclaration]]) -> set[str]:
    """Return files that are declared only as test code.

    Files are those of `declarations`. Keys are paths relative to the root.
    """
    declared = declarations_of(declarations)
    found: set[str] = set()
    changed = True
    while changed:
        new = {file for file, by in declared.items() if file not in found and all(module.test or path in found for path, module in by)}
        found |= new
        changed = bool(new)
    return found


def possible_parents(path: str) -> Iterator[str]:
    """Yield the files that could declare the file at `path`.

    They may do so within inline modules as well. `#[path]` and unusual names of crate roots are not considered.
    """
    folder = posixpath.dirname(path)
    while True:
        for root in ("mod.rs", "lib.rs", "main.rs"):
            yield posixpath.join(folder, root)
        if not folder:
            return
        yield f"{folder}.rs"
        folder = posixpath.dirname(folder)
