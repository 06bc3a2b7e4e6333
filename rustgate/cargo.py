"""What Cargo.toml files say: workspaces and their members, packages, and what is built from which file."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from rustgate.model import Target

_TARGET_TABLES = {"lib": Target.LIBRARY, "bin": Target.BINARY, "test": Target.TEST, "bench": Target.BENCH, "example": Target.EXAMPLE}
_TARGET_FOLDERS = {"tests": Target.TEST, "benches": Target.BENCH, "examples": Target.EXAMPLE}


def conventional_target(path: str) -> Target | None:
    """What Cargo builds from a file at `path` of a package when the manifest names no targets; None outside Cargo's layout."""
    parts = PurePosixPath(path).parts
    if parts == ("build.rs",):
        return Target.BUILD
    if parts[0] in _TARGET_FOLDERS:
        return _TARGET_FOLDERS[parts[0]]
    if parts[0] != "src":
        return None
    return Target.BINARY if parts == ("src", "main.rs") or parts[1] == "bin" else Target.LIBRARY


class Manifest:
    """One Cargo.toml. `problem` is a sentence when it cannot be read; it then counts as a package without any settings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "Cargo.toml"
        self.problem: str | None = None
        self.table: Mapping[str, Any] = {"package": {}}
        try:
            self.table = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except OSError as error:
            self.problem = f"cannot be read: {error.strerror}"
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.problem = f"is not TOML: {error}"

    @property
    def is_package(self) -> bool:
        """Whether it describes a package, not only a workspace."""
        return "package" in self.table or "project" in self.table

    @property
    def is_workspace(self) -> bool:
        """Whether it is the root of a workspace."""
        return "workspace" in self.table

    def metadata(self) -> Iterator[tuple[str, Any]]:
        """The rustgate tables in the manifest, as (key, table)."""
        for section in ("workspace", "package"):
            metadata = _table(_table(self.table, section), "metadata")
            if "rustgate" in metadata:
                yield f"{section}.metadata.rustgate", metadata["rustgate"]

    def excludes(self, folder: Path) -> bool:
        """Whether the workspace's `exclude` names `folder` or a folder above it."""
        relative = folder.relative_to(self.folder)
        excluded = {PurePosixPath(str(name)) for name in _list(_table(self.table, "workspace"), "exclude")}
        return any(PurePosixPath(step) in excluded for step in [relative.as_posix(), *(parent.as_posix() for parent in relative.parents)])

    def members(self) -> Iterator[Path]:
        """The folders of the workspace's members: its globs that lead to a Cargo.toml, and the root if it is a package."""
        if self.is_package:
            yield self.folder
        for pattern in _list(_table(self.table, "workspace"), "members"):
            for folder in sorted(self.folder.glob(str(pattern))):
                if (folder / "Cargo.toml").is_file() and not self.excludes(folder):
                    yield folder

    def target(self, path: str) -> Target:
        """What Cargo builds from the file at `path`, relative to the package: the targets that are named, then Cargo's layout."""
        if path in self._named_files:
            return self._named_files[path]
        for folder, target in self._named_folders.items():
            if path.startswith(f"{folder}/"):
                return target
        conventional = conventional_target(path)
        if conventional is None or conventional is Target.LIBRARY:
            return Target.LIBRARY if self.has_library else Target.BINARY
        return conventional

    @cached_property
    def has_library(self) -> bool:
        """Whether the package builds a library."""
        return "lib" in self.table or (self.folder / "src" / "lib.rs").is_file()

    @cached_property
    def _named_files(self) -> dict[str, Target]:
        files = {}
        for key, target in _TARGET_TABLES.items():
            entries = self.table.get(key, [])
            for entry in entries if isinstance(entries, list) else [entries]:
                if isinstance(entry, dict) and isinstance(entry.get("path"), str):
                    files[PurePosixPath(entry["path"]).as_posix()] = target
        build = _table(self.table, "package").get("build")
        if isinstance(build, str):
            files[PurePosixPath(build).as_posix()] = Target.BUILD
        return files

    @cached_property
    def _named_folders(self) -> dict[str, Target]:
        """Folders whose `main.rs` or `mod.rs` is a target of its own: all that lies in them belongs to it."""
        roots = {PurePosixPath(file): target for file, target in self._named_files.items()}
        return {
            root.parent.as_posix(): target
            for root, target in roots.items()
            if root.name in {"main.rs", "mod.rs"} and root.parent.as_posix() not in {".", "src"}
        }


def workspace_of(folder: Path, manifests: Mapping[Path, Manifest | None], root: Path) -> Path:
    """The root of the workspace that the package in `folder` belongs to, not above `root`; the package itself when there is none."""
    own = manifests.get(folder)
    if own and own.is_workspace:
        return folder
    for above in folder.parents:
        manifest = manifests.get(above)
        if manifest and manifest.is_workspace and not manifest.excludes(folder):
            return above
        if above == root:
            break
    return folder


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def _list(table: Mapping[str, Any], key: str) -> list[Any]:
    value = table.get(key)
    return value if isinstance(value, list) else []
