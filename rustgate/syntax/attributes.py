"""Attributes by text: tests, hidden items, lint levels."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

_HEAD = re.compile(r"#!?\s*\[\s*(?:unsafe\s*\(\s*)?((?:::)?\s*[A-Za-z_]\w*(?:\s*::\s*\w+)*)")
_LEVEL = re.compile(r"\b(?:allow|expect|warn|deny|forbid)\b")
_TOKEN = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<string>r(?P<hashes>#*)".*?(?:"(?P=hashes)|\Z)|"(?:[^"\\]|\\.)*")|(?P<word>\w+(?:\s*::\s*\w+)*)|\S',
    re.DOTALL,
)
CLIPPY_GROUPS = frozenset(
    {"all", "cargo", "complexity", "correctness", "nursery", "pedantic", "perf", "restriction", "style", "suspicious"}
)
"""Groups of lints that an attribute or a manifest can name after `clippy::`."""
_HIDDEN = re.compile(r"\bdoc\s*\([^()]*\bhidden\b")
_TEST_NAMES = frozenset({"test", "bench", "gtest", "proptest", "quickcheck", "rstest", "test_case", "test_matrix", "wasm_bindgen_test"})
_WORDS_THAT_DECIDE = re.compile(r"test|true|false|(?:any|all)\s*\(\s*\)")
"""What a predicate that cannot hold outside tests must contain."""
_OPEN, MET, UNMET = (True, True), (True, False), (False, True)
"""Whether a predicate may hold, and whether it may fail, while `test` and `doctest` are off."""
_PREDICATES = {"test": UNMET, "doctest": UNMET, "false": UNMET, "true": MET}
_DEEPEST = 128
"""Levels of parentheses in which a `cfg_attr` is read; rustc reads no deeper."""


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
    """An `allow(...)`, `deny(...)` or the like, also in a `cfg_attr`.

    `word` is `allow`, `expect`, `warn`, `deny` or `forbid`; `start` and `end` are offsets in characters of the attribute's text.
    `only_in_tests` is true in a `cfg_attr` whose predicate cannot hold outside tests.
    """

    word: str
    lints: tuple[str, ...]
    reason: str | None
    start: int
    end: int
    only_in_tests: bool = False

    @property
    def silences(self) -> bool:
        """Return whether it allows its lints, or expects them."""
        return self.word in {"allow", "expect"}


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
    for before, token in pairwise(token[0] for token in tokens_of(text)):
        depth += (before == "(") - (before == ")")
        if depth == 1 and before == ",":
            yield token


def cfg_requires_test(text: str) -> bool:
    """Return whether a predicate cannot hold outside tests.

    `text` begins with the predicate, in parentheses; of a `cfg_attr` its attributes may follow. `test`, `all(.., test)`, `any()` and
    `false` cannot hold there; `any(test, unix)` and `not(test)` may, and so may any feature or platform. Doctests are tests.
    """
    return _WORDS_THAT_DECIDE.search(text) is not None and _requires_test(tokens_of(text), 0)


def _requires_test(tokens: Sequence[re.Match[str]], first: int) -> bool:
    """Return whether the predicate cannot hold outside tests.

    Its opening parenthesis is the token `first`.
    """
    return predicate_at(tokens, first) == UNMET


def predicate_at(tokens: Sequence[re.Match[str]], first: int) -> tuple[bool, bool]:
    """Return whether a predicate may hold, and may fail, outside tests."""
    stack: list[tuple[str, list[tuple[bool, bool]]]] = [("", [])]
    operator, before = "", ""
    for index in range(first, len(tokens)):
        token, after = tokens[index][0], tokens[index + 1][0] if index + 1 < len(tokens) else ""
        if token == "(":
            stack.append((operator, []))
        elif token in {")", ","} and len(stack) <= len(("attribute", "predicate")):
            break
        elif token == ")":
            combined = _combine(*stack.pop())
            stack[-1][1].append(combined)
        elif after == "(":
            operator = token
        elif token not in {",", "="} and before != "=":
            stack[-1][1].append(_OPEN if after == "=" else _PREDICATES.get(token, _OPEN))
        before = token
    return (*stack[-1][1], _OPEN)[0]


def _combine(operator: str, values: Sequence[tuple[bool, bool]]) -> tuple[bool, bool]:
    """Return whether a combined predicate may hold, and may fail."""
    holds, fails = [holds for holds, _ in values], [fails for _, fails in values]
    if operator == "all":
        return all(holds), any(fails)
    if operator == "any":
        return any(holds), all(fails)
    return (fails[0], holds[0]) if operator == "not" and values else _OPEN


def tokens_of(text: str) -> list[re.Match[str]]:
    """Split an attribute into tokens, without comments."""
    return [token for token in _TOKEN.finditer(text) if token.lastgroup != "comment"]


def lint_levels(name: str, text: str) -> Iterator[LintLevel]:
    """Yield every `allow(...)`, `deny(...)` and the like that names a lint."""
    if not (name == "cfg_attr" or _LEVEL.fullmatch(name)) or not _LEVEL.search(text):
        return
    tokens = tokens_of(text)
    depth = 0
    in_tests: int | None = None  # the depth at which a `cfg_attr` for tests began
    for index, (token, after) in enumerate(pairwise(token[0] for token in tokens)):
        depth += (token == "(") - (token == ")")
        if token == ")" and depth == in_tests:
            in_tests = None
        elif token == "cfg_attr" and in_tests is None and depth < _DEEPEST and _requires_test(tokens, index + 1):
            in_tests = depth
        elif after == "(" and _LEVEL.fullmatch(token):
            level = _lint_level(tokens, index, only_in_tests=in_tests is not None)
            if level.lints:
                yield level


def _lint_level(tokens: Sequence[re.Match[str]], first: int, *, only_in_tests: bool) -> LintLevel:
    """Parse the lint level whose word is the token `first`.

    No parenthesis can be within its own.
    """
    last = next((index for index in range(first, len(tokens)) if tokens[index][0] == ")"), len(tokens) - 1)
    inside = tokens[first + 2 : last]
    words = ["".join(token[0].split()) for token in inside if token.lastgroup == "word"]
    given = [token[0] for token in inside if token.lastgroup == "string"]
    lints = tuple(word for word in words if word != "reason")
    reason = given[0].partition('"')[2].rpartition('"')[0] if given and "reason" in words else None
    return LintLevel(tokens[first][0], lints, reason, tokens[first].start(), tokens[last].end(), only_in_tests)
