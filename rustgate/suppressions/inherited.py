"""Suppressions inherited from the files that declare a file.

`#[allow(..)] mod name;` holds for all of `name.rs`, and so on downwards.
"""

from collections.abc import Mapping

from msgspec import structs

from rustgate.model.file import FileResult, ModuleDeclaration
from rustgate.model.finding import LAST_COLUMN, Suppression
from rustgate.project.module_files import declarations_of

TO_THE_END = 2**31
"""A last line that is past the end of every file."""
Levels = dict[tuple[str, str], Suppression]
_STRICTNESS = {"allow": 0, "warn": 1, "forbid": 2}
Declared = Mapping[str, list[tuple[str, ModuleDeclaration]]]


def inherited(results: Mapping[str, FileResult]) -> dict[str, tuple[Suppression, ...]]:
    """Return inherited suppressions by path.

    Each is for one lint and all lines. A file that several others declare, such as a library and a program, inherits what all of them
    allow, and what one of them warns of or forbids; of several declarations in one file the compiler sees one, and any will do. Source:
    the lint levels of the Rust reference, <https://doc.rust-lang.org/reference/attributes/diagnostics.html#lint-check-attributes>.
    """
    if not any(allow.origin == "clippy" for result in results.values() for allow in result.suppressions):
        return {}
    found = _inherited_by_file(declarations_of({path: result.modules for path, result in results.items()}), results)
    return {path: tuple(levels.values()) for path, levels in found.items() if levels}


def _inherited_by_file(declared: Declared, results: Mapping[str, FileResult]) -> dict[str, Levels]:
    """Return what each file inherits, and each file that declares it.

    Files that declare each other in a circle inherit nothing from it.
    """
    found: dict[str, Levels] = {}
    for path in declared:
        pending = [path]
        while pending:
            undecided = [parent for parent, _ in declared.get(pending[-1], ()) if parent not in found and parent not in pending]
            if undecided:
                pending.append(undecided[0])
                continue
            file = pending.pop()
            by_parent: dict[str, Levels] = {}
            for parent, module in declared.get(file, ()):
                levels = _levels_at(results[parent], (module.line, module.column), found.get(parent, {}))
                before = by_parent.get(parent, {})
                by_parent[parent] = levels | {key: level for key, level in before.items() if level.level == "allow" or key not in levels}
            found[file] = _combined([*by_parent.values()])
    return found


def _levels_at(result: FileResult, position: tuple[int, int], outside: Levels) -> Levels:
    """Return the lint levels at a line and column of another file.

    The innermost counts, but nothing within lifts what is forbidden. `outside` are the levels that this file inherits itself.
    """
    levels = {**outside}
    for level in result.suppressions:
        first, last = zip((level.first, level.last), level.columns, strict=True)
        if level.origin == "clippy" and first <= position <= last:
            keys = (key for key in level.keys if key not in levels or levels[key].level != "forbid")
            levels |= {key: _for_other_file(level, key, result.path) for key in keys}
    return levels


def _for_other_file(level: Suppression, key: tuple[str, str], path: str) -> Suppression:
    """Convert a lint level in the file at `path` for another file."""
    return structs.replace(
        level,
        rules=key[:1],
        lints=(key,),
        first=1,
        last=TO_THE_END,
        columns=(0, LAST_COLUMN),
        reason=f"{level.reason} in {path}:{level.line}",
    )


def _combined(by_parent: list[Levels]) -> Levels:
    """Combine what several files hand down.

    The strictest level counts; `allow` does only if all of them say it.
    """
    combined: Levels = {}
    for levels in by_parent:
        for key, level in levels.items():
            if key not in combined or _STRICTNESS[level.level] > _STRICTNESS[combined[key].level]:
                combined[key] = level
    return {key: level for key, level in combined.items() if level.level != "allow" or all(key in levels for levels in by_parent)}
