"""Lint groups in Cargo.toml whose priority leaves open whether they or a single lint has the last word."""

from collections.abc import Iterator
from typing import Any

from rustgate.api import Fault, Key, Manifest, Workspace

_GROUPS = {
    "rust": frozenset(
        {
            "deprecated_safe",
            "future_incompatible",
            "keyword_idents",
            "let_underscore",
            "nonstandard_style",
            "refining_impl_trait",
            "rust_2018_compatibility",
            "rust_2018_idioms",
            "rust_2021_compatibility",
            "rust_2024_compatibility",
            "unknown_or_malformed_diagnostic_attributes",
            "unused",
        }
    ),
    "clippy": frozenset(
        {"all", "cargo", "complexity", "correctness", "nursery", "pedantic", "perf", "restriction", "style", "suspicious"},
    ),
}
_EVERYTHING = "warnings"


def lint_groups_priority(workspace: Workspace) -> Iterator[Fault]:
    """Each group with the priority of a lint in the same table that has another level."""
    tables = [(workspace.root, ("workspace", "lints")), *((member, ("lints",)) for member in workspace.members)]
    for manifest, key in tables:
        for tool, groups in _GROUPS.items():
            yield from _conflicts(manifest, (*key, tool), groups)


def _conflicts(manifest: Manifest, key: tuple[str, ...], groups: frozenset[str]) -> Iterator[Fault]:
    settings = {name: _setting(value) for name, value in manifest.at(*key).items() if name != _EVERYTHING}
    lints = {name: setting for name, setting in settings.items() if name not in groups}
    for name in settings.keys() & groups:
        level, priority = settings[name]
        against = [lint for lint, (other, same) in lints.items() if same == priority and other != level]
        if against:
            place: Key = (*key, name)
            yield manifest, place, {"group": name, "lint": against[-1], "priority": priority}


def _setting(value: Any) -> tuple[Any, Any]:
    """(level, priority) of an entry, which may be a level alone."""
    return (value.get("level"), value.get("priority", 0)) if isinstance(value, dict) else (value, 0)
