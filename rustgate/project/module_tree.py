"""Module tree and public names of a crate.

The tree says which file is which module.
"""

from collections.abc import Container, Iterable, Iterator, Mapping

from msgspec import Struct

from rustgate.model.file import Export, FileResult
from rustgate.project.module_files import module_file

ModulePath = tuple[str, ...]
"""The names from the crate's root, which is `()`, to a module."""

_LONGEST_CHAIN = 16
"""Renamed modules that one path may lead through; a circle of them leads nowhere."""


class ModuleTree(Struct, frozen=True):
    """Modules and public names of a crate.

    `paths` gives the module that a file is; `public` holds the modules all of whose public items users can name.
    `exported` holds the paths of single items, modules among them, that a `pub use` makes public, where they are defined. `types`
    says for each struct, enum, union and trait, by its path, whether users can name it; `named` says the same for its name alone,
    wherever it is declared. `modules` are all modules, public or not.
    """

    paths: dict[str, ModulePath]
    public: frozenset[ModulePath]
    exported: frozenset[ModulePath]
    types: dict[ModulePath, bool]
    named: dict[str, bool]
    modules: frozenset[ModulePath]

    def declares(self, file: str) -> bool:
        """Return whether a `mod` leads from the root to `file`.

        This is true of all files if there is no root to start from.
        """
        return file in self.paths or not self.paths

    def is_public(self, file: str, inline: Iterable[str], name: str) -> bool:
        """Return whether users can name the `pub` item `name`.

        It is declared in the inline modules `inline` of `file`. True for a file that no `mod` declares.
        """
        if file not in self.paths:
            return True
        module = (*self.paths[file], *inline)
        return module in self.public or (*module, name) in self.exported

    def resolve(self, file: str, inline: Iterable[str], path: str) -> ModulePath:
        """Return the absolute path of `path` as inline modules of `file` see it."""
        return _absolute((*self.paths.get(file, ()), *inline), path, self.modules)

    def is_public_type(self, path: str, module: ModulePath | None = None) -> bool:
        """Return whether users can name the type or trait at `path`.

        `path` is as written in `module`. True for a type that the crate's files do not declare.
        Where no module is given, or the path cannot be followed, it is enough that users can name one type of the same name.
        """
        if module is not None:
            followed = _absolute(module, path, self.modules)
            found = next((found for found in (followed, (*module, path)) if found in self.types), None)
            if found is not None:
                return self.types[found]
        return self.named.get(path.rpartition("::")[2], True)


def build_tree(root: str | None, results: Mapping[str, FileResult]) -> ModuleTree:
    """Build the module tree of a crate.

    It is made from what the crate's files declare and export; empty when `root` is None.
    """
    if root is None:
        return ModuleTree({}, frozenset(), frozenset(), {}, {}, frozenset())
    paths: dict[str, ModulePath] = {root: ()}
    visible: dict[ModulePath, bool] = {(): True}
    pending = [root]
    while pending:
        file = pending.pop()
        for declaration in results[file].modules:
            module = (*paths[file], *declaration.parents, declaration.name)
            visible[module] = visible.get(module, False) or declaration.public
            child = module_file(file, declaration, results)
            if child and child not in paths:
                paths[child] = module
                pending.append(child)
    exports = (((*base, *export.parents), export) for file, base in paths.items() for export in results[file].exports)
    public, exported = _Exports(exports, visible).reachable()
    types: dict[ModulePath, bool] = {}
    named: dict[str, bool] = {}
    for file, base in paths.items():
        for declared in results[file].types:
            module = (*base, *declared.parents)
            path = (*module, declared.name)
            types[path] = types.get(path, False) or (declared.public and (module in public or path in exported))
            named[declared.name] = named.get(declared.name, False) or types[path]
    return ModuleTree(paths, public, exported, types, named, frozenset(visible))


class _Exports:
    """Leaves of every `pub use`, with their targets.

    They are grouped by the module that they are declared in; `visible` says which modules are `pub`.
    """

    def __init__(self, exports: Iterable[tuple[ModulePath, Export]], visible: Mapping[ModulePath, bool]) -> None:
        self._visible = visible
        self._exports_of: dict[ModulePath, list[Export]] = {}
        for module, export in exports:
            self._exports_of.setdefault(module, []).append(export)
        self._renamed = dict(self._renamed_modules())
        self._all_modules = visible.keys() | self._renamed.keys()

    def reachable(self) -> tuple[frozenset[ModulePath], frozenset[ModulePath]]:
        """Return the public modules and the single exported items.

        Both are grown from the root until nothing new is reached.
        """
        public: set[ModulePath] = set()
        exported: set[ModulePath] = set()
        pending: list[tuple[ModulePath, bool]] = [((), False)]
        while pending:
            path, named = pending.pop()
            if path in (exported if named else public):
                continue
            if named:
                exported.add(path)
            if path not in self._visible:
                pending += self._origins(path)
            elif path not in public:
                public.add(path)
                pending += self._within(path)
        return frozenset(public), frozenset(exported)

    def _within(self, module: ModulePath) -> Iterator[tuple[ModulePath, bool]]:
        """Yield what users can reach once they can reach `module`.

        Each path comes with whether they can name it, or only what it holds.
        """
        yield from ((child, True) for child, public in self._visible.items() if public and child and child[:-1] == module)
        for export in self._exports_of.get(module, ()):
            target = self._target(module, export)
            if target and (export.name != "*" or target in self._visible):
                yield target, export.name != "*"

    def _origins(self, item: ModulePath) -> Iterator[tuple[ModulePath, bool]]:
        """Yield where a re-exported item may come from.

        Its module hands it on by its name, or through any glob.
        """
        for export in self._exports_of.get(item[:-1], ()):
            target = self._target(item[:-1], export)
            if export.name == item[-1] and target:
                yield target, True
            elif export.name == "*" and target in self._visible:
                yield (*target, item[-1]), True

    def _target(self, module: ModulePath, export: Export) -> ModulePath:
        """Return the path of what an export names.

        Modules on the way that only stand for another are followed to that one.
        """
        path = _absolute(module, export.path, self._all_modules)
        for _ in range(_LONGEST_CHAIN):
            length = next((length for length in range(1, len(path) + 1) if path[:length] in self._renamed), 0)
            if not length:
                break
            path = self._renamed[path[:length]] + path[length:]
        return path

    def _renamed_modules(self) -> Iterator[tuple[ModulePath, ModulePath]]:
        for module, exports in self._exports_of.items():
            for export in exports:
                target = _absolute(module, export.path, self._visible)
                if export.name != "*" and target in self._visible and target != (*module, export.name):
                    yield (*module, export.name), target


def _absolute(module: ModulePath, path: str, modules: Container[ModulePath]) -> ModulePath:
    """Return an absolute path for a `use` in `module`.

    It leads from the crate's root. A path that begins with a name is looked for in the module, then at the root.
    """
    first, *rest = path.split("::")
    relative = first in {"self", "super"}
    while first == "super" and rest:
        module = module[:-1]
        first, *rest = rest
    if first == "super":
        return module[:-1]
    if first == "crate":
        return tuple(rest)
    if first == "self":
        return (*module, *rest)
    return (*module, first, *rest) if relative or (*module, first) in modules else (first, *rest)
