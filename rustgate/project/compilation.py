"""Find out as what Cargo compiles each file: for which target, and whether only for tests.

`#[cfg(test)] mod helpers;` in another file makes `helpers.rs` test code, and what a build script declares is part of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import IntEnum

from msgspec import structs

from rustgate.model.file import FileContext, ModuleDeclaration, Target
from rustgate.project.module_files import module_file

Modules = Mapping[str, Iterable[ModuleDeclaration]]
"""What each file declares, by path."""


class Purpose(IntEnum):
    """What code is compiled for; the first one counts where there are several."""

    LIBRARY = 0
    PROGRAM = 1
    BUILD = 2
    TEST = 3


def purpose_of(context: FileContext) -> Purpose:
    """Return what a file is compiled for.

    A file of no package counts as a library here.
    """
    if context.test:
        return Purpose.TEST
    return {Target.BUILD: Purpose.BUILD, Target.BINARY: Purpose.PROGRAM}.get(context.target or Target.LIBRARY, Purpose.LIBRARY)


def compiled_contexts(
    contexts: Mapping[str, FileContext], modules: Modules, is_root: Callable[[str], bool], links: Mapping[str, str]
) -> dict[str, FileContext]:
    """Return the contexts of files that are compiled as something else than their place says.

    `contexts` are those by place, `links` leads from names to the files that they stand for. A file that others declare is what the first
    of them in the order of `Purpose` makes of it; a root of a target is that target as well. Files that only declare each other in a
    circle are what their place says.
    """
    children = {path: [*_children(path, modules, contexts, links)] for path in {**modules, **links}}
    declared = {child for declared_by_one in children.values() for child, _ in declared_by_one}
    pending: dict[Purpose, list[tuple[str, FileContext]]] = {purpose: [] for purpose in Purpose}
    for path, context in contexts.items():
        if path not in declared or is_root(path):
            pending[purpose_of(context)].append((path, context))
    found: dict[str, FileContext] = {}
    for purpose, queue in pending.items():
        while queue:
            path, context = queue.pop()
            if path in found:
                continue
            found[path] = context
            for child, only_in_tests in children.get(path, ()):
                if child not in found:
                    becomes = _declared_context(context, contexts[child], only_in_tests=only_in_tests)
                    pending[max(purpose, purpose_of(becomes))].append((child, becomes))
    return {path: context for path, context in found.items() if context != contexts[path]}


def _children(path: str, modules: Modules, contexts: Mapping[str, FileContext], links: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield the files that a file declares, and whether only for tests."""
    if path in links:
        yield links[path], False
    for module in modules.get(path, ()):
        child = module_file(path, module, contexts)
        if child:
            yield child, module.test


def _declared_context(parent: FileContext, own: FileContext, *, only_in_tests: bool) -> FileContext:
    """Return the context of a file that another declares.

    Production code keeps the target that its place says: several crates of a package may share it.
    """
    if only_in_tests or parent.test:
        return own if own.test else structs.replace(own, test=True)
    is_production = purpose_of(own) <= Purpose.PROGRAM
    if purpose_of(parent) is Purpose.BUILD or own.target is None or not is_production:
        return structs.replace(own, target=parent.target, test=False)
    return own


def reachable(sources: Iterable[str], modules: Modules, links: Mapping[str, str]) -> set[str]:
    """Return the files that `sources` declare, directly or not, and they themselves.

    `modules` holds all files of a run and those around it.
    """
    found: set[str] = set()
    pending = [*sources]
    while pending:
        path = pending.pop()
        if path in found:
            continue
        found.add(path)
        if path in links:
            pending.append(links[path])
        pending += [child for module in modules.get(path, ()) if (child := module_file(path, module, modules))]
    return found
