"""Matching: which findings were there before, each entry used once."""

import pytest

from rustgate.model.finding import Finding, Severity
from rustgate.reference.entry import Entry, entries_of
from rustgate.reference.matching import Matching, match


def unwrap(line: int, path: str = "a.rs", item: str = "m::f", snippet: str = "x . unwrap ( )", rule: str = "unwrap-used") -> Finding:
    return Finding(rule, "panics", Severity.ERROR, path, line, 1, line, 2, "p", item, None, None, "f", snippet=snippet)


def length(value: int, path: str = "a.rs", item: str = "m::f") -> Finding:
    return Finding("function-length", "size", Severity.ERROR, path, 1, 1, 1, 2, "p", item, value, 30, "f")


def matched(
    before: list[Finding], today: list[Finding], gone: frozenset[tuple[str, str]] = frozenset(), *, strict: bool = False
) -> Matching:
    return match(today, entries_of(before), lambda path, item: (path, item) in gone or (path, "") in gone, strict=strict)


def new(before: list[Finding], today: list[Finding], gone: frozenset[tuple[str, str]] = frozenset(), *, strict: bool = False) -> list[int]:
    found = matched(before, today, gone, strict=strict)
    return [number for number in range(len(today)) if number not in found.old and number not in found.grown]


GONE = frozenset({("a.rs", "")})
ITEM_GONE = frozenset({("a.rs", "m::f")})
ROWS = {
    "nothing changed": ([unwrap(1), length(40)], [unwrap(9), length(40)], [], frozenset()),
    "one equal one more in the function: the last is new": ([unwrap(1), unwrap(2)], [unwrap(1), unwrap(2), unwrap(3)], [2], frozenset()),
    "one edited": ([unwrap(1)], [unwrap(1, snippet="y . unwrap ( )")], [], frozenset()),
    "one fixed and one added in another function": ([unwrap(1)], [unwrap(2, item="m::g")], [0], frozenset()),
    "one edited and one added": ([unwrap(1)], [unwrap(1, snippet="y"), unwrap(2, snippet="z")], [0, 1], frozenset()),
    "one fixed and one of another rule": ([unwrap(1)], [unwrap(1, rule="expect-used")], [0], frozenset()),
    "the file moved": ([unwrap(1), length(40)], [unwrap(1, "b/a.rs"), length(40, "b/a.rs")], [], GONE),
    "the file moved and improved": ([length(40)], [length(35, "b.rs")], [], GONE),
    "the file was copied": ([unwrap(1)], [unwrap(1), unwrap(1, "b.rs")], [1], frozenset()),
    "the function moved, its last two segments stay": ([unwrap(1)], [unwrap(1, "b.rs", "n::m::f")], [], ITEM_GONE),
    "fresh code beside an unrelated deletion": ([unwrap(1)], [unwrap(1, "b.rs", "m::g")], [0], GONE),
    "the same item elsewhere, while the old one is there": ([unwrap(1)], [unwrap(1, "b.rs")], [0], frozenset()),
    "two homes for one entry: the first in order": ([unwrap(1)], [unwrap(1, "b.rs"), unwrap(1, "c.rs")], [1], GONE),
    "no item: the same name of file": ([unwrap(1, item="")], [unwrap(1, "b/a.rs", ""), unwrap(1, "b/c.rs", "")], [1], GONE),
}


@pytest.mark.parametrize(("before", "today", "expected", "gone"), ROWS.values(), ids=ROWS.keys())
def test_new_is_what_was_not_there(
    before: list[Finding], today: list[Finding], expected: list[int], gone: frozenset[tuple[str, str]]
) -> None:
    assert new(before, today, gone) == expected


def test_strict_knows_no_edits() -> None:
    assert new([unwrap(1)], [unwrap(1, snippet="y")], strict=True) == [0]


@pytest.mark.parametrize(("today", "old", "grown"), [(39, 1, 0), (40, 1, 0), (41, 0, 1)])
def test_a_value_may_only_shrink(today: int, old: int, grown: int) -> None:
    found = matched([length(40)], [length(today)])
    assert (len(found.old), len(found.grown)) == (old, grown)


def test_of_equal_items_the_one_that_has_grown_is_told() -> None:
    assert list(matched([length(40), length(50)], [length(60), length(45)]).grown) == [0]


def test_equal_values_pair_first_when_they_move() -> None:
    before = [length(40, "a.rs"), length(50, "b.rs")]
    gone = frozenset({("a.rs", ""), ("b.rs", "")})
    found = matched(before, [length(50, "x.rs"), length(40, "y.rs")], gone)
    assert [found.old[number].entry.path for number in range(2)] == ["b.rs", "a.rs"]
    assert all(pair.moved for pair in found.old.values())


def test_entries_that_nothing_needs_are_stale_with_what_is_left_of_their_count() -> None:
    assert matched([unwrap(1), unwrap(2), unwrap(3)], [unwrap(1)]).stale == (
        Entry("a.rs", "unwrap-used", "m::f", "x . unwrap ( )", None, 2),
    )
