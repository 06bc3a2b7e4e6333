"""What the documentation of an item says, wherever it stands."""

import pytest

from rustgate.checks.docs.doc_comments import documentation, is_documented
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import scan_source

DOCUMENTED = {
    "/// a\n": " a",
    "/// a\n///\n/// b\n": " a\n\n b",
    "    /// a\n    #[inline]\n": " a",
    "/// a\n#[inline]\n/// b\n": " a\n b",
    "/** a */ ": " a ",
    "/**\n * a\n */\n": "\n a\n ",
    '#[doc = "a"]\n': "a",
    '#[doc = "a\\nb"]\n/// c\n': "a\nb\n c",
    "/// a\n//// b\n": " a",
    "".join(f"/// {number}\n" for number in range(100)): "\n".join(f" {number}" for number in range(100)),
    f"/// {'long ' * 1_000}\n": f" {'long ' * 1_000}".rstrip(),
}


@pytest.mark.parametrize(("above", "text"), DOCUMENTED.items())
def test_documentation_is_what_stands_right_above_an_item(above: str, text: str) -> None:
    outline, start = item_below(f"fn other() {{}}\n{above}")
    assert documentation(outline, start) == text
    assert is_documented(outline, start)


@pytest.mark.parametrize("above", ["", "// a\n", "//// a\n", "#[inline]\n", "/* a */\n", "/// a\nfn g() {}\n", "//! a\n", "/***/\n"])
def test_other_comments_are_no_documentation(above: str) -> None:
    outline, start = item_below(f"fn other() {{}}\n{above}")
    assert not (documentation(outline, start) or "").strip()
    assert not is_documented(outline, start)


def test_documentation_from_elsewhere_is_not_known() -> None:
    outline, start = item_below('/// a\n#[doc = include_str!("a.md")]\n')
    assert documentation(outline, start) is None
    assert is_documented(outline, start)


def item_below(text: str) -> tuple[Outline, int]:
    """The outline of a text with an item behind it, and where that begins."""
    source = f"{text}fn item() {{}}\n".encode()
    return Outline(scan_source(source, join_queries([])), test=False), source.rindex(b"fn item")
