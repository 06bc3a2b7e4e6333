"""Mark the findings that a baseline accepts."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from msgspec import Struct, structs

from rustgate.engine.check import Run
from rustgate.errors import RustgateError
from rustgate.filesystem.overlay import DISK, Overlay
from rustgate.model.finding import Finding, Severity, Suppressed
from rustgate.model.rule import UNREADABLE
from rustgate.reference.baseline_file import Baseline, parse_baseline
from rustgate.reference.entry import Entry, entries_of
from rustgate.reference.matching import Gone, Matching, match

_NEVER = frozenset({UNREADABLE, "syntax-error"})
"""Rules whose findings are never accepted: nobody knows what else is there."""

_MAX_SIZE = 64 * 1024 * 1024


class BaselineFile(Struct, frozen=True):
    """A baseline, and the file that it was read from."""

    file: Path
    baseline: Baseline


class BaselineCounts(Struct, frozen=True):
    """What became of the entries of a baseline in a run.

    `tightened` are those whose finding has a smaller value today; `new` and `grown` count findings.
    """

    entries: int
    matched: int
    moved: int
    stale: int
    tightened: int
    new: int
    grown: int


def read_baseline(file: Path, checked: Overlay = DISK) -> BaselineFile:
    """Read a baseline; raises `RustgateError` if that is impossible."""
    text = checked.read(os.path.abspath(file), _MAX_SIZE)
    if isinstance(text, str):
        raise RustgateError(f"the baseline {file} {text.partition(';')[0]}; write one by `rustgate baseline create`")
    return BaselineFile(file, parse_baseline(text, str(file)))


def baseline_of(run: Run, root: Path, file: Path) -> Baseline:
    """Return a baseline for `file` that accepts what counts in a run."""
    accepted = (_moved_to(finding, root, file.absolute().parent) for finding in run.findings if acceptable(finding))
    return Baseline(run.active, tuple(entries_of(accepted)))


def mark_baseline(run: Run, root: Path, given: BaselineFile, *, strict: bool) -> tuple[Run, BaselineCounts]:
    """Mark the findings of a run that a baseline accepts; the others say whether they are new or have grown.

    A rule that was not on when the baseline was written gives notes, unless `strict`.
    """
    folder = given.file.absolute().parent
    entries = [structs.replace(entry, path=relative(folder / entry.path, root)) for entry in given.baseline.entries]
    numbers = [number for number, finding in enumerate(run.findings) if acceptable(finding)]
    matching = match([run.findings[number] for number in numbers], entries, gone_from(root), strict=strict)
    findings = list(run.findings)
    for position, number in enumerate(numbers):
        findings[number] = _marked(findings[number], position, matching, given)
        if not strict and findings[number].rule not in given.baseline.rules and not findings[number].muted:
            findings[number] = _note(findings[number])
    counts = _counts(run, root, entries, matching, len(numbers))
    return structs.replace(run, findings=tuple(sorted(findings, key=lambda finding: finding.order))), counts


def entry_places(run: Run, root: Path, given: BaselineFile) -> Iterator[tuple[Entry, list[Finding]]]:
    """Yield the entries that this run could find, each with the findings of today that it accepts."""
    folder = given.file.absolute().parent
    entries = [structs.replace(entry, path=relative(folder / entry.path, root)) for entry in given.baseline.entries]
    findings = [finding for finding in run.findings if acceptable(finding)]
    matching = match(findings, entries, gone_from(root))
    found: defaultdict[Entry, list[Finding]] = defaultdict(list)
    for number, pair in sorted({**matching.old, **matching.grown}.items()):
        found[pair.entry].append(findings[number])
    for entry in entries:
        if entry in found or is_of_run(entry, run, root):
            yield entry, found[entry]


def summary_of(counts: BaselineCounts) -> dict[str, int]:
    """Return the counts that the JSON report holds."""
    return {name: getattr(counts, name) for name in ("entries", "matched", "moved", "stale", "tightened")}


def baseline_sentence(counts: BaselineCounts) -> str:
    """Return what the summary says of a baseline."""
    gone = f", {counts.stale:,} of them gone" if counts.stale else ""
    return f"{counts.new:,} new, {counts.grown:,} grown; {counts.entries:,} in the baseline{gone}"


def acceptable(finding: Finding) -> bool:
    """Return whether a baseline may accept a finding."""
    return not finding.muted and finding.rule not in _NEVER


def _marked(finding: Finding, position: int, matching: Matching, given: BaselineFile) -> Finding:
    if position in matching.old:
        return structs.replace(finding, muted=Suppressed("baseline", f"accepted in {given.file.name}"))
    if position not in matching.grown:
        return structs.replace(finding, state="new")
    recorded = matching.grown[position].entry.value
    problem = f"{finding.problem} (was {recorded} when the baseline was written)"
    return structs.replace(finding, state="grown", baseline_value=recorded, problem=problem)


def _note(finding: Finding) -> Finding:
    remedy = f"new rule since the baseline; `rustgate baseline update --accept-new={finding.rule}`; {finding.help}".removesuffix("; ")
    return structs.replace(finding, severity=Severity.NOTE, help=remedy)


def _counts(run: Run, root: Path, entries: Iterable[Entry], matching: Matching, findings: int) -> BaselineCounts:
    pairs = [*matching.old.items(), *matching.grown.items()]
    stale = [entry for entry in matching.stale if is_of_run(entry, run, root)]
    return BaselineCounts(
        entries=sum(entry.count for entry in entries),
        matched=len(pairs),
        moved=sum(pair.moved for _, pair in pairs),
        stale=sum(entry.count for entry in stale),
        tightened=matching.tightened,
        new=findings - len(pairs),
        grown=len(matching.grown),
    )


def is_of_run(entry: Entry, run: Run, root: Path) -> bool:
    """Return whether this run could have found what an entry accepts."""
    return entry.rule in run.active and (entry.path in run.files or not os.path.lexists(root / entry.path))


def gone_from(root: Path, checked: Overlay = DISK) -> Gone:
    """Return a function that says whether a path, or an item in it, is no longer there.

    An item counts as there while anything of its name is declared in the file: then what stands elsewhere is new.
    """

    @lru_cache(maxsize=256)
    def declared(path: str) -> frozenset[bytes]:
        source = checked.read(str(root / path), _MAX_SIZE)
        return frozenset() if isinstance(source, str) else frozenset(_DECLARED.findall(source))

    def gone(path: str, item: str) -> bool:
        file = root / path
        if checked.lacks(file) or not (checked.holds(file) or os.path.lexists(file)):
            return True
        return bool(item) and item.rpartition("::")[2].encode() not in declared(path)

    return gone


_DECLARED = re.compile(rb"\b(?:fn|struct|enum|union|trait|mod|const|static|type|impl|for)\s+(?:r#)?([\w\x80-\xff]+)")


def _moved_to(finding: Finding, root: Path, folder: Path) -> Finding:
    return structs.replace(finding, path=relative(root / finding.path, folder))


def relative(path: Path, folder: Path) -> str:
    """Return a path relative to a folder, with `/`."""
    return os.path.relpath(path, folder).replace(os.sep, "/")
