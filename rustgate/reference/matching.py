"""Match findings with the entries of a reference, one to one.

An entry is used once. First come equal ones, then edits within an item, then what moved to another place.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct, structs

from rustgate.model.finding import Finding
from rustgate.reference.entry import Entry, key_of

Gone = Callable[[str, str], bool]
"""Says whether a path no longer exists, or no longer holds an item; absence from a run is not enough."""

_MOST_CANDIDATES = 64
"""Entries that a moved finding is compared with; more have the same item, snippet and rule only in generated code."""


class Pair(Struct, frozen=True):
    """A finding's entry; `moved` if that is of another place."""

    entry: Entry
    moved: bool = False


class Matching(Struct, frozen=True):
    """Pairs by the position of the finding; what is in neither has no entry, and is new.

    `grown` have a value over that of their entry. `stale` are the entries that nothing needs any more, each with the count that is left.
    `tightened` counts the old ones with a smaller value.
    """

    old: dict[int, Pair]
    grown: dict[int, Pair]
    stale: tuple[Entry, ...]
    tightened: int = 0


def match(findings: Sequence[Finding], entries: Iterable[Entry], gone: Gone, *, strict: bool = False) -> Matching:
    """Match findings in source order with entries that have different keys.

    With `strict`, an edit within an item is new. Takes time in proportion to findings and entries.
    """
    matcher = _Matcher(findings, entries)
    matcher.pair_equal()
    if not strict:
        matcher.pair_edited()
    matcher.pair_moved(gone)
    return matcher.matching()


class _Matcher:
    """Findings and entries that are still free, and the pairs so far."""

    def __init__(self, findings: Sequence[Finding], entries: Iterable[Entry]) -> None:
        self._findings = findings
        self._entries = list(entries)
        self._left = [entry.count for entry in self._entries]
        self._pairs: dict[int, Pair] = {}

    def matching(self) -> Matching:
        """Return the pairs, and the entries that are left over."""
        grown = {number: pair for number, pair in self._pairs.items() if _growth(self._findings[number], pair.entry) > 0}
        stale = (structs.replace(entry, count=left) for entry, left in zip(self._entries, self._left, strict=True) if left)
        old = {number: pair for number, pair in self._pairs.items() if number not in grown}
        tightened = sum(_growth(self._findings[number], pair.entry) < 0 for number, pair in old.items())
        return Matching(old, grown, tuple(stale), tightened)

    def pair_equal(self) -> None:
        """Pair findings with entries of the same path, item and snippet; the last ones of too many stay free."""
        numbers = {(entry.key, entry.value is None): number for number, entry in enumerate(self._entries)}
        pairs = []
        for number, finding in enumerate(self._findings):
            entry = numbers.get((key_of(finding), finding.value is None))
            if entry is not None:
                pairs.append((number, entry))
        self._pair(pairs)

    def pair_edited(self) -> None:
        """Pair what has another snippet in the same item, unless findings of the rule have become more there."""
        today = Counter(map(_place, self._findings))
        recorded: Counter[tuple[str, str, str]] = Counter()
        free: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
        for number, entry in enumerate(self._entries):
            recorded[_place(entry)] += entry.count
            if entry.value is None:
                free[_place(entry)] += [number] * self._left[number]
        for number, finding in self._free_findings():
            place = _place(finding)
            if finding.value is None and free[place] and today[place] <= recorded[place]:
                self._take(number, free[place].pop(0), moved=False)

    def pair_moved(self, gone: Gone) -> None:
        """Pair what has left its path or item and stands elsewhere; equal values first."""
        free: defaultdict[tuple[str, str, str, bool], list[int]] = defaultdict(list)
        wanted = {_content(finding) for _, finding in self._free_findings()}
        for number, entry in enumerate(self._entries):
            if self._left[number] and _content(entry) in wanted and gone(entry.path, entry.item):
                free[_content(entry)].append(number)
        for preferred in (_equal, _no_larger, _any):
            for number, finding in self._free_findings():
                self._take_moved(number, free[_content(finding)], preferred)

    def _take_moved(self, number: int, candidates: list[int], preferred: Callable[[int, int], bool]) -> None:
        """Pair a finding with the first candidate whose value is as preferred."""
        finding = self._findings[number]
        while candidates and not self._left[candidates[0]]:
            candidates.pop(0)
        for entry in candidates[:_MOST_CANDIDATES]:
            if self._left[entry] and preferred(finding.value or 0, self._entries[entry].value or 0):
                self._take(number, entry, moved=True)
                return

    def _free_findings(self) -> list[tuple[int, Finding]]:
        return [(number, finding) for number, finding in enumerate(self._findings) if number not in self._pairs]

    def _pair(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Pair candidates in source order, those that have not grown first."""
        for _, number, entry in sorted(
            (_growth(self._findings[number], self._entries[entry]) > 0, number, entry) for number, entry in pairs
        ):
            if self._left[entry]:
                self._take(number, entry, moved=False)

    def _take(self, number: int, entry: int, *, moved: bool) -> None:
        self._left[entry] -= 1
        self._pairs[number] = Pair(self._entries[entry], moved)


def _growth(finding: Finding, entry: Entry) -> int:
    return (finding.value or 0) - (entry.value or 0)


def _equal(value: int, recorded: int) -> bool:
    return value == recorded


def _no_larger(value: int, recorded: int) -> bool:
    return value <= recorded


def _any(_value: int, _recorded: int) -> bool:
    return True


def _place(one: Finding | Entry) -> tuple[str, str, str]:
    return one.path, one.rule, one.item


def _content(one: Finding | Entry) -> tuple[str, str, str, bool]:
    """Return what a move leaves as it is: without an item, that is the name of the file too."""
    tail = "::".join(one.item.split("::")[-2:]) or one.path.rpartition("/")[2]
    return one.rule, tail, one.snippet if one.value is None else "", one.value is None
