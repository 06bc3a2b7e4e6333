"""Whether unsafe blocks and impls say why they are sound, in a SAFETY comment."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

from tree_sitter import Node

from rustgate.api import Captures, File, Match

SAYS = re.compile(rb"SAFETY:", re.IGNORECASE)
_BEGINS = re.compile(rb"(?://|/\*)\s*SAFETY:", re.IGNORECASE)
_DOC_FENCE = re.compile(rb"///\s*```")
_BLANK = re.compile(rb"\s*")
_HOLDERS = frozenset({"function", "signature", "impl", "trait", "type", "extern"})
_FARTHEST = 64
_PARTS = frozenset({"arguments", "base_field_initializer", "else_clause", "field_initializer_list", "let_chain", "let_condition"})
_DECLARATIONS = frozenset({"let_declaration", "const_item", "static_item"})
_BRANCHES = frozenset({f"{kind}_expression" for kind in ("if", "match", "while", "for", "try", "await")} | {"macro_invocation"})
FORMATTING = frozenset({b"format", b"format_args", b"write", b"writeln", b"panic", b"todo", b"unimplemented", b"unreachable"})


def undocumented_unsafe(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Hits for the unsafe blocks (`block`) and impls that no SAFETY comment belongs to; the region is `unsafe`, or `unsafe impl`."""
    comments = SafetyComments(file)
    for captures in matches:
        word, block = captures["finding"][0], captures.get("block")
        found = comments.of_block(block[0]) if block else comments.above(word.start_byte)
        if found is None:
            end = word.end_byte if block else captures["impl"][0].end_byte
            yield Match(word.start_byte, end, {"what": "block" if block else "impl"})


class SafetyComments:
    """Finds the comment that says why a piece of unsafe code is sound, where clippy looks for it; answers are its first byte, or None."""

    def __init__(self, file: File) -> None:
        self._outline = file.outline
        self._source, self._lines = file.outline.source, file.outline.lines
        self._scan = file.scan
        self._seen: dict[tuple[int, int, int], int | None] = {}

    @cached_property
    def _macros(self) -> dict[tuple[int, int], Node]:
        """The macro invocations of the file by the bytes of their bodies."""
        return {(node.children[-1].start_byte, node.end_byte): node for node in self._scan.events["macro"]}

    def of_block(self, block: Node) -> int | None:
        """First inside the braces, above the line of `unsafe`, or above the statement that holds the block."""
        found = self._inside(block)
        if found is None:
            found = self.above(block.start_byte)
        if found is None and (statement := self._statement(block)) is not None:
            found = self.above(statement)
        return found

    def above(self, byte: int) -> int | None:
        """Above the line of `byte`, blanks and attributes apart: a run of `//` lines, a block comment, or the end of a line of code."""
        asked = (self._lines.number(byte), *self._bounds(byte))
        if asked not in self._seen:
            self._seen[asked] = self._above_line(*asked)
        return self._seen[asked]

    def _above_line(self, line: int, floor: int, code_from: int) -> int | None:
        number = line - 1
        while number > floor and _is_passed_over(self._text(number)):
            number -= 1
        if number <= floor:
            return None
        if self._text(number).startswith(b"//"):
            return self._in_run(number, floor)
        beside = self._beside(number) if number >= code_from else None
        return self._in_block(number, self._lines.start(line)) if beside is None else beside

    def _bounds(self, byte: int) -> tuple[int, int]:
        """The line that ends the search, that of the function around it, and the first whose code may have the comment at its end."""
        outermost = byte
        for outline_node in self._outline.ancestors(byte):
            if outline_node.kind == "mod":
                break
            if outline_node.kind in _HOLDERS and outline_node.start < byte:
                floor = self._lines.number(outline_node.start)
                return floor, floor + 1
            outermost = outline_node.start
        return 0, self._lines.number(outermost)

    def _text(self, number: int) -> bytes:
        return self._source[self._lines.start(number) : self._lines.end(number)].strip()

    def _inside(self, block: Node) -> int | None:
        body = block.child(block.child_count - 1)
        first = _BLANK.match(self._source, body.start_byte + 1)
        return first.end() if first and _BEGINS.match(self._source, first.end()) else None

    def _in_run(self, number: int, floor: int) -> int | None:
        """The line with `SAFETY:` in the `//` lines that end at a line; what doc comments show as code does not count."""
        in_code = False
        while number > floor:
            text = self._text(number)
            if text.startswith(b"//"):
                in_code ^= bool(_DOC_FENCE.match(text))
                if not in_code and SAYS.search(text):
                    return self._source.index(b"//", self._lines.start(number))
            elif not _is_passed_over(text):
                return None
            number -= 1
        return None

    def _beside(self, number: int) -> int | None:
        """The first comment that starts on a line, if it begins with SAFETY."""
        if not SAYS.search(self._source, self._lines.start(number), self._lines.end(number)):
            return None
        comments = self._outline.comments
        index = bisect_left(comments, (self._lines.start(number),))
        start = comments[index][0] if index < len(comments) else len(self._source)
        return start if start < self._lines.end(number) and _BEGINS.match(self._source, start) else None

    def _in_block(self, number: int, until: int) -> int | None:
        """The block comment with `SAFETY:` that ends on a line and stands alone on its lines, nothing but blanks after it up to a byte."""
        end = self._lines.end(number)
        if b"*/" not in self._source[self._lines.start(number) : end]:
            return None
        index = bisect_left(self._outline.comments, (end,)) - 1
        start, stop = self._outline.comments[index] if index >= 0 else (end, end)
        before = self._source[self._lines.start(self._lines.number(start)) : start]
        alone = not before.strip() and _BLANK.fullmatch(self._source, min(stop, until), until)
        return start if alone and SAYS.search(self._source, start, stop) else None

    def _statement(self, block: Node) -> int | None:
        """Where the statement that holds a block begins; None if it is an `if`, `match`, loop, `?` or macro: its comment is its own."""
        node = block
        for _ in range(_FARTHEST):
            parent = node.parent
            macro = self._macros.get((node.start_byte, node.end_byte))
            if macro and macro_name(macro) in FORMATTING:
                return None
            if macro:
                node = macro
            elif parent and parent.type in _DECLARATIONS:
                return parent.start_byte
            elif parent and parent.type == "assignment_expression":
                return next(child.start_byte for child in parent.children if child.type == "=")
            elif parent and _is_operand(node, parent):
                node = parent
            else:
                break
        return None if node.type in _BRANCHES else node.start_byte


def _is_passed_over(text: bytes) -> bool:
    """Whether a line between a comment and its code does not part them: a blank one, or an attribute that ends on it."""
    return not text or (text.startswith(b"#[") and text.endswith(b"]"))


def macro_name(macro: Node) -> bytes:
    """The last segment of the path of a macro that is called."""
    return (macro.child(0).text or b"").rpartition(b"::")[2].strip()


def _is_operand(node: Node, parent: Node) -> bool:
    """Whether the compiler, too, takes a node for a part of its parent: not an end of `a..b`, a struct, nor the length of an array."""
    if parent.type == "range_expression":
        return all(child.type != ".." for child in parent.children)
    if parent.type == "array_expression":
        return parent.child_by_field_name("length") != node
    return parent.type.endswith(("_expression", "_expr")) or parent.type in _PARTS
