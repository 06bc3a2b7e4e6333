"""Merge two baselines that come from one."""

from collections.abc import Mapping

from rustgate.reference.baseline_file import Baseline
from rustgate.reference.entry import Entry, Key, tighter


def merge_baselines(base: Baseline, ours: Baseline, theirs: Baseline) -> tuple[Baseline, tuple[Key, ...]]:
    """Return the merged baseline, and the keys that both sides changed in different ways.

    What one side alone changed is taken from it. Of two changes the tighter one counts, but an entry that one side removed and the other
    changed stays.
    """
    before, left, right = _by_key(base), _by_key(ours), _by_key(theirs)
    entries: list[Entry] = []
    ambiguous: list[Key] = []
    for key in {**left, **right}:
        merged, sure = _merged(before.get(key), left.get(key), right.get(key))
        entries += [merged] if merged else []
        ambiguous += [] if sure else [key]
    rules = (ours.rules & theirs.rules) | (ours.rules ^ theirs.rules) - base.rules
    return Baseline(frozenset(rules), tuple(entries)), tuple(sorted(ambiguous))


def _by_key(baseline: Baseline) -> Mapping[Key, Entry]:
    return {entry.key: entry for entry in baseline.entries}


def _merged(base: Entry | None, ours: Entry | None, theirs: Entry | None) -> tuple[Entry | None, bool]:
    """Return what an entry becomes, and whether that is sure."""
    if theirs in (ours, base):
        return ours, True
    if ours == base:
        return theirs, True
    if ours is None or theirs is None:
        return ours or theirs, False
    return tighter(ours, theirs), False
