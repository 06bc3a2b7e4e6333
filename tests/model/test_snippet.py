"""Snippets: what rustfmt and comments change is not in them."""

import pytest
from hypothesis import given, strategies as st

from rustgate.model.snippet import MOST_CHARACTERS, shorten, snippet


def of(source: str) -> str:
    return snippet(source.encode(), 0, len(source.encode()))


SAME = {
    "white space": ("map.get(&key).unwrap()", "map\n    .get( &key )\r\n    .unwrap()"),
    "a comma before a bracket": ("f(a, b)", "f(\n    a,\n    b,\n)"),
    "braces": ("|x| x.unwrap()", "|x| {\n    x.unwrap()\n}"),
    "a line comment": ("a.unwrap()", "a // why, (not)\n.unwrap()"),
    "a block comment": ("a.unwrap()", "a /* why */ .unwrap()"),
    "a comment between comma and bracket": ("f(a)", "f(a, // the last\n)"),
    "nested type arguments": ("Vec<Vec<u8>>", "Vec<Vec<u8> >"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
def test_layout_changes_nothing(one: str, other: str) -> None:
    assert of(one) == of(other)


DIFFERENT = {
    "the text of a string": ('f("a // b")', 'f("a // c")'),
    "spaces in a string": ('f("a  b")', 'f("a b")'),
    "braces in a string": ('f("{}")', 'f("")'),
    "a raw string that holds a quote": ('f(r#"a"b"#)', 'f(r#"a"c"#)'),
    "a character": ("f('a')", "f('b')"),
    "a lifetime": ("f::<'a>()", "f::<'b>()"),
    "a name": ("a.unwrap()", "b.unwrap()"),
    "a comma that separates": ("f(a, b)", "f(a b)"),
    "far behind": ("f(" + "a, " * 60 + "b)", "f(" + "a, " * 60 + "c)"),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_what_the_compiler_sees_changes_it(one: str, other: str) -> None:
    assert of(one) != of(other)


def test_tokens_stand_one_space_apart() -> None:
    assert of("a::b(&mut c)?") == "a :: b ( & mut c ) ?"


@given(st.text())
def test_any_text_has_a_short_snippet(text: str) -> None:
    assert len(snippet(text.encode(errors="replace"), 0, len(text.encode(errors="replace")))) <= MOST_CHARACTERS + 17


def test_a_long_text_is_cut_and_its_rest_hashed() -> None:
    assert shorten("a" * 120) == "a" * 120
    assert shorten("a" * 120 + "b") != shorten("a" * 120 + "c")
