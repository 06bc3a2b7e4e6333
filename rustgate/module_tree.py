"""The modules of a crate: which file is which module, and what a user of the crate can name."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from rustgate.model import Export, FileReport
from rustgate.modules import module_file

ModulePath = tuple[str, ...]
"""The names from the crate's root, which is `()`, to a module."""


class ModuleTree(Struct, frozen=True):
    """`paths` gives the module that a file is; `public` holds the modules all of whose public items users can name.

    `exported` holds single items that a `pub use` makes public: (module that defines it, its name). `types` says for the name of
    each struct, enum, union and trait whether users can name one of that name.
    """

    paths: dict[str, ModulePath]
    public: frozenset[ModulePath]
    exported: frozenset[tuple[ModulePath, str]]
    types: dict[str, bool]

    def is_public(self, file: str, inline: Iterable[str], name: str) -> bool:
        """Whether users can name the `pub` item `name` in the inline modules `inline` of a file; true for a file that no `mod` declares."""
        if file not in self.paths:
            return True
        module = (*self.paths[file], *inline)
        return module in self.public or (module, name) in self.exported

    def is_public_type(self, name: str) -> bool:
        """Whether users can name a type or trait of this name; true for one that the crate's files do not declare."""
        return self.types.get(name, True)


def build_tree(root: str | None, reports: Mapping[str, FileReport]) -> ModuleTree:
    """The tree of the crate whose root is the file `root`, from what its files declare and export; empty when there is no root."""
    if root is None:
        return ModuleTree({}, frozenset(), frozenset(), {})
    paths: dict[str, ModulePath] = {root: ()}
    visible: dict[ModulePath, bool] = {(): True}
    pending = [root]
    while pending:
        file = pending.pop()
        for declaration in reports[file].modules:
            module = (*paths[file], *declaration.parents, declaration.name)
            visible[module] = declaration.public
            child = module_file(file, declaration, reports)
            if child and child not in paths:
                paths[child] = module
                pending.append(child)
    exports = [(module, export) for file, own in paths.items() for module, export in _exports(own, reports[file].exports)]
    public, exported = _reachable(visible, exports)
    types: dict[str, bool] = {}
    for file, own in paths.items():
        for declared in reports[file].types:
            module = (*own, *declared.parents)
            reachable = declared.public and (module in public or (module, declared.name) in exported)
            types[declared.name] = types.get(declared.name, False) or reachable
    return ModuleTree(paths, public, exported, types)


def _exports(own: ModulePath, exports: Iterable[Export]) -> Iterator[tuple[ModulePath, Export]]:
    return (((*own, *export.parents), export) for export in exports)


def _reachable(
    visible: Mapping[ModulePath, bool], exports: list[tuple[ModulePath, Export]]
) -> tuple[frozenset[ModulePath], frozenset[tuple[ModulePath, str]]]:
    """The public modules and the single exported items: grown from the root until nothing new is reached."""
    public: set[ModulePath] = {()}
    exported: set[tuple[ModulePath, str]] = set()
    before = -1
    while before != len(public) + len(exported):
        before = len(public) + len(exported)
        public |= {module for module, is_public in visible.items() if is_public and module and module[:-1] in public}
        targets = [(_absolute(module, export.path, visible), export.name) for module, export in exports if module in public]
        public |= {target for target, name in targets if name == "*" or target in visible}
        exported |= {(target[:-1], target[-1]) for target, name in targets if name != "*" and target}
    return frozenset(public), frozenset(exported)


def _absolute(module: ModulePath, path: str, visible: Mapping[ModulePath, bool]) -> ModulePath:
    """The path of a `use` in `module` from the crate's root; one that begins with a name is looked for in the module, then at the root."""
    first, *rest = path.split("::")
    while first == "super" and rest:
        module = module[:-1]
        first, *rest = rest
    if first == "crate":
        return tuple(rest)
    if first == "self":
        return (*module, *rest)
    return (*module, first, *rest) if "super::" in path or (*module, first) in visible else (first, *rest)
