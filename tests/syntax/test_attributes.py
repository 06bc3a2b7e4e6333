"""Attributes read from their text: which make test code, and what `allow` and `expect` say."""

import pytest
from hypothesis import given, strategies as st

from rustgate.syntax.attributes import Attribute, LintLevel, attribute_name, lint_levels, makes_test

NAMES = [
    ("#[test]", "test"),
    ("#![no_std]", "no_std"),
    ('#[tokio::test(flavor = "x")]', "tokio::test"),
    ("# [ tokio :: test ]", "tokio::test"),
    ("#[\n  cfg(test)\n]", "cfg"),
    ("#[::core::prelude::v1::test]", "::core::prelude::v1::test"),
    ("#[unsafe(no_mangle)]", "no_mangle"),
    ("#[unsafe (no_mangle)]", "no_mangle"),
    ('#[doc = "text"]', "doc"),
    ("#[]", ""),
    ("#[$name]", ""),
    ("#", ""),
]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_the_name_of_an_attribute_is_its_path(text: str, name: str) -> None:
    assert attribute_name(text) == name


TESTS = [
    "#[test]",
    "#[bench]",
    "#[tokio::test]",
    '#[tokio::test(flavor = "multi_thread")]',
    "#[async_std::test]",
    "#[actix_rt::test]",
    "#[wasm_bindgen_test::test]",
    "#[rstest]",
    "#[rstest::rstest]",
    "#[test_case(1, 2)]",
    "#[test_case::test_case(1)]",
    "#[quickcheck]",
    "#[proptest]",
    "#[wasm_bindgen_test]",
    "#[gtest]",
    "#[googletest::gtest]",
    "#[test_matrix([1, 2])]",
    "#[cfg_attr(test, test)]",
    "#[cfg_attr(not(loom), test)]",
    '#[cfg_attr(not(target_arch = "wasm32"), tokio :: test (flavor = "multi_thread"))]',
    '#[cfg_attr(all(feature = "x", miri), ignore, test)]',
    "#[cfg(doctest)]",
    "#[cfg(any(test, doctest))]",
    "#[cfg(test)]",
    "#![cfg(test)]",
    "#[cfg( test )]",
    "#[cfg(all(test, unix))]",
    "#[cfg(all(unix, test))]",
    '#[cfg(all(feature = "x", all(not(miri), test)))]',
    "#[cfg(any(test))]",
    "#[cfg(any(test, all(test, unix)))]",
    '#[cfg(all(any(unix, windows), test, not(feature = "y")))]',
    "#[cfg(any())]",
    "#[cfg(false)]",
    "#[cfg(not(not(test)))]",
    "#[cfg(not(all()))]",
    "#[cfg(all(unix, any()))]",
]
NO_TESTS = [
    "#[cfg(not(test))]",
    "#[cfg(all(not(test), unix))]",
    '#[cfg(any(test, feature = "x"))]',
    "#[cfg(any(test, unix))]",
    '#[cfg(feature = "test")]',
    '#[cfg(all(unix, feature = "test"))]',
    '#[cfg(feature="all(test)")]',
    '#[cfg(test = "x")]',
    "#[cfg(testing)]",
    "#[cfg(all())]",
    "#[cfg(not(any()))]",
    "#[cfg(true)]",
    '#[cfg(not(all(test, feature = "x")))]',
    "#[cfg(any(not(test), test))]",
    "#[cfg(version(test))]",
    "#[cfg()]",
    "#[cfg(unix /* test */)]",
    "#[cfg(all(unix, // test,\n windows))]",
    '#[cfg(feature = r"test")]',
    '#[cfg(feature = r#"a", test, "b"#)]',
    "#[cfg_attr(test, derive(Debug))]",
    "#[cfg_attr(test, allow(dead_code))]",
    "#[cfg_attr(test, derive(test, bench))]",
    "#[cfg_attr(test)]",
    '#[cfg_attr(docsrs, doc(cfg(test)), doc = "a, test")]',
    "#[cfg(not(doctest))]",
    "#[tokio::main]",
    "#[derive(test)]",
    "#[testing]",
    "#[test::helper]",
    "#[doc(test(attr(deny(warnings))))]",
    "#[should_panic]",
    "#[cfg]",
    "#[cfg)(test)]",
    "#[]",
]


@pytest.mark.parametrize("text", TESTS)
def test_these_attributes_make_test_code(text: str) -> None:
    assert makes_test(attribute_name(text), text)


@pytest.mark.parametrize("text", NO_TESTS)
def test_these_attributes_do_not(text: str) -> None:
    assert not makes_test(attribute_name(text), text)


ONLY_IN_TESTS = [
    ("#[cfg_attr(test, no_mangle)]", True),
    ("#[cfg_attr(all(test, unix), allow(dead_code))]", True),
    ("#[cfg_attr(not(test), no_mangle)]", False),
    ("#[cfg_attr(any(test, unix), no_mangle)]", False),
    ("#[cfg_attr(any(), no_mangle)]", True),
    ("#[cfg_attr(unix, test)]", False),
    ("#[cfg(test)]", False),
    ("#[no_mangle]", False),
]


@pytest.mark.parametrize(("text", "expected"), ONLY_IN_TESTS)
def test_a_cfg_attr_may_apply_only_in_tests(text: str, *, expected: bool) -> None:
    attribute = Attribute(attribute_name(text), text, 0, len(text), 0, 0, inner=False)
    assert attribute.only_in_tests == expected


LEVELS: list[tuple[str, list[tuple[str, tuple[str, ...], str | None]]]] = [
    ("#[allow(dead_code)]", [("allow", ("dead_code",), None)]),
    ("#![expect(clippy::todo)]", [("expect", ("clippy::todo",), None)]),
    ("#[allow(clippy :: todo, unused,)]", [("allow", ("clippy::todo", "unused"), None)]),
    ('#[allow(dead_code, reason = "why")]', [("allow", ("dead_code",), "why")]),
    ('#[allow(dead_code, reason = r#"why "so""#)]', [("allow", ("dead_code",), 'why "so"')]),
    ('#[allow(dead_code, reason = "a) b(")]', [("allow", ("dead_code",), "a) b(")]),
    ("#[allow(dead_code /* ) */, unused // )\n)]", [("allow", ("dead_code", "unused"), None)]),
    ("#[cfg_attr(test, allow(dead_code))]", [("allow", ("dead_code",), None)]),
    (
        '#[cfg_attr(all(unix, test), inline, allow(dead_code), expect(unused, reason = "why"))]',
        [("allow", ("dead_code",), None), ("expect", ("unused",), "why")],
    ),
    ('#[cfg_attr(feature = "allow(x)", deny(y))]', [("deny", ("y",), None)]),
    ("#[allow()]", []),
    ("#[allow]", []),
    ('#[allow(reason = "why")]', []),
    ("#[warn(dead_code)]", [("warn", ("dead_code",), None)]),
    ('#![forbid(dead_code, reason = "why")]', [("forbid", ("dead_code",), "why")]),
    ('#[doc = "allow(dead_code)"]', []),
    ("#[my::allow(dead_code)]", []),
]


@pytest.mark.parametrize(("text", "expected"), LEVELS)
def test_allow_and_expect_name_lints_and_a_reason(text: str, expected: list[tuple[str, tuple[str, ...], str | None]]) -> None:
    levels = list(lint_levels(attribute_name(text), text))
    assert [(level.word, level.lints, level.reason) for level in levels] == expected


def test_a_level_knows_where_it_stands_in_its_attribute() -> None:
    text = "#[cfg_attr(test, inline, allow(dead_code), deny(unused))]"
    assert list(lint_levels("cfg_attr", text)) == [
        LintLevel("allow", ("dead_code",), None, text.index("allow"), text.index(", deny"), only_in_tests=True),
        LintLevel("deny", ("unused",), None, text.index("deny"), text.index(")]"), only_in_tests=True),
    ]


LEVELS_IN_TESTS = [
    ("#[cfg_attr(test, allow(a))]", [True]),
    ("#[cfg_attr(any(), allow(a))]", [True]),
    ("#[cfg_attr(unix, allow(a))]", [False]),
    ("#[cfg_attr(not(test), deny(a))]", [False]),
    ("#[cfg_attr(unix, allow(a), cfg_attr(all(test, miri), allow(b)), allow(c))]", [False, True, False]),
    ("#[cfg_attr(test, allow(a), cfg_attr(unix, allow(b)))]", [True, True]),
]


@pytest.mark.parametrize(("text", "expected"), LEVELS_IN_TESTS)
def test_a_level_may_hold_only_in_tests(text: str, expected: list[bool]) -> None:
    assert [level.only_in_tests for level in lint_levels("cfg_attr", text)] == expected


@given(st.text(alphabet='#![]() ,="\\/*\nr:tesallowcfgnyrxpd_', max_size=60))
def test_any_text_can_be_asked(text: str) -> None:
    name = attribute_name(text)
    assert isinstance(makes_test(name, text), bool)
    assert all(level.lints and 0 <= level.start < level.end <= len(text) for level in lint_levels("cfg_attr", text))
