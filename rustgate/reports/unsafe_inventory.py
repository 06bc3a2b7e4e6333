"""Reports of the inventory of unsafe code: text and JSON.

Both count for each crate.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

import msgspec
from msgspec import Struct
from rich.cells import cell_len

from rustgate.engine.unsafe_inventory import Inventory, UnsafeCode
from rustgate.reports.json_document import json_text
from rustgate.reports.sanitize import escape_controls, escape_surrogates
from rustgate.reports.tables import Table, render_tables
from rustgate.reports.terminal import TextStyle, shortened

_HUNDRED = 100
_NARROWEST = 20
_GAP, _RED = "  ", "31"


class Totals(Struct, frozen=True):
    """Counts of one crate's unsafe code outside tests.

    `documented` is how much of it is documented, `share` the same in percent, None where there is no unsafe code. `tests` counts what
    stands in tests. The fields are keys of the JSON.
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
        """The amount of unsafe code outside tests."""
        return self.blocks + self.functions + self.traits + self.impls


class InventoryReport(Struct, frozen=True):
    """An inventory, and what to show of it.

    With `undocumented`, only code outside tests that nothing justifies is listed. `display` says how to show a path.
    """

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
        """The totals of each crate with files in the run, by name.

        Those of files in no package have an empty name.
        """
        groups: dict[str, list[UnsafeCode]] = {name: [] for name in sorted(set(self.inventory.packages.values()))}
        for code in self.inventory.found:
            groups[self.inventory.packages[code.path]].append(code)
        return [_totals(name, found) for name, found in groups.items()]


def to_json(report: InventoryReport) -> Iterator[str]:
    """Yield the JSON: `unsafe`, `crates` and `total`, always.

    It ends in a line end.
    """
    rows = [{**msgspec.to_builtins(code), "path": escape_surrogates(code.path)} for code in report.listed]
    document = {"unsafe": rows, "crates": report.crates, "total": _totals("", report.inventory.found)}
    yield json_text(document)


def to_text(report: InventoryReport, style: TextStyle) -> Iterator[str]:
    """Yield unsafe code by file, a table of crates, and a summary."""
    return render_tables(_parts(report, style), style)


def _parts(report: InventoryReport, style: TextStyle) -> Iterator[Table | str]:
    for path, found in groupby(report.listed, key=lambda code: code.path):
        yield "\n".join([escape_controls(report.display(path)), *_lines(list(found), style), ""])
    crates = [totals for totals in report.crates if totals.crate and totals.all + totals.tests]
    if crates:
        yield Table(["blocks", "functions", "traits", "impls", "documented", "share", "tests", "crate"], map(_counts, crates))
    total = _totals("", report.inventory.found)
    tests = f", and {total.tests:,} in tests" if total.tests else ""
    if not total.all:
        yield f"no unsafe code{tests}"
    else:
        yield f"{total.documented:,} of {total.all:,} pieces of unsafe code are documented ({_percent(total.share)}){tests}"


def _lines(found: Sequence[UnsafeCode], style: TextStyle) -> Iterator[str]:
    """Yield the rows of one file.

    What goes beyond the width of a terminal is cut, with dots in its place: justifications first, then names.
    """
    rows = [[f"{code.line}:{code.column}", code.kind + " in a test" * code.test, escape_controls(code.item)] for code in found]
    places, kinds, names = (max(map(cell_len, column)) for column in zip(*rows, strict=True))
    room = max(style.width - places - kinds - len(_GAP) * 4, _NARROWEST)
    names = min(names, max(room - _NARROWEST, room // 2))
    for code, (place, kind, name) in zip(found, rows, strict=True):
        text = shortened(escape_controls(code.justification or "") if code.by else "-", room - names)
        painted = text if code.by else style.paint(text, _RED)
        shown = shortened(name, names)
        yield _GAP.join(["", f"{place:>{places}}", f"{kind:{kinds}}", f"{shown}{' ' * (names - cell_len(shown))}", painted])


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
    # truncated, not rounded: 100 % must mean all of it
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
