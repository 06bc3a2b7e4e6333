"""What stands in comments and should not: reminders that nobody tracks, and code that nobody runs."""

import re
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import Captures, File, Match, parse_rust

# reminders
_REMINDERS = (b"TODO", b"FIXME", b"XXX", b"HACK")
_REMEDIES = {b"XXX": "resolve it now", b"HACK": "replace it now"}
_WORD = rb"(?:" + b"|".join(_REMINDERS) + rb")\b"
_REMINDER = re.compile(_WORD + rb"(?![-.]\w|['\"`])")
_SENTENCE_START = re.compile(rb"(?:^(?:[/*!\s]*#!?\[.*\])?|(?<!e\.g)(?<!i\.e)[.!?;:]['\")\]*_]*\s|[(\[{])(?:[^\w'\"`\x80-\xff]|\xe2..)*$")
_LINK = re.compile(rb"\s*\([^()\n]*#\d[^()\n]*\)|[^\n]*(?:\n[ \t]*(?://|\*)[^\n]*)?\bhttps?://")

# comments that are not read as code: documentation, other tools' marks, and lines that set a whole comment apart
_DOCS = (b"///", b"//!", b"/**", b"/*!")
_APART = re.compile(rb"//(?:[/!~@]|\s*rustgate\s*:)")
_NOT_FOR_PARSING = re.compile(rb"\s*(?:```|safety\s*:)", re.IGNORECASE)

# lines that may begin a statement or an item, and lines above that belong to it
_OPENING = re.compile(
    rb"\s*(?:#!?\[|[{(*&]"
    rb"|(?:async|break|const|continue|enum|extern|fn|for|if|impl|let|loop|match|mod|pub|return|static|struct|trait|type|unsafe|use|while)\b"
    rb"|[A-Za-z_][\w:]*\s*(?:[(.!=\[<]|[-+*/|&^%]=))"
)
_PREFACE = re.compile(rb"\s*(?:#!?\[|//)|.*[{(]$")

# what is not meant to run: with something left out, a formula without a call, a named field or a path, words that are code by chance,
# and code that says behind it that it is wrong or explains
_SKETCH = re.compile(rb"\b(?:i\.e|e\.g)\.|\.\.\.|[{(=]\s*\.\.\s*[});]|,\s*\.\.\s*\)\s*[;.?]|\bO\(")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_FORMULA = re.compile(rb"\w+(?:\.\d++(?=.*\s[-+*/]\s))?\s*\S?=(?!.*(?:\w!?\(|\.[a-z_]|::)).*", re.DOTALL)
_WORDS = re.compile(rb"(?:return|break) (?!(?:true|false|self);)[a-z]\w*;")
_WRONG = re.compile(rb"[;}]\s*//(?:\s*error|[^\n/]*\b(?:an error|explanation))\b", re.IGNORECASE)

# what stands around code in a comment: words (two in a row, or a heading), words that announce an example, and others
_PROSE = re.compile(rb"(?!\s*(?:#!?\[|//|[.})])).*(?:[A-Za-z\x80-\xff]{2} [A-Za-z\x80-\xff]{2}.*(?<![{};(])|:|" + _WORD + rb".*)$")
_LEADS_ON = re.compile(
    rb"(?:[:,]|\b(?:and|are|as|be|by|case|example|ex|following|form|from|have|into|is|like|means|of|or|the|this|to|use|with|write|[ei]\.[eg])"
    rb"\.?)\s*$",
    re.IGNORECASE,
)
_SWITCHED_OFF = re.compile(_WORD + rb"|\b(?i:uncomment\w*|comment\w* out|re-?enabled?|disabled?)\b")
_CAPITAL = re.compile(rb"\s*[A-Z]")
_POINTER = re.compile(rb"\s*(?:[\^|~]|--|/\\)")
_CLOSING = re.compile(rb"[\s)\]};,]*")

# the end of a statement with a comment of its own behind it
_TRAILED = re.compile(rb"[;}]\s*//")

_TRIES, _REACH = 12, 8192
"""How many lines of a comment are tried as the first of some code, and how many bytes from there on: a comment can be a whole file."""

_STATEMENTS = frozenset({
    "const_item", "enum_item", "extern_crate_declaration", "foreign_mod_item", "function_item", "impl_item", "let_declaration",
    "macro_definition", "mod_item", "static_item", "struct_item", "trait_item", "type_item", "use_declaration",
})  # fmt: skip
_EXPRESSIONS = frozenset({
    "assignment_expression", "await_expression", "break_expression", "call_expression", "compound_assignment_expr", "continue_expression",
    "for_expression", "if_expression", "loop_expression", "macro_invocation", "match_expression", "return_expression", "try_expression",
    "unsafe_block", "while_expression",
})  # fmt: skip
_PLACES = frozenset({"block", "declaration_list", "source_file", "token_tree"})
_BESIDE = frozenset({"attribute_item", "block_comment", "empty_statement", "inner_attribute_item", "line_comment"})


class Line(Struct, frozen=True):
    """A line of a comment: its bytes in the file, and its text without the marks of the comment."""

    start: int
    end: int
    text: bytes


def todo_comment(file: File, _matches: list[Captures]) -> Iterator[Match]:
    """The reminders at the start of a comment or of one of its sentences; with `allow-issue-links` not those that name an issue."""
    source = file.scan.source
    if not any(word in source for word in _REMINDERS):  # a tenth of what the expression takes
        return
    for word in _REMINDER.finditer(source):
        comment = file.outline.comment_at(word.start())
        if comment is None:
            continue
        line_start = max(comment[0], source.rfind(b"\n", 0, word.start()) + 1, word.start() - 200)
        linked = file.options["allow-issue-links"] and _LINK.match(source, word.end())
        if _SENTENCE_START.search(source[line_start : word.start()]) and not linked:
            yield Match(word.start(), word.end(), {"word": word[0].decode(), "remedy": _REMEDIES.get(word[0], "do it now")})


def commented_out_code(file: File, _matches: list[Captures]) -> Iterator[Match]:
    """The first line of code in each run of line comments, and in each block comment, that holds statements or items."""
    for lines in _runs(file):
        if not any(_NOT_FOR_PARSING.match(line.text) for line in lines):
            first = _first_code(lines)
            if first and _may_hold_statements(file.scan.root, first):
                yield Match(first.start, first.end)


def _may_hold_statements(root: Node, line: Line) -> bool:
    """Whether a statement or an item could stand where the comment does; among variants, fields or arguments it could not."""
    comment = root.descendant_for_byte_range(line.start, line.end)
    return comment is not None and comment.parent is not None and comment.parent.type in _PLACES


def _runs(file: File) -> Iterator[list[Line]]:
    """The lines of each run of comments of which one at least ends as a statement does; most comments are done with here."""
    source, comments = file.scan.source, file.outline.plain_comments
    following = 0
    for index, (start, end) in enumerate(comments):
        if index < following or source.startswith(_DOCS, start):
            continue
        text = source[start:end].rstrip()
        ends = text.endswith((b";", b"}", b"*/")) or (text.rfind(b"//") > 0 and _TRAILED.search(text))
        if not ends or _APART.match(text):
            continue
        if not text.startswith(b"/*"):
            first, following = _neighbours(file, index)
            yield [Line(*span, source[span[0] + 2 : span[1]].rstrip()) for span in comments[first:following]]
        elif b";" in text or b"}" in text:
            yield list(_block_lines(text, start, margin=start - source.rfind(b"\n", 0, start)))


def _neighbours(file: File, index: int) -> tuple[int, int]:
    """The range of the line comments that stand on consecutive lines around the one at `index`, with nothing between them."""
    source, comments = file.scan.source, file.outline.plain_comments
    first = last = index
    while first > 0 and _follows(source, comments[first - 1], comments[first]):
        first -= 1
    while last + 1 < len(comments) and _follows(source, comments[last], comments[last + 1]):
        last += 1
    return first, last + 1


def _follows(source: bytes, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether `other` begins the line below `one`, and both are plain line comments."""
    workaround = source[one[1] : other[0]]
    plain = all(source.startswith(b"//", start) and not _APART.match(source, start) for start, _ in (one, other))
    return plain and workaround.count(b"\n") == 1 and not workaround.strip()


def _block_lines(text: bytes, start: int, margin: int) -> Iterator[Line]:
    """The lines of a block comment that begins at `start`, without stars down its left side; the first is set in by `margin`."""
    body = text[2:-2]
    pieces = body.split(b"\n")
    starred = all(piece.lstrip().startswith(b"*") or not piece.strip() for piece in pieces[1:])
    position = start + 2
    for piece in pieces:
        shown = re.sub(rb"^(\s*)\*", rb"\1", piece) if starred else piece
        begin = position + len(piece) - len(piece.lstrip())
        yield Line(begin, begin + len(piece.strip()), (b" " * margin + shown).rstrip())
        position += len(piece) + 1
        margin = 0


def _first_code(lines: list[Line]) -> Line | None:
    """The line where the code of a run begins; None when it has none, or only shows some to explain what it says."""
    openings = (index for index, line in enumerate(lines) if _OPENING.match(line.text))
    for index in islice(openings, _TRIES):
        count = _lines_of_code(b"\n".join(line.text for line in lines[index:])[:_REACH])
        if count:
            first = _first_of_item(lines, index)
            return None if _illustrates(lines, first, index + count) else lines[first]
    return None


def _first_of_item(lines: list[Line], index: int) -> int:
    """The line where the item begins that line `index` belongs to, as far as lines above it open a block or hold its attributes."""
    first = index
    while first and _PREFACE.match(lines[first - 1].text):
        first -= 1
    return next(at for at in range(first, index + 1) if at == index or not lines[at].text.lstrip().startswith(b"//"))


def _lines_of_code(text: bytes) -> int:
    """How many of the first lines of `text` are statements and items that parse and that prose would not hold."""
    count = end = 0
    for node in parse_rust(text).children:
        if node.has_error or not (node.type in _BESIDE or _is_code(node)):
            break
        end = node.end_byte
        by_chance = any(pattern.fullmatch(text, node.start_byte, end) for pattern in (_FORMULA, _WORDS))
        count += node.type not in _BESIDE and not by_chance
    rest = text[end:].split(b"\n", 1)[0].strip()
    code = _STRING.sub(b"", text[:end])
    if not count or rest or _SKETCH.search(code) or _WRONG.search(code):
        return 0
    return text.count(b"\n", 0, end) + 1


def _is_code(node: Node) -> bool:
    if node.type != "expression_statement":
        return node.type in _STATEMENTS
    return node.child(0).type in _EXPRESSIONS


def _illustrates(lines: list[Line], first: int, end: int) -> bool:
    """Whether the code from line `first` up to `end` shows what the prose around it is about, rather than being switched off."""
    after = next((line.text for line in lines[end:] if not _CLOSING.fullmatch(line.text)), b"")
    if _POINTER.match(after):
        return True
    above = next((index for index in range(first - 1, -1, -1) if _PROSE.match(lines[index].text)), None)
    if above is None:
        return _PROSE.match(after) is not None and _CAPITAL.match(after) is not None and not _SWITCHED_OFF.search(after)
    prose = lines[above].text
    if _PROSE.match(after) or _indentation(lines[first].text) >= _indentation(prose) + 2:
        return True
    leads_on = first - above > 1 or _LEADS_ON.search(prose)
    return bool(leads_on) and not _SWITCHED_OFF.search(prose)


def _indentation(text: bytes) -> int:
    return len(text) - len(text.lstrip())
