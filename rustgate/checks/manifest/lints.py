"""Lint groups with the priority of a lint.

It is then left open which of the two levels holds.
"""

from collections.abc import Iterator
from typing import Any

from rustgate.api import CLIPPY_GROUPS, Fault, Manifest, Workspace

_RUST_GROUPS = frozenset({
    "deprecated_safe", "future_incompatible", "keyword_idents", "let_underscore", "nonstandard_style", "refining_impl_trait",
    "rust_2018_compatibility", "rust_2018_idioms", "rust_2021_compatibility", "rust_2024_compatibility",
    "unknown_or_malformed_diagnostic_attributes", "unused",
})  # fmt: skip
_GROUPS = {"rust": _RUST_GROUPS, "clippy": CLIPPY_GROUPS}
_EVERYTHING = "warnings"
"""All lints that warn: no ordinary group, so its priority does not matter."""


def lint_groups_priority(workspace: Workspace) -> Iterator[Fault]:
    """Report lint groups that contradict a lint.

    Both are in the same table, with the same priority and different levels.
    """
    tables = [(workspace.root, ("workspace", "lints")), *((member, ("lints",)) for member in workspace.members)]
    for manifest, key in tables:
        for tool, groups in _GROUPS.items():
            yield from _conflicts(manifest, (*key, tool), groups)


def _conflicts(manifest: Manifest, key: tuple[str, ...], groups: frozenset[str]) -> Iterator[Fault]:
    """Yield the conflicting groups of one lint table."""
    settings = {name: _setting(value) for name, value in manifest.at(*key).items() if name != _EVERYTHING}
    lints = {name: setting for name, setting in settings.items() if name not in groups}
    for name in settings.keys() & groups:
        level, priority = settings[name]
        conflicting = [lint for lint, (other, same) in lints.items() if same == priority and other != level]
        if conflicting:
            yield manifest, (*key, name), {"group": name, "lint": conflicting[-1], "priority": priority}


def _setting(value: Any) -> tuple[Any, Any]:
    """Return the level and priority of an entry.

    The entry may be a level alone.
    """
    return (value.get("level"), value.get("priority", 0)) if isinstance(value, dict) else (value, 0)
