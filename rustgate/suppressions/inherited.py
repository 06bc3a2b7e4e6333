"""Suppressions inherited from the files that declare a file.

`#[allow(..)] mod name;` holds for all of `name.rs`, and so on downwards.
"""

from collections.abc import Mapping

from msgspec import structs

from rustgate.model.file import FileResult, ModuleDeclaration
from rustgate.model.finding import Suppression
from rustgate.project.module_files import declarations_of

_TO_THE_END = 2**31
Allowed = dict[str, Suppression]
Declared = Mapping[str, list[tuple[str, ModuleDeclaration]]]


def inherited(results: Mapping[str, FileResult]) -> dict[str, tuple[Suppression, ...]]:
    """Return inherited suppressions by path.

    Each is for one rule and all lines. A file that several others declare, such as a library and a program, inherits what all of them
    allow; of several declarations in one file the compiler sees one, and any will do. Source: the lint levels of
    the Rust reference, <https://doc.rust-lang.org/reference/attributes/diagnostics.html#lint-check-attributes>.
    """
    if not any(allow.origin == "clippy" for result in results.values() for allow in result.suppressions):
        return {}
    found = _inherited_by_file(declarations_of({path: result.modules for path, result in results.items()}), results)
    return {path: tuple(allowed.values()) for path, allowed in found.items() if allowed}


def _inherited_by_file(declared: Declared, results: Mapping[str, FileResult]) -> dict[str, Allowed]:
    """Return what each file inherits, and each file that declares it.

    Files that declare each other in a circle inherit nothing from it.
    """
    found: dict[str, Allowed] = {}
    for path in declared:
        pending = [path]
        while pending:
            undecided = [parent for parent, _ in declared.get(pending[-1], ()) if parent not in found and parent not in pending]
            if undecided:
                pending.append(undecided[0])
                continue
            file = pending.pop()
            by_parent: dict[str, Allowed] = {}
            for parent, module in declared.get(file, ()):
                by_parent[parent] = by_parent.get(parent, {}) | found.get(parent, {}) | _allowed_at(results[parent], module.line)
            found[file] = _in_common([*by_parent.values()])
    return found


def _allowed_at(result: FileResult, line: int) -> Allowed:
    """Return what attributes around a line allow in another file, by rule."""
    enclosing = (allow for allow in result.suppressions if allow.origin == "clippy" and allow.first <= line <= allow.last)
    return {rule: _for_other_file(allow, rule, result.path) for allow in enclosing for rule in allow.rules}


def _for_other_file(allow: Suppression, rule: str, path: str) -> Suppression:
    """Convert a suppression in the file at `path` for another file."""
    return structs.replace(allow, rules=(rule,), first=1, last=_TO_THE_END, reason=f"{allow.reason} in {path}:{allow.line}")


def _in_common(by_parent: list[Allowed]) -> Allowed:
    first, *others = by_parent or [{}]
    return {rule: allow for rule, allow in first.items() if all(rule in other for other in others)}
