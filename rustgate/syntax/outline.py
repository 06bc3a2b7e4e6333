"""The outline of a file, read from the events of its scan.

It holds items and their nesting, attributes, comments, test code and declarations.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import islice, takewhile

from tree_sitter import Node

from rustgate.model.file import Export, ModuleDeclaration, TypeDeclaration
from rustgate.syntax.attribute_targets import read_attributes
from rustgate.syntax.attributes import Attribute, LintLevel, hides, lint_levels
from rustgate.syntax.declarations.modules import declared_modules, may_declare_files
from rustgate.syntax.items import Function, Impl, Trait, build_function, build_impl
from rustgate.syntax.line_index import Lines
from rustgate.syntax.name_resolution import Names, leaves
from rustgate.syntax.outline_builder import build_outline_nodes
from rustgate.syntax.outline_nodes import DEEPEST, FunctionNode, Nesting, OutlineNode
from rustgate.syntax.parse import Scan, all_comments, comment_at
from rustgate.syntax.test_code import find_test_ranges, merge_ranges

# Quick tests that may match too much, but miss nothing: comments and blanks beyond ASCII can stand between any two words. Each pattern
# begins with letters, because regular expressions find those many times as fast.
_EXPORT = re.compile(rb"pub[\s$(\x80-\xff]*+(?:use\b|/[/*])")
_LEVELS = {
    word: re.compile(rb"%b(?<![.\w]%b)\s*[(/\x80-\xff]" % (word, word)) for word in (b"allow", b"expect", b"warn", b"deny", b"forbid")
}

_PUBLIC = re.compile(r"pub\b(?!\s*\()")


class Outline:
    """A file's declarations and nesting, read from its scan's events.

    Measures, checks and the conditions of rules read it. Each part is built once, when it is first asked for: of a file that is test code
    from end to end, most parts never are.
    """

    def __init__(self, scan: Scan, *, test: bool) -> None:
        self.source = scan.source
        self._scan = scan
        self._given_as_test = test

    # source, comments and attributes

    @cached_property
    def lines(self) -> Lines:
        """The lines of the source."""
        return Lines(self.source)

    @cached_property
    def comments(self) -> list[tuple[int, int]]:
        """The bytes of every comment, documentation included, in source order."""
        return sorted((tree_node.start_byte, tree_node.end_byte) for tree_node in all_comments(self._scan))

    def comment_at(self, byte: int) -> tuple[int, int] | None:
        """Return the bytes of the comment that holds `byte`, if any."""
        tree_node = comment_at(self._scan, byte)
        return (tree_node.start_byte, tree_node.end_byte) if tree_node else None

    @cached_property
    def plain_comments(self) -> list[tuple[int, int]]:
        """The bytes of every comment that is not documentation, in source order."""
        return sorted((tree_node.start_byte, tree_node.end_byte) for tree_node in self._scan.events["comment"])

    @cached_property
    def attributes(self) -> list[Attribute]:
        """Every attribute, in source order."""
        return sorted(read_attributes(self._scan), key=lambda attribute: attribute.start)

    @cached_property
    def lint_levels(self) -> list[tuple[Attribute, LintLevel]]:
        """Every `allow`, `deny` and the like with its attribute, in source order."""
        if not any(word in self.source and level.search(self.source) for word, level in _LEVELS.items()):
            return []
        return [(attribute, level) for attribute in self.attributes for level in lint_levels(attribute.name, attribute.text)]

    @cached_property
    def hiding(self) -> list[Attribute]:
        """Every `#[doc(hidden)]`, in source order."""
        return [attribute for attribute in self.attributes if hides(attribute.text)]

    @property
    def outline_nodes(self) -> list[OutlineNode]:
        """Every construct that others stand in, sorted by its start."""
        return self._nesting.outline_nodes

    @cached_property
    def _nesting(self) -> Nesting:
        return Nesting(build_outline_nodes(self._scan))

    @cached_property
    def test_ranges(self) -> list[tuple[int, int]]:
        """The bytes of the outermost test items, in source order."""
        return find_test_ranges(self._scan, self.attributes, self.beginning)

    @cached_property
    def _test_starts(self) -> list[int]:
        return [start for start, _ in self.test_ranges]

    @cached_property
    def whole_file_is_test(self) -> bool:
        """True if all of the file is test code.

        Its place in the crate says so, or an attribute of the file.
        """
        return self._given_as_test or self.test_ranges == [(0, len(self.source))]

    # lookups by byte

    def is_test(self, byte: int) -> bool:
        """Return whether the code at `byte` is test code."""
        if self.whole_file_is_test:
            return True
        index = bisect_right(self._test_starts, byte) - 1
        return index >= 0 and byte < self.test_ranges[index][1]

    def ancestors(self, byte: int) -> Iterator[OutlineNode]:
        """Yield the outline nodes that hold `byte`, innermost first."""
        return self._nesting.ancestors(byte)

    def first_from(self, byte: int) -> OutlineNode | None:
        """Return the first outline node that begins at or after `byte`."""
        return self._nesting.first_from(byte)

    def item(self, byte: int) -> str:
        """Return the qualified name of the item that holds `byte`.

        An example is `module::Type::method`. It is empty at the top of a file.
        """
        node = self._nesting.innermost(byte)
        return node.item if node else ""

    def attributes_of(self, start: int) -> Iterator[Attribute]:
        """Yield the outer attributes of the node that begins at `start`."""
        return (attribute for attribute in self.attributes if attribute.target_start == start and not attribute.inner)

    def beginning(self, start: int) -> int:
        """Return the first byte of a node's attributes.

        It is `start`, where the node begins, if it has none.
        """
        return self._first_attributes.get(start, start)

    @cached_property
    def names(self) -> Names:
        """Resolves the paths of this file."""
        return Names(self._use_texts(), self._nesting)

    def modules_around(self, byte: int) -> tuple[str, ...]:
        """Return the names of the inline modules that hold `byte`.

        The outermost comes first; of more than `DEEPEST` modules only the innermost are named. In the body of a macro definition, they are
        those in that body.
        """
        within = takewhile(lambda node: node.kind != "macro-rules", self.ancestors(byte))
        names = (node.name for node in within if node.kind == "mod")
        return tuple(reversed([*islice(names, DEEPEST)]))

    def macro_around(self, byte: int) -> str:
        """Return the name of the macro definition in whose body `byte` stands.

        It is empty outside of macro definitions.
        """
        if b"macro_rules" not in self.source:
            return ""
        names = (self.source[node.head_start : node.head_end].decode() for node in self.ancestors(byte) if node.kind == "macro-rules")
        return next(names, "")

    def macro_called_around(self, byte: int) -> str:
        """Return the name of the innermost macro call in whose arguments `byte` stands.

        It is empty outside of macro calls.
        """
        last = bisect_right(self._calls, byte, key=lambda node: node.start_byte)
        around = next((node for node in reversed(self._calls[:last]) if byte < node.end_byte), None)
        path = around.child_by_field_name("macro") if around else None
        return self.source[path.start_byte : path.end_byte].decode().rpartition("::")[2] if path else ""

    @cached_property
    def _calls(self) -> list[Node]:
        return sorted((node for node in self._scan.events["macro"] if self._is_long(node)), key=lambda node: node.start_byte)

    def _is_long(self, node: Node) -> bool:
        """Return whether a macro call can hold an item."""
        return self.source.find(b"pub", node.start_byte, node.end_byte) >= 0 or self.source.find(b"fn", node.start_byte, node.end_byte) >= 0

    def _use_texts(self) -> Iterator[tuple[int, str]]:
        return (
            (tree_node.start_byte, self.source[tree_node.start_byte : tree_node.end_byte].decode(errors="replace"))
            for tree_node in self._scan.events["use"]
        )

    # items and declarations

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every function and signature, in source order."""
        return tuple(
            build_function(node, self.lines, test=self.is_test(node.start)) for node in self.outline_nodes if isinstance(node, FunctionNode)
        )

    @cached_property
    def impls(self) -> tuple[Impl, ...]:
        """Every `impl` block, in source order."""
        return tuple(build_impl(node, self.lines, test=self.is_test(node.start)) for node in self.outline_nodes if node.kind == "impl")

    @cached_property
    def traits(self) -> tuple[Trait, ...]:
        """Every trait, in source order."""
        required = Counter(id(node.parent) for node in self.outline_nodes if isinstance(node, FunctionNode) and node.required)
        return tuple(
            Trait(node.item, node.head_start, node.head_end, required[id(node)], self.is_test(node.start))
            for node in self.outline_nodes
            if node.kind == "trait"
        )

    @cached_property
    def modules(self) -> tuple[ModuleDeclaration, ...]:
        """Every `mod name;`, `mod name { .. }` and `include!(..)`."""
        return tuple(declared_modules(self, self._scan.events["macro"])) if may_declare_files(self.source) else ()

    @cached_property
    def exports(self) -> tuple[Export, ...]:
        """Every leaf of a `pub use` outside functions."""
        if not _EXPORT.search(self.source):
            return ()
        return tuple(
            Export(self.modules_around(start), use.path, use.name, self.macro_around(start))
            for start, text in self._use_texts()
            if _PUBLIC.match(text)
            for use in leaves(text)
        )

    @cached_property
    def types(self) -> tuple[TypeDeclaration, ...]:
        """Every struct, enum, union and trait."""
        return tuple(
            TypeDeclaration(self.modules_around(node.start), node.name, "pub" in node.words, self.macro_around(node.start))
            for node in self.outline_nodes
            if node.kind in {"type", "trait"}
        )

    @cached_property
    def test_modules(self) -> tuple[tuple[int, int], ...]:
        """The bytes of the outermost test modules, their attributes included."""
        modules = [node for node in self.outline_nodes if node.kind == "mod" and node.body and self.is_test(node.start)]
        return tuple(merge_ranges((self.beginning(node.start), node.end) for node in modules))

    @cached_property
    def code_lines(self) -> list[int]:
        """For each 0-based line, the lines of code before it.

        The last value counts all of the file's lines of code.
        """
        return self.lines.code_before(self.comments)

    @property
    def is_program(self) -> bool:
        """True if the file has a `fn main` at its top level."""
        return b"main" in self.source and any(function.item == "main" for function in self.functions)

    def lines_of_code(self, start: int, end: int) -> int:
        """Count the lines of code between two bytes.

        A brace at either end is not counted.
        """
        inner = self.source[start + 1 : end - 1]
        among = self.comments[bisect_right(self.comments, (start, end)) : bisect_left(self.comments, (end,))]
        comments = [(first - start - 1, last - start - 1) for first, last in among]
        return Lines(inner).code_before(comments)[-1]

    # helpers

    @cached_property
    def _first_attributes(self) -> dict[int, int]:
        outer = [attribute for attribute in self.attributes if attribute.target_end and not attribute.inner]
        return {attribute.target_start: attribute.start for attribute in reversed(outer)}
