"""Every metric of a function, as its definition says: a table for each, the numbers counted by hand."""

import pytest

from rustgate.syntax.items import Function
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import scan_source

JOINED = join_queries([])


def functions(source: str) -> list[Function]:
    return list(Outline(scan_source(source.encode(), JOINED), test=False).functions)


def only(source: str) -> Function:
    (function,) = functions(source)
    return function


CYCLOMATIC = [
    ("", 1),
    ("if a { b() }", 2),
    ("if a {} else {}", 2),
    ("if a {} else if b {} else {}", 3),
    ("if let Some(x) = y {}", 2),
    ("if let A = x {} else if let B = y {}", 3),
    ("while a {}", 2),
    ("while let Some(x) = y {}", 2),
    ("for x in y {}", 2),
    ("loop {}", 2),
    ("'a: loop { break 'a }", 2),
    ("match x {}", 1),
    ("match x { _ => 1 }", 1),
    ("match x { A => 1, B => 2 }", 3),
    ("match x { A => 1, _ => 2 }", 2),
    ("match x { A | B | C => 1, _ => 2 }", 2),
    ("match x { 1 => 1, n => n }", 3),  # a name is no bare `_`
    ("match x { (_) => 1 }", 2),  # neither is this
    ("match x { A(_) => 1, _ => 2 }", 2),
    ("match x { #[cfg(a)] A => 1, #[cfg(b)] _ => 2 }", 2),
    ("match x { A if b => 1, _ => 2 }", 3),
    ("match x { _ if b => 1, _ => 2 }", 2),  # the guard counts, the bare `_` does not
    ("match x { A if b && c => 1, _ => 2 }", 4),
    ("match x { A if let B = c => 1, _ => 2 }", 3),
    ("match x { A => match y { B => 1, _ => 2 }, _ => 3 }", 3),
    ("a && b", 2),
    ("a || b || c", 3),
    ("a & b | c ^ d", 1),
    ("!a", 1),
    ("if a && b || c {}", 4),
    ("if let A = b && c {}", 3),
    ("if a && let B = c && let D = e {}", 4),
    ("if a && b && let C = d {}", 4),
    ("if (a || b) && let C = d {}", 4),
    ("while let A = b && c {}", 3),
    ("let Some(x) = y else { return };", 2),
    ("let Some(x) = y else { if a {} return };", 3),
    ("let x = if a { b } else { c };", 2),
    ("a()?.b()?; c?", 1),
    ("return a?;", 1),
    ("let c = |x| if x { 1 } else { 2 };", 2),
    ("let c = || a || b;", 2),  # the bars of a closure are no operator
    ("let r = &&x;", 1),
    ("async { if a {} }", 2),
    ("unsafe { if a {} }", 2),
    ("const { if a {} }", 2),
    ("x.map(|y| match y { A => 1, B => 2, _ => 3 })", 3),
]


@pytest.mark.parametrize(("body", "value"), CYCLOMATIC)
def test_cyclomatic_complexity(body: str, value: int) -> None:
    assert only(f"fn f() {{ {body} }}").cyclomatic == value


MACROS = [
    ('println!("{}", if a { 1 } else { 2 });', 2),
    ("assert!(a && b);", 2),
    ("vec![a || b; 3];", 2),
    ("tokio::select! { x = y => { if a {} } _ = z => {} }", 2),
    ("outer! { inner! { if a {} } }", 2),
    ("assert!(matches!(x, A | B));", 1),
    ('println!("if && || match");', 1),
    ("m!(if);", 1),
]


@pytest.mark.parametrize(("body", "value"), MACROS)
def test_a_macro_body_counts_as_if_it_stood_there_and_the_macro_itself_not(body: str, value: int) -> None:
    assert only(f"fn f() {{ {body} }}").cyclomatic == value


def test_a_function_in_a_macro_body_is_a_function() -> None:
    function = only("cfg_rt! {\n    pub fn f(a: u8) {\n        if a {}\n    }\n}\n")
    assert (function.item, function.line, function.end_line, function.cyclomatic, function.parameters) == ("f", 2, 4, 2, 1)


TRIES = [("a()?.b()?; c?", 3), ("|| a?", 1), ("try { a? }", 1), ("a", 0)]


@pytest.mark.parametrize(("body", "value"), TRIES)
def test_question_marks_are_counted_apart(body: str, value: int) -> None:
    assert only(f"fn f() {{ {body} }}").tries == value


COGNITIVE = [
    ("", 0),
    ("if a {}", 1),
    ("if a {} else {}", 2),
    ("if a {} else if b {}", 2),
    ("if a {} else if b {} else {}", 3),
    ("if a { if b {} }", 3),
    ("if a {} else { if b {} }", 4),
    ("if a {} else if b { if c {} }", 4),
    ("if a {} else if b {} else if c { if d {} } else { if e {} }", 8),
    ("for a in b { while c { loop { if d {} } } }", 10),
    ("match a { A => 1, B => 2, _ => 3 }", 1),
    ("match a { A => if b { 1 } else { 2 }, _ => 3 }", 4),
    ("match a { A if b => 1, _ => 2 }", 1),
    ("match a { A => match b { B => 1, _ => 2 }, _ => 3 }", 3),
    ("let Some(x) = y else { return };", 0),
    ("a()?.b()?", 0),
    ("f()", 0),  # recursion
    ("break; continue; return;", 0),
    ("'a: loop { break 'a; }", 2),
    ("'a: loop { continue 'a; }", 2),
    ("'a: { break 'a 3 }", 1),
    ("loop { break 3 }", 1),
    ("let c = |x| if x { 1 } else { 2 };", 3),
    ("let c = || { let d = || if a {}; };", 3),
    ("for x in y { z.map(|q| if q {}) }", 4),
    ("async { if a {} }", 1),
    ("unsafe { if a {} }", 1),
    ("{ { if a {} } }", 1),
]


@pytest.mark.parametrize(("body", "value"), COGNITIVE)
def test_cognitive_complexity(body: str, value: int) -> None:
    assert only(f"fn f() {{ {body} }}").cognitive == value


RUNS = [
    ("a && b", 1),
    ("a && b && c && d", 1),
    ("a || b || c", 1),
    ("a && b || c", 2),
    ("a || b && c", 2),
    ("a && b || c && d", 3),
    ("a && (b && c)", 1),
    ("(a && b) && ((c && d))", 1),
    ("a && (b || c) && d", 3),
    ("(a && b) || (c && d)", 3),
    ("a && !(b && c)", 2),
    ("!(a && b)", 1),
    ("a && g(b && c)", 2),
    ("g(a && b) && c", 2),
    ("a && { b && c }", 2),
    ("a && x.any(|y| y && z)", 2),
    ("(a && b, c && d)", 2),
    ("a && b; c && d", 2),
    ("a\n// why\n&& b\n/* and */ && c", 1),
    ("a && /* why */ ( /* and */ b && c)", 1),
    ("if let A = b && c {}", 2),
    ("if let A = b && let C = d && e {}", 2),
    ("if a && b && let C = d {}", 2),
    ("if (a && b) && let C = d {}", 2),
    ("if (a || b) && let C = d {}", 3),
    ("if (a || b) && let C = d && (e || f) {}", 4),
    ("if let A = (b && c) {}", 2),
    ("if let A = { b && c } && d {}", 3),
    ("while a && let B = c {}", 2),
]


@pytest.mark.parametrize(("body", "value"), RUNS)
def test_each_run_of_the_same_boolean_operator_counts_once(body: str, value: int) -> None:
    assert only(f"fn f() {{ {body} }}").cognitive == value


NESTING = [
    ("", 0),
    ("if a {}", 1),
    ("if a { if b {} }", 2),
    ("if a {} else if b {} else if c {}", 1),
    ("if a {} else { if b {} }", 2),
    ("if a {} else if b { loop {} }", 2),
    ("if a {} if b {} if c {}", 1),
    ("for a in b { while c { loop { match d { _ => if e {} } } } }", 5),
    ("match a { A => match b { _ => 1 }, _ => 2 }", 2),
    ("|| if a {}", 1),
    ("for a in b { c.map(|d| if d {}) }", 2),
    ("{ { { if a {} } } }", 1),
    ("unsafe { async { if a {} } }", 1),
    ("let Some(a) = b else { if c {} return };", 1),
    ("a && b && c", 0),
]


@pytest.mark.parametrize(("body", "value"), NESTING)
def test_nesting(body: str, value: int) -> None:
    assert only(f"fn f() {{ {body} }}").nesting == value


def test_the_nesting_path_points_at_the_keyword_of_the_first_construct_of_each_depth() -> None:
    source = "fn f() { 'form: for x in y { if z { match q { _ => {} } } } while a { if b {} } }"
    words = [source[start:end] for start, end in only(source).nesting_path]
    assert words == ["for", "if", "match"]


NESTED = [
    ("fn f() { if a {} fn g() { if b {} } }", [("f", 2, 1 + 2, 1), ("f::g", 2, 0, 1)]),
    ("fn f() { if a { fn g() { if b {} } } }", [("f", 2, 1 + 3, 1), ("f::g", 2, 0, 1)]),
    ("fn f() { fn g() { fn h() { if a {} } } }", [("f", 1, 3, 0), ("f::g", 1, 0, 0), ("f::g::h", 2, 0, 1)]),
    ("fn f() { impl T { fn g() { if a {} } } }", [("f", 1, 2, 0), ("f::T::g", 2, 0, 1)]),
    ("mod m { impl T { fn f() { if a {} } fn g() {} } }", [("m::T::f", 2, 1, 1), ("m::T::g", 1, 0, 0)]),
    ("impl A for B { fn f() {} } trait C { fn g(); fn h() { if a {} } }", [("<B as A>::f", 1, 0, 0), ("C::g", 1, 0, 0), ("C::h", 2, 1, 1)]),
    ("const A: u8 = if a { 1 } else { 2 }; fn f() {}", [("f", 1, 0, 0)]),
    ("macro_rules! m { () => { fn f() { if a {} } } }", [("f", 2, 1, 1)]),
]


@pytest.mark.parametrize(("source", "found"), NESTED)
def test_a_nested_function_is_its_own_but_its_cognitive_score_belongs_to_the_outermost(
    source: str, found: list[tuple[str, int, int, int]]
) -> None:
    assert [(one.item, one.cyclomatic, one.cognitive, one.nesting) for one in functions(source)] == found


PARAMETERS = [
    ("fn f() {}", 0, False),
    ("fn f(a: u8) {}", 1, False),
    ("fn f(a: u8, b: u8,) {}", 2, False),
    ("fn f(_: u8, (a, b): (u8, u8), [c, d]: [u8; 2]) {}", 3, False),
    ("fn f(mut a: u8, ref b: u8) {}", 2, False),
    ("fn f(a: fn(u32, u32), b: impl Fn(u8, u8), c: [(u8, u8); 2]) {}", 3, False),
    ("fn f<A, const B: usize>(a: A) where A: Fn(u8, u8) {}", 1, False),
    ("fn f(#[cfg(x)] a: u8, /* why */ b: u8, // and\n c: u8) {}", 3, False),
    ("impl T { fn f(self) {} }", 0, True),
    ("impl T { fn f(&self, a: u8) {} }", 1, True),
    ("impl T { fn f(&'a mut self, a: u8) {} }", 1, True),
    ("impl T { fn f(mut self) {} }", 0, True),
    ("impl T { fn f(self: Box<Self>, a: u8) {} }", 1, True),
    ("impl T { fn f(mut self : Pin<&mut Self>) {} }", 0, True),
    ("impl T { fn f(selfish: u8) {} }", 1, False),
    ("trait T { fn f(u8, bool); }", 2, False),  # edition 2015 let a signature leave out names
    ("trait T { fn f(&self, a: u8); }", 1, True),
    ('extern "C" { fn f(a: u8, ...); }', 2, False),
    ('unsafe extern "C" fn f(a: u8, args: ...) {}', 2, False),
]


@pytest.mark.parametrize(("source", "count", "has_self"), PARAMETERS)
def test_parameters_are_counted_without_self(source: str, count: int, has_self: bool) -> None:  # noqa: FBT001  # a column of the table
    function = only(source)
    assert (function.parameters, function.self_parameter) == (count, has_self)


BOOLS = [
    ("a: bool, b: u8", 1),
    ("a: bool, b : bool, _: bool", 3),
    ("a: &bool, b: Option<bool>, c: (bool, bool), d: [bool; 2]", 0),
    ("bool: u8", 0),
    ("mut a: bool", 1),
]


@pytest.mark.parametrize(("parameters", "count"), BOOLS)
def test_bool_parameters_are_those_of_type_bool_itself(parameters: str, count: int) -> None:
    assert only(f"fn f({parameters}) {{}}").bool_parameters == count


FIXED = [
    ("fn f(a: u8) {}", False),
    ("impl T { fn f(a: u8) {} }", False),
    ("impl A for T { fn f(a: u8) {} }", True),
    ("trait A { fn f(a: u8) {} }", False),
    ('extern "C" fn f(a: u8) {}', True),
    ('extern "C" { fn f(a: u8); }', True),
    ('pub unsafe extern "system" fn f(a: u8) {}', True),
    ("impl A for T { fn f() { fn g(a: u8) {} } }", False),
]


@pytest.mark.parametrize(("source", "fixed"), FIXED)
def test_a_trait_or_an_abi_fixes_the_signature(source: str, fixed: bool) -> None:  # noqa: FBT001  # a column of the table
    assert functions(source)[-1].fixed_signature is fixed


LINES = [
    ("fn f() {}", 1, 1),
    ("\n\nfn f() {\n}\n", 3, 4),
    ("#[inline]\n/// Docs.\n// Remark.\nfn f() {}", 4, 4),
    ("#[a] fn f() {\n}", 1, 2),
    ("pub(crate)\nasync\nunsafe fn f(\n    a: u8,\n)\nwhere\n    A: B,\n{\n\n    // c\n}", 1, 11),
    ("pub const fn f() -> u8 {\n    1\n} // after", 1, 3),
    ("fn f() {\r\n}\r\n", 1, 2),
    ("trait T {\n    fn f(\n        &self,\n    );\n}", 2, 4),
]


@pytest.mark.parametrize(("source", "first", "last"), LINES)
def test_a_function_runs_from_the_first_token_of_its_signature_to_its_closing_brace(source: str, first: int, last: int) -> None:
    function = only(source)
    assert (function.line, function.end_line, function.lines) == (first, last, last - first + 1)


CODE_LINES = [
    ("fn f() {}", 0),
    ("fn f() { a }", 1),
    ("fn f() {\n    a;\n\n    // c\n    b; // d\n}", 2),
    ("fn f() {\n    /* a\n    b */ c;\n    /* d */\n}", 1),
    ("fn f(\n    a: u8,\n) -> u8\nwhere\n    A: B,\n{\n    a\n}", 1),
    ("fn f() {\n    /// doc\n    fn g() {\n        a\n    }\n}", 3),
    ("fn f() { a;\n    b }", 2),
    ('fn f() {\n    "//\n    // text"\n}', 2),
]


@pytest.mark.parametrize(("source", "count"), CODE_LINES)
def test_code_lines_are_those_of_the_body_without_blanks_and_comments(source: str, count: int) -> None:
    outline = Outline(scan_source(source.encode(), JOINED), test=False)
    function = outline.functions[0]
    assert outline.lines_of_code(function.body_start, function.end) == count


IMPLS = [
    ("impl T {}", [("T", 1, 1)]),
    ("#[a]\n/// b\nimpl T {\n    fn f() {}\n}", [("T", 3, 3)]),
    ("unsafe impl<A> B for T<A>\nwhere A: C,\n{\n}", [("<T<A> as B>", 1, 4)]),
    ("impl A for T {}\nimpl T {\n}", [("<T as A>", 1, 1), ("T", 2, 2)]),
    ("mod m {\n    impl T {\n    }\n}", [("m::T", 2, 2)]),
]


@pytest.mark.parametrize(("source", "found"), IMPLS)
def test_an_impl_block_runs_from_its_first_token_to_its_closing_brace(source: str, found: list[tuple[str, int, int]]) -> None:
    outline = Outline(scan_source(source.encode(), JOINED), test=False)
    assert [(impl.item, impl.line, impl.lines) for impl in outline.impls] == found


def test_deep_nesting_ends_no_sweep() -> None:
    deep = only(f"fn f() {{ {'if a {' * 150}{'}' * 150} }}")
    assert (deep.cyclomatic, deep.nesting, deep.cognitive) == (151, 150, 150 * 151 // 2)
