"""What the clippy attributes of other files allow in a file: `#[allow(..)] mod name;` holds for all of `name.rs`, and so on downwards."""

from collections.abc import Mapping

from msgspec import structs

from rustgate.model.file import FileResult, ModuleDeclaration
from rustgate.model.finding import Suppression
from rustgate.project.module_files import declarations_of

_TO_THE_END = 2**31
Allowed = dict[str, Suppression]
Declared = Mapping[str, list[tuple[str, ModuleDeclaration]]]


def inherited(reports: Mapping[str, FileResult]) -> dict[str, tuple[Suppression, ...]]:
    """For each file of `reports`, by path, the suppressions that it has from those that declare it, each for one rule and all lines.

    A file that several others declare, as a library and a program, has those that it gets from each of them; of several declarations in one
    file the compiler sees one, and any will do. Source: the lint levels of
    the Rust reference, <https://doc.rust-lang.org/reference/attributes/diagnostics.html#lint-check-attributes>.
    """
    if not any(one.origin == "clippy" for report in reports.values() for one in report.suppressions):
        return {}
    found = _settled(declarations_of({path: report.modules for path, report in reports.items()}), reports)
    return {path: tuple(allowed.values()) for path, allowed in found.items() if allowed}


def _settled(declared: Declared, reports: Mapping[str, FileResult]) -> dict[str, Allowed]:
    """What each file and those above it inherit; files that declare each other in a circle inherit nothing from it."""
    found: dict[str, Allowed] = {}
    for path in declared:
        pending = [path]
        while pending:
            above = [parent for parent, _ in declared.get(pending[-1], ()) if parent not in found and parent not in pending]
            if above:
                pending.append(above[0])
                continue
            file = pending.pop()
            by_parent: dict[str, Allowed] = {}
            for parent, module in declared.get(file, ()):
                by_parent[parent] = by_parent.get(parent, {}) | found.get(parent, {}) | _allowed_at(reports[parent], module.line)
            found[file] = _in_common([*by_parent.values()])
    return found


def _allowed_at(report: FileResult, line: int) -> Allowed:
    """What the attributes around a line of a file allow, by rule, for another file."""
    around = (one for one in report.suppressions if one.origin == "clippy" and one.first <= line <= one.last)
    return {rule: _elsewhere(one, rule, report.path) for one in around for rule in one.rules}


def _elsewhere(one: Suppression, rule: str, path: str) -> Suppression:
    """What a suppression in the file at `path` is in another file."""
    return structs.replace(one, rules=(rule,), first=1, last=_TO_THE_END, reason=f"{one.reason} in {path}:{one.line}")


def _in_common(given: list[Allowed]) -> Allowed:
    first, *others = given or [{}]
    return {rule: one for rule, one in first.items() if all(rule in other for other in others)}
