"""Lint levels of Cargo.toml, which hold for a whole package.

They stand outside the attributes of the crate root. Source: <https://doc.rust-lang.org/cargo/reference/manifest.html#the-lints-section>.
"""

from collections.abc import Iterator

from rustgate.cargo.manifest import Manifest
from rustgate.model.finding import Suppression
from rustgate.suppressions.inherited import TO_THE_END
from rustgate.suppressions.lint_names import Equivalents

_LEVELS = {"allow": "allow", "warn": "warn", "deny": "warn", "forbid": "forbid"}
_TOOLS = {"rust": "", "clippy": "clippy::"}


def manifest_levels(package: Manifest, workspace: Manifest | None, equivalents: Equivalents) -> tuple[Suppression, ...]:
    """Return the lint levels of a package, one for each lint.

    A package may inherit those of its `workspace`. As in Cargo, the level with the highest priority counts, of equal ones that of the
    name that comes first; nothing changes what is forbidden.
    """
    inherits = workspace is not None and package.at("lints").get("workspace") is True
    manifest, table = (workspace, ("workspace", "lints")) if workspace and inherits else (package, ("lints",))
    decided: dict[tuple[str, str], Suppression] = {}
    forbidden: set[tuple[str, str]] = set()
    for _, name, level in sorted(_entries(manifest, table), key=lambda entry: entry[0]):
        reason = f'{name} = "{level}" under [{".".join(table)}] in {manifest.path}'
        groups = [*equivalents.of_group(name)]
        liftable = "warn" if groups and level == "forbid" else _LEVELS[level]
        keys = {*equivalents.of_lint(name), *groups} - forbidden
        decided |= {key: Suppression((key[0],), 1, 1, 1, TO_THE_END, reason, "clippy", level=liftable, lints=(key,)) for key in keys}
        forbidden |= keys if level == "forbid" else set()
    return tuple(decided[key] for key in sorted(decided))


def _entries(manifest: Manifest, table: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    """Yield priority, name and level of each entry.

    Of equal priority, the one that Cargo hands over last comes last.
    """
    for tool, prefix in _TOOLS.items():
        for name, value in sorted(manifest.at(*table, tool).items(), reverse=True):
            entry = value if isinstance(value, dict) else {"level": value}
            level, priority = entry.get("level"), entry.get("priority", 0)
            if isinstance(level, str) and level in _LEVELS:
                yield priority if isinstance(priority, int) else 0, prefix + name.replace("-", "_"), level
