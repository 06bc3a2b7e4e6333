"""What a path in a file stands for, as far as the file itself says: its `use` declarations, their aliases, and what it defines."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from rustgate.syntax.outline_nodes import Nesting, OutlineNode

_TOKEN = re.compile(r"r#\w+|[A-Za-z_]\w*|::|[{},*]")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_LOCAL = frozenset({"crate", "self", "super", "Self"})
_DEFINING = frozenset({"mod", "type", "trait", "function"})


class Use(Struct, frozen=True):
    """One leaf of a `use` tree: what stands at `path` is visible as `name`; for a glob, `name` is `*` and `path` what lies before it."""

    path: str
    name: str


class Scope(Struct):
    """What a module or a function's body makes visible: imports by name, glob imports, and what it defines."""

    imports: dict[str, str] = {}
    globs: list[str] = []
    defined: set[str] = set()


class Names:
    """Resolves paths at a place of a file. A function sees what the module around it sees; a module sees only its own."""

    def __init__(self, uses: Iterable[tuple[int, str]], nesting: Nesting) -> None:
        self._nesting = nesting
        self._scopes: dict[OutlineNode | None, Scope] = {}
        for start, text in uses:
            scope = self._scope(next(self._holders(start), None))
            for use in leaves(text):
                if use.name == "*":
                    scope.globs.append(use.path)
                else:
                    scope.imports[use.name] = use.path
        for outline_node in nesting.outline_nodes:
            if (
                outline_node.name
                and outline_node.kind in _DEFINING
                and (outline_node.parent is None or outline_node.parent.kind in {"mod", "function"})
            ):
                self._scope(outline_node.parent).defined.add(outline_node.name)

    def resolve(self, path: str, byte: int) -> str:
        """The full path of `path` at `byte`: `std::thread::sleep` for `nap` after `use std::thread::sleep as nap`.

        What the file defines begins with `self::`; what it does not explain comes back without its spaces and leading `::`.
        """
        path = "".join(path.split())
        first, _, rest = path.removeprefix("::").partition("::")
        if path.startswith("::") or first in _LOCAL:
            return path.removeprefix("::")
        for scope in self._visible(byte):
            if first in scope.imports:
                return _joined(scope.imports[first], rest)
            if first in scope.defined:
                return f"self::{path}"
        return path

    def resolves_to(self, path: str, byte: int, macro_filter: frozenset[str]) -> str | None:
        """The member of `wanted` that `path` stands for at `byte`, also through a glob import; None when it stands for none of them."""
        full = self.resolve(path, byte)
        if full in macro_filter:
            return full
        if full != "".join(path.split()):
            return None
        through_globs = (_joined(glob, full) for scope in self._visible(byte) for glob in scope.globs)
        return next((candidate for candidate in through_globs if candidate in macro_filter), None)

    def _scope(self, holder: OutlineNode | None) -> Scope:
        return self._scopes.setdefault(holder, Scope(imports={}, globs=[], defined=set()))

    def _holders(self, byte: int) -> Iterator[OutlineNode]:
        return (outline_node for outline_node in self._nesting.ancestors(byte) if outline_node.kind in {"mod", "function"})

    def _visible(self, byte: int) -> Iterator[Scope]:
        for holder in self._holders(byte):
            if holder in self._scopes:
                yield self._scopes[holder]
            if holder.kind == "mod":
                return
        if None in self._scopes:
            yield self._scopes[None]


def leaves(text: str) -> Iterator[Use]:
    """The leaves of a `use` declaration's text, visibility and all."""
    tokens = _TOKEN.findall(_COMMENT.sub(" ", text) if "/" in text else text)
    tokens = tokens[tokens.index("use") + 1 :]
    prefixes: list[list[str]] = [[]]
    path: list[str] = []
    alias: str | None = None
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token == "{":
            prefixes.append(prefixes[-1] + path)
            path = []
        elif token in {",", "}"}:
            yield from _leaf(prefixes[-1], path, alias)
            path, alias = [], None
            if token == "}" and len(prefixes) > 1:
                prefixes.pop()
        elif token == "as":
            position += 1
            alias = tokens[position] if position < len(tokens) else None
        elif token != "::":
            path.append(token)
        position += 1
    yield from _leaf(prefixes[-1], path, alias)


def _leaf(prefix: list[str], path: list[str], alias: str | None) -> Iterator[Use]:
    if not path:
        return
    if path[-1] == "*":
        yield Use("::".join(prefix + path[:-1]), "*")
        return
    whole = prefix + (path[:-1] if path[-1] == "self" and (prefix or len(path) > 1) else path)
    yield Use("::".join(whole), alias or whole[-1])


def _joined(path: str, rest: str) -> str:
    return f"{path}::{rest}" if rest else path
