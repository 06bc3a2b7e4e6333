"""The examples of a page: what is marked in them, and by which limits and options they are judged."""

import re
from collections.abc import Iterator

from msgspec import Struct

from rustgate.errors import PageError, suggestion
from rustgate.model.rule import Rule

FENCE = re.compile(r"^(`{3,})([^\n`]*)\n((?:(?!\1[ ]*$).*\n)*)\1[ ]*$", re.MULTILINE)
"""A block of Markdown between fences: the fence, what stands behind it, and the text."""
_BLOCK_KEYS = frozenset({"path", "limit", "encoding"})
_MARK = re.compile(r"(?://|#)~(\^*) *([a-z][a-z0-9-]*(?:, *[a-z][a-z0-9-]*)*)")
_NUMBER = re.compile(r"[0-9]{1,18}")


class Example(Struct, frozen=True):
    """A code block of a page, with the findings that its marks expect.

    `line` is the 1-based line of the block's first code line in the page; `path` the file that it stands for in its
    small crate; `expected` holds (rule name, 1-based line within the block). `limit` stands in for the limit of a measured rule,
    so that its example stays short, and `options` for the numbers of others; `coverage` is an lcov report that belongs to it, or empty.
    """

    text: str
    line: int
    bad: bool
    path: str
    encoding: str
    expected: tuple[tuple[str, int], ...]
    limit: int | None = None
    options: dict[str, int] = {}
    coverage: str = ""


def examples(rule: Rule) -> Iterator[Example]:
    """The ```` ```rust ```` blocks of a page, in order; blocks that are neither `bad` nor `good` are prose.

    A ```` ```lcov ```` block is the coverage report of the example before it. On a page that reads manifests, blocks in any language are
    examples, and ```` ```toml ```` is a Cargo.toml unless it says otherwise.
    """
    for fence, following in _fences_of_examples(rule):
        words, given = fence[2].split(), _given(fence[2])
        yield Example(
            text=fence[3],
            line=rule.markdown.count("\n", 0, fence.start(3)) + rule.markdown_line,
            bad="bad" in words,
            path=given.get("path", "Cargo.toml" if words[0] == "toml" else "src/lib.rs"),
            encoding=given.get("encoding", "utf-8"),
            expected=tuple(marks(fence[3])),
            limit=_example_limit(rule, given),
            options={key: int(given[key]) for key in given.keys() & rule.options.keys() if _NUMBER.fullmatch(given[key])},
            coverage=following[3] if following and following[2].strip() == "lcov" else "",
        )


def _fences_of_examples(rule: Rule) -> Iterator[tuple[re.Match[str], re.Match[str] | None]]:
    """The blocks that are examples, each with the block behind it; raises `PageError` for a key that means nothing."""
    fences = [*FENCE.finditer(rule.markdown)]
    for fence, following in zip(fences, [*fences[1:], None], strict=False):
        words = fence[2].split()
        if not (words[:1] == ["rust"] or rule.reads_manifests) or not {"bad", "good"} & set(words):
            continue
        given = _given(fence[2])
        for key in given.keys() - _BLOCK_KEYS - rule.options.keys():
            raise PageError(f'{rule.path}: unknown key "{key}" on an example{suggestion(key, [*_BLOCK_KEYS, *rule.options])}')
        _example_limit(rule, given)
        yield fence, following


def _given(info: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in info.split() if "=" in word)


def marks(text: str) -> Iterator[tuple[str, int]]:
    """(rule, 1-based line) for every `//~ rule` or `#~ rule` mark; each caret after the tilde points one line further up."""
    for number, line in enumerate(text.split("\n"), 1):
        for mark in _MARK.finditer(line):
            for rule in mark[2].split(","):
                yield rule.strip(), number - len(mark[1])


def _example_limit(rule: Rule, given: dict[str, str]) -> int | None:
    if "limit" not in given:
        return None
    if not rule.measure or not _NUMBER.fullmatch(given["limit"]):
        raise PageError(f"{rule.path}: `limit={given['limit']}` on an example must be a whole number, on a page with `measure`")
    return int(given["limit"])


def require_examples(rule: Rule) -> None:
    """Raises `PageError` where a page has no bad example, or no good one."""
    given = {"bad" in fence[2].split() for fence, _ in _fences_of_examples(rule)}
    for kind, bad in (("bad", True), ("good", False)):
        if bad not in given:
            raise PageError(
                f"{rule.path}: the page has no {kind} example; add a ```{'toml' if rule.reads_manifests else 'rust'} {kind} block"
            )
