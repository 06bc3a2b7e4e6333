"""Coverage by tests: lines run, and files named."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import cast

from msgspec import Struct

from rustgate.api import Captures, Crate, CrateSet, Fact, File, Match, Outline, Reduced, Target

_WORD = re.compile(rb"[A-Za-z_]\w*")
_DOC_TEST = re.compile(rb"//[/!]\s*```|/\*[*!].*```", re.DOTALL)
_ASSERTS = re.compile(rb"\bassert")


class Countable(Struct, frozen=True):
    """The parts of a file that coverage counts.

    `tests` are the first and last lines of test code, which does not count. `functions` is the number of functions with a body outside
    tests.
    """

    tests: tuple[tuple[int, int], ...]
    functions: int


def gather_coverage(file: File, _matches: list[Captures]) -> Iterator[tuple[Match, Countable]]:
    """Gather the test lines and functions of files."""
    outline = file.outline
    tests = _test_ranges(outline)
    lines = {(outline.lines.number(start), outline.lines.number(end - 1)) for start, end in tests}
    functions = sum(function.body and not function.test for function in outline.functions)
    yield Match(0, 0, {"percent": file.options["percent"]}), Countable(tuple(sorted(lines)), functions)


def required_coverage(crate: Crate, facts: Sequence[Fact[Countable]]) -> Reduced:
    """Report crates whose tests run too few lines."""
    root = next((fact for fact in facts if fact.finding.path in crate.roots), None)
    if crate.coverage is None or root is None or not any(fact.data.functions for fact in facts):
        return
    counts = [count for fact in facts for count in _run_counts(fact, crate.coverage.files.get(fact.finding.path, {}))]
    covered, required = sum(map(bool, counts)), cast("int", root.values["percent"])
    if not counts:
        yield root, {"share": "0%", "counted": "the report names none of its files"}
    elif 100 * covered < required * len(counts):
        # cut, not rounded: 79.96 % must not read as the 80.0 % that it misses
        share = 1000 * covered // len(counts) / 10
        yield root, {"share": f"{share}%", "counted": f"{covered:,} of {len(counts):,} lines"}


def _run_counts(fact: Fact[Countable], lines: dict[int, int]) -> Iterable[int]:
    """Return how often tests ran each line outside tests."""
    countable = fact.data
    return (count for line, count in lines.items() if not any(first <= line <= last for first, last in countable.tests))


class Tested(Struct, frozen=True):
    """Words of test code, or names that need tests.

    `words` are those of a file's test code; `names` are those of library code without test code, which tests elsewhere could use.
    """

    words: frozenset[bytes]
    names: frozenset[bytes] = frozenset()


def gather_tested(file: File, _matches: list[Captures]) -> Iterator[tuple[Match, Tested]]:
    """Gather files that have or need test code."""
    outline = file.outline
    words = _test_words(outline) if file.context.target in {Target.LIBRARY, Target.TEST} else frozenset()
    lines = _lines_to_test(outline) if file.context.target is Target.LIBRARY else 0
    if words:
        yield Match(0, 0, {"lines": lines}), Tested(words)
    elif lines > cast("int", file.options["lines"]) and not _is_tested_by_its_docs(outline):
        yield Match(0, 0, {"lines": lines}), Tested(words, frozenset(_names(outline)))


def _lines_to_test(outline: Outline) -> int:
    """Count the lines of code that tests could run.

    0 if all of the file is test code, or if it has no function with a body.
    """
    runs = any(function.body and not function.test for function in outline.functions)
    return outline.code_lines[-1] if runs and not outline.whole_file_is_test else 0


def _test_words(outline: Outline) -> frozenset[bytes]:
    """Return every word of a file's test code."""
    return frozenset(word for start, end in _test_ranges(outline) for word in _WORD.findall(outline.source, start, end))


def _test_ranges(outline: Outline) -> list[tuple[int, int]]:
    """Return the byte ranges of a file's test code.

    It is the crate_set file, or its test modules and all test functions.
    """
    if outline.whole_file_is_test:
        return [(0, len(outline.source))]
    return [*outline.test_modules, *((function.start, function.end) for function in outline.functions if function.test)]


def _is_tested_by_its_docs(outline: Outline) -> bool:
    """Return whether an example in documentation asserts something.

    `cargo test` runs it.
    """
    if b"```" not in outline.source or b"assert" not in outline.source:
        return False
    texts = [outline.source[start:end] for start, end in outline.comments]
    return any(map(_DOC_TEST.match, texts)) and any(_ASSERTS.search(text) for text in texts if text.startswith((b"///", b"//!", b"/*")))


def _names(outline: Outline) -> Iterator[bytes]:
    """Yield the names of types and free functions."""
    yield from (declared.name.encode() for declared in outline.types)
    yield from (function.item.encode() for function in outline.functions if "::" not in function.item)


def untested_modules(crate_set: CrateSet, facts: Sequence[Fact[Tested]]) -> Reduced:
    """Report library files that no test mentions.

    A test mentions the name of the file or a name in it. It is in the same package, or names the package.
    """
    crates = {path: crate for crate in crate_set.crates for path in crate.files}
    tests = [(crates[fact.finding.path], fact.data.words) for fact in facts if fact.data.words]
    for fact in facts:
        crate = crates[fact.finding.path]
        if fact.data.names and _tests_were_read(crate, crate_set):
            name = _crate_name(crate)
            words = (words for other, words in tests if other.name == crate.name or name in words)
            if not _mentioned(fact, crate, words):
                yield fact, {}


def _mentioned(fact: Fact[Tested], crate: Crate, tests: Iterable[frozenset[bytes]]) -> bool:
    """Return whether a test mentions a file.

    It does with the name of the file or a name in it; the name of a crate's root file is that of the crate.
    """
    path = PurePosixPath(fact.finding.path)
    stem = path.parent.name if path.stem == "mod" else path.stem
    names = fact.data.names | {_crate_name(crate) if fact.finding.path == crate.root else stem.encode()}
    return any(not names.isdisjoint(words) for words in tests)


def _crate_name(crate: Crate) -> bytes:
    """Return a crate's name as code writes it."""
    package = crate.manifest.table.get("package") if crate.manifest else None
    name = package.get("name") if isinstance(package, dict) else None
    return str(name or PurePosixPath(crate.name).name).replace("-", "_").encode()


def _tests_were_read(crate: Crate, crate_set: CrateSet) -> bool:
    """Return whether the run includes a library's tests.

    True if it has none.
    """
    if crate.manifest is None or not crate.manifest.has_tests:
        return True
    return any(other.name == crate.name and other.target is Target.TEST for other in crate_set.crates)
