"""One parse and one query for a file, and macro bodies read as the Rust that they are."""

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st
from tree_sitter import Language, Node, Parser, Query, QueryCursor, Range, Tree

from rustgate.errors import PageError
from rustgate.model.rule import Rule
from rustgate.rules.catalog import shipped
from rustgate.rules.examples import examples
from rustgate.syntax import joined_query, parse as scanning
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.macros import arms
from rustgate.syntax.parse import Captures, Scan, parse_rust, scan_source
from rustgate.syntax.prefilter import patterns

RULE = "unwrap-used"
JOINED = join_queries([shipped()[RULE]])
EVERYTHING = join_queries(shipped().values())


def read(text: str) -> Scan:
    return scan_source(text.encode(), JOINED)


def unwraps(found: Scan) -> list[Node]:
    return sorted((captures["finding"][0] for captures in found.matches.get(RULE, [])), key=lambda node: node.start_byte)


def texts(found: Scan) -> list[str]:
    return [found.source[node.start_byte : node.end_byte].decode() for node in unwraps(found)]


def kinds(found: Scan, *names: str) -> list[str]:
    return [kind for _, kind in sorted((node.start_byte, kind) for kind in names for node in found.events[kind])]


def count_calls(monkeypatch: pytest.MonkeyPatch, calls: list[str]) -> None:
    """Make the scan say `parse` and `query` for each that it does."""

    class CountingParser:
        included_ranges: Sequence[Range] = ()

        def __init__(self, language: Language) -> None:
            self._parser = Parser(language)

        def parse(self, source: bytes) -> Tree:
            calls.append("parse")
            self._parser.included_ranges = list(self.included_ranges)
            return self._parser.parse(source)

    class CountingCursor:
        def __init__(self, query: Query) -> None:
            self._cursor = QueryCursor(query)

        def matches(self, node: Node) -> list[tuple[int, Captures]]:
            calls.append("query")
            return self._cursor.matches(node)

    monkeypatch.setattr(scanning, "Parser", CountingParser)
    monkeypatch.setattr(scanning, "QueryCursor", CountingCursor)


@pytest.mark.parametrize(
    ("text", "macro_bodies"),
    [
        ("fn f() { a.unwrap(); }\n" * 20, 0),
        ('fn f() { println!("{}", a); info!(); vec![0; 3]; }', 0),
        ('fn f() { println!("{}", a.unwrap()); }', 1),
        ("cfg_rt! { fn f() { vec![a.unwrap()]; } }", 2),
    ],
)
def test_a_file_is_parsed_once_and_queried_once(monkeypatch: pytest.MonkeyPatch, text: str, macro_bodies: int) -> None:
    calls: list[str] = []
    count_calls(monkeypatch, calls)
    assert scan_source(text.encode(), JOINED).events
    assert calls == ["parse", "query"] * (1 + macro_bodies)


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("fn f() { a.unwrap(); }", 1),
        ("fn f() { a.unwrapped(); }", 0),
        ("fn f() { a.unwrap_or(1); }", 0),
        ("fn f() { log!(a.unwrap()); }", 2),
        ("fn f() { let = ; }", 1),
    ],
)
def test_a_rule_whose_words_are_not_there_is_not_looked_for(monkeypatch: pytest.MonkeyPatch, text: str, queries: int) -> None:
    calls: list[str] = []
    count_calls(monkeypatch, calls)
    alone = scan_source(text.encode(), JOINED).matches_of(RULE)
    assert calls.count("query") == queries
    assert len(alone) == len(scan_source(text.encode(), JOINED).matches.get(RULE, []))


def test_a_rule_that_is_not_in_the_query_matches_nowhere() -> None:
    assert not read("fn f() { a.unwrap(); }").matches_of("expect-used")


@pytest.mark.parametrize("rule", [rule for rule in shipped().values() if rule.query], ids=lambda rule: rule.name)
def test_what_matches_in_an_example_is_found_without_asking_for_all(rule: Rule) -> None:
    joined = join_queries([rule])
    for example in examples(rule):
        if example.encoding == "utf-8":
            found, asked = (scan_source(example.text.encode(), joined) for _ in range(2))
            assert len(asked.matches_of(rule.name)) == len(found.matches.get(rule.name, []))


def test_all_rules_together_take_no_more_than_one_query(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    count_calls(monkeypatch, calls)
    assert scan_source(b"fn f() { a.unwrap(); todo(); }", EVERYTHING).matches
    assert calls == ["parse", "query"]


def test_matches_and_events_of_a_file_are_in_source_order() -> None:
    found = read("mod a { fn f() { x.unwrap(); } } // one\nfn g() { y.unwrap(); /* two */ }")
    starts = [node.start_byte for node in found.events["comment"]]
    assert kinds(found, "mod", "function", "comment") == ["mod", "function", "comment", "function", "comment"]
    assert all(before <= after for before, after in pairwise(starts))


BODIES = {
    "parentheses": ('println!("{}", a.unwrap())', ["a.unwrap()"]),
    "brackets": ("vec![a.unwrap(), b]", ["a.unwrap()"]),
    "a repeated element": ("vec![a.unwrap(); 3]", ["a.unwrap()"]),
    "braces": ("thread_local! { static A: B = a.unwrap(); }", ["a.unwrap()"]),
    "several arguments": ('assert!(a.unwrap() == b, "{}", c.unwrap())', ["a.unwrap()", "c.unwrap()"]),
    "a named argument": ('write!(f, "{a}", a = b.unwrap())', ["b.unwrap()"]),
    "a final comma": ('println!("{}", a.unwrap(),)', ["a.unwrap()"]),
    "a block": ("a!({ let b = c; b.unwrap() })", ["b.unwrap()"]),
    "items": ("cfg_rt! { impl A { fn f() { a.unwrap() } } mod b { fn g() { c.unwrap() } } }", ["a.unwrap()", "c.unwrap()"]),
    "arms": ("tokio::select! { a = b.recv() => { a.unwrap(); } d = e() => c.unwrap(), }", ["a.unwrap()", "c.unwrap()"]),
    "a macro in a macro": ('println!("{}", format!("{}", vec![a.unwrap()][0]))', ["a.unwrap()"]),
    "macros beside each other": ('println!("{}{}", a!(b.unwrap()), c![d.unwrap()])', ["b.unwrap()", "d.unwrap()"]),
    "a closure": ('println!("{:?}", a.map(|b| b.unwrap()))', ["b.unwrap()"]),
    "many lines": ('println!(\n    "{}",\n\n    a.unwrap(),\n)', ["a.unwrap()"]),
    "characters of several bytes": ('println!("äöü 🦀 {}", ä.unwrap())', ["ä.unwrap()"]),
}


@pytest.mark.parametrize("before", ["", "/* ö */ ", "\n\n\t"])
@pytest.mark.parametrize(("macro", "expected"), BODIES.values(), ids=BODIES.keys())
def test_macro_bodies_are_read_with_exact_positions_and_nothing_twice(macro: str, expected: list[str], before: str) -> None:
    text = f"{before}fn f() {{ {macro}; }}"
    found = read(text)
    assert texts(found) == expected
    for node in unwraps(found):
        row, column = node.start_point
        lines = found.source[: node.start_byte].split(b"\n")
        assert (row, column) == (len(lines) - 1, len(lines[-1]))


@pytest.mark.parametrize("macro", ['println!("{}", a.unwrap())', "vec![vec![a.unwrap()]]", "cfg_rt! { vec![a.unwrap()] }"])
def test_comments_in_a_macro_body_are_told_once(macro: str) -> None:
    commented = macro.replace("a.unwrap()", "/* one */ a.unwrap() /* two */")
    assert kinds(read(f"fn f() {{ {commented}; }}"), "comment") == ["comment", "comment"]


def test_what_stands_in_macro_bodies_counts_for_the_outline() -> None:
    found = read("cfg_rt! { fn f() { if a { for b in c {} } select! { d => match e { _ => {} } } } }")
    assert kinds(found, "function", "if", "for", "match", "macro") == ["macro", "function", "if", "for", "macro", "match"]


NOT_RUST = {
    "tokens to be written": "fn f() { quote! { a.unwrap() } }",
    "tokens to be written, by path": "fn f() { syn::parse_quote!(a.unwrap()) }",
    "what is turned into a string": "fn f() { stringify!(a.unwrap()) }",
    "another language": 'fn f() { json!({ "a": b.unwrap() }) }',
    "a string": 'fn f() { println!("a.unwrap()") }',
    "a comment": "fn f() { println!(/* a.unwrap() */) }",
    "a broken call": "fn f() { m!(a.unwrap(, b) }",
    "an empty body": "m!(); m!{} m![];",
}


@pytest.mark.parametrize("text", NOT_RUST.values(), ids=NOT_RUST.keys())
def test_macro_bodies_that_are_not_rust_are_left_alone(text: str) -> None:
    assert texts(read(text)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("macro_rules! m { ($a:expr) => { $a.unwrap() } }", ["$a.unwrap()"]),
        ("macro_rules! m { ($a:expr) => ( $a.unwrap() ); () => [ b.unwrap() ] }", ["$a.unwrap()", "b.unwrap()"]),
        ("macro_rules! m { ($($a:ident),*) => {{ $( let $a = b.unwrap(); )* }} }", ["b.unwrap()"]),
        ("macro_rules! m { ($($a:expr),+ $(,)?) => { f($($a.unwrap()),+) } }", ["$a.unwrap()"]),
        ("macro_rules! m { ($t:ty) => { impl T for $t { fn f(&self) -> $crate::U { self.a.unwrap() } } } }", ["self.a.unwrap()"]),
        ('macro_rules! m { ($a:expr) => { println!("{}", $a.unwrap()) } }', ["$a.unwrap()"]),
        ("macro_rules! m { ($a:expr) => { $a } }", []),
        ("macro_rules! m { () => {} }", []),
    ],
)
def test_the_arms_of_a_macro_definition_are_read_where_they_stand(text: str, expected: list[str]) -> None:
    assert sorted(texts(read(text))) == expected


def test_what_is_rust_among_other_things_counts() -> None:
    assert texts(read("fn f() { html! { <p>{ a.unwrap() }</p> } }")) == ["a.unwrap()"]


def test_a_broken_file_is_read_around_its_errors() -> None:
    found = read("fn f() { a.unwrap(); }\nfn g( { }\nfn h() { b.unwrap(); }")
    assert found.root.has_error
    assert texts(found) == ["a.unwrap()", "b.unwrap()"]


def test_a_byte_order_mark_is_no_part_of_the_source() -> None:
    found = scan_source(b"\xef\xbb\xbffn f() { a.unwrap(); }", JOINED)
    assert found.source.startswith(b"fn")
    assert unwraps(found)[0].start_byte == found.source.index(b"a.")


@pytest.mark.parametrize("source", [b"", b"\n", b"\r\n", b"\xef\xbb\xbf", b"// only a comment"])
def test_hardly_anything_is_a_source_too(source: bytes) -> None:
    found = scan_source(source, EVERYTHING)
    assert not found.root.has_error
    assert kinds(found, "function", "macro") == []


def test_a_piece_of_rust_can_be_parsed_by_itself() -> None:
    assert not parse_rust(b"let a = 1;").has_error
    assert parse_rust(b"let let").has_error


PIECES = [
    "println!",
    "vec!",
    "select!",
    "a.unwrap()",
    "fn f()",
    "impl A",
    "if a",
    "ä",
    '"',
    "//",
    "\n",
    "#[cfg(test)]",
    ",",
    ";",
    "=>",
    *"(){}[]",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))
def test_any_text_is_scanned_and_each_match_is_found_once(text: str) -> None:
    found = scan_source(text.encode(), JOINED)
    places = [(node.start_byte, node.end_byte) for node in unwraps(found)]
    assert len(places) == len(set(places))
    assert all(found.source[start:end].endswith(b")") for start, end in places)


def test_no_pattern_of_the_outline_is_rooted_in_several_nodes() -> None:
    query: Query = JOINED.query
    assert [number for number in range(query.pattern_count) if not query.is_pattern_rooted(number)] == []


def test_the_arms_of_a_macro_definition_come_in_their_order() -> None:
    definition = "macro_rules! m {\n" + "".join(f"    ($a{number}:expr) => {{ a{number}($a{number}) }};\n" for number in range(200)) + "}"
    source = definition.encode()
    _, ranges = arms(source, read(definition).events["macro-rules"], re.compile(b""))
    assert len(ranges) == 200
    assert [one.start_byte for one in ranges] == sorted(one.start_byte for one in ranges)


def test_patterns_that_cannot_be_told_apart_are_refused_with_the_place_of_their_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joined_query, "patterns", lambda query: [query] if "unwrap" in query else patterns(query))
    rule = shipped()[RULE]
    with pytest.raises(PageError) as caught:
        join_queries([rule])
    assert str(caught.value) == (
        f"{rule.path}:{rule.query_line}: it cannot be told where a pattern of the query begins; put each into parentheses of its own"
    )


@pytest.mark.parametrize("tokens", ["a ~ b", '"~" fn tilde() {}', "fn f() -> {}", "let x = ;"])
def test_tokens_in_a_macro_that_are_no_rust_are_no_errors(tokens: str) -> None:
    joined = join_queries([shipped()["syntax-error"], shipped()["unwrap-used"]])
    found = scan_source(f"define! {{ {tokens} a.unwrap() }}".encode(), joined)
    assert found.matches_of("syntax-error") == []


def test_errors_are_asked_for_only_where_there_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    joined = join_queries([shipped()["syntax-error"]])
    assert joined.errors is not None
    assert len(scan_source(b"fn f() { ; }\nfn g( {}", joined).matches_of("syntax-error")) == 1
    monkeypatch.setattr(scanning, "_collect", lambda *arguments: asked.append(arguments[1]))
    asked: list[object] = []
    assert (scan_source(b"fn f() {}", joined).matches, asked) == ({}, [joined])
