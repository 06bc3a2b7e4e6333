"""The inventory of unsafe code as text for people and as JSON for programs, with counts for each crate."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

import msgspec
from msgspec import Struct
from rich.cells import cell_len

from rustgate.engine.unsafe_inventory import Inventory, UnsafeCode
from rustgate.reports.json_document import json_text
from rustgate.reports.metrics.compare_table import Sheet, rendered
from rustgate.reports.sanitize import encodable, printable
from rustgate.reports.terminal import Look

_HUNDRED = 100
_LEAST = 20
_GAP, _CUT, _RED = "  ", "...", "31"


class Totals(Struct, frozen=True):
    """The unsafe code of one crate outside its tests, and how much of it is documented. The fields are keys of the JSON.

    `share` is the documented part in percent, None where there is nothing; `tests` counts what stands in tests.
    """

    crate: str
    blocks: int
    functions: int
    traits: int
    impls: int
    documented: int
    share: float | None
    tests: int

    @property
    def all(self) -> int:
        """How much there is outside tests."""
        return self.blocks + self.functions + self.traits + self.impls


class Shown(Struct, frozen=True):
    """What to report: only the code that nothing justifies and that is no test if `undocumented`. `display` says how to show a path."""

    inventory: Inventory
    undocumented: bool
    display: Callable[[str], str]

    @property
    def listed(self) -> tuple[UnsafeCode, ...]:
        """The code to list."""
        found = self.inventory.found
        return tuple(code for code in found if code.by is None and not code.test) if self.undocumented else found

    @property
    def crates(self) -> list[Totals]:
        """The totals of each crate that has files in the run, by name; those of files in no package have an empty name."""
        groups: dict[str, list[UnsafeCode]] = {name: [] for name in sorted(set(self.inventory.packages.values()))}
        for code in self.inventory.found:
            groups[self.inventory.packages[code.path]].append(code)
        return [_totals(name, found) for name, found in groups.items()]


def to_json(shown: Shown) -> str:
    """`unsafe`, `crates` and `total`, always. Ends in a line end."""
    rows = [{**msgspec.to_builtins(code), "path": encodable(code.path)} for code in shown.listed]
    document = {"unsafe": rows, "crates": shown.crates, "total": _totals("", shown.inventory.found)}
    return json_text(document)


def to_text(shown: Shown, look: Look) -> str:
    """The unsafe code by file, a table of the crates that have any, and a last line that sums up."""
    return rendered(_parts(shown, look), look)


def _parts(shown: Shown, look: Look) -> Iterator[Sheet | str]:
    for path, found in groupby(shown.listed, key=lambda code: code.path):
        yield "\n".join([printable(shown.display(path)), *_lines(list(found), look), ""])
    crates = [totals for totals in shown.crates if totals.crate and totals.all + totals.tests]
    if crates:
        yield Sheet(["blocks", "functions", "traits", "impls", "documented", "share", "tests", "crate"], map(_counts, crates))
    total = _totals("", shown.inventory.found)
    tests = f", and {total.tests:,} in tests" if total.tests else ""
    if not total.all:
        yield f"no unsafe code{tests}"
    else:
        yield f"{total.documented:,} of {total.all:,} pieces of unsafe code are documented ({_percent(total.share)}){tests}"


def _lines(found: Sequence[UnsafeCode], look: Look) -> Iterator[str]:
    """The rows of one file; what goes beyond the width of a terminal is cut, with dots in its place."""
    rows = [[f"{code.line}:{code.column}", code.kind + " in a test" * code.test, printable(code.item)] for code in found]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    room = max(look.width - sum(widths) - len(_GAP) * (len(widths) + 1), _LEAST)
    for code, row in zip(found, rows, strict=True):
        cells = [" " * (width - cell_len(cell)) for width, cell in zip(widths, row, strict=True)]
        text = printable(code.justification or "") if code.by else "-"
        text = text if cell_len(text) <= room else text[: room - len(_CUT)].rstrip() + _CUT
        shown = text if code.by else look.paint(text, _RED)
        yield f"{_GAP}{cells[0]}{row[0]}{_GAP}{row[1]}{cells[1]}{_GAP}{row[2]}{cells[2]}{_GAP}{shown}"


def _counts(totals: Totals) -> Sequence[str]:
    numbers = (totals.blocks, totals.functions, totals.traits, totals.impls, totals.documented)
    return (*(f"{number:,}" for number in numbers), _percent(totals.share), f"{totals.tests:,}", totals.crate)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1f} %"


def _totals(name: str, found: Iterable[UnsafeCode]) -> Totals:
    found = list(found)
    production = [code for code in found if not code.test]
    kinds = Counter(code.kind for code in production)
    documented = sum(code.by is not None for code in production)
    # cut, not rounded: 100 % is said only where it is true
    share = _HUNDRED * 10 * documented // len(production) / 10 if production else None
    return Totals(
        crate=name,
        blocks=kinds["block"],
        functions=kinds["function"],
        traits=kinds["trait"],
        impls=kinds["impl"],
        documented=documented,
        share=share,
        tests=len(found) - len(production),
    )
