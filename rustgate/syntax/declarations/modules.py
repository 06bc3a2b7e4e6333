"""Modules that a file declares, and files that it includes."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile
from typing import Protocol

from msgspec import structs
from tree_sitter import Node

from rustgate.model.file import ModuleDeclaration
from rustgate.syntax.attributes import Attribute
from rustgate.syntax.declarations.paths import module_paths
from rustgate.syntax.declarations.strings import string_value
from rustgate.syntax.line_index import Lines
from rustgate.syntax.outline_nodes import DEEPEST, OutlineNode

# Quick tests that may match too much, but miss nothing: comments and blanks beyond ASCII can stand between any two words.
_MODULE = re.compile(rb"mod[\s/\x80-\xff]")
_INCLUDE = re.compile(rb"(?:(?:::\s*)?(?:std|core)\s*::\s*)?include\s*!")


class ModuleOutline(Protocol):
    """What is asked of the outline of a file."""

    source: bytes

    @property
    def lines(self) -> Lines:
        """Its lines."""
        ...

    @property
    def outline_nodes(self) -> list[OutlineNode]:
        """Every construct that others stand in."""
        ...

    def ancestors(self, byte: int) -> Iterator[OutlineNode]:
        """Yield the outline nodes that hold `byte`, innermost first."""
        ...

    def attributes_of(self, start: int) -> Iterator[Attribute]:
        """Yield the outer attributes of the node that begins at `start`."""
        ...

    def modules_around(self, byte: int) -> tuple[str, ...]:
        """Return the names of the inline modules that hold `byte`."""
        ...

    def macro_around(self, byte: int) -> str:
        """Return the name of the macro definition in whose body `byte` stands."""
        ...

    def is_test(self, byte: int) -> bool:
        """Return whether the code at `byte` is test code."""
        ...


def may_declare_files(source: bytes) -> bool:
    """Return whether a source may declare modules or include files."""
    return _MODULE.search(source) is not None or b"include" in source


def declared_modules(outline: ModuleOutline, macros: Iterable[Node]) -> Iterator[ModuleDeclaration]:
    """Yield every `mod name;`, `mod name { .. }` and `include!(..)`.

    `macros` are the calls of macros in the file.
    """
    for node in outline.outline_nodes:
        if node.kind == "mod":
            yield from _modules(outline, node)
    if b"include" in outline.source:
        for macro in macros:
            if _INCLUDE.match(outline.source, macro.start_byte):
                yield _included(outline, macro)


def _modules(outline: ModuleOutline, node: OutlineNode) -> Iterator[ModuleDeclaration]:
    """Yield a module once for each file that it may be."""
    parents = outline.modules_around(node.start)[:-1]
    module = ModuleDeclaration(
        name=node.name,
        parents=parents,
        path=None,
        test=outline.is_test(node.start),
        public="pub" in node.words,
        inline=node.body,
        line=outline.lines.number(node.start),
        column=outline.lines.column(node.start),
        macro=outline.macro_around(node.start),
    )
    if b"path" not in outline.source:
        yield module
        return
    within = takewhile(lambda outer: outer.kind != "macro-rules", outline.ancestors(node.start))
    around = islice((outer for outer in within if outer.kind == "mod"), 1, DEEPEST)  # the first is the module itself
    renamed = [next(module_paths(outline.attributes_of(outer.start))).path for outer in reversed([*around])]
    if any(renamed):
        folders = tuple(path or name for path, name in zip(renamed, parents, strict=True))
        module = structs.replace(module, folders=folders, beside=bool(renamed[0]))
    for file in module_paths(outline.attributes_of(node.start)):
        yield structs.replace(module, path=file.path, test=module.test or file.only_in_tests)


def _included(outline: ModuleOutline, macro: Node) -> ModuleDeclaration:
    body = macro.child(macro.child_count - 1)
    return ModuleDeclaration(
        name="",
        parents=outline.modules_around(macro.start_byte),
        path=string_value(outline.source[body.start_byte + 1 : body.end_byte - 1].decode(errors="replace")) or "",
        test=outline.is_test(macro.start_byte),
        line=outline.lines.number(macro.start_byte),
        include=True,
    )
