"""Parse the examples of rule pages."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from msgspec import Struct

from rustgate.errors import PageError, suggestion
from rustgate.model.rule import Rule

_FENCE = re.compile(r"^(`{3,})([^\n`]*)\n((?:(?!\1[ ]*$).*\n)*)\1[ ]*$", re.MULTILINE)
_BLOCK_KEYS = frozenset({"path", "limit", "encoding"})
_MARK = re.compile(r"(?://|#)~(\^*) *([a-z][a-z0-9-]*(?:, *[a-z][a-z0-9-]*)*)")
_NUMBER = re.compile(r"[0-9]{1,18}")


class Example(Struct, frozen=True):
    """A code block with the findings that it expects.

    `line` is the 1-based line of its first code line in the page; `path` is its file in the small crate that examples make up;
    `expected` holds (rule name, 1-based line within the block). `limit` replaces the limit of a measured rule, so that its example can be
    short, and `options` replaces options that are numbers; `coverage` is the lcov report for the example, or empty.
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


def fences(markdown: str) -> list[re.Match[str]]:
    """List the code blocks of a text.

    Groups 2 and 3 of each are the info string and the code.
    """
    return [*_FENCE.finditer(markdown)]


def examples(rule: Rule) -> Iterator[Example]:
    """Yield the examples of a page.

    These are its ```` ```rust ```` blocks that are `bad` or `good`. Other blocks are prose. A ```` ```lcov ```` block is the coverage
    report of the example before it. On a page that reads manifests, blocks in any language are examples, and ```` ```toml ```` is a
    Cargo.toml unless `path=` says otherwise.
    """
    for fence, following in _example_blocks(rule, fences(rule.markdown)):
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


def _example_blocks(rule: Rule, blocks: Sequence[re.Match[str]]) -> Iterator[tuple[re.Match[str], re.Match[str] | None]]:
    """Yield the examples, each with the block after it.

    Raises `PageError` for an unknown key.
    """
    for block, following in zip_longest(blocks, blocks[1:]):
        words = block[2].split()
        if not (words[:1] == ["rust"] or rule.reads_manifests) or not {"bad", "good"} & set(words):
            continue
        given = _given(block[2])
        for key in given.keys() - _BLOCK_KEYS - rule.options.keys():
            raise PageError(f'{rule.path}: unknown key "{key}" on an example{suggestion(key, [*_BLOCK_KEYS, *rule.options])}')
        _example_limit(rule, given)
        yield block, following


def _given(info: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in info.split() if "=" in word) if "=" in info else {}


def marks(text: str) -> Iterator[tuple[str, int]]:
    """Yield (rule, 1-based line) for each mark.

    A mark is `//~ rule` or `#~ rule`. Each caret after the tilde points one line further up.
    """
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


def require_examples(rule: Rule, blocks: Sequence[re.Match[str]]) -> None:
    """Raise `PageError` without a bad and a good example.

    `blocks` are the code blocks of the page.
    """
    given = {"bad" in block[2].split() for block, _ in _example_blocks(rule, blocks)}
    language = "toml" if rule.reads_manifests else "rust"
    for kind, bad in (("bad", True), ("good", False)):
        if bad not in given:
            raise PageError(f"{rule.path}: the page has no {kind} example; add a ```{language} {kind} block")
