"""Code that stands in two places: what the pieces of all files together say."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter

from msgspec import Struct, structs

from rustgate.api import CrateSet, Fact, Fingerprints, Reduced
from rustgate.checks.hygiene.token_chunks import TokenChunks


class Place(Struct, frozen=True):
    """A file in the reduce."""

    fact: Fact
    pieces: TokenChunks

    @property
    def path(self) -> str:
        """Where the file stands."""
        return self.fact.finding.path


class Run(Struct, frozen=True):
    """`count` pieces of the file `place` from `start` on, which occur again in the file `other` from `other_start` on."""

    place: int
    start: int
    other: int
    other_start: int
    count: int
    tokens: int


def duplicate_code(_whole: CrateSet, facts: Sequence[Fact]) -> Reduced:
    """The longest runs of each file that occur again, in that file or another; runs of one file do not overlap."""
    places = [Place(fact, fact.data) for fact in sorted(facts, key=lambda fact: fact.finding.path)]
    runs: dict[int, list[Run]] = defaultdict(list)
    for run in _runs(places):
        runs[run.place].append(run)
    for number in sorted(runs):
        fingerprints = Fingerprints(places[number].path)
        for run in _longest(runs[number]):
            yield _finding(places, run, fingerprints)


def _runs(places: Sequence[Place]) -> Iterator[Run]:
    """Every run that is long enough for the file that it stands in, in no particular order."""
    seen: dict[tuple[int, int, int], list[tuple[int, int]]] = defaultdict(list)
    for occurrences in _repeated(places):
        for (one, start), (other, other_start) in pairwise(occurrences):
            known = seen[one, other, other_start - start]  # runs as long as can be, which do not touch; not found in their order
            index = bisect_right(known, start, key=itemgetter(0))
            if index and start < known[index - 1][1]:
                continue
            before, after = _reach(places[one].pieces, places[other].pieces, start, other_start)
            known.insert(index, (start - before, start + after))
            count = before + after
            if one == other:
                count = min(count, other_start - start)
            yield from _judged(places, (one, start - before), (other, other_start - before), count)


def _repeated(places: Sequence[Place]) -> Iterable[list[tuple[int, int]]]:
    """For each window that occurs more than once: the number of the file and of the piece at each of its occurrences, in order."""
    once, again = set[int](), set[int]()  # most windows are there once, and their places would take four times the memory
    for place in places:
        for seed in place.pieces.seeds:
            (again if seed in once else once).add(seed)
    once.clear()
    first: dict[int, tuple[int, int]] = {}
    repeated: dict[int, list[tuple[int, int]]] = {}
    for number, place in enumerate(places):
        for seed, start in zip(place.pieces.seeds, place.pieces.seed_starts, strict=True):
            if seed in again and (earlier := first.setdefault(seed, (number, start))) != (number, start):
                repeated.setdefault(seed, [earlier]).append((number, start))
    return repeated.values()


def _reach(one: TokenChunks, other: TokenChunks, start: int, other_start: int) -> tuple[int, int]:
    """How many pieces before `start` and from it on have the same shapes."""
    shapes, other_shapes = one.shapes, other.shapes
    longest_before, longest_after = min(start, other_start), min(len(shapes) - start, len(other_shapes) - other_start)
    before = after = 0
    while before < longest_before and shapes[start - before - 1] == other_shapes[other_start - before - 1]:
        before += 1
    while after < longest_after and shapes[start + after] == other_shapes[other_start + after]:
        after += 1
    return before, after


def _judged(places: Sequence[Place], one: tuple[int, int], other: tuple[int, int], count: int) -> Iterator[Run]:
    """The two runs of a match, each if it is long enough for its file."""
    pieces = places[one[0]].pieces
    start, other_start, end = one[1], other[1], one[1] + count
    while start < end and pieces.sizes[start] == 1:  # a brace that closes what stands before
        start, other_start = start + 1, other_start + 1
    count = end - start
    tokens = sum(dict(zip(pieces.shapes[start:end], pieces.sizes[start:end], strict=True)).values())
    for run in (
        Run(one[0], start, other[0], other_start, count, tokens),
        Run(other[0], other_start, one[0], start, count, tokens),
    ):
        limits = places[run.place].pieces
        if tokens >= limits.tokens and _lines_of_code(limits, run.start, count) >= limits.lines:
            yield run


def _lines_of_code(pieces: TokenChunks, start: int, count: int) -> int:
    """How many lines `count` pieces stand on; what lies between two pieces is a comment or blank."""
    firsts, lasts = pieces.first_lines[start : start + count], pieces.last_lines[start : start + count]
    return len({line for first, last in zip(firsts, lasts, strict=True) for line in range(first, last + 1)})


def _lines(pieces: TokenChunks, start: int, count: int) -> tuple[int, int]:
    """The first and the last line of `count` pieces."""
    return pieces.first_lines[start], pieces.last_lines[start + count - 1]


def _longest(runs: Iterable[Run]) -> list[Run]:
    """The runs of one file without those that overlap a longer one, in order."""
    taken: list[Run] = []
    for run in sorted(runs, key=lambda run: (-run.tokens, run.start, run.other, run.other_start)):
        index = bisect_right(taken, run.start, key=_start)
        follows = index == 0 or taken[index - 1].start + taken[index - 1].count <= run.start
        if follows and (index == len(taken) or run.start + run.count <= taken[index].start):
            taken.insert(index, run)
    return taken


def _start(run: Run) -> int:
    return run.start


def _finding(places: Sequence[Place], run: Run, fingerprints: Fingerprints) -> tuple[Fact, dict[str, object]]:
    place, other = places[run.place], places[run.other]
    first, last = _lines(place.pieces, run.start, run.count)
    other_first, other_last = _lines(other.pieces, run.other_start, run.count)
    item = place.pieces.item(first)
    shapes = place.pieces.shapes[run.start : run.start + run.count]
    finding = structs.replace(
        place.fact.finding,
        line=first,
        end_line=first,
        last_line=last,
        item=item,
        fingerprint=fingerprints.next(place.fact.finding.rule, item, " ".join(map(str, shapes))),
    )
    values: dict[str, object] = {
        "lines": _lines_of_code(place.pieces, run.start, run.count),
        "tokens": run.tokens,
        "where": f"{other.path}:{other_first}-{other_last}" if run.other != run.place else f"lines {other_first}-{other_last}",
    }
    return structs.replace(place.fact, finding=finding), values
