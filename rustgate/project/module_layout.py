"""Places of a crate's modules and macro calls.

What a macro of the crate declares is declared where the macro is called.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from rustgate.model.file import Export, FileResult, MacroCall, ModuleDeclaration, TypeDeclaration
from rustgate.project.module_files import module_file

ModulePath = tuple[str, ...]
"""The names from the crate's root, which is `()`, to a module."""

_MOST_MACROS = 16
"""Macros that one call may lead through; those that call themselves lead nowhere new."""


class CallSite(Struct, frozen=True):
    """A place where a macro of the crate writes items.

    `owner` is the type or trait whose members it writes, if any; `documents` and `public` say whether the call may hand documentation over,
    and the word `pub`.
    """

    file: str
    module: ModulePath
    owner: str | None
    documents: bool
    public: bool


class Layout(Struct, frozen=True):
    """Modules of a crate and the calls of its macros.

    `paths` gives the module that a file is, `visible` says for each module whether it is `pub`, `calls` where each macro is called.
    """

    paths: dict[str, ModulePath]
    visible: dict[ModulePath, bool]
    calls: dict[str, frozenset[CallSite]]

    def modules_of(self, file: str, declared: Export | ModuleDeclaration | TypeDeclaration) -> Iterator[ModulePath]:
        """Yield the modules in which something is declared.

        It stands in `file`; what stands in a macro is declared wherever that is called.
        """
        if declared.macro:
            yield from ((*site.module, *declared.parents) for site in self.calls.get(declared.macro, ()))
        else:
            yield (*self.paths[file], *declared.parents)


def lay_out(root: str, results: Mapping[str, FileResult]) -> Layout:
    """Follow the modules of a crate from its root file."""
    paths: dict[str, ModulePath] = {root: ()}
    visible: dict[ModulePath, bool] = {(): True}
    calls: dict[str, frozenset[CallSite]] = {}
    pending = [root]
    in_macros: list[tuple[str, ModuleDeclaration]] = []

    def declare(holder: str, module: ModulePath, declaration: ModuleDeclaration) -> None:
        visible[module] = visible.get(module, False) or declaration.public
        child = module_file(holder, declaration, results)
        if child and child not in paths:
            paths[child] = module
            pending.append(child)

    while pending:
        while pending:
            file = pending.pop()
            for declaration in results[file].modules:
                if declaration.macro:
                    in_macros.append((file, declaration))
                else:
                    declare(file, (*paths[file], *declaration.parents, declaration.name), declaration)
        calls = _call_sites(paths, results)
        for _, declaration in in_macros:
            for site in sorted(calls.get(declaration.macro, ()), key=_order):
                declare(site.file, (*site.module, *declaration.parents, declaration.name), declaration)
    return Layout(paths, visible, calls)


def _order(site: CallSite) -> tuple[str, ModulePath]:
    return site.file, site.module


def _call_sites(paths: Mapping[str, ModulePath], results: Mapping[str, FileResult]) -> dict[str, frozenset[CallSite]]:
    """Return where each macro of a crate is called, also through others."""
    own = {macro.name for file in paths for macro in results[file].macros}
    calls = [(file, call) for file in paths for call in results[file].macro_calls if call.name in own]
    sites: dict[str, set[CallSite]] = {}
    for file, call in calls:
        if not call.macro:
            sites.setdefault(call.name, set()).add(_site(call, CallSite(file, paths[file], None, documents=False, public=False)))
    nested = [call for _, call in calls if call.macro]
    for _ in range(_MOST_MACROS):
        new = {(call.name, _site(call, outer)) for call in nested for outer in sites.get(call.macro, ())}
        if all(site in sites.get(name, ()) for name, site in new):
            break
        for name, site in new:
            sites.setdefault(name, set()).add(site)
    return {name: frozenset(found) for name, found in sites.items()}


def _site(call: MacroCall, outer: CallSite) -> CallSite:
    """Return the place of a call that `outer` writes, or whose file it is.

    What `outer` hands over may be handed on.
    """
    return CallSite(
        outer.file,
        (*outer.module, *call.parents),
        call.owner or outer.owner,
        documents=call.documents or outer.documents,
        public=call.public or outer.public,
    )
