"""Types that are a `Result`: by their path, or through aliases of the crate."""

import re
from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from rustgate.api import Crate, Fact, Outline, std_path

_PATH = re.compile(r"((?:::\s*)?\w+(?:\s*::\s*\w+)*)\s*(?:<.*)?", re.DOTALL)
_STD_RESULTS = frozenset({"Result", "LockResult", "TryLockResult"})
_OWN = frozenset({"crate", "self", "super"})


class ResultAlias(Struct, frozen=True, tag=True):
    """A type alias that may stand for a `Result`.

    `target` is the path of what it stands for, as its module sees it.
    """

    modules: tuple[str, ...]
    name: str
    target: str


def may_be_result(outline: Outline, text: str, byte: int, aliases: frozenset[str]) -> str | None:
    """Return the path of a written type that may be a `Result`.

    `aliases` are the names of the type aliases of the file. None for what the file alone shows to be none: types that are no path, types
    from elsewhere whose name does not end in `Result`, and types that the file defines.
    """
    found = _PATH.fullmatch(text.strip())
    if not found:
        return None
    path = outline.names.resolve(found[1], byte)
    root, _, rest = path.partition("::")
    if path in aliases:
        return f"self::{path}"
    if root not in _OWN:
        return path if path.endswith("Result") else None
    defined = rest and "::" not in rest and root == "self"
    return None if defined and rest in _types_of(outline) else path


def _types_of(outline: Outline) -> frozenset[str]:
    return frozenset(declared.name for declared in outline.types)


class ResultAliases:
    """The aliases of a crate, by their paths and by their names."""

    def __init__(self, crate: Crate, aliases: Iterable[Fact[ResultAlias]]) -> None:
        self._tree = crate.tree
        self._by_path: defaultdict[tuple[str, ...], list[Fact[ResultAlias]]] = defaultdict(list)
        self._by_name: defaultdict[str, list[Fact[ResultAlias]]] = defaultdict(list)
        for fact in aliases:
            self._by_path[self._tree.resolve(fact.finding.path, fact.data.modules, f"self::{fact.data.name}")].append(fact)
            self._by_name[fact.data.name].append(fact)

    def is_result(self, file: str, modules: tuple[str, ...], path: str) -> bool:
        """Return whether the type `path` is a `Result`, as inline `modules` of `file` see it.

        An alias that no path leads to is looked for by its name. A type called `Result` is one unless the crate declares it.
        """
        pending, known = [(file, modules, path)], {(file, modules, path)}
        while pending:
            file, modules, path = pending.pop()
            full = std_path(path)
            name = full.rpartition("::")[2]
            if full.startswith("std::"):
                if name in _STD_RESULTS:
                    return True
                continue
            absolute = self._tree.resolve(file, modules, path)
            declared = path.partition("::")[0] in _OWN and absolute in self._tree.types
            aliases = self._by_path.get(absolute, [])
            if not aliases and not declared:
                if name == "Result":
                    return True
                aliases = self._by_name.get(name, [])
            found = {(alias.finding.path, alias.data.modules, alias.data.target) for alias in aliases}
            pending += found - known
            known |= found
        return False
