"""SAFETY comments of unsafe blocks and impls.

They say why the code is sound.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

from tree_sitter import Node

from rustgate.api import Captures, File, Match

_SAFETY = re.compile(rb"SAFETY:", re.IGNORECASE)
_BEGINS_WITH_SAFETY = re.compile(rb"(?://|/\*)\s*SAFETY:", re.IGNORECASE)
_DOC_FENCE = re.compile(rb"///\s*```")
_BLANK = re.compile(rb"\s*")
_HOLDERS = frozenset({"function", "signature", "impl", "trait", "type", "extern"})
_MOST_PARENTS = 64
"""Parents of a block that are searched for its statement: each costs the depth of the tree in time."""
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
        number = line - 1
        while number > outer_line and _is_skipped(self._text(number)):
            number -= 1
        if number <= outer_line:
            return None
        if self._text(number).startswith(b"//"):
            return self._in_line_comments(number, outer_line)
        after_code = self._after_code(number) if number >= first_code_line else None
        return self._in_block_comment(number, self._lines.start(line)) if after_code is None else after_code

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
            elif not _is_skipped(text):
                return None
            number -= 1
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
        return start if alone and _SAFETY.search(self._source, start, stop) else None

    def _statement(self, block: Node) -> int | None:
        """Return the start of the statement around a block.

        None if that is an `if`, `match`, loop, `?` or macro: a comment above it is about that.
        """
        node = block
        for _ in range(_MOST_PARENTS):
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


def _is_skipped(text: bytes) -> bool:
    """Return whether a comment's code may follow below this line.

    The line is blank, or an attribute ends on it.
    """
    return not text or (text.startswith(b"#[") and text.endswith(b"]"))


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
