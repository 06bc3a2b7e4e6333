"""Mask unsupported syntax by the table of workarounds.

A mask has as many bytes as what it covers. The table is tried only on files that did not parse.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain

from tree_sitter import Node

from rustgate.syntax.grammar_workarounds.table import REACH, WORKAROUNDS, Workaround

_ROUNDS = 3
"""One mask can uncover what another is for; three passes over the table are enough for every file seen."""

CONFLICT = re.compile(rb"^(?:<{7}|\|{7}|={7}|>{7})(?:[ \t][^\n]*|\r?$)", re.MULTILINE)
"""The marker lines that git writes where it could not merge; no line of Rust begins like that."""
_BOTH_ENDS = (b"<<<<<<<", b">>>>>>>")
_UNREADABLE = b"\\"
"""A byte that is an error wherever it stands, and disturbs nothing around it."""

_OPAQUE = re.compile(
    rb"""//[^\n]*|/\*|(?<!\w)[bc]?r(\#*)".*?(?:"\1|\Z)|"(?:[^"\\]|\\.)*+(?:"|\Z)|'(?:\\[^\n]+?|[^\\'][\x80-\xbf]*)'""",
    re.DOTALL | re.VERBOSE,
)
_COMMENT_MARK = re.compile(rb"/\*|\*/")
_BLANK = b" \t\r\n"
_AS_BLANKS = bytes(byte if byte in _BLANK else ord(" ") for byte in range(256))
_AS_QUOTES = bytes(byte if byte in b"\n" else ord('"') for byte in range(256))


def mask_unsupported_syntax(source: bytes, root: Node, parse: Callable[[bytes], Node]) -> tuple[bytes, Node]:
    """Mask unsupported syntax in a source with errors; return source and tree.

    Positions in the masked source are positions in `source`.

    Of a merge conflict only the marker lines are errors then, and both sides are read as code. A mask is tried on the lines of the errors
    only, and kept if it leaves fewer of them or shrinks them by more bytes than it hides. A file that is an expression gets a semicolon
    at its end.
    """
    isolated = _isolate_conflict_markers(source)
    source, root = (source, root) if isolated == source else (isolated, parse(isolated))
    source, root = _end_expression(source, root, parse)
    for _ in range(_ROUNDS):
        before = source
        source, root = _try_each(source, root, parse)
        if source == before or not root.has_error:
            break
    return source, root


def _end_expression(source: bytes, root: Node, parse: Callable[[bytes], Node]) -> tuple[bytes, Node]:
    """End a file that is nothing but an expression, as `include!` reads it.

    The grammar wants a semicolon there; it takes the place of the last line end. A word alone is more likely a mistake than an expression.
    """
    if not source.endswith(b"\n") or source.rstrip()[-1:] in {b"", b";", b"}"}:
        return source, root
    masked = source[:-1] + b";"
    ended = parse(masked)
    parts = [] if ended.has_error else [node for node in ended.named_children if not node.is_extra]
    is_one = [part.type for part in parts] == ["expression_statement"] and parts[0].named_children[0].type != "identifier"
    return (masked, ended) if is_one else (source, root)


def _isolate_conflict_markers(source: bytes) -> bytes:
    """Turn each merge conflict marker into an error of one byte.

    Without both ends of a conflict, such a line is some other mistake and stays as it is.
    """
    if not all(mark in source for mark in _BOTH_ENDS):
        return source
    marks = [match.span() for match in CONFLICT.finditer(_without_comments_and_literals(source))]
    if not all(any(source.startswith(mark, start) for start, _ in marks) for mark in _BOTH_ENDS):
        return source
    return _replace(source, [(start, _UNREADABLE.ljust(end - start)) for start, end in marks])


def _try_each(source: bytes, root: Node, parse: Callable[[bytes], Node]) -> tuple[bytes, Node]:
    """Try each workaround of the table once."""
    code, marks = _without_comments_and_literals(source), _error_line_marks(source, root)
    for workaround in WORKAROUNDS:
        replacements = list(_replacements(workaround, source, source if workaround.raw else code, marks))
        if not replacements:
            continue
        masked = _replace(source, replacements)
        tree = parse(masked)
        if _is_improvement(_errors_and_bytes(root), _errors_and_bytes(tree), sum(len(new) for _, new in replacements)):
            source, root = masked, tree
            code, marks = _without_comments_and_literals(source), _error_line_marks(source, root)
    return source, root


def _is_improvement(before: tuple[int, int], after: tuple[int, int], hidden: int) -> bool:
    fewer = after[0] < before[0] and after[1] <= before[1]
    return fewer or after[1] + hidden < before[1]


def _replacements(workaround: Workaround, source: bytes, code: bytes, marks: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield where a workaround matches near an error, and its replacement.

    Line ends and comments, which `code` shows as blanks, stay.
    """
    groups, length = range(1, workaround.pattern.groups + 1) or range(1), len(workaround.text)
    for match in chain.from_iterable(workaround.pattern.finditer(code, *window) for window in _search_windows(marks)):
        if b"\1" not in marks[match.start() : match.end()]:
            continue
        for start, end in (match.span(group) for group in groups if match.start(group) < match.end(group)):
            head = code[start : start + length]
            if b"\n" not in head and source.startswith(head, start):
                rest = zip(code[start + length : end], source[start + length : end], strict=True)
                yield start, workaround.text + bytes(old if shown in _BLANK else ord(" ") for shown, old in rest)


def _replace(source: bytes, replacements: list[tuple[int, bytes]]) -> bytes:
    masked = bytearray(source)
    for start, new in replacements:
        masked[start : start + len(new)] = new
    return bytes(masked)


def _error_line_marks(source: bytes, root: Node) -> bytes:
    """Mark the bytes of every line that an error touches.

    The result is as long as the source: 1 for a marked byte, 0 for any other.
    """
    marks = bytearray(len(source))
    end = -1
    for node in _errors(root):
        if node.end_byte > end:
            start = source.rfind(b"\n", 0, node.start_byte) + 1
            end = source.find(b"\n", node.end_byte)
            end = len(source) if end < 0 else end
            marks[start:end] = b"\1" * (end - start)
    return bytes(marks)


def _search_windows(marks: bytes) -> Iterator[tuple[int, int]]:
    """Yield the ranges within `REACH` bytes of a marked line.

    Each byte is in one range only. A match that would reach further is given up.
    """
    end = marks.find(b"\1")
    while end >= 0:
        start = end
        while (marked := marks.find(b"\1", end, end + 2 * REACH)) >= 0:
            after = marks.find(b"\0", marked)
            end = after if after >= 0 else len(marks)
        yield max(0, start - REACH), min(len(marks), end + REACH)
        end = marks.find(b"\1", end)


def _errors_and_bytes(root: Node) -> tuple[int, int]:
    """Return the number of errors in a tree, and their bytes."""
    spans = [node.end_byte - node.start_byte for node in _errors(root)]
    return len(spans), sum(spans)


def _errors(root: Node) -> Iterator[Node]:
    """Yield the outermost ERROR and MISSING nodes."""
    cursor = root.walk()
    while node := cursor.node:
        if node.is_error or node.is_missing:
            yield node
        elif node.has_error and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _without_comments_and_literals(source: bytes) -> bytes:
    """Replace comments by blanks and literals by quotes."""
    code = bytearray(source)
    for start, end in _comments_and_literals(source):
        code[start:end] = source[start:end].translate(_AS_BLANKS if source[start] == ord("/") else _AS_QUOTES)
    return bytes(code)


def _comments_and_literals(source: bytes) -> Iterator[tuple[int, int]]:
    """Yield the byte ranges of comments, strings and characters.

    They are read from the bytes, because a tree with errors cannot be trusted with this.
    """
    position = 0
    while match := _OPAQUE.search(source, position):
        position = match.end() if match.group() != b"/*" else _end_of_comment(source, match.start())
        yield match.start(), position


def _end_of_comment(source: bytes, start: int) -> int:
    depth = 0
    for mark in _COMMENT_MARK.finditer(source, start):
        depth += 1 if mark.group() == b"/*" else -1
        if not depth:
            return mark.end()
    return len(source)
