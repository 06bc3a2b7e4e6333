"""Lint levels that the manifests of a run give to its files."""

from collections.abc import Iterable
from pathlib import Path

from rustgate.cargo.manifest import workspace_of
from rustgate.model.finding import Suppression
from rustgate.model.rule import Rule
from rustgate.project.project import Tree
from rustgate.suppressions.lint_names import Equivalents
from rustgate.suppressions.manifest_levels import manifest_levels


class PackageLevels:
    """Finds the lint levels of packages, each read once."""

    def __init__(self, tree: Tree, rules: Iterable[Rule]) -> None:
        self._tree = tree
        self._equivalents = Equivalents(rules)
        self._levels: dict[Path, tuple[Suppression, ...]] = {}

    def of(self, file: str) -> tuple[Suppression, ...]:
        """Return what Cargo.toml says for the file at an absolute path."""
        package = self._tree.package_of(file)
        if package is None:
            return ()
        if package.folder not in self._levels:
            workspace = self._tree.manifest(workspace_of(package, self._tree.manifest, self._tree.root))
            self._levels[package.folder] = manifest_levels(package, workspace, self._equivalents)
        return self._levels[package.folder]
