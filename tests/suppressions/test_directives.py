"""What suppresss a finding: every form and place of a comment, and clippy's own attributes."""

import pytest
from hypothesis import example, given, strategies as st

from rustgate.model.finding import Suppression
from rustgate.rules.catalog import shipped
from rustgate.suppressions.directives import parse_directive, read_suppressions
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import scan_source

NOTHING = join_queries([])
UNREADABLE = "its syntax is wrong; write `rustgate: allow(rule-name) -- reason`"
IN_CAPITALS = "it must be in lower case; write `rustgate: allow(..)`"
IN_DOCUMENTATION = "doc comments cannot suppress findings; write `// rustgate: allow(..)`"
TOO_LATE = "`allow-file` must be in the first comment of the file; move it there, or use `allow`"


def read(text: str) -> list[Suppression]:
    found = scan_source(text.encode(), NOTHING)
    return list(read_suppressions(found, Outline(found, test=False), shipped().values()))


def only(text: str) -> Suppression:
    (suppression,) = read(text)
    return suppression


DIRECTIVES: list[tuple[str, tuple[str, tuple[str, ...], str] | str | None]] = [
    ("// rustgate: allow(a) -- why", ("allow", ("a",), "why")),
    ("//rustgate:allow(a)--why", ("allow", ("a",), "why")),
    ("//  rustgate :  allow ( a )  --  why  ", ("allow", ("a",), "why")),
    ("// rustgate: allow(a-b, c) -- why, why", ("allow", ("a-b", "c"), "why, why")),
    ("// rustgate: allow(a,) -- why", ("allow", ("a",), "why")),
    ("// rustgate: allow(a) -- why -- and more (really)", ("allow", ("a",), "why -- and more (really)")),
    ("// rustgate: allow-file(a) -- why", ("allow-file", ("a",), "why")),
    ("/* rustgate: allow(a) -- why */", ("allow", ("a",), "why")),
    ("/* rustgate: allow(a)\n   -- why\n   so */", ("allow", ("a",), "why so")),
    ("// rustgate: allow(a)", ("allow", ("a",), "")),
    ("// rustgate: allow(a) --", ("allow", ("a",), "")),
    ("// rustgate: allow(a) --   ", ("allow", ("a",), "")),
    ("// rustgate: allow() -- why", UNREADABLE),
    ("// rustgate: allow -- why", UNREADABLE),
    ("// rustgate: allow(a -- why", UNREADABLE),
    ("// rustgate: allow(a) why", UNREADABLE),
    ("// rustgate: allow(a) - why", UNREADABLE),
    ("// rustgate: allow(a) — why", UNREADABLE),
    ("// rustgate: deny(a) -- why", UNREADABLE),
    ("// rustgate: Allow(a) -- why", UNREADABLE),
    ("// rustgate: allow(a) // why", UNREADABLE),
    ("// rustgate:", UNREADABLE),
    ("// rustgate allow(a) -- why", "its syntax is wrong; write `rustgate: allow(rule-name) -- reason`"),
    ("// rustgate allow-file (a)", "its syntax is wrong; write `rustgate: allow(rule-name) -- reason`"),
    ("// rustgate allows (more) than that", None),
    ("// rustgate", None),
    ("// rustgate is a gate", None),
    ("// rustgate::check is a function", None),
    ("// see rustgate: allow(a)", None),
    ("// Rustgate: allow(a) -- why", IN_CAPITALS),
    ("/*RUSTGATE:ALLOW-FILE(a)*/", IN_CAPITALS),
    ("// Rustgate: allows nothing", None),
    ("// RustGate allow(a)", None),
    ("// noqa", None),
    ("//", None),
    ("", None),
    ("/// rustgate: allow(a) -- why", None),
    ("//! rustgate: allow(a) -- why", None),
    ("/** rustgate: allow(a) -- why */", None),
    ("/*! rustgate: allow(a) -- why */", None),
    ("//// rustgate: allow(a) -- why", None),
]


@pytest.mark.parametrize(("comment", "expected"), DIRECTIVES)
def test_a_comment_is_a_directive_a_mistake_or_something_else(
    comment: str, expected: tuple[str, tuple[str, ...], str] | str | None
) -> None:
    assert parse_directive(comment) == expected


COMMENTS = st.text(max_size=60) | st.lists(
    st.sampled_from(["//", "/*", "*/", " ", "rustgate", ":", "allow", "-file", "(", ")", "a-b", ",", "--", "why", "\n"]), max_size=20
).map("".join)


@given(COMMENTS)
@example("// rustgate: allow(" + "a," * 5_000)
def test_any_comment_can_be_read(comment: str) -> None:
    directive = parse_directive(comment)
    assert directive is None or directive == UNREADABLE or directive[1]


RULES = st.lists(st.from_regex(r"[a-z]+(-[a-z]+)*", fullmatch=True), min_size=1, max_size=4)
REASONS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40).map(lambda text: " ".join(text.split()))


@given(st.sampled_from(["allow", "allow-file"]), RULES, REASONS.filter(lambda reason: "*/" not in reason), st.booleans())
def test_a_directive_gives_back_what_was_written(word: str, rules: list[str], reason: str, block: bool) -> None:  # noqa: FBT001  # drawn
    text = f"rustgate: {word}({', '.join(rules)}) -- {reason}"
    assert parse_directive(f"/* {text} */" if block else f"// {text}") == (word, tuple(rules), reason)


ALLOW = "// rustgate: allow(todo-macro) -- why"

PLACES = {
    "above a statement": (f"fn f() {{\n    {ALLOW}\n    let a = b;\n    c;\n}}", (2, 3)),
    "above a statement of several lines": (f"fn f() {{\n    {ALLOW}\n    a\n        .b()\n        .c();\n    d;\n}}", (2, 5)),
    "above the last expression": (f"fn f() {{\n    {ALLOW}\n    a\n        .b()\n}}", (2, 4)),
    "above a loop": (f"fn f() {{\n    {ALLOW}\n    for a in b {{\n        c;\n    }}\n    d;\n}}", (2, 5)),
    "above a function": (f"{ALLOW}\nfn f() {{\n    a;\n}}\nfn g() {{}}", (1, 4)),
    "above attributes and docs": (f"{ALLOW}\n/// Doc.\n#[inline]\n// note\nfn f() {{\n    a;\n}}", (1, 7)),
    "between attributes and a function": (f"#[inline]\n{ALLOW}\nfn f() {{\n}}", (2, 4)),
    "above an item after an empty line": (f"{ALLOW}\n\nfn f() {{\n}}", (1, 4)),
    "above a method": (f"impl A {{\n    {ALLOW}\n    fn f() {{\n    }}\n    fn g() {{}}\n}}", (2, 4)),
    "above an impl": (f"{ALLOW}\nimpl A {{\n    fn f() {{}}\n}}", (1, 4)),
    "above a module": (f"{ALLOW}\nmod a {{\n    fn f() {{}}\n}}", (1, 4)),
    "above a field": (f"struct A {{\n    {ALLOW}\n    b: u8,\n    c: u8,\n}}", (2, 3)),
    "above an arm": (f"fn f() {{\n    match a {{\n        {ALLOW}\n        b => {{\n        }}\n        c => d,\n    }}\n}}", (3, 5)),
    "above an argument": (f"fn f() {{\n    g(\n        {ALLOW}\n        a,\n        b,\n    );\n}}", (3, 4)),
    "above a macro call": (f"fn f() {{\n    {ALLOW}\n    println!(\n        a\n    );\n}}", (2, 5)),
    "above another comment": (f"fn f() {{\n    {ALLOW}\n    // and why not\n    a;\n}}", (2, 4)),
    "at the end of a line": (f"fn f() {{\n    let a = b; {ALLOW}\n    c;\n}}", (2, 2)),
    "at the end of the first line of several": (f"fn f() {{ {ALLOW}\n    a;\n}}", (1, 1)),
    "at the end of the last line of several": (f"fn f() {{\n    a\n        .b(); {ALLOW}\n}}", (3, 3)),
    "at the end of a file": (f"fn f() {{}}\n{ALLOW}", (2, 2)),
    "at the end of a block": (f"fn f() {{\n    a;\n    {ALLOW}\n}}\nfn g() {{}}", (3, 3)),
    "in an empty file": (ALLOW, (1, 1)),
    "a block comment above": ("fn f() {\n    /* rustgate: allow(todo-macro)\n       -- why */\n    a;\n}", (2, 4)),
    "a block comment in front": ("fn f() {\n    /* rustgate: allow(todo-macro) -- why */ a\n        .b();\n}", (2, 3)),
    "a block comment in a line": ("fn f() {\n    a /* rustgate: allow(todo-macro) -- why */ + b;\n    c;\n}", (2, 2)),
    "line ends of Windows": (f"fn f() {{\r\n    {ALLOW}\r\n    a\r\n        .b();\r\n}}\r\n", (2, 4)),
    "after a byte order mark": (f"\ufeff{ALLOW}\nfn f() {{\n}}", (1, 3)),
    "in a macro body": (f"cfg_rt! {{\n    {ALLOW}\n    pub fn f() {{\n        a;\n    }}\n    fn g() {{}}\n}}", (2, 5)),
    "a statement in a macro body": (f"cfg_rt! {{\n    fn f() {{\n        {ALLOW}\n        a.b();\n        c;\n    }}\n}}", (3, 4)),
}


@pytest.mark.parametrize(("text", "lines"), PLACES.values(), ids=PLACES.keys())
def test_an_allow_covers_its_line_or_what_follows(text: str, lines: tuple[int, int]) -> None:
    found = only(text)
    assert (found.first, found.last) == lines
    assert (found.rules, found.reason, found.origin, found.problem) == (("todo-macro",), "why", "comment", None)


def test_a_suppression_knows_where_it_stands() -> None:
    found = only(f"fn f() {{\n    /* ä */ {ALLOW}\n}}")
    assert (found.line, found.column) == (2, 13)


FILE = "// rustgate: allow-file(todo-macro) -- why"

FIRST_COMMENTS = {
    "first of all": f"{FILE}\nfn f() {{}}\n",
    "after other comments": f"// Copyright\n\n/* Licence\n */\n{FILE}\nfn f() {{}}\n",
    "after docs of the file": f"//! Doc.\n//!\n\n{FILE}\nfn f() {{}}\n",
    "after empty lines": f"\n\n{FILE}\nfn f() {{}}",
    "before attributes of the file": f"{FILE}\n#![allow(a)]\nfn f() {{}}",
    "after the line that names an interpreter": f"#!/usr/bin/env run-cargo-script\n{FILE}\nfn f() {{}}",
    "after such a line with a blank": f"#! /usr/bin/env run-cargo-script\n{FILE}\nfn f() {{}}",
    "after a byte order mark": f"\ufeff{FILE}\nfn f() {{}}",
    "with line ends of Windows": f"// Copyright\r\n{FILE}\r\nfn f() {{}}\r\n",
    "alone": FILE,
    "as a block comment": "/* rustgate: allow-file(todo-macro) -- why */\nfn f() {}",
}
LATER = {
    "after an item": f"use a;\n{FILE}\nfn f() {{}}",
    "after an attribute of the file": f"#![allow(a)]\n{FILE}\nfn f() {{}}",
    "at the end of a line": f"use a; {FILE}",
    "in a function": f"fn f() {{\n    {FILE}\n}}",
    "at the end": f"fn f() {{}}\n{FILE}",
    "after a comment and an item": f"// one\nuse a;\n{FILE}",
}


@pytest.mark.parametrize("text", FIRST_COMMENTS.values(), ids=FIRST_COMMENTS.keys())
def test_allow_file_in_the_first_comments_covers_the_file(text: str) -> None:
    found = only(text)
    assert (found.first, found.last, found.problem) == (1, max(1, len(text.splitlines())), None)


@pytest.mark.parametrize("text", LATER.values(), ids=LATER.keys())
def test_allow_file_anywhere_else_is_a_mistake(text: str) -> None:
    assert only(text).problem == TOO_LATE


@pytest.mark.parametrize(
    ("comment", "rules", "reason"),
    [
        ("allow(todo-macro, dbg-macro) -- why", ("todo-macro", "dbg-macro"), "why"),
        ("allow(todo-macro)", ("todo-macro",), ""),
        ("allow(no-such-rule) -- why", ("no-such-rule",), "why"),
    ],
)
def test_several_rules_no_reason_and_unknown_rules_are_passed_on(comment: str, rules: tuple[str, ...], reason: str) -> None:
    found = only(f"// rustgate: {comment}\nfn f() {{}}")
    assert (found.rules, found.reason, found.problem) == (rules, reason, None)


def test_a_comment_that_cannot_be_read_covers_nothing_but_is_told() -> None:
    found = only("fn f() {\n    // rustgate: alow(todo-macro) -- why\n    a;\n}")
    assert (found.rules, found.line, found.column, found.problem) == ((), 2, 5, UNREADABLE)


@pytest.mark.parametrize(
    "text",
    [
        '#[doc = "rustgate: allow(todo-macro) -- why"]\nfn f() {}',
        'const A: &str = "// rustgate: allow(todo-macro) -- why";',
        "fn f() {} // not for rustgate",
    ],
)
def test_strings_do_not_count(text: str) -> None:
    assert read(text) == []


LINT = "#[allow(clippy::todo)]"

ATTRIBUTES = {
    "on a function": (f"{LINT}\nfn f() {{\n    a;\n}}\nfn g() {{}}", (1, 4)),
    "expect": ("#[expect(clippy::todo)]\nfn f() {\n}", (1, 3)),
    "between other attributes": (f"#[test]\n{LINT}\n/// Doc.\n#[ignore]\nfn f() {{\n}}", (1, 6)),
    "on an impl": (f"{LINT}\nimpl A {{\n    fn f() {{}}\n}}", (1, 4)),
    "on a module": (f"{LINT}\nmod a {{\n    fn f() {{}}\n}}", (1, 4)),
    "on a statement": (f"fn f() {{\n    {LINT}\n    let a = b\n        .c();\n    d;\n}}", (2, 4)),
    "on an expression": (f"fn f() {{\n    {LINT}\n    {{\n    }}\n    d;\n}}", (2, 4)),
    "on an arm": (
        f"fn f() {{\n    match a {{\n        {LINT}\n        b => {{\n        }}\n        d => e,\n    }}\n}}",
        (3, 5),
    ),
    "on a field": (f"fn f() -> A {{\n    A {{\n        {LINT}\n        b: c\n            .d(),\n        e,\n    }}\n}}", (3, 5)),
    "inside a function": ("fn f() {\n    #![allow(clippy::todo)]\n    a;\n}\nfn g() {}", (1, 4)),
    "inside a module": ("fn g() {}\nmod a {\n    #![allow(clippy::todo)]\n    fn f() {}\n}", (2, 5)),
    "inside a file": ("//! Doc.\n#![allow(clippy::todo)]\nfn f() {\n}\n", (1, 4)),
    "inside a macro body": ("fn g() {}\ncfg_rt! {\n    #![allow(clippy::todo)]\n    fn f() {}\n}\nfn h() {}", (3, 4)),
    "under a condition": ("#[cfg_attr(unix, allow(clippy::todo))]\nfn f() {\n}", (1, 3)),
    "inside a file, under a condition": ("#![cfg_attr(not(miri), inline, expect(clippy::todo))]\nfn f() {\n}", (1, 3)),
    "in a macro body": (f"cfg_rt! {{\n    {LINT}\n    fn f() {{\n    }}\n    fn g() {{}}\n}}", (2, 4)),
}


@pytest.mark.parametrize(("text", "lines"), ATTRIBUTES.values(), ids=ATTRIBUTES.keys())
def test_an_attribute_for_a_clippy_twin_covers_its_item(text: str, lines: tuple[int, int]) -> None:
    found = only(text)
    assert (found.first, found.last) == lines
    assert (found.rules, found.origin, found.problem) == (("todo-macro",), "clippy", None)


@pytest.mark.parametrize(
    ("attribute", "rules", "reason"),
    [
        ('#[allow(clippy::todo, reason = "why")]', ("todo-macro",), "why"),
        ("#[allow(clippy::todo)]", ("todo-macro",), "#[allow(clippy::todo)]"),
        (
            "#[allow(dead_code, clippy::todo, clippy::unwrap_used)]",
            ("todo-macro", "unwrap-used"),
            "#[allow(clippy::todo, clippy::unwrap_used)]",
        ),
        ("#[allow(clippy::todo, clippy::unimplemented)]", ("todo-macro",), None),
    ],
)
def test_an_attribute_has_the_reason_that_it_gives_or_its_own_text(attribute: str, rules: tuple[str, ...], reason: str | None) -> None:
    found = only(f"{attribute}\nfn f() {{}}")
    assert (found.rules, found.reason) == (rules, reason or attribute)


@pytest.mark.parametrize(
    "attribute",
    [
        "#[allow(dead_code)]",
        "#[allow(clippy::all)]",
        "#[allow(rustdoc::todo)]",
        "#[todo]",
    ],
)
def test_other_attributes_mute_nothing(attribute: str) -> None:
    assert read(f"{attribute}\nfn f() {{}}") == []


def test_comments_come_before_attributes() -> None:
    assert [one.origin for one in read(f"{LINT}\nfn f() {{\n    {ALLOW}\n    a;\n}}")] == ["comment", "clippy"]


def test_a_long_comment_is_read_once() -> None:
    rest = f"a{' ' * 2_000_000}y"  # the square of that many steps would take days
    assert parse_directive(f"/* rustgate: {rest} */") == "its syntax is wrong; write `rustgate: allow(rule-name) -- reason`"
    assert parse_directive(f"// rustgate: allow(a) -- {rest}") == ("allow", ("a",), "a y")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/// rustgate: allow(a) -- why\nfn f() {}", 1),
        ("fn f() {\n    //! rustgate: allow-file(a)\n}", 2),
        ("/** rustgate: allow(a) -- why */\nfn f() {}", 1),
        ("m! {\n    /// rustgate: allow(a) -- why\n    fn f() {}\n}", 2),
    ],
)
def test_what_stands_in_documentation_is_a_mistake(text: str, line: int) -> None:
    found = only(text)
    assert (found.problem, found.line, found.rules) == (IN_DOCUMENTATION, line, ())


@pytest.mark.parametrize(
    "text",
    [
        "/// The rustgate: allow(a)\nfn f() {}",
        "/// ```\n/// // rustgate: allow(a) -- why\n/// ```\nfn f() {}",
        "/// rustgate: the gate\nfn f() {}",
        'const A: &str = "/// rustgate: allow(a)";',
        "// see /// rustgate: allow(a)",
        "//// rustgate: allow(a) -- why\nfn f() {}",
    ],
)
def test_what_only_shows_a_suppression_is_none(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("fn f() {\n    a();\n    // rustgate: allow(todo-comment) -- why\n    // TODO: later\n}", 4),
        ("fn f() {\n    a();\n    // rustgate: allow(todo-comment) -- why\n    /* TODO:\n    later */\n}", 5),
        ("fn f() {\n    a();\n    // rustgate: allow(todo-comment) -- why\n\n    // TODO: later\n}", 3),
        ("struct A {\n    b: u8,\n    // rustgate: allow(todo-comment) -- why\n    // TODO: later\n}", 4),
        ("fn f() {}\n\n// rustgate: allow(todo-comment) -- why\n// TODO: later", 4),
    ],
)
def test_a_comment_covers_the_comment_right_below(text: str, last: int) -> None:
    found = only(text)
    assert (found.line, found.first, found.last) == (3, 3, last)


def levels(text: str) -> list[tuple[str, str, int, int]]:
    return [(one.level, rule, one.first, one.last) for one in read(text) for rule in one.rules]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#[deny(clippy::todo)]\nfn f() {}", [("warn", "todo-macro", 1, 2)]),
        ("#[forbid(clippy::todo)]\nfn f() {}", [("forbid", "todo-macro", 1, 2)]),
        ("#[warn(clippy::perf)]\nfn f() {}", [("warn", "large-enum-variant", 1, 2)]),
        ("#[forbid(clippy::perf)]\nfn f() {}", [("warn", "large-enum-variant", 1, 2)]),
        ("#[warn(warnings)]\nfn f() {}", []),
        ("#[allow(clippy::option_expect_used)]\nfn f() {}", [("allow", "expect-used", 1, 2)]),
        ("#![cfg_attr(test, allow(clippy::todo))]\nfn f() {}", []),
        ("#![cfg_attr(any(), allow(clippy::todo))]\nfn f() {}", []),
        ("#![cfg_attr(test, allow(clippy::todo))]\nfn f() {}\n#[test]\nfn t() {\n}\nfn g() {}", [("allow", "todo-macro", 3, 5)]),
        (
            "#[cfg_attr(unix, allow(clippy::todo), cfg_attr(test, allow(clippy::panic)))]\nfn f() {}",
            [("allow", "todo-macro", 1, 2)],
        ),
    ],
)
def test_a_level_covers_its_item_and_one_for_tests_the_tests_in_it(text: str, expected: list[tuple[str, str, int, int]]) -> None:
    assert levels(text) == expected
