"""Code in comments, which nobody runs."""

import re
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import Captures, File, Match, parse_rust
from rustgate.checks.hygiene.todo_comments import REMINDER_WORD

# comments that are not read as code: documentation, marks of other tools, and lines that exempt the whole comment
_DOCS = (b"///", b"//!", b"/**", b"/*!")
_OTHER_TOOLS = re.compile(rb"//(?:[/!~@]|\s*rustgate\s*:)")
_NOT_FOR_PARSING = re.compile(rb"\s*(?:```|safety\s*:)", re.IGNORECASE)

# lines that may begin a statement or an item, and lines above that belong to it
_OPENING = re.compile(
    rb"\s*(?:#!?\[|[{(*&]"
    rb"|(?:async|break|const|continue|enum|extern|fn|for|if|impl|let|loop|match|mod|pub|return|static|struct|trait|type|unsafe|use|while)\b"
    rb"|[A-Za-z_][\w:]*\s*(?:[(.!=\[<]|[-+*/|&^%]=))"
)
_PREFACE = re.compile(rb"\s*(?:#!?\[|//)|.*[{(]$")

# code that is not meant to run: with an omission, a formula without a call, a named field or a path, words that are code by chance,
# and code followed by a comment that calls it wrong or an explanation
_SKETCH = re.compile(rb"\b(?:i\.e|e\.g)\.|\.\.\.|[{(=]\s*\.\.\s*[});]|,\s*\.\.\s*\)\s*[;.?]|\bO\(")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_FORMULA = re.compile(rb"\w+(?:\.\d++(?=.*\s[-+*/]\s))?\s*\S?=(?!.*(?:\w!?\(|\.[a-z_]|::)).*", re.DOTALL)
_WORDS = re.compile(rb"(?:return|break) (?!(?:true|false|self);)[a-z]\w*;")
_WRONG = re.compile(rb"[;}]\s*//(?:\s*error|[^\n/]*\b(?:an error|explanation))\b", re.IGNORECASE)

# text around code in a comment: prose (two words in a row, or a heading), words that announce an example, words that say that code is
# switched off, and others
_PROSE = re.compile(rb"(?!\s*(?:#!?\[|//|[.})])).*(?:[A-Za-z\x80-\xff]{2} [A-Za-z\x80-\xff]{2}.*(?<![{};(])|:|" + REMINDER_WORD + rb".*)$")
_ANNOUNCES = re.compile(
    rb"(?:[:,]|\b(?:and|are|as|be|by|case|example|ex|following|form|from|have|into|is|like|means|of|or|the|this|to|use|with|write|[ei]\.[eg])"
    rb"\.?)\s*$",
    re.IGNORECASE,
)
_SWITCHED_OFF = re.compile(REMINDER_WORD + rb"|\b(?i:uncomment\w*|comment\w* out|re-?enabled?|disabled?)\b")
_CAPITAL = re.compile(rb"\s*[A-Z]")
_POINTER = re.compile(rb"\s*(?:[\^|~]|--|/\\)")
_CLOSING = re.compile(rb"[\s)\]};,]*")

# the end of a statement with a comment after it
_STATEMENT_THEN_COMMENT = re.compile(rb"[;}]\s*//")

_MOST_TRIES, _MOST_BYTES = 12, 8192
"""Lines of a comment that are tried as the first one of code, and bytes that are parsed from there.

A comment can be a whole file, which must not be parsed once for each of its lines.
"""
_STATEMENTS = frozenset({
    "const_item", "enum_item", "extern_crate_declaration", "foreign_mod_item", "function_item", "function_signature_item", "impl_item",
    "let_declaration", "macro_definition", "mod_item", "static_item", "struct_item", "trait_item", "type_item", "use_declaration",
})  # fmt: skip
_EXPRESSIONS = frozenset({
    "assignment_expression", "await_expression", "break_expression", "call_expression", "compound_assignment_expr", "continue_expression",
    "for_expression", "if_expression", "loop_expression", "macro_invocation", "match_expression", "return_expression", "try_expression",
    "unsafe_block", "while_expression",
})  # fmt: skip
_STATEMENT_PARENTS = frozenset({"block", "declaration_list", "source_file", "token_tree"})
_SKIPPED = frozenset({"attribute_item", "block_comment", "empty_statement", "inner_attribute_item", "line_comment"})


class Line(Struct, frozen=True):
    """A line of a comment: its bytes and text.

    The text has no comment marks.
    """

    start: int
    end: int
    text: bytes


def commented_out_code(file: File, _matches: list[Captures]) -> Iterator[Match]:
    """Report the first line of code in each comment.

    Line comments on consecutive lines are one comment.
    """
    for lines in _candidates(file):
        if not any(_NOT_FOR_PARSING.match(line.text) for line in lines):
            first = _first_code(lines)
            if first and _may_hold_statements(file.scan.root, first):
                yield Match(first.start, first.end)


def _may_hold_statements(root: Node, line: Line) -> bool:
    """Return whether a comment is where statements may be.

    Among variants, fields or arguments no statement can be.
    """
    comment = root.descendant_for_byte_range(line.start, line.end)
    return comment is not None and comment.parent is not None and comment.parent.type in _STATEMENT_PARENTS


def _candidates(file: File) -> Iterator[list[Line]]:
    """Yield the lines of comments that may be code.

    In each, a line ends as a statement does. Most comments are ruled out here, before anything is parsed.
    """
    source, comments = file.scan.source, file.outline.plain_comments
    next_run = 0
    for index, (start, end) in enumerate(comments):
        if index < next_run or source.startswith(_DOCS, start):
            continue
        text = source[start:end].rstrip()
        ends = text.endswith((b";", b"}", b"*/")) or (text.rfind(b"//") > 0 and _STATEMENT_THEN_COMMENT.search(text))
        if not ends or _OTHER_TOOLS.match(text):
            continue
        if not text.startswith(b"/*"):
            first, next_run = _run_around(file, index)
            yield [Line(*span, source[span[0] + 2 : span[1]].rstrip()) for span in comments[first:next_run]]
        elif b";" in text or b"}" in text:
            yield list(_block_lines(text, start, margin=start - source.rfind(b"\n", 0, start)))


def _run_around(file: File, index: int) -> tuple[int, int]:
    """Return the run of line comments around `index`.

    It is a range of comments on consecutive lines, with nothing between them.
    """
    source, comments = file.scan.source, file.outline.plain_comments
    first = last = index
    while first > 0 and _follows(source, comments[first - 1], comments[first]):
        first -= 1
    while last + 1 < len(comments) and _follows(source, comments[last], comments[last + 1]):
        last += 1
    return first, last + 1


def _follows(source: bytes, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Return whether two plain line comments are consecutive.

    Nothing but one line break is between them.
    """
    between = source[one[1] : other[0]]
    plain = all(source.startswith(b"//", start) and not _OTHER_TOOLS.match(source, start) for start, _ in (one, other))
    return plain and between.count(b"\n") == 1 and not between.strip()


def _block_lines(comment: bytes, start: int, margin: int) -> Iterator[Line]:
    """Yield a block comment's lines without stars at their left.

    `start` is the first byte of the comment. The first line is indented by `margin`, as in the file.
    """
    body = comment[2:-2]
    lines = body.split(b"\n")
    starred = all(line.lstrip().startswith(b"*") or not line.strip() for line in lines[1:])
    position = start + 2
    for line in lines:
        text = re.sub(rb"^(\s*)\*", rb"\1", line) if starred else line
        begin = position + _indentation(line)
        yield Line(begin, begin + len(line.strip()), (b" " * margin + text).rstrip())
        position += len(line) + 1
        margin = 0


def _first_code(lines: list[Line]) -> Line | None:
    """Return the first line of code in a comment.

    None if there is none, or if the comment only shows some to explain.
    """
    openings = (index for index, line in enumerate(lines) if _OPENING.match(line.text))
    for index in islice(openings, _MOST_TRIES):
        count = _lines_of_code(b"\n".join(line.text for line in lines[index:])[:_MOST_BYTES])
        if count:
            first = _first_of_item(lines, index)
            return None if _illustrates(lines, first, index + count) else lines[first]
    return None


def _first_of_item(lines: list[Line], index: int) -> int:
    """Return the first line of the item at `index`.

    Lines above it are part of the item if they open a block or hold attributes.
    """
    first = index
    while first and _PREFACE.match(lines[first - 1].text):
        first -= 1
    return next(at for at in range(first, index + 1) if at == index or not lines[at].text.lstrip().startswith(b"//"))


def _lines_of_code(text: bytes) -> int:
    """Count the lines of code that `text` begins with.

    Code is statements and items that parse and that prose would not hold. 0 if anything else follows on their last line, or if the code is
    not meant to run.
    """
    count = end = 0
    for node in parse_rust(text).children:
        if node.has_error or not (node.type in _SKIPPED or _is_code(node)):
            break
        end = node.end_byte
        by_chance = any(pattern.fullmatch(text, node.start_byte, end) for pattern in (_FORMULA, _WORDS))
        count += node.type not in _SKIPPED and not by_chance
    rest = text[end:].split(b"\n", 1)[0].strip()
    code = _STRING.sub(b"", text[:end])
    if not count or rest or _SKETCH.search(code) or _WRONG.search(code):
        return 0
    return text.count(b"\n", 0, end) + 1


def _is_code(node: Node) -> bool:
    """Return whether a node is more than prose.

    That is an item, or a statement that prose cannot be by chance.
    """
    if node.type != "expression_statement":
        return node.type in _STATEMENTS
    return node.child(0).type in _EXPRESSIONS


def _illustrates(lines: list[Line], first: int, end: int) -> bool:
    """Return whether code illustrates the prose around it.

    Otherwise it has been switched off. The code is in the lines from `first` up to `end`.
    """
    after = next((line.text for line in lines[end:] if not _CLOSING.fullmatch(line.text)), b"")
    if _POINTER.match(after):
        return True
    above = next((index for index in range(first - 1, -1, -1) if _PROSE.match(lines[index].text)), None)
    if above is None:
        return _PROSE.match(after) is not None and _CAPITAL.match(after) is not None and not _SWITCHED_OFF.search(after)
    prose = lines[above].text
    if _PROSE.match(after) or _indentation(lines[first].text) >= _indentation(prose) + 2:
        return True
    announced = first - above > 1 or _ANNOUNCES.search(prose)
    return bool(announced) and not _SWITCHED_OFF.search(prose)


def _indentation(text: bytes) -> int:
    return len(text) - len(text.lstrip())
