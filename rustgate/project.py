"""Which files a run is about: the tree below the given paths, its packages, and where each file stands in them."""

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from rustgate.cargo import Manifest, workspace_of
from rustgate.errors import ProjectError
from rustgate.listing import list_rust_files
from rustgate.model import Place


class SourceFile(Struct, frozen=True):
    """A Rust file of a run: `path` is relative to the root, `home` is the folder whose configuration holds for it.

    `named` is true for a file that was given by itself; `source` holds its bytes if they are not to be read from disk.
    """

    path: str
    absolute: str
    place: Place
    home: Path
    named: bool
    source: bytes | None = None


class Problem(Struct, frozen=True):
    """Something that could not be read while the tree was being listed; `path` is relative to the root."""

    path: str
    sentence: str


class Tree:
    """The folders below a root with their manifests, each read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.manifests: dict[Path, Manifest | None] = {}
        self._homes: dict[Path, Path] = {}
        self._packages: dict[Path, Manifest | None] = {}

    def manifest(self, folder: Path) -> Manifest | None:
        """The Cargo.toml in `folder`, if there is one."""
        if folder not in self.manifests:
            self.manifests[folder] = Manifest(folder) if (folder / "Cargo.toml").is_file() else None
        return self.manifests[folder]

    def nearest(self, folder: Path) -> Manifest | None:
        """The Cargo.toml in `folder` or the nearest folder above it, not above the root."""
        if folder not in self._packages:
            found = self.manifest(folder)
            above = folder not in {self.root, folder.parent}
            self._packages[folder] = found or (self.nearest(folder.parent) if above else None)
        return self._packages[folder]

    def home(self, folder: Path) -> Path:
        """The folder whose configuration holds for `folder`: the root of its workspace, else of its package, else of the tree."""
        if folder not in self._homes:
            manifest = self.nearest(folder)
            self._homes[folder] = workspace_of(manifest.folder, self.manifests, self.root) if manifest else self.root
        return self._homes[folder]

    def place(self, file: Path) -> Place:
        """What Cargo builds from `file`."""
        manifest = self.nearest(file.parent)
        if manifest is None or not manifest.is_package:
            return Place(None)
        target = manifest.target(file.relative_to(manifest.folder).as_posix())
        return Place(target, target.is_test)


class Project:
    """The given paths, resolved below one root."""

    def __init__(self, paths: Sequence[Path], sources: Mapping[Path, bytes] | None = None) -> None:
        self._sources = {os.path.abspath(path): source for path, source in (sources or {}).items()}
        self._given = [Path(os.path.abspath(path)) for path in paths]
        for path, absolute in zip(paths, self._given, strict=True):
            if not os.path.lexists(absolute) and str(absolute) not in self._sources:
                raise ProjectError(f"{path}: there is no such file or folder; check the path")
        self.root = find_root(self._given)
        self.tree = Tree(self.root)
        self.problems: list[Problem] = []

    @property
    def is_full(self) -> bool:
        """Whether folders were given, not single files."""
        return all(path.is_dir() for path in self._given)

    @cached_property
    def home(self) -> Path:
        """The folder whose configuration holds for the run as a whole."""
        common = Path(os.path.commonpath(self._given))
        return self.tree.home(common if common.is_dir() else common.parent)

    @cached_property
    def files(self) -> tuple[SourceFile, ...]:
        """The Rust files, sorted by path, each once."""
        found: dict[str, SourceFile] = {}
        for path in self._given:
            if path.is_dir():
                for file in list_rust_files(path, self.root, self._problem):
                    found.setdefault(file, self._source_file(file, named=False))
            else:
                found[str(path)] = self._source_file(str(path), named=True)
        for manifest in self.tree.manifests.values():
            if manifest and manifest.problem:
                self._problem(str(manifest.path), manifest.problem)
        return tuple(sorted(found.values(), key=lambda file: file.path))

    def relative(self, absolute: str) -> str:
        """A path relative to the root, with `/`."""
        return os.path.relpath(absolute, self.root).replace(os.sep, "/")

    def _source_file(self, absolute: str, *, named: bool) -> SourceFile:
        file = Path(absolute)
        source = self._sources.get(absolute)
        return SourceFile(self.relative(absolute), absolute, self.tree.place(file), self.tree.home(file.parent), named, source)

    def _problem(self, absolute: str, sentence: str) -> None:
        self.problems.append(Problem(self.relative(absolute), sentence))


def find_root(paths: Sequence[Path]) -> Path:
    """The root that paths are relative to: the repository, else the outermost workspace or package, else the working folder or the path itself."""
    common = Path(os.path.commonpath(paths))
    start = common if common.is_dir() else common.parent
    upwards = [start, *start.parents]
    repository = next((folder for folder in upwards if (folder / ".git").exists()), None)
    if repository:
        return repository
    packages = [folder for folder in upwards if (folder / "Cargo.toml").is_file()]
    if packages:
        return packages[-1]
    working = Path.cwd()
    return working if working in upwards else start
