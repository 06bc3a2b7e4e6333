"""Helpers for tree-sitter nodes."""

from rustgate.model.finding import Match
from rustgate.syntax.node_helpers import FARTHEST, ancestors, children_of, match_of, nearest
from rustgate.syntax.parse import parse_rust


def test_ancestors_come_from_the_inside_and_end() -> None:
    source = b"fn f() { if x { a } }"
    node = parse_rust(source).descendant_for_byte_range(source.index(b"a"), source.index(b"a") + 1)
    assert node
    kinds = [ancestor.type for ancestor in ancestors(node)]
    assert kinds == ["block", "if_expression", "expression_statement", "block", "function_item", "source_file"]
    found = nearest(node, frozenset({"function_item", "if_expression"}))
    assert found
    assert found.type == "if_expression"
    assert nearest(node, frozenset({"loop_expression"})) is None


def test_ancestors_of_what_is_nested_without_end_are_cut() -> None:
    source = b"fn f() { " + b"(" * 1_000 + b"a" + b")" * 1_000 + b" }"
    node = parse_rust(source).descendant_for_byte_range(source.index(b"a"), source.index(b"a") + 1)
    assert node
    assert len([*ancestors(node)]) == FARTHEST


def test_comments_are_no_children() -> None:
    node = parse_rust(b"fn f(/* why */ a: u8, b: u8) {}").children[0].child_by_field_name("parameters")
    assert node
    assert [child.text for child in children_of(node)] == [b"a: u8", b"b: u8"]


def test_a_match_has_the_bytes_of_its_node_and_values() -> None:
    assert match_of(parse_rust(b"mod a;").children[0], name="a") == Match(0, 6, {"name": "a"})
