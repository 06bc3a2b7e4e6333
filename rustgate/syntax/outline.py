"""The sweep over a file's outline events: what stands inside what, which code is test code, and every function with its metrics."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice

from rustgate.model.file import Export, ModuleDeclaration, TypeDeclaration
from rustgate.syntax.attribute_targets import read_attributes
from rustgate.syntax.attributes import Attribute, LintLevel, hides, lint_levels, makes_test
from rustgate.syntax.items import Function, Impl, Trait
from rustgate.syntax.line_index import Lines
from rustgate.syntax.name_resolution import Names, leaves
from rustgate.syntax.outline_builder import sweep
from rustgate.syntax.outline_nodes import DEEPEST, Frame, FunctionFrame, Nesting
from rustgate.syntax.parse import COMMENTS, Scan, all_comments

_IN_COMMENTS = frozenset({"doc_comment", "inner_doc_comment_marker", "outer_doc_comment_marker", "!", "/", "*", "//", "/*", "*/"})

# Quick looks, which may see what is not there, but miss nothing: comments and blanks beyond ASCII can stand between any two words. Each
# begins with letters, which regular expressions find many times as fast as what begins with anything else.
_MODULE = re.compile(rb"mod[\s/\x80-\xff]")
_EXPORT = re.compile(rb"pub[\s$(\x80-\xff]*+(?:use\b|/[/*])")
_LEVELS = {b"allow": re.compile(rb"allow\s*[(/\x80-\xff]"), b"expect": re.compile(rb"expect(?<![.\w]expect)\s*[(/\x80-\xff]")}

_PUBLIC = re.compile(r"pub\b(?!\s*\()")
_PROPTEST = re.compile(rb"(?:::\s*)?(?:proptest\s*::\s*)?proptest\s*!")


class Outline:
    """What a scan's events say of a file, read by measures, checks and the conditions of rules.

    Each part is made when it is first asked for, and once: of a file that is test code from end to end, most parts never are.
    """

    def __init__(self, scan: Scan, *, test: bool) -> None:
        self.source = scan.source
        self._scan = scan
        self._given_as_test = test

    # what it is made from

    @cached_property
    def lines(self) -> Lines:
        """The lines of the source."""
        return Lines(self.source)

    @cached_property
    def comments(self) -> list[tuple[int, int]]:
        """The bytes of every comment, documentation as well, in source order."""
        return sorted((node.start_byte, node.end_byte) for node in all_comments(self._scan))

    def comment_at(self, byte: int) -> tuple[int, int] | None:
        """The bytes of the comment that holds `byte`, if one does."""
        node = self._scan.root.descendant_for_byte_range(byte, byte + 1)
        while node and node.type not in COMMENTS:
            node = node.parent if node.type in _IN_COMMENTS else None
        return (node.start_byte, node.end_byte) if node else None

    @cached_property
    def plain_comments(self) -> list[tuple[int, int]]:
        """The bytes of every comment that is no documentation, in source order."""
        return sorted((node.start_byte, node.end_byte) for node in self._scan.events["comment"])

    @cached_property
    def attributes(self) -> list[Attribute]:
        """Every attribute, in source order."""
        return sorted(read_attributes(self._scan), key=lambda attribute: attribute.start)

    @cached_property
    def lint_levels(self) -> list[tuple[Attribute, LintLevel]]:
        """Every `allow` and `expect`, with the attribute that holds it, in source order."""
        if not any(word in self.source and level.search(self.source) for word, level in _LEVELS.items()):
            return []
        return [(attribute, level) for attribute in self.attributes for level in lint_levels(attribute.name, attribute.text)]

    @cached_property
    def hiding(self) -> list[Attribute]:
        """Every `#[doc(hidden)]`, in source order."""
        return [attribute for attribute in self.attributes if hides(attribute.text)]

    @property
    def frames(self) -> list[Frame]:
        """Every construct that others stand in, sorted by its start."""
        return self._nesting.frames

    @cached_property
    def _nesting(self) -> Nesting:
        return Nesting(sweep(self._scan))

    @cached_property
    def test_ranges(self) -> list[tuple[int, int]]:
        """The bytes of the outermost test items, in source order."""
        return _merged(self._test_targets())

    @cached_property
    def _test_starts(self) -> list[int]:
        return [start for start, _ in self.test_ranges]

    @cached_property
    def whole_file_is_test(self) -> bool:
        """Whether all of the file is test code, by its place or by what it says of itself."""
        return self._given_as_test or self.test_ranges == [(0, len(self.source))]

    # where things stand

    def is_test(self, byte: int) -> bool:
        """Whether the code at `byte` is test code."""
        if self.whole_file_is_test:
            return True
        index = bisect_right(self._test_starts, byte) - 1
        return index >= 0 and byte < self.test_ranges[index][1]

    def around(self, byte: int) -> Iterator[Frame]:
        """The frames that hold `byte`, from the innermost outwards."""
        return self._nesting.around(byte)

    def first_from(self, byte: int) -> Frame | None:
        """The first frame that begins at `byte` or behind it."""
        return self._nesting.first_from(byte)

    def item(self, byte: int) -> str:
        """The qualified name of the item that holds `byte`, such as `module::Type::method`; empty at the top of a file."""
        frame = self._nesting.innermost(byte)
        return frame.item if frame else ""

    def attributes_of(self, start: int) -> Iterator[Attribute]:
        """The attributes attached to the node that begins at `start`."""
        return (attribute for attribute in self.attributes if attribute.target_start == start and not attribute.inner)

    def beginning(self, start: int) -> int:
        """The first byte of the attributes on the node that begins at `start`, or `start` when it has none."""
        return self._first_attributes.get(start, start)

    @cached_property
    def names(self) -> Names:
        """What paths in this file stand for."""
        return Names(self._use_texts(), self._nesting)

    def modules_around(self, byte: int) -> tuple[str, ...]:
        """The names of the inline modules that hold `byte`, the outermost first; of more than `DEEPEST` the innermost."""
        names = (frame.name for frame in self.around(byte) if frame.kind == "mod")
        return tuple(reversed([*islice(names, DEEPEST)]))

    def _use_texts(self) -> Iterator[tuple[int, str]]:
        return (
            (node.start_byte, self.source[node.start_byte : node.end_byte].decode(errors="replace")) for node in self._scan.events["use"]
        )

    # what there is

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every function and signature, in source order."""
        return tuple(self._function(frame) for frame in self.frames if isinstance(frame, FunctionFrame))

    @cached_property
    def impls(self) -> tuple[Impl, ...]:
        """Every `impl` block, in source order."""
        return tuple(self._impl(frame) for frame in self.frames if frame.kind == "impl")

    @cached_property
    def traits(self) -> tuple[Trait, ...]:
        """Every trait, in source order."""
        required = Counter(id(frame.parent) for frame in self.frames if isinstance(frame, FunctionFrame) and frame.required)
        return tuple(
            Trait(frame.item, frame.head_start, frame.head_end, required[id(frame)], self.is_test(frame.start))
            for frame in self.frames
            if frame.kind == "trait"
        )

    @cached_property
    def modules(self) -> tuple[ModuleDeclaration, ...]:
        """Every `mod name;` and every `mod name { .. }`."""
        if not _MODULE.search(self.source):
            return ()
        return tuple(self._module(frame) for frame in self.frames if frame.kind == "mod")

    @cached_property
    def exports(self) -> tuple[Export, ...]:
        """Every leaf of a `pub use` outside functions."""
        if not _EXPORT.search(self.source):
            return ()
        return tuple(
            Export(self.modules_around(start), use.path, use.name)
            for start, text in self._use_texts()
            if _PUBLIC.match(text)
            for use in leaves(text)
        )

    @cached_property
    def types(self) -> tuple[TypeDeclaration, ...]:
        """Every struct, enum, union and trait."""
        frames = (frame for frame in self.frames if frame.kind in {"type", "trait"})
        return tuple(TypeDeclaration(self.modules_around(frame.start), frame.name, "pub" in frame.words) for frame in frames)

    @cached_property
    def test_modules(self) -> tuple[tuple[int, int], ...]:
        """The byte ranges of the outermost test modules, from their first attribute."""
        modules = [frame for frame in self.frames if frame.kind == "mod" and frame.body and self.is_test(frame.start)]
        return tuple(_merged((self.beginning(frame.start), frame.end) for frame in modules))

    @cached_property
    def code_lines(self) -> list[int]:
        """For each 0-based line, how many lines before it hold code: the last value counts the file's lines of code."""
        return self.lines.code_before(self.comments)

    @property
    def is_program(self) -> bool:
        """Whether the file has a `fn main` at its top."""
        return b"main" in self.source and any(function.item == "main" for function in self.functions)

    def lines_of_code(self, start: int, end: int) -> int:
        """How many lines hold code of the text between two bytes, a brace at either end not counted."""
        inner = self.source[start + 1 : end - 1]
        among = self.comments[bisect_right(self.comments, (start, end)) : bisect_left(self.comments, (end,))]
        comments = [(first - start - 1, last - start - 1) for first, last in among]
        return Lines(inner).code_before(comments)[-1]

    # how it is put together

    @cached_property
    def _first_attributes(self) -> dict[int, int]:
        outer = [attribute for attribute in self.attributes if attribute.target_end and not attribute.inner]
        return {attribute.target_start: attribute.start for attribute in reversed(outer)}

    def _test_targets(self) -> Iterator[tuple[int, int]]:
        for attribute in self.attributes:
            if makes_test(attribute.name, attribute.text):
                yield self.beginning(attribute.target_start), attribute.target_end
        for node in self._scan.events["macro"]:
            if _PROPTEST.match(self.source, node.start_byte):
                yield node.start_byte, node.end_byte

    def _function(self, frame: FunctionFrame) -> Function:
        line, end_line = self.lines.number(frame.start), self.lines.number(frame.end - 1)
        return Function(
            item=frame.item,
            start=frame.start,
            end=frame.end,
            name_start=frame.head_start,
            name_end=frame.head_end,
            body_start=frame.body_start,
            line=line,
            end_line=end_line,
            lines=end_line - line + 1,
            parameters=frame.parameters,
            self_parameter=frame.self_parameter,
            bool_parameters=frame.bool_parameters,
            cyclomatic=frame.cyclomatic,
            tries=frame.tries,
            cognitive=frame.cognitive,
            nesting=len(frame.deepest),
            nesting_path=tuple(frame.deepest),
            test=self.is_test(frame.start),
            body=frame.body,
            public=frame.public,
            fixed_signature=frame.fixed_signature,
        )

    def _impl(self, frame: Frame) -> Impl:
        line, end_line = self.lines.number(frame.start), self.lines.number(frame.end - 1)
        return Impl(
            item=frame.item,
            name=frame.name,
            start=frame.start,
            head_end=frame.head_end,
            end=frame.end,
            line=line,
            end_line=end_line,
            lines=end_line - line + 1,
            test=self.is_test(frame.start),
        )

    def _module(self, frame: Frame) -> ModuleDeclaration:
        path = next((attribute for attribute in self.attributes_of(frame.start) if attribute.name == "path"), None)
        return ModuleDeclaration(
            name=frame.name,
            parents=self.modules_around(frame.start)[:-1],
            path=path.text.partition('"')[2].rpartition('"')[0] if path else None,
            test=self.is_test(frame.start),
            public="pub" in frame.words,
            inline=frame.body,
            line=self.lines.number(frame.start),
        )


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The outermost of ranges that may lie in one another, in order."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges, key=lambda span: (span[0], -span[1])):
        if not merged or start >= merged[-1][1]:
            merged.append((start, end))
    return merged
