"""Valid Rust that the grammar rejects: every mask of the table does its work and no other, and nothing moves."""

import pytest
from hypothesis import given, settings, strategies as st
from tree_sitter import Node

from rustgate.syntax.grammar_workarounds import masking
from rustgate.syntax.grammar_workarounds.masking import mask_unsupported_syntax
from rustgate.syntax.grammar_workarounds.table import REACH, WORKAROUNDS, Workaround
from rustgate.syntax.parse import parse_rust

BROKEN = (
    "fn f( {",
    "fn f() { let x = ; }",
    "fn f() { g(a + ); h(b, }",
    "fn f() { if x { }",
    "struct S { a: , b: u8 }",
    "fn f() { S { a: , b: 1 } }",
    "#[test]\nfn f() }",
    "mod m { #[cfg(test)] mod tests { #[test] fn f() { ] } }",
    "\0",
)
CONFLICTS = {
    "statements": "fn f() {\n<<<<<<< HEAD\n    a();\n=======\n    b();\n>>>>>>> theirs\n    c();\n}\n",
    "with the base": "fn f() {\n<<<<<<< HEAD\n    a();\n||||||| 1a2b\n    x();\n=======\n    b();\n>>>>>>> theirs\n}\n",
    "items": "<<<<<<< HEAD\nfn a() {}\n=======\nfn b() {}\n>>>>>>> theirs\nfn c() {}\n",
    "fields": "struct S {\n<<<<<<< HEAD\n    a: u8,\n=======\n    b: u8,\n>>>>>>> theirs\n}\n",
    "arms": "fn f() { match x {\n<<<<<<< HEAD\n  A => a(),\n=======\n  B => b(),\n>>>>>>> theirs\n _ => c(),\n} }\n",
    "other line ends": "<<<<<<< HEAD\r\nfn a() {}\r\n=======\r\nfn b() {}\r\n>>>>>>> theirs\r\n",
}
SHREDS = (
    *(workaround.example for workaround in WORKAROUNDS),
    *BROKEN,
    *CONFLICTS.values(),
    *(
        "/* auto trait */",
        "// try!(x)",
        '"auto trait T {}"',
        'r#"~ \' "#',
        "'\"'",
        "'a",
        "\\",
        '"',
        "/*",
        "*/",
        "r#",
        "€",
        "<",
        "where",
        "#[",
    ),
)


def mended(text: str) -> str:
    """The text with its gaps written over, of which every byte must parse."""
    masked, root = mask_unsupported_syntax(text.encode(), parse_rust(text.encode()), parse_rust)
    assert not root.has_error, masked
    return masked.decode()


def name(workaround: Workaround) -> str:
    return workaround.name


@pytest.mark.parametrize("text", CONFLICTS.values(), ids=CONFLICTS.keys())
def test_of_a_merge_conflict_only_the_marks_are_errors(text: str) -> None:
    masked, root = mask_unsupported_syntax(text.encode(), parse_rust(text.encode()), parse_rust)
    marks = [line for line, content in enumerate(text.split("\n")) if content.startswith(("<" * 7, "|" * 7, "=" * 7, ">" * 7))]
    assert [node.start_point.row for node in masking._errors(root)] == marks
    assert all(
        old == new or line in marks for line, (old, new) in enumerate(zip(text.encode().split(b"\n"), masked.split(b"\n"), strict=True))
    )
    assert len(masked) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        'fn f( { "\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n"; }',
        "fn f( {}\n/*\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n*/",
        "fn f( {}\n<<<<<<< HEAD\n=======\n",
        "fn f( {}\n <<<<<<< HEAD\n=======\n >>>>>>> theirs\n",
        "fn f( {}\n<<<<<<<a\n=======\n>>>>>>>b\n",
    ],
)
def test_what_is_no_merge_conflict_stays_as_it_is(text: str) -> None:
    assert mask_unsupported_syntax(text.encode(), parse_rust(text.encode()), parse_rust)[0] == text.encode()


def test_names_are_unique() -> None:
    assert len({workaround.name for workaround in WORKAROUNDS}) == len(WORKAROUNDS)


@pytest.mark.parametrize("workaround", WORKAROUNDS, ids=name)
def test_an_example_parses_with_its_mask_alone(workaround: Workaround, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "WORKAROUNDS", (workaround,))
    assert len(mended(workaround.example).encode()) == len(workaround.example.encode())


@pytest.mark.parametrize("workaround", WORKAROUNDS, ids=name)
def test_an_example_does_not_parse_without_its_mask(workaround: Workaround, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "WORKAROUNDS", tuple(other for other in WORKAROUNDS if other != workaround))
    source = workaround.example.encode()
    assert mask_unsupported_syntax(source, parse_rust(source), parse_rust)[1].has_error


@pytest.mark.parametrize("workaround", [workaround for workaround in WORKAROUNDS if not workaround.raw], ids=name)
def test_comments_and_literals_on_the_same_line_stay(workaround: Workaround) -> None:
    before, after = (
        f"/* /* ' */ {workaround.example} */ ",
        f' const A: &str = r##"{workaround.example}"##; const B: char = \'"\'; // {workaround.example}',
    )
    masked = mended(before + workaround.example + after)
    assert masked.startswith(before)
    assert masked.endswith(after)


@pytest.mark.parametrize(
    ("source", "masked"),
    [
        ("unsafe impl<T: ~const A + B> /* why */ const C for D<-1> {}", "unsafe impl<T:        A + B> /* why */       C for D< 1> {}"),
        ("fn f() { try!(g()); x = #[a] // why\n y; }", "fn f() { t_y!(g()); x =      // why\n y; }"),
        ("fn f(x: A::<B>) {}\nfn g() { h::<T>() }", "fn f(x: A     ) {}\nfn g() { h::<T>() }"),
        ("fn f() where A:, B:, C: {}", "fn f() where            {}"),
        ("type A: B<C = D> where T: E = F;", "type A           where T: E = F;"),
        ('pub macro a("b", $c:tt) { /* why */ }', "macro!                  { /* why */ }"),
        ("macro\n a() {}", "macro\n a() {}"),
        ('pub unsafe extern r"C" fn f() {} // r"C"', 'pub unsafe extern  "C" fn f() {} // r"C"'),
    ],
)
def test_what_is_written_over(source: str, masked: str) -> None:
    assert mask_unsupported_syntax(source.encode(), parse_rust(source.encode()), parse_rust)[0].decode() == masked


@pytest.mark.parametrize(
    "text",
    [
        "---\r\n[package]\r\nname = 'it'\r\n---\r\nfn f() {}\r\n",
        "#!/usr/bin/env cargo\r\n\r\n---cargo\r\nedition = '2024' # don't\r\n--- \r\n\r\nfn f() {}\r\n",
        "#!/* why */\n// and how\n[allow(dead_code)]\nfn f() {}",
        "#!\r\n[allow(dead_code)]\r\nfn f() {}",
        "struct S<T> { a: Option<u8> = None, #[b] pub(crate) c: [u8; 2] = [1, 2], d: T = T::new(1, 2), e: u8 }",
        "enum E { A { a: bool = true, b: u8 = { 1 + 2 } }, B }",
        "fn f() { x.map(|y| do yeet y)?; if a { do yeet E { b: 1 } } match c { _ => become x.g::<u8>(1) } }",
        "async fn f() { 'a: for await (x, y) in s.z() { break 'a; } }",
        "fn f(union: union, raw: &raw, gen: [gen; 2]) -> Option<default> { let default { a, .. } = gen; raw @ 1 }".replace(
            "raw @ 1", "raw"
        ),
        "impl default for union { const default: raw = 1; } struct default { raw: u8 }",
        "fn async() { try(async.x, &dyn); let super = 1; for try in async {} }",
        "fn f<T>() where for<'a> unsafe extern \"C\" fn(&'a T, u8) -> T: Copy, dyn A<B, C> + 'static: D {}",
    ],
)
def test_forms_of_one_kind_parse(text: str) -> None:
    mended(text)


@pytest.mark.parametrize("text", BROKEN)
def test_broken_rust_stays_as_it_is(text: str) -> None:
    source = text.encode()
    root = parse_rust(source)
    assert root.has_error
    assert mask_unsupported_syntax(source, root, parse_rust) == (source, root)


def test_without_a_gap_nothing_is_parsed_again() -> None:
    def refuse(source: bytes) -> Node:
        raise AssertionError(source)

    source = b"fn f() { let x = ; }\nfn g() { h::<T>(|a| try_it(a)) }"
    assert mask_unsupported_syntax(source, parse_rust(source), refuse)[0] == source


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(SHREDS) | st.text(max_size=3), st.sampled_from([" ", "\n", ""]))).map(
        lambda shreds: "".join(sum(shreds, ()))
    )
)
def test_nothing_moves_and_nothing_gets_worse(text: str) -> None:
    source = text.encode()
    before = parse_rust(source)
    masked, after = mask_unsupported_syntax(source, before, parse_rust)
    ended = source[:-1] + b";" if masked.endswith(b";") and source.endswith(b"\n") else source  # an expression as `include!` reads it
    assert [len(line) for line in masked.split(b"\n")] == [len(line) for line in ended.split(b"\n")]
    assert before.has_error or not after.has_error


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["/* auto trait\n ~ */", "// try!(x)\n", '"~ box\n$"', 'c"\'"', "b'~'", "/*/* */ ! */", 'r#"auto trait "~"#']))
)
def test_no_comment_or_literal_is_touched(pieces: list[str]) -> None:
    items = "".join(f" auto trait T {{}} const A: B = {{ {piece}; }};" for piece in pieces)
    masked, _ = mask_unsupported_syntax(items.encode(), parse_rust(items.encode()), parse_rust)
    expected = "".join(f"      trait T {{}} const A: B = {{ {piece}; }};" for piece in pieces)
    assert masked.decode() == expected


@given(st.lists(st.integers(0, 60_000), max_size=6), st.integers(1, 60_000))
def test_what_is_searched_holds_all_that_is_near_an_error_and_nothing_twice(marks: list[int], size: int) -> None:
    near = bytearray(size)
    for mark in marks:
        near[mark : mark + 100] = b"\1" * len(near[mark : mark + 100])
    stretches = [*masking._search_windows(bytes(near))]
    searched = {byte for start, end in stretches for byte in range(start, end)}
    assert len(searched) == sum(end - start for start, end in stretches)
    reached = {max(0, mark - REACH) for mark in marks if mark < size} | {mark for mark in marks if mark < size}
    assert reached <= searched
    assert bool(stretches) == any(mark < size for mark in marks)
