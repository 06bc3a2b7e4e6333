"""Name resolution within a file, without a compiler."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from rustgate.syntax.outline_nodes import Nesting, OutlineNode

_TOKEN = re.compile(r"r#\w+|[A-Za-z_]\w*|::|[{},*]")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_LOCAL = frozenset({"crate", "self", "super", "Self"})
_DEFINING = frozenset({"mod", "type", "trait", "function"})
_HOLDERS = frozenset({"mod", "function", "const"})
_IN_PRELUDE = (
    "borrow::ToOwned", "boxed::Box", "clone::Clone", "convert::AsMut", "convert::AsRef", "convert::From", "convert::Into",
    "convert::TryFrom", "convert::TryInto", "default::Default", "iter::DoubleEndedIterator", "iter::ExactSizeIterator", "iter::Extend",
    "iter::FromIterator", "iter::IntoIterator", "iter::Iterator", "marker::Copy", "marker::Send", "marker::Sized", "marker::Sync",
    "marker::Unpin", "mem::drop", "ops::Drop", "ops::Fn", "ops::FnMut", "ops::FnOnce", "option::Option", "result::Result",
    "string::String", "string::ToString", "vec::Vec",
)  # fmt: skip
"""The types, traits and functions of https://doc.rust-lang.org/std/prelude/, which need no `use`."""
_PRELUDE = {path.rpartition("::")[2]: f"std::{path}" for path in _IN_PRELUDE}


class Use(Struct, frozen=True):
    """A leaf of a `use` tree.

    The item at `path` is visible as `name`. For a glob, `name` is `*` and `path` what lies before it.
    """

    path: str
    name: str


class Scope(Struct):
    """Names that a module or function makes visible."""

    imports: dict[str, str] = {}
    globs: list[str] = []
    defined: set[str] = set()


class Names:
    """Resolve paths at a byte of a file.

    A body sees what the module around it sees; a module sees only its own names.
    """

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
                and (outline_node.parent is None or outline_node.parent.kind in _HOLDERS)
            ):
                self._scope(outline_node.parent).defined.add(outline_node.name)

    def resolve(self, path: str, byte: int) -> str:
        """Return the full path of `path` at `byte`.

        That of `nap` is `std::thread::sleep` after `use std::thread::sleep as nap`. The path of a definition in the file begins with
        `self::`. A path that the file does not explain comes back without its spaces and leading `::`.
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

    def definition_scope(self, path: str, byte: int) -> str | None:
        """Return the kind of scope that defines the first name of `path`.

        It is `mod`, or `body` for the body of a function or constant; None for what is imported, or not known in this file.
        """
        first = "".join(path.split()).partition("::")[0].partition("<")[0]
        for holder in (*self._holders(byte), None):
            if holder in self._scopes and first in self._scopes[holder].defined:
                return "mod" if holder is None or holder.kind == "mod" else "body"
            if holder is None or holder.kind == "mod":
                return None
        return None

    def resolves_to(self, path: str, byte: int, paths: frozenset[str]) -> str | None:
        """Return the member of `paths` that `path` means at `byte`.

        Glob imports count. Names of the prelude and of `core` and `alloc` mean their paths in `std`, so that `paths` need only those.
        """
        full = self.resolve(path, byte)
        found = _member(full, paths)
        if found or full != "".join(path.split()):
            return found
        through_globs = (_member(_joined(glob, full), paths) for scope in self._visible(byte) for glob in scope.globs)
        return next(filter(None, through_globs), None)

    def _scope(self, holder: OutlineNode | None) -> Scope:
        return self._scopes.setdefault(holder, Scope(imports={}, globs=[], defined=set()))

    def _holders(self, byte: int) -> Iterator[OutlineNode]:
        return (outline_node for outline_node in self._nesting.ancestors(byte) if outline_node.kind in _HOLDERS)

    def _visible(self, byte: int) -> Iterator[Scope]:
        for holder in self._holders(byte):
            if holder in self._scopes:
                yield self._scopes[holder]
            if holder.kind == "mod":
                return
        if None in self._scopes:
            yield self._scopes[None]


def std_path(path: str) -> str:
    """Return the path in `std` for a full path.

    It may begin with `core`, `alloc` or a name of the prelude: `Vec::new` is `std::vec::Vec::new`. Any other path comes back as it is.
    """
    root, _, rest = path.partition("::")
    return _joined("std" if rest and root in {"alloc", "core"} else _PRELUDE.get(root, root), rest)


def leaves(text: str) -> Iterator[Use]:
    """Yield the leaves of a `use` declaration.

    Its text may begin with a visibility.
    """
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


def _member(path: str, paths: frozenset[str]) -> str | None:
    """Return the member of `paths` for a full path."""
    return next((name for name in (std_path(path), path) if name in paths), None)


def _joined(path: str, rest: str) -> str:
    return f"{path}::{rest}" if rest else path
