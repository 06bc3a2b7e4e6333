"""What the outline says of a file: qualified names, test code, modules, programs, and where things stand."""

from typing import Any

import pytest
from msgspec.structs import replace

from rustgate.model.file import Export, ModuleDeclaration
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import scan_source

NOTHING = join_queries([])


def outline(text: str, *, test: bool = False) -> Outline:
    return Outline(scan_source(text.encode(), NOTHING), test=test)


def item_at(text: str, mark: str = "HERE") -> str:
    return outline(text).item(text.encode().index(mark.encode()))


def is_test_at(text: str, mark: str = "HERE") -> bool:
    return outline(text).is_test(text.encode().index(mark.encode()))


ITEMS = [
    ("fn f() { HERE }", "f"),
    ("HERE!();", ""),
    ("mod a { mod b { fn f() { HERE } } }", "a::b::f"),
    ("mod a { HERE!(); }", "a"),
    ("impl A { fn f() { HERE } }", "A::f"),
    ("impl<T: B<C>> A<T, 3> where T: D { fn f() { HERE } }", "A::f"),
    ("impl a::A { fn f() { HERE } }", "a::A::f"),
    ("impl<T> a::A<T> { fn f() { HERE } }", "a::A::f"),
    ("impl B for A { fn f() { HERE } }", "<A as B>::f"),
    ("impl<T> b::B<T> for A<T> { fn f() { HERE } }", "<A<T> as b::B<T>>::f"),
    ("impl<'a> B for &'a mut A { fn f() { HERE } }", "<&'a mut A as B>::f"),
    ("impl\n  B\n  for A<\n  T\n> { fn f() { HERE } }", "<A< T > as B>::f"),
    ("unsafe impl Send for A { fn f() { HERE } }", "<A as Send>::f"),
    ("mod a { impl B for A { fn f() { HERE } } }", "a::<A as B>::f"),
    ("impl [u8] { fn f() { HERE } }", "[u8]::f"),
    ("trait A { fn f(); fn g() { HERE } }", "A::g"),
    ("trait A { fn f(HERE: u8); }", "A::f"),
    ("fn f() { fn g() { HERE } }", "f::g"),
    ("fn f() { struct A; impl A { fn g() { HERE } } }", "f::A::g"),
    ("fn f() { let a = |b| HERE; }", "f"),
    ("fn f() { async { unsafe { loop { HERE } } } }", "f"),
    ("const A: u8 = HERE;", "A"),
    ("static A: u8 = HERE;", "A"),
    ("impl A { const B: u8 = HERE; }", "A::B"),
    ("const _: () = { fn f() { HERE } };", "_::f"),
    ("struct A { b: HERE }", "A"),
    ("enum A { B = HERE }", "A"),
    ("union A { b: HERE }", "A"),
    ('extern "C" { fn f(a: HERE); }', "f"),
    ("cfg_rt! { mod a { fn f() { HERE } } }", "a::f"),
    ('fn f() { println!("{}", HERE) }', "f"),
    ("mod a { fn f() {} } fn g() { HERE }", "g"),
    ("mod ä { fn ö() { HERE } }", "ä::ö"),
    ("#[a]\nfn f(HERE: u8) {}", "f"),
]


@pytest.mark.parametrize(("text", "name"), ITEMS)
def test_an_item_has_a_qualified_name(text: str, name: str) -> None:
    assert item_at(text) == name


def test_what_a_macro_writes_into_a_trait_need_not_be_required() -> None:
    found = outline("trait A { fn a(&self); w! { fn b(&self); } fn c(&self); fn d(&self) {} } m! { trait B { fn a(&self); } }")
    assert [(trait.item, trait.required_methods) for trait in found.traits] == [("A", 2), ("B", 1)]


def test_functions_impls_and_traits_are_told_in_source_order() -> None:
    found = outline("fn a() { fn b() {} }\nimpl A { fn c(&self); }\ntrait B { fn d(); fn e() {} fn f(); }\nimpl B for A {}")
    assert [(function.item, function.body) for function in found.functions] == [
        ("a", True),
        ("a::b", True),
        ("A::c", False),
        ("B::d", False),
        ("B::e", True),
        ("B::f", False),
    ]
    assert [impl.item for impl in found.impls] == ["A", "<A as B>"]
    assert [(trait.item, trait.required_methods) for trait in found.traits] == [("B", 2)]


TESTS = [
    "#[test]\nfn f() { HERE }",
    "#[bench]\nfn f() { HERE }",
    "#[tokio::test]\nasync fn f() { HERE }",
    "#[wasm_bindgen_test::test]\nfn f() { HERE }",
    "#[rstest]\nfn f() { HERE }",
    "#[test_case(1)]\n#[test_case(2)]\nfn f() { HERE }",
    "#[quickcheck]\nfn f() { HERE }",
    "#[cfg(test)]\nmod a { fn f() { HERE } }",
    "#[cfg(test)]\nmod a { mod b { impl A { fn f() { HERE } } } }",
    "#[cfg(all(unix, test))]\nfn f() { HERE }",
    "#[cfg(test)]\nimpl A { fn f() { HERE } }",
    "impl A { #[cfg(test)] fn f() { HERE } }",
    "#[cfg(test)]\nconst A: u8 = HERE;",
    "#[cfg(test)]\nuse HERE;",
    "#[cfg(test)]\nHERE!();",
    "#[test]\n#[ignore]\n// a comment\n/// and a doc\nfn f() { HERE }",
    "#[inline]\n#[cfg(test)]\n#[doc(hidden)]\npub(crate) async unsafe fn f() { HERE }",
    '#[test] #[should_panic(expected = "HERE")] fn f() {}',
    "fn f() { #[cfg(test)] let a = HERE; }",
    "fn f() { #[cfg(test)] { HERE } }",
    "fn f() { #[cfg(test)] HERE.g(); }",
    "fn f() { match a { #[cfg(test)] B => HERE, C => {} } }",
    "fn f() -> A { A { #[cfg(test)] b: HERE, c } }",
    "struct A { #[cfg(test)] b: HERE }",
    "enum A { #[cfg(test)] B { c: HERE } }",
    "mod a {\n#![cfg(test)]\nfn f() { HERE } }",
    "fn f() {\n#![cfg(test)]\nHERE }",
    "#![cfg(test)]\nfn f() { HERE }",
    "//! A doc.\n\n#![allow(a)]\n#![cfg(test)]\n\nHERE!();",
    "proptest! { fn f(a in 0..9) { HERE } }",
    "proptest::proptest! { #[test] fn f(a in 0..9) { HERE } }",
    "cfg_rt! { #[cfg(test)] mod a { fn f() { HERE } } }",
    "cfg_rt! { #![cfg(test)]\nfn f() { HERE } }",
    "#[cfg(test)]\ncfg_rt! { fn f() { HERE } }",
]
PRODUCTION = [
    "fn f() { HERE }",
    "#[cfg(not(test))]\nfn f() { HERE }",
    '#[cfg(any(test, feature = "a"))]\nmod a { fn f() { HERE } }',
    '#[cfg(feature = "test")]\nfn f() { HERE }',
    "#[cfg_attr(test, derive(A))]\nstruct A { b: HERE }",
    "#[test]\nfn f() {}\nfn g() { HERE }",
    "fn f() { HERE }\n#[cfg(test)]\nmod tests {}",
    "#[cfg(test)]\nmod tests;\nfn f() { HERE }",
    "#[cfg(test)]\nuse a;\nuse HERE;",
    "mod a {\n#![cfg(test)]\n}\nfn f() { HERE }",
    "fn f() { match a { #[cfg(test)] B => {}, C => HERE } }",
    "fn f() -> A { A { #[cfg(test)] b: 1, c: HERE } }",
    "struct A { #[cfg(test)] b: u8, c: HERE }",
    "fn f() { #[cfg(test)] let a = b; HERE }",
    "cfg_rt! { #![cfg(test)]\nfn f() {} }\nfn g() { HERE }",
    "proptest_helper! { fn f() { HERE } }",
    "mod tests { fn f() { HERE } }",
    "fn test_f() { HERE }",
    "#[tokio::main]\nasync fn main() { HERE }",
    "// #[cfg(test)]\nfn f() { HERE }",
    "/// #[test]\nfn f() { HERE }",
    "macro_rules! a { () => { #[cfg(test)] mod b {} } }\nfn f() { HERE }",
]


@pytest.mark.parametrize("text", TESTS)
def test_this_is_test_code(text: str) -> None:
    assert is_test_at(text)


@pytest.mark.parametrize("text", PRODUCTION)
def test_this_is_production_code(text: str) -> None:
    assert not is_test_at(text)


@pytest.mark.parametrize("text", PRODUCTION)
def test_in_a_file_of_tests_everything_is_test_code(text: str) -> None:
    assert outline(text, test=True).is_test(text.index("HERE"))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("#![cfg(test)]\nfn f() {}\n", True),
        ("#[cfg(test)]\nmod tests;\nfn f() {}\n", False),
        ("#[cfg(test)]\nmod tests { }\nfn f() {}\n", False),
        ("mod a { #![cfg(test)] }\n", False),
        ("", False),
    ],
)
def test_a_file_is_test_code_as_a_whole_only_if_all_of_it_is(text: str, whole: bool) -> None:  # noqa: FBT001  # a column of a table
    assert outline(text).whole_file_is_test is whole


def test_the_parts_of_a_file_know_whether_they_are_tests() -> None:
    found = outline("fn a() {}\nimpl A {}\ntrait B {}\nmod c;\n#[cfg(test)]\nmod t { fn a() {}\nimpl A {}\ntrait B {}\nmod c; }")
    assert [function.test for function in found.functions] == [False, True]
    assert [impl.test for impl in found.impls] == [False, True]
    assert [trait.test for trait in found.traits] == [False, True]
    assert [module.test for module in found.modules if not module.inline] == [False, True]


def test_test_modules_reach_from_their_first_attribute_to_their_end() -> None:
    text = "mod a { #[cfg(test)]\n#[allow(b)]\nmod t { mod inner {} } }\n#[test] fn f() {}\n#[cfg(test)] mod u {}"
    spans = [text[start:end] for start, end in outline(text).test_modules]
    assert spans == ["#[cfg(test)]\n#[allow(b)]\nmod t { mod inner {} }", "#[cfg(test)] mod u {}"]


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("fn main() {}", True),
        ("fn main () {}", True),
        ("fn main/**/() {}", True),
        ("#[tokio::main]\npub async fn main() {}", True),
        ("mod a { fn main() {} }", False),
        ("impl A { fn main() {} }", False),
        ("fn main_loop() {}", False),
        ("// fn main() {}", False),
        ("", False),
    ],
)
def test_a_program_has_a_main_at_its_top(text: str, program: bool) -> None:  # noqa: FBT001  # a column of a table
    assert outline(text).is_program is program


def declared(name: str, *parents: str, **given: Any) -> ModuleDeclaration:
    return ModuleDeclaration(**{"name": name, "parents": parents, "path": None, "test": False, **given})


MODULES = [
    ("mod a;", [declared("a")]),
    ("pub mod a;", [declared("a", public=True)]),
    ("pub(crate) mod a;", [declared("a")]),
    ("#[cfg(test)] mod a;", [declared("a", test=True)]),
    ("#![cfg(test)]\nmod a;", [declared("a", test=True)]),
    ('#[path = "b/c.rs"] mod a;', [declared("a", path="b/c.rs")]),
    ('#[cfg(test)]\n#[path = r"b.rs"]\n/// doc\nmod a;', [declared("a", path="b.rs", test=True)]),
    ("mod b { mod c { mod a; } }", [declared("b", inline=True), declared("c", "b", inline=True), declared("a", "b", "c")]),
    ("#[cfg(test)] mod b { mod a; }", [declared("b", inline=True, test=True), declared("a", "b", test=True)]),
    ("cfg_rt! { mod a; }", [declared("a")]),
    ("mod/**/a;", [declared("a")]),
    ("mod\na;", [declared("a")]),
    ("mod\u2028a;", [declared("a")]),
    ("fn f() {}", []),
]


@pytest.mark.parametrize(("text", "modules"), MODULES)
def test_a_file_declares_modules(text: str, modules: list[ModuleDeclaration]) -> None:
    assert [replace(module, line=0, column=0) for module in outline(text).modules] == modules


def test_a_declaration_knows_its_line() -> None:
    assert [module.line for module in outline("mod a;\n\n#[cfg(test)]\nmod b {\n    mod c;\n}").modules] == [1, 4, 5]


EXPORTS = [
    ("pub use a::b;", [Export((), "a::b", "b")]),
    ("mod c { pub use a::{b as d, e::*}; }", [Export(("c",), "a::b", "d"), Export(("c",), "a::e", "*")]),
    ("use a::b;", []),
    ("pub(crate) use a::b;", []),
    ("pub (crate) use a::b;", []),
    ("pub (in c) use a::b;", []),
    ("pub (crate) use a::b; pub use c::d;", [Export((), "c::d", "d")]),
    ("pub\tuse a::b;", [Export((), "a::b", "b")]),
    ("pub\nuse a::b;", [Export((), "a::b", "b")]),
    ("pub\u2028use a::b;", [Export((), "a::b", "b")]),
    ("pub/**/use a::b;", [Export((), "a::b", "b")]),
    ("pub /* c(d) ; */ // e ;\n use a::b;", [Export((), "a::b", "b")]),
    ("macro_rules! m { ($x:ident) => { pub $(use a::$x;)* } }", [Export((), "a::x", "x", "m")]),
]


@pytest.mark.parametrize(("text", "exports"), EXPORTS)
def test_a_file_exports_what_it_uses_in_public(text: str, exports: list[Export]) -> None:
    assert list(outline(text).exports) == exports


@pytest.mark.parametrize(
    "text",
    [
        "#[allow(a)]",
        "#[allow (a)]",
        "#[allow\n(a)]",
        "#[allow/**/(a)]",
        "#[allow\u2028(a)]",
        "#[expect(a)]",
        "#[expect (a)]",
        "#[cfg_attr(b,expect(a))]",
        "#![cfg_attr(\r\n    b,\r\n    expect\r\n(a))]\r\n",
    ],
)
def test_what_is_allowed_is_seen_however_it_is_written(text: str) -> None:
    assert [level.lints for _, level in outline(f"{text} fn f() {{ x.expect(y); }}").lint_levels] == [("a",)]


def test_a_call_of_expect_allows_nothing() -> None:
    assert not outline("fn f() { x.expect(y); allow; r#allow(z); }").lint_levels


def test_what_stands_around_a_place_is_told_from_the_inside_out() -> None:
    text = "mod a { impl A { fn f() { loop { if b { HERE } } } } }"
    assert [node.kind for node in outline(text).ancestors(text.index("HERE"))] == ["if", "loop", "function", "impl", "mod"]
    assert [node.kind for node in outline(text).ancestors(len(text) - 1)] == ["mod"]
    assert list(outline("").ancestors(0)) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("fn f() {\n}", 0),
        ("fn f() {\n  a;\n\n  // b\n  c; // d\n}", 2),
        ("fn f() { a; }", 1),
        ("fn f() {\n  /* a\n  b */ c;\n  d;\n}", 2),
    ],
)
def test_lines_of_code_leave_out_blanks_comments_and_the_braces_at_the_ends(text: str, count: int) -> None:
    assert outline(text).lines_of_code(text.index("{"), len(text)) == count


def test_code_lines_count_those_of_the_whole_file() -> None:
    assert outline("//! doc\n\nfn f() {\n    // b\n}\n").code_lines == [0, 0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("text", ["fn f( {", "impl A for { fn g() {} }", "mod { fn f() {} }", "}}}} #[test", "#[cfg(test)]", "#![cfg(test"])
def test_broken_files_have_an_outline_too(text: str) -> None:
    found = outline(text)
    assert (found.functions, found.impls, found.modules, found.test_modules) is not None


def test_of_what_nests_without_end_the_innermost_names_are_told() -> None:
    depth = 300
    found = outline("".join(f"mod m{number} {{" for number in range(depth)) + "struct S; fn f() {}" + "}" * depth)
    innermost = [f"m{number}" for number in range(depth)][-128:]
    assert found.types[0].parents == tuple(innermost)
    assert found.functions[0].item == "::".join([*innermost[1:], "f"])
    assert max(len(module.parents) for module in found.modules) == 127
