"""Resolve `mod`, `#[path]` and `include!` to files."""

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
    parents = declaration.folders or declaration.parents
    if declaration.path is not None:
        below = module_folder if parents and not declaration.beside else folder
        inner = () if declaration.include else parents
        yield posixpath.normpath(posixpath.join(folder if declaration.include else below, *inner, declaration.path))
        return
    for base in (folder,) if declaration.beside else dict.fromkeys((module_folder, folder)):
        stem = posixpath.normpath(posixpath.join(base, *parents, declaration.name.removeprefix("r#")))
        yield f"{stem}.rs"
        yield f"{stem}/mod.rs"


def files_of_module(path: str, name: str) -> Iterator[str]:
    """Yield the files that `mod name;` at the top of a file can mean.

    They are those of `module_files`, for names that a quick look has found.
    """
    folder, own = posixpath.split(path)
    prefix = f"{folder}/" if folder else ""
    if own not in _MODULE_ROOTS:
        below = f"{prefix}{own.removesuffix('.rs')}/{name}"
        yield from (f"{below}.rs", f"{below}/mod.rs")
    yield from (f"{prefix}{name}.rs", f"{prefix}{name}/mod.rs")


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

    `path` is the file that declares it; only files in `existing` count. An inline module has no file, nor has what is made while building.
    """
    if module.inline or (module.include and not module.path):
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
