"""Contexts: what code runs in, decided from what stands around it."""

import pytest

from rustgate.model.rule import Enclosure
from rustgate.syntax.enclosures import stands_in
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import scan_source

NOTHING = join_queries([])


def enclosures(text: str) -> set[Enclosure]:
    """The enclosures that HERE stands in."""
    outline = Outline(scan_source(text.encode(), NOTHING), test=False)
    return {enclosure for enclosure in Enclosure if stands_in(enclosure, list(outline.ancestors(text.index("HERE"))))}


ASYNC, CONST, DROP, LOOP, UNSAFE = Enclosure.ASYNC, Enclosure.CONST, Enclosure.DROP, Enclosure.LOOP, Enclosure.UNSAFE

COMPUTED = {CONST, Enclosure.STATIC}

PLACES: list[tuple[str, set[Enclosure]]] = [
    ("HERE!();", set()),
    ("fn f() { HERE }", set()),
    ("async fn f() { HERE }", {ASYNC}),
    ("pub async unsafe fn f() { HERE }", {ASYNC, UNSAFE}),
    ("async fn f() { if a { HERE } }", {ASYNC}),
    ("async fn f() { fn g() { HERE } }", set()),
    ("async fn f() { spawn_blocking(|| HERE) }", set()),
    ("async fn f() { spawn(async move { HERE }) }", {ASYNC}),
    ("fn f() { async { HERE } }", {ASYNC}),
    ("fn f() { async { let a = || HERE; } }", set()),
    ("fn f() { async { let a = || async { HERE }; } }", {ASYNC}),
    ("fn f() { let a = async || HERE; }", {ASYNC}),
    ("fn f() { let a = async move |b| { HERE }; }", {ASYNC}),
    ("fn f() { async {}; HERE }", set()),
    ("fn f() { select! { a = b() => { async { HERE } } } }", {ASYNC}),
    ("const A: u8 = HERE;", COMPUTED),
    ("static A: u8 = HERE;", COMPUTED),
    ("impl A { const B: u8 = { HERE }; }", COMPUTED),
    ("fn f() { const { HERE } }", COMPUTED),
    ("fn f() { const A: u8 = HERE; }", COMPUTED),
    ("const fn f() { HERE }", set()),
    ("const A: fn() = || HERE;", set()),
    ("const _: () = { fn f() { HERE } };", set()),
    ("const A: u8 = if b { HERE } else { 1 };", COMPUTED),
    ("thread_local! { static A: u8 = if b { HERE } else { 1 }; }", {Enclosure.STATIC}),
    ("lazy_static::lazy_static! {\n    /// A.\n    pub static ref A: u8 = if b { HERE } else { 1 };\n}", {Enclosure.STATIC}),
    ("thread_local!(static A: u8 = const { if b { HERE } else { 1 } });", COMPUTED),
    ("thread_local! { static A: u8 = { static B: u8 = if b { HERE } else { 1 }; B }; }", COMPUTED),
    ("thread_local! { static A: fn() = || if b { HERE }; }", set()),
    ("cfg_rt! { static A: u8 = if b { HERE } else { 1 }; }", COMPUTED),
    ("impl Drop for A { fn drop(&mut self) { HERE } }", {DROP}),
    ("impl<T> std::ops::Drop for A<T> { fn drop(&mut self) { let a = || HERE; } }", {DROP}),
    ("impl Drop for A { fn drop(&mut self) { fn f() { HERE } } }", {DROP}),
    ("impl Dropped for A { fn drop(&mut self) { HERE } }", set()),
    ("impl Drop { fn drop(&mut self) { HERE } }", set()),
    ("impl Trait<Drop> for A { fn f() { HERE } }", set()),
    ("fn f() { loop { HERE } }", {LOOP}),
    ("fn f() { while a { HERE } }", {LOOP}),
    ("fn f() { while let Some(a) = HERE {} }", {LOOP}),
    ("fn f() { for a in b { HERE } }", {LOOP}),
    ("fn f() { loop { let a = || HERE; } }", {LOOP}),
    ("fn f() { loop { fn g() { HERE } } }", set()),
    ("fn f() { loop {} HERE }", set()),
    ("fn f() { unsafe { HERE } }", {UNSAFE}),
    ("unsafe fn f() { HERE }", {UNSAFE}),
    ("unsafe fn f() { fn g() { HERE } }", set()),
    ("fn f() { unsafe { let a = || HERE; } }", {UNSAFE}),
    ("fn f() { unsafe {} HERE }", set()),
    ("unsafe impl Send for A { fn f() { HERE } }", set()),
    ("async fn f() { loop { unsafe { HERE } } }", {ASYNC, LOOP, UNSAFE}),
]


@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_code_runs_in_its_enclosures(text: str, expected: set[Enclosure]) -> None:
    assert enclosures(text) == expected
