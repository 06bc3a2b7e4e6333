"""Files of a run: the tree below the given paths.

Its packages say what Cargo builds from each file, and which configuration applies to it.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from rustgate.cargo.manifest import Manifest, is_test_folder, test_target, workspace_of
from rustgate.cargo.manifest_reader import read_manifest
from rustgate.cargo.target_roots import is_in_target_folder, is_target_root
from rustgate.config.files import has_configuration
from rustgate.errors import ConfigError, ProjectError
from rustgate.filesystem.overlay import DISK, Overlay
from rustgate.model.file import FileContext, Problem, Target
from rustgate.project.discovery import list_rust_files
from rustgate.project.root import common_folder, find_root

NAMELESS = "<stdin>"
"""The name of a text that has none, and that is in no package."""


class SourceFile(Struct, frozen=True):
    """A Rust file of a run.

    `path` is relative to the root, `config_root` is the folder whose configuration applies to it.
    `named` is true for a file that was given by itself; `source` holds its bytes if they are not to be read from disk.
    """

    path: str
    absolute: str
    context: FileContext
    config_root: Path
    named: bool
    source: bytes | None = None

    @property
    def local(self) -> str:
        """Return the path relative to `config_root`."""
        return self.absolute.removeprefix(str(self.config_root)).lstrip(os.sep)


class Tree:
    """Folders below a root; each manifest is read once."""

    def __init__(self, root: Path, overlay: Overlay = DISK) -> None:
        self.root = root
        self.overlay = overlay
        self.manifests: dict[Path, Manifest | None] = {}
        self._folders: dict[str, Path] = {}
        self._config_roots: dict[Path, Path] = {}
        self._packages: dict[Path, Manifest | None] = {}
        self._rust_versions: dict[Path, tuple[int, ...]] = {}
        self._test_kinds: dict[Path, Target | None] = {}

    def package_of(self, file: str) -> Manifest | None:
        """Return the manifest of a file, if any.

        `file` is an absolute path.
        """
        return self.nearest(self.folder(file))

    def folder(self, file: str) -> Path:
        """Return the folder of the file at an absolute path.

        It is the same object for all files of a folder: a path is slow to make and to compare.
        """
        name = os.path.dirname(file)
        if name not in self._folders:
            self._folders[name] = Path(name)
        return self._folders[name]

    def manifest(self, folder: Path) -> Manifest | None:
        """Return the Cargo.toml in `folder`, if there is one."""
        if folder not in self.manifests:
            self.manifests[folder] = read_manifest(folder, self.root, self.overlay) if self.overlay.is_file(folder / "Cargo.toml") else None
        return self.manifests[folder]

    def nearest(self, folder: Path) -> Manifest | None:
        """Return the nearest Cargo.toml, from `folder` upwards.

        The search ends at the root.
        """
        if folder not in self._packages:
            self._packages[folder] = next((found for ancestor in self._ancestors(folder) if (found := self.manifest(ancestor))), None)
        return self._packages[folder]

    def config_root(self, folder: Path) -> Path:
        """Return the folder whose configuration applies to `folder`.

        It is the root of its workspace, or the folder of its package when that is in no workspace. Where that has no configuration, or
        there is no package, it is the nearest folder above that has one.
        """
        if folder not in self._config_roots:
            package = self.nearest(folder)
            start = workspace_of(package, self.manifest, self.root) if package else folder
            configured = next((ancestor for ancestor in self._ancestors(start) if self.is_configured(ancestor)), None)
            self._config_roots[folder] = configured or (start if package else self.root)
        return self._config_roots[folder]

    def require_read_configuration(self, folder: Path) -> None:
        """Raise `ConfigError` if the package of a folder has a configuration that nothing reads."""
        package, config_root = self.nearest(folder), self.config_root(folder)
        if package and config_root in package.folder.parents and self.is_configured(package.folder):
            raise ConfigError(
                f"{package.folder}: a member of a workspace cannot have a configuration of its own (rustgate.toml, or metadata in"
                f" Cargo.toml); move it to {config_root}, under [[overrides]]"
            )

    def is_configured(self, folder: Path) -> bool:
        """Return whether `folder` has a configuration.

        This is a file of its own, or a table in its Cargo.toml.
        """
        manifest = self.manifest(folder)
        return has_configuration(folder, self.overlay) or (manifest is not None and any(manifest.metadata()))

    def context(self, file: str) -> FileContext:
        """Return the context of the file at an absolute path.

        It says what Cargo builds from the file.
        """
        manifest = self.package_of(file)
        if manifest is None or not manifest.is_package:
            return FileContext(None)
        path = _relative(file, manifest)
        target = self.test_kind(manifest) or manifest.target(path)
        by_place = is_test_folder(path) and manifest.named_files.get(path) is not Target.LIBRARY
        return FileContext(target, target.is_test or by_place, self._rust_version(manifest))

    def is_target_root(self, file: str) -> bool:
        """Return whether the file at an absolute path is the root of a target."""
        manifest = self.package_of(file)
        return manifest is not None and manifest.is_package and is_target_root(manifest, _relative(file, manifest))

    def test_kind(self, package: Manifest) -> Target | None:
        """Return the kind of tests that a whole package is, if any.

        It holds fuzz targets, or is in a folder of tests, benchmarks or examples of a package or workspace above.
        """
        if package.folder not in self._test_kinds:
            above = self.nearest(package.folder.parent) if package.folder != self.root else None
            place = test_target(package.folder.relative_to(above.folder).as_posix()) if above else None
            around = self.test_kind(above) if above and not place else None
            self._test_kinds[package.folder] = Target.TEST if package.is_fuzzing else place or around
        return self._test_kinds[package.folder]

    def _rust_version(self, package: Manifest) -> tuple[int, ...]:
        if package.folder not in self._rust_versions:
            workspace = self.manifest(workspace_of(package, self.manifest, self.root))
            self._rust_versions[package.folder] = package.rust_version(workspace)
        return self._rust_versions[package.folder]

    def _ancestors(self, folder: Path) -> Iterator[Path]:
        for ancestor in (folder, *folder.parents):
            yield ancestor
            if ancestor == self.root:
                return


class Project:
    """The given paths, resolved below one root.

    `overlay` is the version of the files, `given` are the paths made absolute.
    """

    def __init__(self, paths: Sequence[Path], overlay: Overlay = DISK) -> None:
        self._overlay = overlay
        self.given = [Path(os.path.abspath(path)) for path in paths]
        for path, absolute in zip(paths, self.given, strict=True):
            if not self._overlay.holds(absolute):
                _require(path, absolute)
                if not os.path.isdir(absolute) and absolute.suffix != ".rs":
                    raise ProjectError(f"{path}: not a Rust file; name folders, or files that end in .rs")
        self.root = find_root(self.given)
        self.tree = Tree(self.root, overlay)
        self.problems: list[Problem] = []

    @property
    def trees(self) -> tuple[Path, ...]:
        """Return the paths that are checked as a whole.

        That is the root, or what was given where the root is not more than the working folder.
        """
        marked = os.path.lexists(self.root / ".git") or self.tree.manifest(self.root) or self.tree.is_configured(self.root)
        return (self.root,) if marked else tuple(self.given)

    @property
    def is_full(self) -> bool:
        """Return whether folders were given, not single files."""
        return all(self._is_folder(path) for path in self.given)

    def covers(self, folder: Path) -> bool:
        """Return whether a whole folder was given."""
        return any(folder.is_relative_to(path) for path in self.given if self._is_folder(path))

    @cached_property
    def config_root(self) -> Path:
        """Return the configuration root of the whole run."""
        return self.tree.config_root(common_folder(self.given))

    @cached_property
    def files(self) -> tuple[SourceFile, ...]:
        """Return the Rust files once, sorted by path."""
        found: dict[str, SourceFile] = {}
        for path in self.given:
            if self._is_folder(path):
                for file in (*list_rust_files(path, self.root, self._problem), *self._overlaid_in(path)):
                    if not self._overlay.lacks(file):
                        found.setdefault(file, self.source_file(file, named=False))
            elif not self._overlay.lacks(path):
                found[str(path)] = self.source_file(str(path), named=True)
        for manifest in self.tree.manifests.values():
            if manifest and manifest.problem:
                self._problem(str(manifest.folder / "Cargo.toml"), manifest.problem)
        return tuple(sorted(found.values(), key=lambda file: file.path))

    @property
    def named_roots(self) -> Iterator[str]:
        """Yield root files of libraries and programs.

        Only those count that a manifest names.
        """
        manifests = [manifest for manifest in self.tree.manifests.values() if manifest]
        return (self.relative(str(file)) for manifest in manifests for file in manifest.named_roots)

    def may_be_data(self, file: SourceFile) -> bool:
        """Return whether a file is data, unless a target reaches it.

        It is no root of a target, and lies in a folder of tests, or in no folder of a library or program. A run over a part of its package
        does not see all that may declare it.
        """
        manifest = self.tree.package_of(file.absolute)
        if manifest is None or manifest.problem or not self.covers(manifest.folder):
            return False
        path = _relative(file.absolute, manifest)
        return (is_test_folder(path) or not is_in_target_folder(manifest, path)) and not self.tree.is_target_root(file.absolute)

    def require_read_configurations(self, files: Iterable[SourceFile]) -> None:
        """Raise `ConfigError` for a configuration that nothing reads.

        That is one beside a member of a workspace.
        """
        for folder in sorted({self.tree.folder(file.absolute) for file in files}):
            self.tree.require_read_configuration(folder)

    def relative(self, absolute: str) -> str:
        """Return a path relative to the root, with `/`."""
        prefix = os.path.join(self.root, "")
        inside = absolute.startswith(prefix)  # almost always, and several times quicker
        return (absolute[len(prefix) :] if inside else os.path.relpath(absolute, self.root)).replace(os.sep, "/")

    def is_nameless(self, path: str) -> bool:
        """Return whether a path stands for a nameless text."""
        return bool(self._overlay.files) and os.path.basename(path) == NAMELESS

    def _is_folder(self, path: Path) -> bool:
        return os.path.isdir(path) and not self._overlay.holds(path)

    def _overlaid_in(self, folder: Path) -> Iterator[str]:
        prefix = os.path.join(folder, "")
        return (path for path in self._overlay.files if path.endswith(".rs") and path.startswith(prefix))

    def source_file(self, absolute: str, *, named: bool = False) -> SourceFile:
        """Return a file of the run; `named` if it was given by itself."""
        source, config_root = self._overlay.source(absolute), self.tree.config_root(self.tree.folder(absolute))
        context = FileContext(None) if self.is_nameless(absolute) else self.tree.context(absolute)
        return SourceFile(self.relative(absolute), absolute, context, config_root, named, source)

    def _problem(self, absolute: str, sentence: str) -> None:
        problem = Problem(self.relative(absolute), sentence)
        if problem not in self.problems:
            self.problems.append(problem)


def _relative(file: str, manifest: Manifest) -> str:
    """Return the path of a file relative to the folder of its manifest."""
    return file[len(str(manifest.folder)) + 1 :].replace(os.sep, "/")


def _require(path: Path, absolute: Path) -> None:
    try:
        os.lstat(absolute)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ProjectError(f"{path}: there is no such file or folder; check the path") from error
    except OSError as error:
        raise ProjectError(f"{path}: cannot be looked at: {error.strerror}; check the path") from error
