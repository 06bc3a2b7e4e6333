"""Where keys and comments stand in TOML, in whichever of its ways they are written."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rustgate.cargo.toml_positions import Key, Positions

WAYS = [
    ("[a]\n[b.c]\nd = 1", ("b", "c", "d"), 3, "d"),
    ("[a]\n[b.c]\nd = 1", ("b", "c"), 2, "c"),
    ("[a]\n[b.c]\nd = 1", ("b",), 2, "b"),
    ("[b.c]\nd = 1\n[b]\n", ("b",), 3, "b"),
    ("[a]\nb.c = 1\nb.d = 2", ("a", "b", "d"), 3, "d"),
    ("[a]\nb.c = 1\nb.d = 2", ("a", "b"), 2, "b"),
    ("a = { b = 1, c = { d.e = 2 } }", ("a", "c", "d", "e"), 1, "e"),
    ("a = { b = 1 } # c\n", ("a", "b"), 1, "b"),
    ("a = 1\nb = 2", ("b",), 2, "b"),
    ("[target.'cfg(unix)'.x]\ny = 1", ("target", "cfg(unix)", "x", "y"), 2, "y"),
    ("[target.'cfg(unix)'.x]\ny = 1", ("target", "cfg(unix)"), 1, "'cfg(unix)'"),
    ('"a b" = 1\n"\\u00e9" = 2', ("é",), 2, '"\\u00e9"'),
    ("[[a]]\nb = 1\n[[a]]\nb = 2", ("a", 1, "b"), 4, "b"),
    ("[[a]]\nb = 1\n[[a]]\nb = 2", ("a", 1), 3, "a"),
    ("[[a]]\n[[a.b]]\nc = 1\n[[a]]\n[a.d]\ne = 1", ("a", 1, "d", "e"), 6, "e"),
    ("1.2 = 3", ("1", "2"), 1, "2"),
    ("a = [\n  1, # one\n]\r\nb = '''\nx = 1\n'''\nc = 1", ("c",), 7, "c"),
]


@pytest.mark.parametrize(("text", "key", "line", "written"), WAYS)
def test_a_key_is_found_where_it_is_written(text: str, key: Key, line: int, written: str) -> None:
    source = text.encode()
    place = Positions(source).key(key)
    assert place is not None
    assert (source.count(b"\n", 0, place[0]) + 1, source[slice(*place)].decode()) == (line, written)


@pytest.mark.parametrize("key", [("x",), ("a", "x"), ("a", 0), ("a", "b", "c"), ()])
def test_a_key_that_is_not_there_has_no_place(key: Key) -> None:
    assert Positions(b"[a]\nb = 1").key(key) is None


COMMENTS = [
    ("# one\na = 1\n", [("# one", 2)]),
    ("# one\n# two\n\na = [\n  1,\n]\nb = 2", [("# one", 6), ("# two", 6)]),
    ("a = 1 # one\nb = 2", [("# one", 1)]),
    ("[a]\nb = 1\n# one\n[c]\nd = 1\n\n[e]\n", [("# one", 5)]),
    ("[a]\n# one\nb = 1\n", [("# one", 3)]),
    ("[a]\nb = 1\n# one", [("# one", 3)]),
    ("a = [\n  1, # one\n  # two\n  2,\n  # three\n]\nb = 1", [("# one", 4), ("# two", 4), ("# three", 5)]),
    ("a = '# none'", []),
]


@pytest.mark.parametrize(("text", "expected"), COMMENTS)
def test_a_comment_is_about_what_follows_it(text: str, expected: list[tuple[str, int]]) -> None:
    source = text.encode()
    found = [(source[start:end].decode(), source.count(b"\n", 0, about - 1) + 1) for start, end, about in Positions(source).comments]
    assert found == expected


NAMES = st.text("ab-'\". é\n", min_size=1, max_size=4)
TABLES = st.recursive(st.integers(0, 9), lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=3), max_leaves=12)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '\\"').replace("\n", "\\n") + '"'


def inline(value: Any) -> str:
    return str(value) if isinstance(value, int) else "{" + ", ".join(f"{quoted(name)} = {inline(one)}" for name, one in value.items()) + "}"


def keys(value: Any, prefix: Key = ()) -> list[Key]:
    return [prefix, *(key for name, one in value.items() for key in keys(one, (*prefix, name)))] if isinstance(value, dict) else [prefix]


@given(st.dictionaries(NAMES, TABLES, max_size=3))
def test_every_key_that_tomllib_reads_has_a_place(table: dict[str, Any]) -> None:
    text = "".join(f"{quoted(name)} = {inline(value)}\n" for name, value in table.items())
    assert tomllib.loads(text) == table
    positions = Positions(text.encode())
    places = [positions.key(key) for key in keys(table) if key]
    assert None not in places
    assert places == sorted(place for place in places if place)
