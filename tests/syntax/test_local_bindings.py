"""Local variables: what names are bound to, in the tree and in text."""

from collections.abc import Iterator

import pytest
from tree_sitter import Node

from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.local_bindings import (
    Bindings,
    declaration_of,
    is_mutable,
    last_let_path,
    let_words,
    mutable_names,
    names_in,
    uses_of,
)
from rustgate.syntax.node_helpers import text_of
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import Scan, parse_rust, scan_source


def scanned(source: str) -> tuple[Scan, Outline]:
    found = scan_source(source.encode(), join_queries([]))
    return found, Outline(found, test=False)


def every(node: Node, kind: str) -> Iterator[Node]:
    if node.type == kind:
        yield node
    for child in node.named_children:
        yield from every(child, kind)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("let x = 1; HERE", "1"),
        ("let x = 1; let x = 2; HERE", "2"),
        ("let x = 1; { let x = 2; } HERE", "1"),
        ("let x = 1; for x in xs { HERE }", None),
        ("let x = 1; for x in xs {} HERE", "1"),
        ("let x = 1; if let Some(x) = y { HERE }", None),
        ("let x = 1; match y { Row { x: z } => HERE }", "1"),
        ("let x = 1; match y { Some(z) if x => HERE }", "1"),
        ("let x = 1; run(|x| HERE)", None),
        ("let (x, y) = z; HERE", None),
        ("let x = 1; fn inner() { HERE }", None),
        ("HERE", None),
    ],
)
def test_a_name_is_bound_in_the_scope_that_holds_it(body: str, value: str | None) -> None:
    source = f"fn f() {{ {body} }}"
    found = Bindings(*scanned(source)).binding_of("x", source.index("HERE"))
    assert (found.value and text_of(found.value, source.encode()) if found else None) == value


def test_a_binding_tells_whether_it_is_mutable() -> None:
    source = "fn f() { let mut x = 1; let y = 2; HERE }"
    bindings = Bindings(*scanned(source))
    mutable = [binding.mutable for name in "xy" if (binding := bindings.binding_of(name, source.index("HERE")))]
    assert mutable == [True, False]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("fn f(x: u8) {}", "parameter"),
        ("fn f() { let x = 1; }", "let_declaration"),
        ("fn f() { let (x, y) = z; }", None),
        ("fn f() { x; }", None),
    ],
)
def test_a_declaration_binds_a_name_and_nothing_else(source: str, kind: str | None) -> None:
    name = next(node for node in every(parse_rust(source.encode()), "identifier") if node.text == b"x")
    declaration = declaration_of(name)
    assert (declaration.type if declaration else None) == kind


def test_mut_is_seen_on_declarations_and_references() -> None:
    root = parse_rust(b"fn f() { let mut a = &b; let c = &mut d; }")
    assert [is_mutable(node) for node in every(root, "let_declaration")] == [True, False]
    assert [is_mutable(node) for node in every(root, "reference_expression")] == [False, True]


def test_the_words_of_a_pattern_may_be_names() -> None:
    source = b"fn f() { let Ok(Row { id: mut key, ref rest, _ }) = x; }"
    pattern = next(every(parse_rust(source), "tuple_struct_pattern"))
    assert names_in(pattern, source) == [b"id", b"key", b"rest"]


def test_uses_are_found_in_macros_and_placeholders_but_not_in_text() -> None:
    source = 'fn f(x: u8) { /* x */ s.x; x += 1; print!("{x} x", x); }'
    found, _ = scanned(source)
    uses = [node.start_byte for node in uses_of(found, b"x", 0, len(source))]
    assert uses == [source.index(text) for text in ("x: u8", "x += 1", "{x} x", "x);")]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("let c = Command::new(a); HERE", "Command::new"),
        ("let mut c: Command = Command::new(a); HERE", "Command::new"),
        ("let c = A::new(); { let c = B::new(); } HERE", "B::new"),
        ("cfg! { let c = A::new(); HERE }", "A::new"),
        ("let cc = A::new(); HERE", None),
        ("HERE let c = A::new();", None),
    ],
)
def test_the_last_let_is_read_from_the_text(body: str, path: str | None) -> None:
    source = f"fn e() {{ let c = Other::new(); }} fn f() {{ {body} }}"
    _, outline = scanned(source)
    assert last_let_path(outline, "c", source.index("HERE")) == path


def test_words_of_lets_and_mutable_names_are_read_from_the_text() -> None:
    source = "fn e(mut z: u8) {} fn f(&mut self, mut a: u8, b: &mut u8, c: u8) { let mut d = 1; let (e, F(g)) = h; HERE }"
    _, outline = scanned(source)
    byte = source.index("HERE")
    assert mutable_names(outline, byte) == {b"self", b"a", b"b", b"d"}
    assert let_words(source.encode(), 0, byte) == {b"mut", b"d", b"e", b"g"}
