"""Whether tests reach the code: the share of lines that a coverage report saw them run, and library files that no test names."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import cast

from msgspec import Struct

from rustgate.api import Captures, Crate, CrateSet, Fact, File, Match, Outline, Reduced, Target

_WORD = re.compile(rb"[A-Za-z_]\w*")
_DOC_TEST = re.compile(rb"//[/!]\s*```|/\*[*!].*```", re.DOTALL)
_ASSERTS = re.compile(rb"\bassert")
_HUNDRED = 100


class Countable(Struct, frozen=True):
    """What of a file counts for coverage: not the lines from the first to the last of each of `tests`; `functions` have a body."""

    tests: tuple[tuple[int, int], ...]
    functions: int


def gather_coverage(file: File, _matches: list[Captures]) -> Iterator[tuple[Match, Countable]]:
    """One hit for every file, on its first byte."""
    outline = file.outline
    tests = _test_ranges(outline)
    lines = {(outline.lines.number(start), outline.lines.number(end - 1)) for start, end in tests}
    functions = sum(function.body and not function.test for function in outline.functions)
    yield Match(0, 0, {"percent": file.options["percent"]}), Countable(tuple(sorted(lines)), functions)


def required_coverage(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """The root of a crate of whose lines outside test code the tests run too few."""
    root = next((fact for fact in facts if fact.finding.path in crate.roots), None)
    if crate.coverage is None or root is None or not any(fact.data.functions for fact in facts):
        return
    hits = [hit for fact in facts for hit in _hits(fact, crate.coverage.files.get(fact.finding.path, {}))]
    covered, required = sum(map(bool, hits)), cast("int", root.values["percent"])
    if not hits:
        yield root, {"share": "0%", "counted": "the report names none of its files"}
    elif _HUNDRED * covered < required * len(hits):
        # cut, not rounded: 79.96 % must not read as the 80.0 % that it misses
        share = _HUNDRED * 10 * covered // len(hits) / 10
        yield root, {"share": f"{share}%", "counted": f"{covered:,} of {len(hits):,} lines"}


def _hits(fact: Fact, lines: dict[int, int]) -> Iterable[int]:
    tests: Countable = fact.data
    return (hits for line, hits in lines.items() if not any(first <= line <= last for first, last in tests.tests))


class Tested(Struct, frozen=True):
    """What a file tells of tests: the words of its test code, and, for library code that needs tests, the names that these could use."""

    words: frozenset[bytes]
    names: frozenset[bytes] = frozenset()


def gather_tested(file: File, _matches: list[Captures]) -> Iterator[tuple[Match, Tested]]:
    """A hit on the first byte of every file that has test code or needs some."""
    outline = file.outline
    words = _test_words(outline) if file.context.target in {Target.LIBRARY, Target.TEST} else frozenset()
    lines = _lines_to_test(outline) if file.context.target is Target.LIBRARY else 0
    if words:
        yield Match(0, 0, {"lines": lines}), Tested(words)
    elif lines > cast("int", file.options["lines"]) and not _is_tested_by_its_docs(outline):
        yield Match(0, 0, {"lines": lines}), Tested(words, frozenset(_names(outline)))


def _lines_to_test(outline: Outline) -> int:
    """The lines of code of a file, or 0 if there is nothing in it that could run."""
    runs = any(function.body and not function.test for function in outline.functions)
    return outline.code_lines[-1] if runs and not outline.whole_file_is_test else 0


def _test_words(outline: Outline) -> frozenset[bytes]:
    return frozenset(word for start, end in _test_ranges(outline) for word in _WORD.findall(outline.source, start, end))


def _test_ranges(outline: Outline) -> list[tuple[int, int]]:
    """The bytes of test code: all of them, or those of its test modules, and of the test functions beside these."""
    if outline.whole_file_is_test:
        return [(0, len(outline.source))]
    return [*outline.test_modules, *((function.start, function.end) for function in outline.functions if function.test)]


def _is_tested_by_its_docs(outline: Outline) -> bool:
    """Whether an example in the documentation asserts something: `cargo test` runs it."""
    if b"```" not in outline.source or b"assert" not in outline.source:
        return False
    texts = [outline.source[start:end] for start, end in outline.comments]
    return any(map(_DOC_TEST.match, texts)) and any(_ASSERTS.search(text) for text in texts if text.startswith((b"///", b"//!", b"/*")))


def _names(outline: Outline) -> Iterator[bytes]:
    """The types of a file, and its functions that stand alone."""
    yield from (declared.name.encode() for declared in outline.types)
    yield from (function.item.encode() for function in outline.functions if "::" not in function.item)


def untested_modules(whole: CrateSet, facts: Sequence[Fact]) -> Reduced:
    """The library files whose name and contents no test code of their package, nor one elsewhere that names the package, mentions."""
    config_roots = {path: crate for crate in whole.crates for path in crate.files}
    tests = [(config_roots[fact.finding.path], fact.data.words) for fact in facts if fact.data.words]
    for fact in facts:
        crate = config_roots[fact.finding.path]
        if fact.data.names and _tests_were_read(crate, whole):
            name = _crate_name(crate)
            words = (words for other, words in tests if other.name == crate.name or name in words)
            if not _mentioned(fact, crate, words):
                yield fact, {}


def _mentioned(fact: Fact, crate: Crate, tests: Iterable[frozenset[bytes]]) -> bool:
    path = PurePosixPath(fact.finding.path)
    stem = path.parent.name if path.stem == "mod" else path.stem
    names = fact.data.names | {_crate_name(crate) if fact.finding.path == crate.root else stem.encode()}
    return any(not names.isdisjoint(words) for words in tests)


def _crate_name(crate: Crate) -> bytes:
    package = crate.manifest.table.get("package") if crate.manifest else None
    name = package.get("name") if isinstance(package, dict) else None
    return str(name or PurePosixPath(crate.name).name).replace("-", "_").encode()


def _tests_were_read(crate: Crate, whole: CrateSet) -> bool:
    """Whether the tests beside a library are a part of the run, if there are any."""
    if crate.manifest is None or not crate.manifest.has_tests:
        return True
    return any(other.name == crate.name and other.target is Target.TEST for other in whole.crates)
