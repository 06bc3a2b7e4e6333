"""What the doc comments and attributes above an item say, and whether they have a section or show code."""

import re
import textwrap
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from rustgate.api import Outline

_LONGEST = 200
"""Characters of a line that are looked at for a heading."""
_REACH, _AT_ONCE = 1_000, 12
"""How many bytes and lines of documentation are looked through at once."""
_HEADING = re.compile(r" {0,3}(?:[->*+] ?)*#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"^[ \t>]*(?:[-*+]|\d+\.)?[ \t]*~~~|(?:\A|^[ \t]*\n)(?: {4}|\t)[ \t]*\S", re.MULTILINE)
_MARKUP = re.compile(r"[*_\[]|\](?:\([^)]*\))?")
SAFETY = frozenset({"Safety", "SAFETY", "Implementation safety", "Implementation Safety"})
_STARS = re.compile(r"^[ \t]*\*(?=\s)", re.MULTILINE)
_DOC_COMMENT = re.compile(r"///(?!/)(.*)|/\*\*(?![*/])(.*)\*/", re.DOTALL)
_DOC_ATTRIBUTE = re.compile(r'\bdoc\s*=\s*(?:r?#*"(.*)"|\w)', re.DOTALL)
_INNER_DOCS = re.compile(
    rb"(?:\s++|//(?!!)[^\n]*+|/\*(?!!)(?:[^*]|\*(?!/))*+\*/|#!\[(?![^\]]*\bdoc\s*=)[^\]]*+\])*+(?://!|/\*!|#!\[[^\]]*\bdoc\s*=)"
)


def is_documented(outline: Outline, start: int) -> bool:
    """Whether the item at `start` has a doc comment or a `doc` attribute, even an empty one."""
    return any(_documents(text) for text in _directly_above(outline, start))


def _documents(text: str) -> bool:
    return bool(_DOC_ATTRIBUTE.search(text) if text.startswith("#") else _DOC_COMMENT.match(text))


def is_documented_inside(source: bytes, start: int) -> bool:
    """Whether the file or block whose inside begins at `start` opens with `//!`, `/*!` or `#![doc = ..]`, other inner attributes apart."""
    return bool(_INNER_DOCS.match(source, start))


def documentation(outline: Outline, start: int) -> str | None:
    """The text of the doc comments and attributes directly above an item; None when some of it comes from elsewhere (`include_str!`)."""
    lines, first = _lines_right_above(outline.source, start)
    parts = [lines] * (first < start)
    for text in _directly_above(outline, first):
        if not text.startswith("#"):
            comment = _DOC_COMMENT.match(text)
            parts += [comment[1] if comment[2] is None else _STARS.sub("", comment[2])] if comment else []
        elif attribute := _DOC_ATTRIBUTE.search(text):
            if attribute[1] is None:
                return None
            parts.append(attribute[1].replace("\\n", "\n"))
    return "\n".join(reversed(parts))


def _lines_right_above(source: bytes, start: int) -> tuple[str, int]:
    """The text of the `///` lines right above an item, which most documentation is, and where they begin."""
    lines: list[bytes] = []
    while found := [*_line_docs_above(source, start)]:
        lines += [line[3:] for _, line in found if not line.startswith(b"////")]
        start = found[-1][0]
    return b"\n".join(reversed(lines)).decode(), start


def _directly_above(outline: Outline, start: int) -> Iterator[str]:
    """The comments and attributes that end where the item at `start` begins, the nearest first."""
    source = outline.source
    while True:
        first = start
        for line, text in _line_docs_above(source, start):  # most documentation is line comments, each on a line of its own
            yield text.decode()
            first = line
        if first == start:
            first, end = _nearest_above(outline, start)
            if first == end:
                return
            yield source[first:end].rstrip().decode()
        start = first


def _line_docs_above(source: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The `///` lines right above what begins its line at `start`, each with its first byte, the nearest first; of very many not all."""
    above = source[max(0, start - _REACH) : start].rsplit(b"\n", _AT_ONCE)
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
    """The bytes of the comment or attribute that only blanks part from `start`; (0, 0) when there is none."""
    source = outline.source
    end = _end_before(source, start)
    if b"//" in source[source.rfind(b"\n", 0, end) + 1 : end] or source.endswith(b"*/", 0, end):
        return _ending_at(outline.plain_comments, end) or _ending_at(outline.comments, end) or (0, 0)
    attribute = bisect_left(outline.attributes, start, key=lambda one: one.start) - 1
    nearest = outline.attributes[attribute] if attribute >= 0 and source.endswith(b"]", 0, end) else None
    return (nearest.start, nearest.end) if nearest and nearest.end == end else (0, 0)


def _end_before(source: bytes, start: int) -> int:
    """Where the last word before `start` ends."""
    reach = 64
    while reach < start and source[start - reach : start].isspace():
        reach *= 8
    first = max(0, start - reach)
    return first + len(source[first:start].rstrip())


def _ending_at(comments: Sequence[tuple[int, int]], end: int) -> tuple[int, int] | None:
    """The comment that ends at `end`, or behind a line break after it."""
    last = bisect_left(comments, (end,)) - 1
    return comments[last] if last >= 0 and comments[last][1] >= end else None


def has_section(text: str | None, titles: frozenset[str]) -> bool:
    """Whether Markdown has a heading with one of `titles`; a text that is not known gets the benefit of the doubt."""
    if text is None or not any(title in text for title in titles):
        return text is None
    return any(_MARKUP.sub("", heading).strip() in titles for heading in _headings(textwrap.dedent(text)))


def shows_code(outline: Outline, start: int) -> bool:
    """Whether the documentation of an item has a code block, fenced or indented; one that is not known gets the benefit of the doubt."""
    if any("```" in text for text in _directly_above(outline, start)):
        return True
    text = documentation(outline, start)
    return text is None or bool(_CODE.search(textwrap.dedent(text)))


def _headings(text: str) -> Iterator[str]:
    """The headings outside fenced code, also those that are underlined; of long lines the beginning will do."""
    fence, before = "", ["", ""]
    for line in (line[:_LONGEST] for line in text.splitlines()):
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
