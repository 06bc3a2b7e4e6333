"""Attributes by text: tests, hidden items, lint levels."""

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

_HEAD = re.compile(r"#!?\s*\[\s*(?:unsafe\s*\(\s*)?((?:::)?\s*[A-Za-z_]\w*(?:\s*::\s*\w+)*)")
_LEVEL = re.compile(r"\b(?:allow|expect)\b")
_TOKEN = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<string>r(?P<hashes>#*)".*?(?:"(?P=hashes)|\Z)|"(?:[^"\\]|\\.)*")|(?P<word>\w+(?:\s*::\s*\w+)*)|\S',
    re.DOTALL,
)
_HIDDEN = re.compile(r"\bdoc\s*\([^()]*\bhidden\b")
_TEST_NAMES = frozenset({"test", "bench", "gtest", "proptest", "quickcheck", "rstest", "test_case", "test_matrix", "wasm_bindgen_test"})
_TEST_PREDICATES = frozenset({"test", "doctest"})


class Attribute(Struct, frozen=True):
    """An attribute: its text, bytes and target.

    `inner` is true for `#![..]`. The target is 0, 0 where nobody asks for it, see `read_attributes`.
    """

    name: str
    text: str
    start: int
    end: int
    target_start: int
    target_end: int
    inner: bool

    @property
    def only_in_tests(self) -> bool:
        """Return whether it is a `cfg_attr` for test builds."""
        return self.name == "cfg_attr" and cfg_requires_test(self.text.partition("cfg_attr")[2])


class LintLevel(Struct, frozen=True):
    """An `allow(...)` or `expect(...)`, also one in a `cfg_attr`.

    `word` is `allow` or `expect`; `start` and `end` are offsets in characters of the attribute's text.
    """

    word: str
    lints: tuple[str, ...]
    reason: str | None
    start: int
    end: int


def attribute_name(text: str) -> str:
    """Return the path of an attribute, such as `tokio::test`.

    It has no spaces, and is empty if there is none.
    """
    head = _HEAD.match(text)
    return "".join(head[1].split()) if head else ""


def hides(text: str) -> bool:
    """Return whether the attribute is `#[doc(hidden)]`."""
    return "hidden" in text and _HIDDEN.search(text) is not None


def makes_test(name: str, text: str) -> bool:
    """Return whether an attribute marks test code."""
    if name == "cfg":
        return cfg_requires_test(text[text.index("cfg") + 3 :])
    if name == "cfg_attr":
        return any(word in text for word in _TEST_NAMES) and any(_is_test_attribute(path) for path in _conditional_paths(text))
    return _is_test_attribute(name)


def _is_test_attribute(path: str) -> bool:
    return path.rpartition("::")[2].strip() in _TEST_NAMES


def _conditional_paths(text: str) -> Iterator[str]:
    """Yield the paths in a `cfg_attr(predicate, path, ..)`."""
    depth = 0
    for before, token in pairwise(token[0] for token in _tokens(text)):
        depth += (before == "(") - (before == ")")
        if depth == 1 and before == ",":
            yield token


def cfg_requires_test(text: str) -> bool:
    """Return whether a predicate holds only in tests.

    `text` begins with the predicate, in parentheses. `test` and `all(.., test)` hold only in tests; `any(test, ..)` and `not(test)` do not.
    Doctests are tests.
    """
    if "test" not in text:
        return False
    tokens = [token[0] for token in _tokens(text) if token[0] != ","]
    stack: list[tuple[str, list[bool]]] = [("all", [])]
    word = "all"
    for index, token in enumerate(tokens):
        if token == "(":
            stack.append((word, []))
        elif token == ")":
            if len(stack) == 1:
                break
            operator, values = stack.pop()
            stack[-1][1].append(_combine(operator, values))
        elif tokens[index + 1 : index + 2] == ["("]:
            word = token
        elif token != "=" and tokens[index - 1 : index] != ["="]:
            stack[-1][1].append(token in _TEST_PREDICATES and tokens[index + 1 : index + 2] != ["="])
    return any(stack[0][1])


def _combine(operator: str, values: list[bool]) -> bool:
    """Return whether a combined predicate requires tests.

    `values` tell for each operand of `all(..)`, `any(..)` or `not(..)` whether it does.
    """
    if operator == "all":
        return any(values)
    return operator == "any" and bool(values) and all(values)


def _tokens(text: str) -> list[re.Match[str]]:
    """Split an attribute into tokens, without comments."""
    return [token for token in _TOKEN.finditer(text) if token.lastgroup != "comment"]


def lint_levels(name: str, text: str) -> Iterator[LintLevel]:
    """Yield every `allow(...)` and `expect(...)` that names a lint."""
    if name not in {"allow", "expect", "cfg_attr"} or not _LEVEL.search(text):
        return
    tokens = _tokens(text)
    for index in range(len(tokens) - 1):
        if _LEVEL.fullmatch(tokens[index][0]) and tokens[index + 1][0] == "(":
            level = _lint_level(tokens[index:])
            if level.lints:
                yield level


def _lint_level(tokens: list[re.Match[str]]) -> LintLevel:
    """Parse the lint level whose word begins `tokens`.

    No parenthesis can be within its own.
    """
    last = next((index for index, token in enumerate(tokens) if token[0] == ")"), len(tokens) - 1)
    words = ["".join(token[0].split()) for token in tokens[2:last] if token.lastgroup == "word"]
    given = [token[0] for token in tokens[2:last] if token.lastgroup == "string"]
    lints = tuple(word for word in words if word != "reason")
    reason = given[0].partition('"')[2].rpartition('"')[0] if given and "reason" in words else None
    return LintLevel(tokens[0][0], lints, reason, tokens[0].start(), tokens[last].end())
