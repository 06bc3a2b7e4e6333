"""One page to one rule: what a page may say, and the sentence for everything that it may not."""

from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st

from rustgate.errors import PageError
from rustgate.model.file import Target
from rustgate.model.finding import Severity
from rustgate.model.rule import Applies, Conditions, Enclosure, Rule, Scope
from rustgate.rules.examples import examples, marks
from rustgate.rules.page import PREDICATES, parse_page, read_page

PAGE = """+++
severity = { mvp = "warning", enterprise = "error" }
message = "`{name}` is one word too many"
since = "0.1"
+++
# Too many words

Words cost time.

So do lines.

```rust bad
let a = b; //~ short-names
```

Say less.

```rust good
let much = little;
```

## How it is found

```query
((identifier) @finding
  (#eq? @finding "a"))
```
"""
MEASURE = 'measure = "function.lines"\nlimit = { mvp = 20, enterprise = 10 }'
MEASURED = PAGE.replace("since", f"{MEASURE}\nsince").partition("```query")[0]


def parse(text: str) -> Rule:
    return parse_page(text, "rules/style/short-names.md", "short-names", "style")


def with_matter(line: str, page: str = PAGE) -> str:
    return page.replace('since = "0.1"', f'since = "0.1"\n{line}')


def test_a_page_becomes_a_rule() -> None:
    rule = parse(PAGE)
    assert (rule.name, rule.category, rule.title) == ("short-names", "style", "Too many words")
    assert rule.why == "Words cost time.\n\nSo do lines."
    assert rule.query == '((identifier) @finding\n  (#eq? @finding "a"))\n'
    assert PAGE.splitlines()[rule.query_line - 1] == "((identifier) @finding"
    assert rule.markdown == PAGE.split("+++\n")[2]
    assert (rule.applies, rule.scope, rule.conditions) == (Applies.EVERYWHERE, Scope.FILE, Conditions())


def test_a_profile_keeps_the_value_of_the_one_below_it() -> None:
    rule = parse(MEASURED.replace("mvp = 20, enterprise = 10", "production = 10"))
    assert rule.severity == (Severity.WARNING, Severity.WARNING, Severity.ERROR, Severity.ERROR)
    assert rule.limit == (None, 10, 10, 10)
    assert rule.soft == (None, None, None, None)


def test_an_option_has_one_value_or_one_for_each_profile() -> None:
    rule = parse(with_matter('options = { deep = false, words = { mvp = 3, enterprise = 2 } }\nchoices = { words = ["2", "3"] }'))
    assert rule.options == {"deep": (False,) * 4, "words": (3, 3, 2, 2)}
    assert rule.choices == {"words": ("2", "3")}


@pytest.mark.parametrize("clippy", ['"todo"', '["todo"]'])
def test_a_list_of_one_can_be_written_without_brackets(clippy: str) -> None:
    rule = parse(with_matter(f'clippy = {clippy}\ninside = "async"\nnot_inside = "const"\ntargets = "library"\nrust = "1.81"'))
    assert rule.clippy == ("todo",)
    assert rule.conditions == Conditions((Enclosure.ASYNC,), (Enclosure.CONST,), (Target.LIBRARY,), (1, 81))


def test_line_ends_of_windows_make_no_difference() -> None:
    assert parse(PAGE.replace("\n", "\r\n")) == parse(PAGE)


def test_examples_know_their_place_and_their_marks() -> None:
    text = PAGE.replace("```rust good", "```rust good path=tests/words.rs encoding=latin-1\n//~^ other-rule")
    bad, good = examples(parse(text))
    assert (bad.bad, bad.path, bad.encoding, bad.expected) == (True, "src/lib.rs", "utf-8", (("short-names", 1),))
    assert (good.bad, good.path, good.encoding, good.expected) == (False, "tests/words.rs", "latin-1", (("other-rule", 0),))
    assert text.splitlines()[bad.line - 1] == "let a = b; //~ short-names"
    assert bad.text == "let a = b; //~ short-names\n"


def test_an_example_of_a_measured_rule_can_have_a_limit_of_its_own() -> None:
    assert [example.limit for example in examples(parse(MEASURED.replace("rust bad", "rust bad limit=8")))] == [8, None]


def test_only_rust_blocks_that_are_bad_or_good_are_examples() -> None:
    prose = "```toml bad\n```\n\n```rust\nfn prose() {}\n```\n\n````rust good\n```\nin a longer fence\n```\n````\n\n## How"
    assert [block.text for block in examples(parse(PAGE.replace("## How", prose)))][2:] == ["```\nin a longer fence\n```\n"]


@pytest.mark.parametrize("predicate", sorted(PREDICATES))
def test_every_predicate_of_the_bindings_is_known(predicate: str) -> None:
    assert predicate in (parse(PAGE.replace("eq?", predicate)).query or "")


@pytest.mark.parametrize(
    "query",
    ['((string_content) @finding (#eq? @finding "(#nonsense"))', "; (#nonsense? is a comment\n(identifier) @finding"],
)
def test_what_only_looks_like_a_predicate_is_none(query: str) -> None:
    assert parse(PAGE.replace('((identifier) @finding\n  (#eq? @finding "a"))', query)).query == f"{query}\n"


MISTAKES = {
    "no front matter": ("+++\n", "", "begin with its front matter between two lines of `+++`"),
    "text before it": ("+++\nsev", "hello\n+++\nsev", "begin with its front matter"),
    "not TOML": ("severity = {", "severity = [", "the front matter is not TOML: "),
    "an unknown key": (
        "since",
        'sevrity = "x"\nsince',
        'front matter: unknown key "sevrity"; did you mean "severity"? (allowed: severity, message, since, ',
    ),
    "a wrong type": ('since = "0.1"', "since = 1", 'front matter: "since" is 1; it must be a text'),
    "one severity for all": (
        '{ mvp = "warning", enterprise = "error" }',
        '"error"',
        "\"severity\" is 'error'; it must be a table, such as { production = .. }",
    ),
    "a key that is missing": ('since = "0.1"', "", 'front matter: the key "since" is missing; it must be a text'),
    "an unknown severity": ('"warning"', '"warn"', '"severity.mvp" is \'warn\'; did you mean "warning"? (allowed: note, warning, error)'),
    "an unknown profile": ("mvp =", "mpv =", '"severity.mpv"; did you mean "mvp"? (allowed: mvp, production, enterprise, hyperscale)'),
    "an unknown enclosure": ("since", 'inside = "asinc"\nsince', 'did you mean "async"? (allowed: async, const, drop, loop, macro-rules'),
    "an unknown target": ("since", 'targets = ["lib"]\nsince', "(allowed: library, binary, test, bench, example, build)"),
    "an unknown precision": ("since", 'precision = "hihg"\nsince', 'did you mean "high"? (allowed: very-high, high, medium, low)'),
    "an unknown profile of an option": ("since", "options.a.mpv = 1\nsince", 'unknown key "options.a.mpv"; did you mean "mvp"?'),
    "off in every profile": ('{ mvp = "warning", enterprise = "error" }', "{}", "`severity` is empty; give at least one profile"),
    "no title": ("# Too many words", "Too many words", "the page has no title; add a line that begins with `# `"),
    "no why": ("Words cost time.\n\nSo do lines.\n", "", "nothing under the title says why the rule matters"),
    "no bad example": ("```rust bad", "```rust", "the page has no bad example; add a ```rust bad block"),
    "no good example": ("```rust good", "```rust fine", "the page has no good example; add a ```rust good block"),
    "an example without end": ("```\n\nSay", "Say", "the page has no good example"),
    "no query": ("```query", "```scheme", "nothing says how the rule is found; add a ```query block"),
    "two queries": ("## How", "```query\n(a) @finding\n```\n\n## How", "the page has 2 query blocks; join them into one"),
    "an unknown predicate": ("#eq?", "#equals?", 'unknown predicate `#equals?` in the query; did you mean "eq?"?'),
    "a measure and a query": ("since", f"{MEASURE}\nsince", "a page with `measure` can have neither a query"),
    "a query and a step": ("since", 'raised_by = "linter"\nsince', "a page with `raised_by` can have neither a query"),
    "an unknown step": ("since", 'raised_by = "lintr"\nsince', 'did you mean "linter"? (allowed: linter, suppressions)'),
    "a limit without measure": ("since", "limit = { mvp = 1 }\nsince", "`measure` and `limit` belong together; one of them is missing"),
    "a soft limit without measure": ("since", "soft = { mvp = 1 }\nsince", "`soft` is a limit of a `measure`, and there is none"),
    "a limit for an example": ("```rust bad", "```rust bad limit=3", "`limit=3` on an example must be a whole number, on a page with"),
    "a score": (
        "since",
        'security_severity = "high"\nsince',
        '"security_severity" is \'high\'; it must be a number from 0.0 to 10.0 in quotes, such as "7.5"',
    ),
    "a version": ("since", 'rust = "new"\nsince', '"rust" is \'new\'; it must be a version of Rust in quotes, such as "1.81"'),
    "an unknown word for an example": ("```rust bad", "```rust bad pth=x.rs", 'unknown key "pth" on an example; did you mean "path"?'),
}


@pytest.mark.parametrize(("old", "new", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_a_sentence_with_the_page_and_the_remedy(old: str, new: str, sentence: str) -> None:
    assert old in PAGE
    with pytest.raises(PageError) as caught:
        parse(PAGE.replace(old, new))
    assert str(caught.value).startswith("rules/style/short-names.md: ")
    assert sentence in str(caught.value)


READS = 'scope = "workspace"\nreads = "manifest"\ncheck = "a:b"'
MANIFEST = with_matter(READS, PAGE.partition("```query")[0].replace("```rust", "```toml"))


def test_a_page_that_reads_manifests_has_examples_in_any_language() -> None:
    blocks = ["toml bad path=a/Cargo.toml", "yaml bad path=ci.yml\nx: 1 #~ other-rule", "rust bad", "text"]
    beside = "".join(f"```{block}\n```\n\n" for block in blocks) + "## How"
    rule = parse(MANIFEST.replace("## How", beside).replace("//~", "#~"))
    assert (rule.reads, rule.scope) == ("manifest", Scope.WORKSPACE)
    assert [(one.path, one.bad, one.expected) for one in examples(rule)] == [
        ("Cargo.toml", True, (("short-names", 1),)),
        ("Cargo.toml", False, ()),
        ("a/Cargo.toml", True, ()),
        ("ci.yml", True, (("other-rule", 1),)),
        ("src/lib.rs", True, ()),
    ]


MISTAKES_ABOUT_MANIFESTS = {
    "an unknown thing to read": ('"manifest"', '"manifests"', 'did you mean "manifest"? (allowed: manifest, coverage)'),
    "no check": ('check = "a:b"', "", "nothing says how the rule is found"),
    "a file": (
        'scope = "workspace"',
        "",
        'a page that reads manifests has a `check` and `scope = "workspace"`, and nothing else that finds',
    ),
    "facts": ("check", 'gather = "a:b"\ncheck', "a page that reads manifests has a `check`"),
    "a query": ("## How", "```query\n(a) @finding\n```\n\n## How", "a page that reads manifests has a `check`"),
    "no good example": ("```toml good", "```toml", "the page has no good example; add a ```toml good block"),
}


@pytest.mark.parametrize(("old", "new", "sentence"), MISTAKES_ABOUT_MANIFESTS.values(), ids=MISTAKES_ABOUT_MANIFESTS.keys())
def test_a_mistake_on_a_page_that_reads_manifests_is_a_sentence(old: str, new: str, sentence: str) -> None:
    assert old in MANIFEST
    with pytest.raises(PageError) as caught:
        parse(MANIFEST.replace(old, new, 1))
    assert sentence in str(caught.value)


def test_a_measure_without_limit_is_a_mistake() -> None:
    with pytest.raises(PageError, match="`measure` and `limit` belong together"):
        parse(MEASURED.replace("limit = { mvp = 20, enterprise = 10 }", ""))


def test_a_limit_that_is_no_number_is_a_mistake() -> None:
    with pytest.raises(PageError, match=r'"limit\.mvp" is True; it must be a whole number'):
        parse(MEASURED.replace("mvp = 20", "mvp = true"))


@pytest.mark.parametrize("limit", ["many", "-1", "", "9" * 5_000])
def test_the_limit_of_an_example_is_a_whole_number(limit: str) -> None:
    with pytest.raises(PageError, match="on an example must be a whole number"):
        parse(MEASURED.replace("rust bad", f"rust bad limit={limit}"))


def test_a_number_of_thousands_of_digits_is_no_toml() -> None:
    with pytest.raises(PageError, match="the front matter is not TOML"):
        parse(with_matter(f"limit = {'9' * 5_000}"))


def test_a_page_without_any_block_has_no_example() -> None:
    with pytest.raises(PageError, match="has no bad example"):
        parse('+++\nseverity = { mvp = "error" }\ncheck = "a:b"\nmessage = "m"\nsince = "1"\n+++\n# Title\n\nWhy.\n')


@pytest.mark.parametrize("name", ["ShortNames", "short_names", "short--names", "-short", "short-", "4short", ""])
def test_a_rule_name_is_lower_case_words_joined_by_dashes(name: str) -> None:
    with pytest.raises(PageError, match="is not a rule name"):
        parse_page(PAGE, "p.md", name, "style")


def test_a_page_is_named_by_its_file_and_its_folder(tmp_path: Path) -> None:
    page = tmp_path / "style" / "short-names.md"
    page.parent.mkdir()
    page.write_text(PAGE, encoding="utf-8")
    assert (read_page(page).name, read_page(page).category, read_page(page).path) == ("short-names", "style", str(page))


@pytest.mark.parametrize("content", [None, b'+++\nsince = "\xff"\n+++\n'], ids=["no file", "not UTF-8"])
def test_a_page_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    page = tmp_path / "short-names.md"
    if content is not None:
        page.write_bytes(content)
    with pytest.raises(PageError, match=r"the rule page cannot be read .* it must be a UTF-8 text file") as caught:
        read_page(page)
    assert str(caught.value).startswith(str(page))


MARKED = [
    ("x(); //~ one", [("one", 1)]),
    ("x(); //~one", [("one", 1)]),
    ("x(); //~ one, two-three", [("one", 1), ("two-three", 1)]),
    ("x(); //~ one //~ two", [("one", 1), ("two", 1)]),
    ("\nx();\n//~^ one\n//~^^ two", [("one", 2), ("two", 2)]),
    ("x = 1 #~ one", [("one", 1)]),
    ("x = 1\n#~^ one", [("one", 1)]),
    ("x(); // ~ one", []),
    ("x(); // one", []),
    ("x(); //~ One", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), MARKED)
def test_marks_name_rules_and_lines(text: str, expected: list[tuple[str, int]]) -> None:
    assert list(marks(text)) == expected


NAMES = st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fullmatch=True)
CARETS = st.integers(0, 5)


@given(st.lists(st.tuples(CARETS, st.lists(NAMES, min_size=1, max_size=3))))
def test_marks_give_back_what_was_written(written: list[tuple[int, list[str]]]) -> None:
    text = "\n".join(f"code(); //~{'^' * carets} {', '.join(names)}" for carets, names in written)
    assert list(marks(text)) == [(name, line - carets) for line, (carets, names) in enumerate(written, 1) for name in names]


LINES = st.lists(st.sampled_from(PAGE.splitlines()) | st.text(max_size=30), max_size=40).map("\n".join)
MATTER = st.text(max_size=60) | st.sampled_from(["options = { a = { b = 1 } }", 'targets = "x"', "limit = { mvp = 1e400 }", "soft = 3"])


@given(st.text() | LINES | MATTER.map(with_matter))
@example("")
@example("+++\n+++\n")
@example(with_matter("clippy = 1979-05-27"))
@example(with_matter("measure = 10000000000000000000000000"))
def test_any_text_is_a_rule_or_a_page_error(text: str) -> None:
    try:
        rule = parse(text)
    except PageError as error:
        assert str(error).startswith("rules/style/short-names.md")  # noqa: PT017  # either outcome is right
    else:
        assert rule.name == "short-names"
