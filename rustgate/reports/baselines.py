"""Reports about baselines: what differs, and where each entry is today."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, structs

from rustgate.reference.difference import Difference
from rustgate.reference.entry import Entry
from rustgate.reports.json_document import json_text
from rustgate.reports.sanitize import escape_controls, escape_surrogates

_KINDS = ("added", "grown", "tightened", "removed")
_SIGNS = {"added": "+", "grown": ">", "tightened": "<", "removed": "-"}


class Place(Struct, frozen=True):
    """A finding of today that an entry accepts."""

    path: str
    line: int


class Located(Struct, frozen=True):
    """An entry with its places of today; it is stale as far as it has fewer of them than it accepts."""

    entry: Entry
    places: tuple[Place, ...]

    @property
    def stale(self) -> int:
        """Return how many of the findings that it accepts are gone."""
        return self.entry.count - len(self.places)


def difference_text(found: Sequence[Difference]) -> Iterator[str]:
    """Yield a line for each difference, then their counts."""
    for one in found:
        numbers = f": {one.old} -> {one.new}" if one.kind in {"grown", "tightened"} else ""
        yield f"{_SIGNS[one.kind]} {escape_controls(_named(one.path, one.rule, one.item, one.snippet))}{numbers}\n"
    yield f"{_counted(found)}\n"


def difference_json(found: Sequence[Difference]) -> Iterator[str]:
    """Yield a JSON array of the differences."""
    yield json_text([{**structs.asdict(one), "path": escape_surrogates(one.path), "kind": one.kind} for one in found])


def difference_markdown(found: Sequence[Difference]) -> Iterator[str]:
    """Yield the counts, and a table of files."""
    yield f"**Baseline:** {_counted(found)}\n"
    counts = Counter((one.path, one.kind) for one in found)
    if counts:
        yield f"\n| file | {' | '.join(_KINDS)} |\n| --- |{' ---: |' * len(_KINDS)}\n"
    for path in dict.fromkeys(one.path for one in found):
        name = escape_controls(path).replace("|", "\\|").replace("`", "")
        yield f"| `{name}` | {' | '.join(str(counts[path, kind]) for kind in _KINDS)} |\n"


DIFFERENCE_FORMATS: dict[str, Callable[[Sequence[Difference]], Iterator[str]]] = {
    "text": difference_text,
    "json": difference_json,
    "markdown": difference_markdown,
}


def entries_text(found: Sequence[Located]) -> Iterator[str]:
    """Yield a line for each entry: where it is today, or that it is stale."""
    for one in found:
        places = ", ".join(f"{place.path}:{place.line}" for place in one.places)
        where = "; ".join(filter(None, (places, f"{one.stale} stale" if one.stale else "")))
        named = _named(one.entry.path, one.entry.rule, one.entry.item, one.entry.snippet)
        value = "" if one.entry.value is None else f" ({one.entry.value})"
        yield f"{escape_controls(f'{named}{value}: {where}')}\n"


def entries_json(found: Sequence[Located]) -> Iterator[str]:
    """Yield a JSON array of the entries with their places."""
    yield json_text(
        [
            {
                **structs.asdict(one.entry),
                "path": escape_surrogates(one.entry.path),
                "places": [{"path": escape_surrogates(place.path), "line": place.line} for place in one.places],
                "stale": one.stale,
            }
            for one in found
        ]
    )


def _named(path: str, rule: str, item: str, snippet: str) -> str:
    return f"{path}: {rule}{f' in {item}' if item else ''}{f': {snippet}' if snippet else ''}"


def _counted(found: Sequence[Difference]) -> str:
    counts = Counter(one.kind for one in found)
    return ", ".join(f"{counts[kind]:,} {kind}" for kind in _KINDS)
