"""Duplicated code: runs of token chunks that occur twice.

Both occurrences may be in one file.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import attrgetter, itemgetter

from msgspec import Struct, structs

from rustgate.api import CrateSet, Fact, Fingerprints, Reduced, shorten
from rustgate.checks.hygiene.token_chunks import TokenChunks

Position = tuple[int, int]
"""The number of a file, and the number of a chunk in it."""


class Clone(Struct, frozen=True):
    """One side of a clone pair.

    The run begins with chunk `start` of file number `file`, its copy with chunk `copy_start` of file number `copy_file`; both have `count`
    chunks. `tokens` counts the tokens of the run, but those of equal chunks in it only once.
    """

    file: int
    start: int
    copy_file: int
    copy_start: int
    count: int
    tokens: int


def duplicate_code(_crate_set: CrateSet, facts: Sequence[Fact[TokenChunks]]) -> Reduced:
    """Report the longest runs that occur twice.

    Each pair is reported once, at its later place; that is the earlier one if the limits of the later file are higher. The reported runs of
    one file do not overlap.
    """
    facts = sorted(facts, key=lambda fact: fact.finding.path)
    files = [fact.data for fact in facts]
    clones: dict[int, list[Clone]] = defaultdict(list)
    for one, copy, count in _equal_runs(files):
        earlier, later = _clone_pair(files, one, copy, count)
        clone = next((clone for clone in (later, earlier) if _is_long_enough(clone, files[clone.file])), None)
        if clone:
            clones[clone.file].append(clone)
    for number in sorted(clones):
        fingerprints = Fingerprints(facts[number].finding.path)
        for clone in _without_overlaps(clones[number]):
            yield _finding(clone, facts, fingerprints)


def _equal_runs(files: Sequence[TokenChunks]) -> Iterator[tuple[Position, Position, int]]:
    """Yield the positions and the length of equal runs.

    Each is as long as it can be; two in one file do not overlap. They come in no particular order.
    """
    known: dict[tuple[int, int, int], list[tuple[int, int]]] = defaultdict(list)  # by both files and distance; spans that do not touch
    for occurrences in _repeated_seeds(files):
        for (file, start), (copy_file, copy_start) in pairwise(occurrences):
            distance = copy_start - start
            spans = known[file, copy_file, distance]
            index = bisect_right(spans, start, key=itemgetter(0))  # seeds do not come in the order of their files
            if index and start < spans[index - 1][1]:
                continue
            before, after = _equal_around(files[file].hashes, files[copy_file].hashes, start, copy_start)
            spans.insert(index, (start - before, start + after))
            count = min(before + after, distance) if file == copy_file else before + after
            yield (file, start - before), (copy_file, copy_start - before), count


def _repeated_seeds(files: Sequence[TokenChunks]) -> Iterable[list[Position]]:
    """Return the positions of each repeated seed, in order."""
    once, again = set[int](), set[int]()  # most seeds occur once, and their positions would take four times the memory
    for chunks in files:
        for seed in chunks.seeds:
            (again if seed in once else once).add(seed)
    once.clear()
    first: dict[int, Position] = {}
    repeated: dict[int, list[Position]] = {}
    for number, chunks in enumerate(files):
        for seed, start in zip(chunks.seeds, chunks.seed_starts, strict=True):
            if seed in again and (earlier := first.setdefault(seed, (number, start))) != (number, start):
                repeated.setdefault(seed, [earlier]).append((number, start))
    return repeated.values()


def _equal_around(one: Sequence[int], copy: Sequence[int], start: int, copy_start: int) -> tuple[int, int]:
    """Count equal hashes before and after two positions."""
    most_before, most_after = min(start, copy_start), min(len(one) - start, len(copy) - copy_start)
    before = after = 0
    while before < most_before and one[start - before - 1] == copy[copy_start - before - 1]:
        before += 1
    while after < most_after and one[start + after] == copy[copy_start + after]:
        after += 1
    return before, after


def _clone_pair(files: Sequence[TokenChunks], one: Position, copy: Position, count: int) -> tuple[Clone, Clone]:
    """Return both sides of a clone pair.

    Closing braces at the beginning are left out: they belong to code before the run.
    """
    chunks, end = files[one[0]], one[1] + count
    start = next((index for index in range(one[1], end) if chunks.token_counts[index] > 1), end)
    copy_start, count = copy[1] + start - one[1], end - start
    tokens = sum(dict(zip(chunks.hashes[start:end], chunks.token_counts[start:end], strict=True)).values())
    return Clone(one[0], start, copy[0], copy_start, count, tokens), Clone(copy[0], copy_start, one[0], start, count, tokens)


def _is_long_enough(clone: Clone, chunks: TokenChunks) -> bool:
    """Return whether a clone reaches its file's two limits."""
    return clone.tokens >= chunks.min_tokens and chunks.lines_of_code(clone.start, clone.count) >= chunks.min_lines


def _without_overlaps(clones: Iterable[Clone]) -> list[Clone]:
    """Return the clones that overlap no longer one.

    All are of one file; the result is in the order of the file.
    """
    kept: list[Clone] = []
    for clone in sorted(clones, key=lambda clone: (-clone.tokens, clone.start, clone.copy_file, clone.copy_start)):
        index = bisect_right(kept, clone.start, key=attrgetter("start"))
        after_previous = index == 0 or kept[index - 1].start + kept[index - 1].count <= clone.start
        if after_previous and (index == len(kept) or clone.start + clone.count <= kept[index].start):
            kept.insert(index, clone)
    return kept


def _finding(clone: Clone, facts: Sequence[Fact[TokenChunks]], fingerprints: Fingerprints) -> tuple[Fact[TokenChunks], dict[str, object]]:
    """Return the fact of a clone, with message values."""
    fact, copy = facts[clone.file], facts[clone.copy_file]
    chunks = fact.data
    first, last = chunks.line_span(clone.start, clone.count)
    copy_lines = "{}-{}".format(*copy.data.line_span(clone.copy_start, clone.count))
    item = chunks.item(first)
    snippet = shorten(" ".join(map(str, chunks.hashes[clone.start : clone.start + clone.count])))
    finding = structs.replace(
        fact.finding,
        line=first,
        end_line=first,
        last_line=last,
        item=item,
        snippet=snippet,
        fingerprint=fingerprints.next(fact.finding.rule, item, snippet),
    )
    values: dict[str, object] = {
        "lines": chunks.lines_of_code(clone.start, clone.count),
        "tokens": clone.tokens,
        "where": f"{copy.finding.path}:{copy_lines}" if clone.copy_file != clone.file else f"lines {copy_lines}",
    }
    return structs.replace(fact, finding=finding), values
