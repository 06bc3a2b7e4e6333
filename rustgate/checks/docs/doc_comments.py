"""Documentation of an item: text, sections and code."""

import re
import textwrap
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from rustgate.api import Outline

_LONGEST_HEADING = 200
"""Characters of a line that are read as a heading: the expression takes quadratic time on blanks, and no title is longer."""
_CHUNK_BYTES, _CHUNK_LINES = 1_000, 12
"""Bytes and lines of documentation that are read at once: most of it is shorter, and what is longer takes several rounds."""
_BLANK_BYTES, _BLANK_GROWTH = 64, 8
"""Bytes above an item in which the last word is searched, and the factor of the next try: blanks are usually few."""
_HEADING = re.compile(r" {0,3}(?:[->*+] ?)*#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"^[ \t>]*(?:[-*+]|\d+\.)?[ \t]*~~~|(?:\A|^[ \t]*\n)(?: {4}|\t)[ \t]*\S", re.MULTILINE)
_MARKUP = re.compile(r"[*_\[]|\](?:\([^)]*\))?")
SAFETY = frozenset({"Safety", "SAFETY", "Implementation safety", "Implementation Safety"})
_STARS = re.compile(r"^[ \t]*\*(?=\s)", re.MULTILINE)
_DOC_COMMENT = re.compile(r"///(?!/)(.*)|/\*\*(?![*/])(.*)\*/", re.DOTALL)
_DOC_ATTRIBUTE = re.compile(r'\bdoc\s*=\s*(?:r?#*"(.*)"|[\w$])', re.DOTALL)
_HANDED_OVER = re.compile(r"(?:\$\(\s*)?(?:#\s*\[\s*)?\$")
_TOKENS_HANDED_OVER = re.compile(rb"\$\(\s*(?:#\s*\[\s*)?\$\w+\s*\]?\s*\)\s*[*+?]\Z")
"""Tokens that a macro takes from its call and writes above an item, such as `$($attributes)*`."""
_REPETITION_START = re.compile(rb"\$\(\s*\Z")
_REPETITION_END = re.compile(rb"\s*\)\s*[*+?]")
_INNER_DOCS = re.compile(
    rb"(?:\s++|//(?!!)[^\n]*+|/\*(?!!)(?:[^*]|\*(?!/))*+\*/|#!\[(?![^\]]*\bdoc\s*=)[^\]]*+\])*+(?://!|/\*!|#!\[[^\]]*\bdoc\s*=)"
)


def is_documented(outline: Outline, start: int) -> bool:
    """Return whether an item has documentation.

    A doc comment or a `doc` attribute above it is enough, even an empty one.
    """
    return any(_documents(text) for text in _texts_above(outline, start))


def takes_documentation(outline: Outline, start: int) -> bool:
    """Return whether the call of a macro may document an item of the macro.

    The item then has an attribute such as `#[$meta]`.
    """
    return any(_HANDED_OVER.match(text) for text in _texts_above(outline, start))


def _documents(text: str) -> bool:
    """Return whether a comment or attribute documents the item below."""
    return bool(_DOC_ATTRIBUTE.search(text) if text.startswith("#") else _DOC_COMMENT.match(text))


def is_documented_inside(source: bytes, start: int) -> bool:
    """Return whether a file or body opens with documentation.

    That is `//!`, `/*!` or `#![doc = ..]`; plain comments and other inner attributes may stand before it. `start` is the first byte
    inside.
    """
    return bool(_INNER_DOCS.match(source, start))


def documentation(outline: Outline, start: int) -> str | None:
    """Return the text of the documentation above an item.

    None if some of it is in another file (`include_str!`), or comes from the call of a macro.
    """
    lines, first = _doc_lines_text(outline.source, start)
    parts = [lines] * (first < start)
    for text in _texts_above(outline, first):
        if not text.startswith(("#", "$")):
            comment = _DOC_COMMENT.match(text)
            parts += [comment[1] if comment[2] is None else _STARS.sub("", comment[2])] if comment else []
        elif _HANDED_OVER.match(text):
            return None
        elif attribute := _DOC_ATTRIBUTE.search(text):
            if attribute[1] is None:
                return None
            parts.append(attribute[1].replace("\\n", "\n"))
    return "\n".join(reversed(parts))


def _doc_lines_text(source: bytes, start: int) -> tuple[str, int]:
    """Return the text and first byte of `///` lines.

    These are the lines right above an item; most documentation is nothing else.
    """
    lines: list[bytes] = []
    while found := [*_doc_lines_above(source, start)]:
        lines += [line[3:] for _, line in found if not line.startswith(b"////")]
        start = found[-1][0]
    return b"\n".join(reversed(lines)).decode(), start


def _texts_above(outline: Outline, start: int) -> Iterator[str]:
    """Yield comments and attributes above an item, nearest first.

    Nothing but blanks may be between them and the item.
    """
    source = outline.source
    while True:
        first = start
        for line, text in _doc_lines_above(source, start):  # most documentation is line comments, each on a line of its own
            yield text.decode()
            first = line
        if first == start:
            first, end = _nearest_above(outline, start)
            if first == end:
                return
            yield source[first:end].rstrip().decode()
            repeated = _REPETITION_START.search(source, max(0, first - _BLANK_BYTES), first) if source.startswith(b"#", first) else None
            first = repeated.start() if repeated else first
        start = first


def _doc_lines_above(source: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the nearest `///` lines above an item.

    Each comes with its first byte, the nearest first. Of very many not all are yielded: callers ask again from the last one. The item must
    begin its line.
    """
    above = source[max(0, start - _CHUNK_BYTES) : start].rsplit(b"\n", _CHUNK_LINES)
    if above.pop().strip():
        return
    position = source.rfind(b"\n", 0, start)
    for line in reversed(above[1:]):
        text = line.lstrip()
        if not text.startswith(b"///"):
            return
        yield position - len(text), text.rstrip()
        position -= len(line) + 1


def _nearest_above(outline: Outline, start: int) -> tuple[int, int]:
    """Return the span of the nearest comment or attribute.

    Only blanks may be between it and `start`; (0, 0) if there is none.
    """
    source = outline.source
    end = _end_before(source, start)
    if b"//" in source[source.rfind(b"\n", 0, end) + 1 : end] or source.endswith(b"*/", 0, end):
        return _ending_at(outline.plain_comments, end) or _ending_at(outline.comments, end) or (0, 0)
    if b"$" in source[max(0, end - _BLANK_BYTES) : end] and (tokens := _TOKENS_HANDED_OVER.search(source, max(0, end - _BLANK_BYTES), end)):
        return tokens.start(), end
    attribute = bisect_left(outline.attributes, start, key=lambda one: one.start) - 1
    nearest = outline.attributes[attribute] if attribute >= 0 and source.endswith((b"]", b"*", b"+", b"?"), 0, end) else None
    if nearest and (nearest.end == end or _REPETITION_END.fullmatch(source, nearest.end, end)):
        return nearest.start, nearest.end
    return 0, 0


def _end_before(source: bytes, start: int) -> int:
    """Return the end of the last word before `start`."""
    length = _BLANK_BYTES
    while length < start and source[start - length : start].isspace():
        length *= _BLANK_GROWTH
    first = max(0, start - length)
    return first + len(source[first:start].rstrip())


def _ending_at(comments: Sequence[tuple[int, int]], end: int) -> tuple[int, int] | None:
    """Return the comment that ends at `end`.

    A doc comment ends after the line break that follows.
    """
    last = bisect_left(comments, (end,)) - 1
    return comments[last] if last >= 0 and comments[last][1] >= end else None


def has_section(text: str | None, titles: frozenset[str]) -> bool:
    """Return whether Markdown has one of these headings.

    True for a text that is not known (None).
    """
    if text is None or not any(title in text for title in titles):
        return text is None
    return any(_MARKUP.sub("", heading).strip() in titles for heading in _headings(textwrap.dedent(text)))


def shows_code(outline: Outline, start: int) -> bool:
    """Return whether an item's documentation has code.

    That is a code block, fenced or indented. True for documentation in another file, which is not known.
    """
    if any("```" in text for text in _texts_above(outline, start)):
        return True
    text = documentation(outline, start)
    return text is None or bool(_CODE.search(textwrap.dedent(text)))


def _headings(text: str) -> Iterator[str]:
    """Yield the headings outside fenced code, also underlined ones."""
    fence, before = "", ["", ""]
    for line in (line[:_LONGEST_HEADING] for line in text.splitlines()):
        mark, heading = _FENCE.match(line), _HEADING.fullmatch(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
        elif mark:
            fence = mark[1]
        elif heading:
            yield heading[1]
        elif _UNDERLINE.fullmatch(line) and not before[0].strip():
            yield before[1]
        before = [before[1], line]
