"""Halstead's measures: which token is what, the formulas, and the maintainability index made from them."""

import math

import pytest

from rustgate.metrics.halstead import Halstead, Tokens, maintainability, measures
from rustgate.syntax.parse import parse_rust

TOKENS = [
    ("", "", ""),
    ("fn f() {}", "fn ( {", "f"),
    ("fn f(a: u8) -> u8 { a + 1 }", "fn ( : -> { +", "f a u8 u8 a 1"),
    ("struct A { b: C }", "struct { :", "A b C"),
    ("use a::b::{self, c as d};", "use :: :: { , as ;", "a b self c d"),
    ("impl A for crate::B {}", "impl for :: {", "A crate B"),
    ("fn f(&self) { self.a.b() }", "fn ( & { . . (", "f self self a b"),
    ("const A: [u8; 2] = [1, 0x2_u8];", "const : [ ; = [ , ;", "A u8 2 1 0x2_u8"),
    ('const A: B = ("x y", \'c\', b"z", r#"q"q"#, 1.5, true);', "const : = ( , , , , , ;", 'A B "x␣y" \'c\' b"z" r#"q"q"# 1.5 true'),
    ("fn f<'a, T: 'a>(x: &'a T) {}", "fn < , : ( : & {", "f 'a T 'a x 'a T"),
    ("fn f() { 'a: loop { break 'a; } }", "fn ( { : loop { break ;", "f 'a 'a"),
    ("fn f() { let _ = a; }", "fn ( { let = ;", "f _ a"),
    ("fn f(a: Vec<Option<u8>>) {}", "fn ( : < < {", "f a Vec Option u8"),
    ("fn f() { a < b && c > d }", "fn ( { < && >", "f a b c d"),
    ("fn f() { |a| a | b }", "fn ( { | |", "f a a b"),
    ("fn f() { a[b..=c]?; !d }", "fn ( { [ ..= ? ; !", "f a b c d"),
    ('fn f() { println!("{}", a); }', "fn ( { ! ( , ;", 'f println "{}" a'),
    ("fn f() { m![if a > b {}] }", "fn ( { ! [ if > {", "f m a b"),
    ("/// doc\n// text\n#[a(b)]\nfn f() { /* c */ }\n", "fn ( {", "f"),
    ("pub(crate) async unsafe fn f(mut a: u8) {}", "pub ( async unsafe fn ( mut : {", "crate f a u8"),
    ("macro_rules! m { ($a:expr) => { $a } }", "macro_rules! { ( : => {", "m $a expr $a"),
]


@pytest.mark.parametrize(("source", "operators", "operands"), TOKENS)
def test_names_and_literals_are_operands_and_all_else_operators(source: str, operators: str, operands: str) -> None:
    tokens = Tokens(parse_rust(source.encode()), source.encode())._tokens
    found = [(token.operand, token.text.decode().replace(" ", "␣")) for token in tokens]
    assert [text for operand, text in found if not operand] == operators.split()
    assert [text for operand, text in found if operand] == operands.split()


def test_the_counts_of_a_stretch_are_those_of_its_tokens() -> None:
    source = b"fn f(a: u8) { a + a }\nfn g(b: u8) -> u8 { b * b - b }\n"
    tokens = Tokens(parse_rust(source), source)
    second = source.index(b"fn g")
    assert [(one.n1, one.n2, one.N1, one.N2) for one in (tokens.halstead(0, second), tokens.halstead(second, len(source)))] == [
        (5, 3, 5, 5),  # fn ( : { +     f a u8 a a
        (7, 3, 7, 7),  # fn ( : -> { * -     g b u8 u8 b b b
    ]
    whole = tokens.halstead(0, len(source))
    assert (whole.n1, whole.n2, whole.N1, whole.N2) == (8, 5, 12, 12)


FORMULAS = [
    ((0, 0, 0, 0), Halstead(0, 0, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0)),
    ((1, 0, 1, 0), Halstead(1, 0, 1, 0, 1, 1, 0.0, 0.0, 0.0, 0.0, 0.0)),
    ((6, 2, 9, 7), Halstead(6, 2, 9, 7, 8, 16, 48.0, 10.5, 504.0, 28.0, 0.016)),
]


@pytest.mark.parametrize(("counts", "expected"), FORMULAS)
def test_the_formulas(counts: tuple[int, int, int, int], expected: Halstead) -> None:
    assert measures(*counts) == expected


def _radon(volume: float, cyclomatic: int, code: int, bonus: float) -> float:
    return (171 - 5.2 * math.log(volume) - 0.23 * cyclomatic - 16.2 * math.log(code) + bonus) * 100 / 171


INDEX = [
    ((0, 0, 0, 0), 100.0),
    ((0, 0, 0, 9), 100.0),  # nothing but comments
    ((48.0, 3, 10, 0), _radon(48.0, 3, 10, 0)),
    ((48.0, 3, 10, 10), _radon(48.0, 3, 10, 50 * math.sin(math.sqrt(2.4 * math.pi * 50 / 180)))),
    ((1.0, 0, 1, 0), 100.0),
    ((1.0, 0, 1, 1), 100.0),  # more than all of it
    ((1e9, 500, 50_000, 0), 0.0),  # less than none
]


@pytest.mark.parametrize(("numbers", "value"), INDEX)
def test_the_maintainability_index(numbers: tuple[float, int, int, int], value: float) -> None:
    assert maintainability(*numbers) == pytest.approx(value)


def test_more_comments_lower_the_index_nowhere_before_they_are_half_of_a_file() -> None:
    values = [maintainability(5_000, 40, 100, comments) for comments in range(0, 100, 10)]
    assert values == sorted(values)


def test_a_deep_tree_is_no_problem() -> None:
    source = b"fn f() { " + b"(" * 5_000 + b"1" + b")" * 5_000 + b" }"
    assert Tokens(parse_rust(source), source).halstead(0, len(source)).N1 == 5_003
