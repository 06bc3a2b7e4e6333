"""Chains of method calls and fields."""

import pytest
from tree_sitter import Node

from rustgate.syntax.method_chains import CALLS, FIELDS, chain_start, method_of
from rustgate.syntax.parse import parse_rust


def expression(source: str) -> Node:
    statement = parse_rust(f"fn f() {{ let _ = {source}; }}".encode()).children[0].named_children[-1].named_children[0]
    value = statement.child_by_field_name("value")
    assert value is not None
    return value


@pytest.mark.parametrize(
    ("source", "through", "start"),
    [
        ("a.b.c", FIELDS, b"a"),
        ("a.b().c", FIELDS, b"a.b()"),
        ("a.b().c", CALLS, b"a"),
        ('Command::new("ls").arg("-l").status()', CALLS, b"Command::new"),
        ("(a.b()).c()", CALLS, b"(a.b())"),
        ("(/* why */ 0..9).rev()", CALLS | {"parenthesized_expression"}, b"/* why */"),
        ("(0..9).rev()", CALLS | {"parenthesized_expression"}, b"0..9"),
        ("1", CALLS, b"1"),
    ],
)
def test_a_chain_begins_where_no_further_link_is(source: str, through: frozenset[str], start: bytes) -> None:
    assert chain_start(expression(source), through).text == start


def test_a_very_long_chain_is_not_followed_to_its_start() -> None:
    assert chain_start(expression("a" + ".b()" * 1_000), CALLS).text != b"a"


@pytest.mark.parametrize(("source", "method"), [("a.b(c)", b"b"), ("a::b(c)", None), ("a.b", None), ("a.b::<C>()", None)])
def test_a_call_names_its_method(source: str, method: bytes | None) -> None:
    found = method_of(expression(source))
    assert (found.text if found else None) == method
