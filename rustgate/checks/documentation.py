"""What the documentation of an item says: the doc comments and attributes above it, and whether they have the sections that they need."""

import re
import textwrap
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from rustgate.checks.visibility import ItemPath, is_visible, item_path
from rustgate.crates import Crate, Reduced
from rustgate.model import Fact, Hit
from rustgate.outline import Outline
from rustgate.plan import File
from rustgate.scan import Captures

_BLANK = re.compile(rb"\s*")
_LONGEST = 200
_HEADING = re.compile(r" {0,3}(?:[->*+] ?)*#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_MARKUP = re.compile(r"[*_\[]|\](?:\([^)]*\))?")
_SECTIONS = frozenset({"Safety", "SAFETY", "Implementation safety", "Implementation Safety"})
_DOC_COMMENT = re.compile(r"///(?!/)(.*)|/\*\*(?![*/])(.*)\*/", re.DOTALL)
_DOC_ATTRIBUTE = re.compile(r'\bdoc\s*=\s*(?:r?#*"(.*)"|\w)', re.DOTALL)
_HIDDEN = re.compile(r"\bdoc\s*\([^()]*\bhidden\b")


def gather_missing_safety_docs(file: File, matches: list[Captures]) -> Iterator[tuple[Hit, ItemPath | None]]:
    """Hits for the names of the unsafe public functions and traits whose docs have no section on safety, each with its path."""
    outline = file.outline
    for captures in matches:
        item, name = captures["item"][0], captures["finding"][0]
        path = item_path(outline, item.start_byte)
        if path is None or is_hidden(outline, item.start_byte) or has_safety_section(documentation(outline, item.start_byte)):
            continue
        kind, whom = ("trait", "implementors") if item.type == "trait_item" else ("fn", "callers")
        yield Hit(name.start_byte, name.end_byte, {"kind": kind, "name": path.name, "whom": whom}), path


def missing_safety_docs(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """Those that users of the crate can name; an unsafe trait binds those who implement it in the crate as well."""
    return ((fact, {}) for fact in facts if fact.values["kind"] == "trait" or is_visible(crate, fact))


def is_hidden(outline: Outline, start: int) -> bool:
    """Whether the item at `start`, or one around it, is under `#[doc(hidden)]`."""
    hidden = (attribute for attribute in outline.attributes if _HIDDEN.search(attribute.text))
    return any(attribute.target_start <= start < attribute.target_end for attribute in hidden)


def documentation(outline: Outline, start: int) -> str | None:
    """The text of the doc comments and attributes directly above an item; None when some of it comes from elsewhere (`include_str!`)."""
    parts: list[str] = []
    for text in _directly_above(outline, start):
        comment, attribute = _DOC_COMMENT.match(text), _DOC_ATTRIBUTE.search(text) if text.startswith("#") else None
        if attribute and attribute[1] is None:
            return None
        if attribute:
            parts.append(attribute[1].replace("\\n", "\n"))
        elif comment:
            parts.append(re.sub(r"^[ \t]*\*(?=\s)", "", comment[1] or comment[2] or "", flags=re.MULTILINE))
    return textwrap.dedent("\n".join(reversed(parts)))


def _directly_above(outline: Outline, start: int) -> Iterator[str]:
    """The comments and attributes that end where the item at `start` begins, the nearest first."""
    source, comments, attributes = outline.source, outline.comments, outline.attributes
    comment = bisect_left(comments, (start,)) - 1
    attribute = bisect_left(attributes, start, key=lambda one: one.start) - 1
    while True:
        nearest = attributes[attribute] if attribute >= 0 else None
        first, last = max(comments[comment] if comment >= 0 else (0, 0), (nearest.start, nearest.end) if nearest else (0, 0))
        if first == last or not _BLANK.fullmatch(source, min(last, start), start):
            return
        yield source[first:last].decode().rstrip()
        start = first
        comment -= comment >= 0 and comments[comment][0] == first
        attribute -= attribute >= 0 and attributes[attribute].start == first


def has_safety_section(text: str | None) -> bool:
    """Whether Markdown has a heading that clippy takes for one on safety; a text that is not known gets the benefit of the doubt."""
    return text is None or any(_MARKUP.sub("", heading).strip() in _SECTIONS for heading in _headings(text))


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
