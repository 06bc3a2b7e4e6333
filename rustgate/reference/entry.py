"""Entries of a reference: findings that were there before."""

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct, structs

from rustgate.model.finding import Finding

Key = tuple[str, str, str, str]


class Entry(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One or more equal findings that are accepted.

    `value` is that of a rule with a limit, the largest if there are several; other rules have a `snippet`.
    """

    path: str
    rule: str
    item: str = ""
    snippet: str = ""
    value: int | None = None
    count: int = 1

    @property
    def key(self) -> Key:
        """Return what tells it from other entries, in the order of the file."""
        return self.path, self.rule, self.item, self.snippet


def key_of(finding: Finding) -> Key:
    """Return the key of the entry that a finding becomes."""
    return finding.path, finding.rule, finding.item, finding.snippet if finding.value is None else ""


def entries_of(findings: Iterable[Finding]) -> Iterator[Entry]:
    """Yield the entries that accept findings, sorted by key."""
    counts: Counter[Key] = Counter()
    values: dict[Key, int] = {}
    for finding in findings:
        key = key_of(finding)
        counts[key] += 1
        if finding.value is not None:
            values[key] = max(finding.value, values.get(key, finding.value))
    for key in sorted(counts, key=sort_key):
        path, rule, item, snippet = key
        yield Entry(path, rule, item, snippet, values.get(key), counts[key])


def sort_key(key: Key) -> tuple[bytes, ...]:
    """Return the bytes that a file of entries is sorted by."""
    return tuple(part.encode(errors="surrogateescape") for part in key)


def tighter(one: Entry, other: Entry) -> Entry:
    """Return an entry with the smaller value and the smaller count of two."""
    values = [value for value in (one.value, other.value) if value is not None]
    return structs.replace(one, value=min(values, default=None), count=min(one.count, other.count))
