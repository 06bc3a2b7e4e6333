"""Crates, as checks of a wider scope see them."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from rustgate.cargo.manifest import Manifest
from rustgate.model.file import FileResult, Target
from rustgate.model.finding import Fact
from rustgate.project.coverage import Coverage
from rustgate.project.module_files import declared_files
from rustgate.project.module_tree import ModuleTree, build_tree


class Crate(Struct, frozen=True, dict=True):
    """A package's files for one kind of target.

    Or a file of no package with those that it declares.
    `root` is where its module tree begins, None when that is not among the files. Paths are relative to the root of the run.
    `workspace` is the manifest of the workspace that the package belongs to, its own if there is no other. `coverage` tells for the
    lines of files how often tests ran them; None when nobody measured. A `fragment` is a text without a name: it is taken as `root` for
    want of another, but may be any part of a crate.
    """

    name: str
    target: Target
    root: str | None
    manifest: Manifest | None
    files: Mapping[str, FileResult]
    workspace: Manifest | None = None
    coverage: Coverage | None = None
    fragment: bool = False

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """Return the root files of its module trees.

        A package can have several programs: their roots are the files that no other declares.
        """
        if self.root or self.target is Target.LIBRARY:
            return (self.root,) if self.root and not self.fragment else ()
        declared = {child for path, result in self.files.items() for child in declared_files(path, result.modules, self.files)}
        return tuple(sorted(self.files.keys() - declared))

    @cached_property
    def is_unpublished(self) -> bool:
        """Return whether its package is never published.

        Its manifest says so, or has no version; both may be inherited.
        """
        if self.manifest is None:
            return False
        publish, version = (self._inherited(self.manifest, key) for key in ("publish", "version"))
        return publish in (False, []) or version is None

    def _inherited(self, manifest: Manifest, key: str) -> object:
        value = manifest.package.get(key)
        if isinstance(value, dict) and value.get("workspace") is True:
            return self.workspace.at("workspace", "package").get(key) if self.workspace else value
        return value

    @cached_property
    def tree(self) -> ModuleTree:
        """Return its modules and public names."""
        return build_tree(self.root, self.files)


class CrateSet(Struct, frozen=True):
    """All crates of a run."""

    crates: tuple[Crate, ...]


Reduced = Iterator[tuple[Fact[object], dict[str, object]]]
"""Results of a page's `check` for a scope wider than a file: the facts that are findings, each with values for the message."""
