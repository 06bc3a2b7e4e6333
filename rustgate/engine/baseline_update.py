"""Update a baseline: remove, tighten, follow moves, and accept only what is asked for."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from msgspec import structs

from rustgate.engine.baseline import BaselineFile, acceptable, gone_from, is_of_run, relative
from rustgate.engine.check import Run
from rustgate.model.finding import Finding
from rustgate.reference.baseline_file import Baseline
from rustgate.reference.entry import Entry, Key, entries_of
from rustgate.reference.matching import Matching, match


def updated_baseline(run: Run, root: Path, given: BaselineFile, accept: Collection[str]) -> tuple[Baseline, tuple[Finding, ...]]:
    """Return the baseline after a run, and the findings that are newly accepted.

    These are new or grown, of the rules in `accept`. Entries that the run could not judge stay.
    """
    folder = given.file.absolute().parent
    entries = [structs.replace(entry, path=relative(folder / entry.path, root)) for entry in given.baseline.entries]
    findings = [finding for finding in run.findings if acceptable(finding)]
    matching = match(findings, entries, gone_from(root))
    added = tuple(one for number, one in enumerate(findings) if number not in matching.old and one.rule in accept)
    kept = entries_of([*_kept(findings, matching, accept), *added])
    unjudged = (entry for entry in matching.stale if not is_of_run(entry, run, root))
    placed = [structs.replace(entry, path=relative(root / entry.path, folder)) for entry in _joined([*kept, *unjudged])]
    return Baseline(given.baseline.rules | frozenset(accept), tuple(placed)), added


def _kept(findings: Sequence[Finding], matching: Matching, accept: Collection[str]) -> Iterator[Finding]:
    """Yield what the baseline has accepted before; what has grown, with the value of then."""
    yield from (findings[number] for number in matching.old)
    for number, pair in matching.grown.items():
        if findings[number].rule not in accept:
            yield structs.replace(findings[number], value=pair.entry.value)


def _joined(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Yield one entry for each key."""
    joined: dict[Key, Entry] = {}
    for entry in entries:
        before = joined.get(entry.key)
        joined[entry.key] = structs.replace(entry, count=entry.count + before.count) if before else entry
    yield from joined.values()
