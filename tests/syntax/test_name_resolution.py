"""Paths resolved as far as a file says."""

import pytest

from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.name_resolution import Use, leaves, std_path
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import scan_source

SOURCE = """
use std::thread::sleep as nap;
use std::{fs, io::{self, Read as _, Write}, time::*};
use ::tokio::net;
mod inner {
    use tokio::fs;
    pub fn a() { HERE_INNER }
    fn sleep() {}
    fn b() { HERE_LOCAL }
}
struct Client;
fn top() {
    use std::net::{TcpStream};
    HERE_TOP
}
fn other() { HERE_OTHER }
"""


@pytest.mark.parametrize(
    ("place", "path", "full"),
    [
        ("HERE_TOP", "nap", "std::thread::sleep"),
        ("HERE_TOP", "fs::read", "std::fs::read"),
        ("HERE_TOP", "fs :: read", "std::fs::read"),
        ("HERE_TOP", "io::stdin", "std::io::stdin"),
        ("HERE_TOP", "Write", "std::io::Write"),
        ("HERE_TOP", "net::TcpStream::connect", "tokio::net::TcpStream::connect"),
        ("HERE_TOP", "TcpStream::connect", "std::net::TcpStream::connect"),
        ("HERE_OTHER", "TcpStream::connect", "TcpStream::connect"),
        ("HERE_TOP", "Client::new", "self::Client::new"),
        ("HERE_INNER", "fs::read", "tokio::fs::read"),
        ("HERE_INNER", "nap", "nap"),
        ("HERE_INNER", "Client", "Client"),
        ("HERE_LOCAL", "sleep", "self::sleep"),
        ("HERE_TOP", "std::fs::read", "std::fs::read"),
        ("HERE_TOP", "::std::fs::read", "std::fs::read"),
        ("HERE_TOP", "crate::fs::read", "crate::fs::read"),
    ],
)
def test_a_path_is_resolved_where_it_stands(place: str, path: str, full: str) -> None:
    outline = Outline(scan_source(SOURCE.encode(), join_queries([])), test=False)
    assert outline.names.resolve(path, SOURCE.index(place)) == full


def test_a_glob_can_explain_a_name() -> None:
    outline = Outline(scan_source(SOURCE.encode(), join_queries([])), test=False)
    paths = frozenset({"std::time::Instant"})
    assert outline.names.resolves_to("Instant", SOURCE.index("HERE_TOP"), paths) == "std::time::Instant"
    assert outline.names.resolves_to("Duration", SOURCE.index("HERE_TOP"), paths) is None
    assert outline.names.resolves_to("Instant", SOURCE.index("HERE_INNER"), paths) is None


@pytest.mark.parametrize(
    ("path", "full"),
    [
        ("Vec", "std::vec::Vec"),
        ("Vec::new", "std::vec::Vec::new"),
        ("drop", "std::mem::drop"),
        ("core::fmt::Display", "std::fmt::Display"),
        ("alloc::boxed::Box", "std::boxed::Box"),
        ("std::boxed::Box", "std::boxed::Box"),
        ("alloc", "alloc"),
        ("self::Vec", "self::Vec"),
        ("tokio::fs::read", "tokio::fs::read"),
        ("Display", "Display"),
    ],
)
def test_one_path_stands_for_all_that_std_hands_on(path: str, full: str) -> None:
    assert std_path(path) == full


@pytest.mark.parametrize(
    ("source", "path", "found"),
    [
        ("fn f() {}", "Box", "std::boxed::Box"),
        ("struct Box; fn f() {}", "Box", None),
        ("use other::Box; fn f() {}", "Box", None),
        ("use alloc::boxed::Box as Heap; fn f() {}", "Heap", "std::boxed::Box"),
        ("use core::fmt::*; fn f() {}", "Display", "std::fmt::Display"),
        ("fn f() {}", "Error", "Error"),
    ],
)
def test_checks_compare_with_paths_in_std(source: str, path: str, found: str | None) -> None:
    outline = Outline(scan_source(source.encode(), join_queries([])), test=False)
    assert outline.names.resolves_to(path, source.index("{}"), frozenset({"std::boxed::Box", "std::fmt::Display", "Error"})) == found


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("use a;", [("a", "a")]),
        ("pub(crate) use a::b::{self, c as d, e::{f, *}};", [("a::b", "b"), ("a::b::c", "d"), ("a::b::e::f", "f"), ("a::b::e", "*")]),
        ("use {a::b, c};", [("a::b", "b"), ("c", "c")]),
        ("use a::self;", [("a", "a")]),
        ("use a::{b, /* not c */ d, // nor e\n f};", [("a::b", "b"), ("a::d", "d"), ("a::f", "f")]),
        ("use a::b as _;", [("a::b", "_")]),
    ],
)
def test_a_use_tree_is_taken_apart(text: str, uses: list[tuple[str, str]]) -> None:
    assert list(leaves(text)) == [Use(path, name) for path, name in uses]
