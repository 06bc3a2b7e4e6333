"""Differences between two versions of a baseline."""

from collections.abc import Iterator

from msgspec import Struct

from rustgate.reference.baseline_file import Baseline
from rustgate.reference.entry import Entry, sort_key


class Difference(Struct, frozen=True):
    """What became of an entry.

    `old` and `new` are its value, or its count where it has none; None on the side that lacks it.
    """

    path: str
    rule: str
    item: str
    snippet: str
    old: int | None
    new: int | None

    @property
    def kind(self) -> str:
        """Return `added`, `removed`, `grown` or `tightened`."""
        if self.old is None or self.new is None:
            return "added" if self.old is None else "removed"
        return "grown" if self.new > self.old else "tightened"


def differences(old: Baseline, new: Baseline) -> Iterator[Difference]:
    """Yield what differs, sorted as the file is."""
    before, after = ({entry.key: _number(entry) for entry in side.entries} for side in (old, new))
    for key in sorted(before.keys() | after.keys(), key=sort_key):
        if before.get(key) != after.get(key):
            yield Difference(*key, before.get(key), after.get(key))


def _number(entry: Entry) -> int:
    return entry.count if entry.value is None else entry.value
