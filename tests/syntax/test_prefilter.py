"""What a file must hold before a query can match in it, and where the patterns of a query begin."""

import pytest
from tree_sitter import Query

from rustgate.engine.ruleset import build_rule_set
from rustgate.model.rule import Rule
from rustgate.rules.catalog import shipped
from rustgate.rules.examples import examples
from rustgate.syntax.grammar import LANGUAGE
from rustgate.syntax.parse import parse_rust, scan_source
from rustgate.syntax.prefilter import can_match, may_hold_match, patterns, required

_LONGEST = 60
QUERIES = [rule for rule in shipped().values() if rule.query]

REQUIRED = {
    '((identifier) @x (#eq? @x "a"))': [("a",)],
    '((identifier) @x (#any-of? @x "a" "std::b" "::std::b"))': [("a", "b")],
    '((identifier) @x (#not-eq? @x "a"))': [()],
    '((identifier) @x (#match? @x "a"))': [()],
    '((identifier)? @x (#eq? @x "a"))': [()],
    '(call_expression (identifier)* @x (#eq? @x "a"))': [()],
    '([(identifier) @x (self)] (#eq? @x "a"))': [()],
    '([(identifier) @x (type_identifier) @x] (#eq? @x "a"))': [("a",)],
    "(block [(await_expression (self)) (await_expression (identifier))])": [("await",)],
    "(block [(await_expression) (unsafe_block)])": [()],
    "(block (unsafe_block)?)": [()],
    '"unsafe" @x': [("unsafe",)],
    "(impl_item !trait) @x": [("impl",)],
    "[(impl_item !trait) (trait_item)] @x": [()],
    "(struct_item !body) @x": [()],
    '(MISSING "unsafe") @x': [()],
    "_ @x": [()],
    '; ((identifier) @x (#eq? @x "a"))\n(identifier) @x': [()],
    '((identifier) @x (#eq? @x "a"))\n(self) @y': [("a",), ()],
    "(identifier) @x)": [()],
    "(identifier @x": [()],
    "": [()],
    "? @x": [()],
    "(" * 3_000 + "identifier" + ")" * 3_000: [()],
}


@pytest.mark.parametrize(("query", "words"), REQUIRED.items())
def test_a_query_asks_for_the_words_that_every_match_holds(query: str, words: list[tuple[str, ...]]) -> None:
    assert required(query) == words


IGNORE = '((identifier) @x (#eq? @x "ignore"))'


@pytest.mark.parametrize(
    ("query", "source"),
    [
        (IGNORE, "fn ignore() {}"),
        (IGNORE, "fn r#ignore() {}"),
        ('((identifier) @x (#eq? @x "größe"))', "fn größe() {}"),
        ('((identifier) @x (#eq? @x "a"))\n((self) @y (#eq? @y "b"))', "b"),
        ('((identifier) @x (#eq? @x "a"))\n(self) @y', ""),
        ("(use_wildcard) @x", "use a::*;"),
        ("[(ERROR) (self)] @x", "fn f() {}"),
        ("(ERROR (identifier) @x)", "q! { a b c }"),
        ('((identifier) @x (#eq? @x "px"))', "m!(10px);"),
        ('((string_content) @x (#eq? @x "secret"))', 'f("x\\nsecret");'),
        ('((line_comment) @x (#eq? @x "/// TODO\\n"))', "/// TODO\nfn f() {}"),
        ('((identifier) @x (#eq? @x "_item"))', "macro_rules! m { ($item:ident) => { $item() } }"),
        ("(identifier) @x)", "fn f() {}"),
    ],
)
def test_a_source_with_the_words_of_a_query_may_hold_a_match(query: str, source: str) -> None:
    assert may_hold_match(query, source.encode())


@pytest.mark.parametrize(
    ("query", "source"),
    [
        (IGNORE, "fn ignored() { ignore_all(); }"),
        ("(use_wildcard) @x", "use a::b;"),
        ("(ERROR) @x\n(MISSING) @x @y", "fn f() {}"),
    ],
)
def test_a_source_without_them_as_whole_words_holds_none(query: str, source: str) -> None:
    assert not may_hold_match(query, source.encode())


@pytest.mark.parametrize("rule", QUERIES, ids=lambda rule: rule.name)
def test_no_match_in_an_example_is_ruled_out(rule: Rule) -> None:
    rule_set = build_rule_set([rule])
    for example in examples(rule):
        source = example.text.encode(example.encoding, errors="replace")
        try:
            source.decode()
        except UnicodeDecodeError:
            continue
        inside = not rule.conditions.inside or example.bad
        assert can_match(rule, source) or not (inside and scan_source(source, rule_set.joined).matches)


@pytest.mark.parametrize("rule", QUERIES, ids=lambda rule: rule.name)
def test_patterns_begin_where_tree_sitter_says(rule: Rule) -> None:
    found = patterns(rule.query or "")
    assert len(found) == Query(LANGUAGE, rule.query or "").pattern_count
    assert all(Query(LANGUAGE, pattern).pattern_count == 1 for pattern in found)


def test_nothing_between_patterns_is_lost() -> None:
    assert patterns('? (a) @x "b" @y _ @z ; (c)\n[(d) (e)] @w f') == ["?", "( a ) @x", '"b" @y', "_ @z", "[ ( d ) ( e ) ] @w f"]


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


@pytest.mark.parametrize("rule", shipped().values(), ids=lambda rule: rule.name)
def test_no_text_of_an_example_is_ruled_out_where_it_stands(rule: Rule) -> None:
    for example in examples(rule):
        source = example.text.encode()
        pending = [parse_rust(source)]
        while pending:
            node = pending.pop()
            pending += node.children
            text = (node.text or b"").decode()
            if node.is_named and len(text) < _LONGEST:
                assert may_hold_match(f'(({node.type}) @x (#eq? @x "{_quoted(text)}"))', source)
