"""SAFETY comments of unsafe blocks and impls.

They say why the code is sound.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

from tree_sitter import Node

from rustgate.api import FARTHEST, Captures, File, Match

_SAFETY = re.compile(rb"SAFETY:", re.IGNORECASE)
_BEGINS_WITH_SAFETY = re.compile(rb"(?://|/\*)\s*SAFETY:", re.IGNORECASE)
_DOC_FENCE = re.compile(rb"(?://[/!]|/?[\s*!]*)\s*(?:```|~~~)")
_DOC_BLOCKS = (b"/**", b"/*!")
_BLANK = re.compile(rb"\s*")
_HOLDERS = frozenset({"function", "signature", "impl", "trait", "type", "extern"})
_PARTS = frozenset({"arguments", "base_field_initializer", "else_clause", "field_initializer_list", "let_chain", "let_condition"})
_DECLARATIONS = frozenset({"let_declaration", "const_item", "static_item"})
_BRANCHES = frozenset({f"{kind}_expression" for kind in ("if", "match", "while", "for", "try", "await")} | {"macro_invocation"})
FORMATTING = frozenset({b"format", b"format_args", b"write", b"writeln", b"panic", b"todo", b"unimplemented", b"unreachable"})


def undocumented_unsafe(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Report unsafe blocks and impls without a SAFETY comment.

    The finding is at the word `unsafe`, or at `unsafe impl`.
    """
    comments = SafetyComments(file)
    for captures in matches:
        word, block = captures["finding"][0], captures.get("block")
        found = comments.of_block(block[0]) if block else comments.above(word.start_byte)
        if found is None:
            end = word.end_byte if block else captures["impl"][0].end_byte
            yield Match(word.start_byte, end, {"what": "block" if block else "impl"})


class SafetyComments:
    """Finder of SAFETY comments, which looks where clippy does.

    A result is the first byte of the comment, or None.
    """

    def __init__(self, file: File) -> None:
        self._outline = file.outline
        self._source, self._lines = file.outline.source, file.outline.lines
        self._scan = file.scan
        self._known: dict[tuple[int, int, int], int | None] = {}

    @cached_property
    def _macros(self) -> dict[tuple[int, int], Node]:
        """Return macro invocations by the bytes of their bodies."""
        return {(node.children[-1].start_byte, node.end_byte): node for node in self._scan.events["macro"]}

    def of_block(self, block: Node) -> int | None:
        """Find the comment of an unsafe block.

        First inside the braces, then above the line of `unsafe`, then above the statement that holds the block.
        """
        found = self._inside(block)
        if found is None:
            found = self.above(block.start_byte)
        if found is None and (statement := self._statement(block)) is not None:
            found = self.above(statement)
        return found

    def above(self, byte: int) -> int | None:
        """Find the comment above the line of `byte`.

        Blank lines and attributes may be between. The comment is in a run of `//` lines, a block comment, or at the end of a line of code.
        """
        search = (self._lines.number(byte), *self._bounds(byte))
        if search not in self._known:
            self._known[search] = self._above_line(*search)
        return self._known[search]

    def _above_line(self, line: int, outer_line: int, first_code_line: int) -> int | None:
        """Find the comment above a line but below `outer_line`.

        From `first_code_line` on it may be at the end of a line of code.
        """
        number = self._past_attributes(line - 1, outer_line)
        if number <= outer_line:
            return None
        if self._text(number).startswith(b"//"):
            return self._in_line_comments(number, outer_line)
        after_code = self._after_code(number) if number >= first_code_line else None
        return self._in_block_comment(number, self._lines.start(line)) if after_code is None else after_code

    def _past_attributes(self, number: int, outer_line: int) -> int:
        """Return the first line above that is neither blank nor an attribute's.

        It is `number` itself, or one further up, and never above `outer_line`.
        """
        while number > outer_line:
            text = self._text(number)
            if not text or (text.startswith(b"#[") and text.endswith(b"]")):
                number -= 1
            elif text.endswith(b"]") and number in self._attributes_by_end:
                number = self._attributes_by_end[number] - 1
            else:
                break
        return number

    @cached_property
    def _attributes_by_end(self) -> dict[int, int]:
        """Return the first line of each attribute of several lines, by its last.

        Attributes with code beside them are left out.
        """
        lines = {self._lines.number(one.end - 1): self._lines.number(one.start) for one in self._outline.attributes if not one.inner}
        return {last: first for last, first in lines.items() if first < last and self._text(first).startswith(b"#[")}

    def _bounds(self, byte: int) -> tuple[int, int]:
        """Return where a search upwards has to end.

        That is the line where the function or item around `byte` begins, and the first line whose code may have the comment at its end.
        """
        outermost = byte
        for outline_node in self._outline.ancestors(byte):
            if outline_node.kind == "mod":
                break
            if outline_node.kind in _HOLDERS and outline_node.start < byte:
                line = self._lines.number(outline_node.start)
                return line, line + 1
            outermost = outline_node.start
        return 0, self._lines.number(outermost)

    def _text(self, number: int) -> bytes:
        """Return a line without blanks around it."""
        return self._source[self._lines.start(number) : self._lines.end(number)].strip()

    def _inside(self, block: Node) -> int | None:
        """Find the comment that a block begins with."""
        body = block.child(block.child_count - 1)
        first = _BLANK.match(self._source, body.start_byte + 1)
        return first.end() if first and _BEGINS_WITH_SAFETY.match(self._source, first.end()) else None

    def _in_line_comments(self, number: int, outer_line: int) -> int | None:
        """Find `SAFETY:` in a run of `//` lines.

        The last one is line `number`. Code in doc comments does not count.
        """
        in_code = False
        while number > outer_line:
            text = self._text(number)
            if text.startswith(b"//"):
                in_code ^= bool(_DOC_FENCE.match(text))
                if not in_code and _SAFETY.search(text):
                    return self._source.index(b"//", self._lines.start(number))
                number -= 1
            elif (above := self._past_attributes(number, outer_line)) < number:
                number = above
            else:
                return None
        return None

    def _after_code(self, number: int) -> int | None:
        """Find a SAFETY comment at the end of code.

        It is the first comment that starts on the line.
        """
        if not _SAFETY.search(self._source, self._lines.start(number), self._lines.end(number)):
            return None
        comments = self._outline.comments
        index = bisect_left(comments, (self._lines.start(number),))
        start = comments[index][0] if index < len(comments) else len(self._source)
        return start if start < self._lines.end(number) and _BEGINS_WITH_SAFETY.match(self._source, start) else None

    def _in_block_comment(self, number: int, until: int) -> int | None:
        """Find a SAFETY block comment that ends on a line.

        No code is on its lines, and only blanks follow it up to `until`.
        """
        end = self._lines.end(number)
        if b"*/" not in self._source[self._lines.start(number) : end]:
            return None
        index = bisect_left(self._outline.comments, (end,)) - 1
        start, stop = self._outline.comments[index] if index >= 0 else (end, end)
        before = self._source[self._lines.start(self._lines.number(start)) : start]
        alone = not before.strip() and _BLANK.fullmatch(self._source, min(stop, until), until)
        return start if alone and _says_safety(self._source[start:stop]) else None

    def _statement(self, block: Node) -> int | None:
        """Return the start of the statement around a block.

        None if that is an `if`, `match`, loop, `?` or macro: a comment above it is about that.
        """
        node = block
        for _ in range(FARTHEST):
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


def _says_safety(comment: bytes) -> bool:
    """Return whether a block comment says `SAFETY:`.

    What the code blocks of documentation say does not count.
    """
    if not comment.startswith(_DOC_BLOCKS):
        return bool(_SAFETY.search(comment))
    in_code = False
    for line in comment.split(b"\n"):
        in_code ^= bool(_DOC_FENCE.match(line))
        if not in_code and _SAFETY.search(line):
            return True
    return False


def macro_name(macro: Node) -> bytes:
    """Return a macro's name without its path."""
    return (macro.child(0).text or b"").rpartition(b"::")[2].strip()


def _is_operand(node: Node, parent: Node) -> bool:
    """Return whether a node is part of its parent.

    The compiler must think so too: an end of `a..b` is not (it is a field of a struct), nor is the length of an array.
    """
    if parent.type == "range_expression":
        return all(child.type != ".." for child in parent.children)
    if parent.type == "array_expression":
        return parent.child_by_field_name("length") != node
    return parent.type.endswith(("_expression", "_expr")) or parent.type in _PARTS
