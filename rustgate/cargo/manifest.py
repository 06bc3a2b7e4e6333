"""What Cargo.toml files say: workspaces and their members, packages, and what is built from which file."""

import os
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from glob import glob
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from rustgate.cargo.rust_version import parse_rust_version
from rustgate.filesystem.containment import is_link_out
from rustgate.filesystem.toml import LARGEST, read_toml
from rustgate.model.file import Target

_MODULE = re.compile(rb"^[ \t]*(?:#\[[^\]\n]*\][ \t]*)*(?:pub(?:[ \t]*\([^()\n]*\))?[ \t]+)?mod[ \t]+(?:r#)?(\w+)[ \t]*;", re.MULTILINE)
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
    return Target.BINARY if parts == ("src", "main.rs") or parts[1:2] == ("bin",) else Target.LIBRARY


def is_test_folder(path: str) -> bool:
    """Whether a file at `path` of a package lies where Cargo looks for tests, benches and examples."""
    return PurePosixPath(path).parts[0] in _TARGET_FOLDERS


class _TargetTable(msgspec.Struct):
    path: str | None = None


class _PackageTable(msgspec.Struct):
    build: str | bool | list[str] = True
    workspace: str | None = None
    metadata: dict[str, Any] = {}


class _WorkspaceTable(msgspec.Struct):
    members: list[str] = []
    exclude: list[str] = []
    metadata: dict[str, Any] = {}


class _ManifestTable(msgspec.Struct):
    """The types of the keys that are read here."""

    package: _PackageTable | None = None
    workspace: _WorkspaceTable | None = None
    lib: _TargetTable | None = None
    bin: list[_TargetTable] = []
    test: list[_TargetTable] = []
    bench: list[_TargetTable] = []
    example: list[_TargetTable] = []


class Manifest:
    """One Cargo.toml. `problem` is a sentence when it cannot be read; it then counts as a package without any settings.

    A value of the wrong type is a problem as well, but only that value is lost.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "Cargo.toml"
        self.problem: str | None = None
        self.text = ""
        self.table: Mapping[str, Any] = {"package": {}}
        if is_link_out(self.path):
            self.problem = "is a symlink that leads out of the repository; replace it with the file itself"
            return
        try:
            self.text, self.table = read_toml(self.path)
            msgspec.convert(self.table, _ManifestTable)
        except OSError as error:
            self.problem = f"cannot be read: {error.strerror}"
        except msgspec.ValidationError as error:
            self.problem = f"is not a valid manifest: {error}"
        except ValueError as error:
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

    @property
    def workspace(self) -> Path | None:
        """The root of the workspace that the package names as its own, if it names one."""
        named = _table(self.table, "package").get("workspace")
        return Path(os.path.normpath(self.folder / named)) if isinstance(named, str) else None

    def rust_version(self, workspace: "Manifest | None") -> tuple[int, ...]:
        """The oldest Rust that the package promises to work with; empty if it does not say. `workspace` is what it may take that from."""
        value = _table(self.table, "package").get("rust-version")
        if workspace and isinstance(value, dict) and value.get("workspace") is True:
            value = _table(_table(workspace.table, "workspace"), "package").get("rust-version")
        return parse_rust_version(value)

    def excludes(self, folder: Path) -> bool:
        """Whether the workspace's `exclude` names `folder` or one above it, and `members` names neither without a glob, as in Cargo."""
        relative = PurePosixPath(folder.relative_to(self.folder).as_posix())
        above = {relative, *relative.parents} - {PurePosixPath()}
        return not above.isdisjoint(self._folders("exclude")) and above.isdisjoint(self._folders("members"))

    def _folders(self, key: str) -> Iterator[PurePosixPath]:
        return (PurePosixPath(posixpath.normpath(str(name))) for name in _list(_table(self.table, "workspace"), key))

    def target(self, path: str) -> Target:
        """What Cargo builds from the file at `path`, relative to the package: the targets that are named, then Cargo's layout."""
        if path in self._named_files:
            return self._named_files[path]
        for folder, target in self._named_folders.items():
            if path.startswith(f"{folder}/"):
                return target
        conventional = conventional_target(path)
        if conventional is None or conventional is Target.LIBRARY:
            return Target.LIBRARY if self.has_library and _module(path) not in self._only_in_program else Target.BINARY
        return conventional

    @property
    def library_root(self) -> Path:
        """The file that the package's library begins in."""
        path = _table(self.table, "lib").get("path")
        return self.folder / (path if isinstance(path, str) else "src/lib.rs")

    @property
    def named_roots(self) -> Iterator[Path]:
        """The files that the manifest names as the beginning of a library or a program."""
        return (self.folder / path for path, target in self._named_files.items() if target in {Target.LIBRARY, Target.BINARY})

    @cached_property
    def has_library(self) -> bool:
        """Whether the package builds a library."""
        return "lib" in self.table or os.path.isfile(self.folder / "src" / "lib.rs")

    @cached_property
    def has_program(self) -> bool:
        """Whether the package is there for a program: it builds one, which beside a library has the name of the package."""
        source = self.folder / "src"
        named = {entry.get("name") for entry in _list(self.table, "bin") if isinstance(entry, dict)}
        if self.has_library:
            return os.path.isfile(source / "main.rs") or _table(self.table, "package").get("name") in named
        patterns = ("bin/*.rs", "bin/*/main.rs")
        return bool(named) or os.path.isfile(source / "main.rs") or any(glob(pattern, root_dir=source) for pattern in patterns)

    @cached_property
    def _only_in_program(self) -> frozenset[str]:
        """The modules of `src` that `main.rs` declares and the library does not: for cargo they belong to another crate."""
        source = self.folder / "src"
        if not (self.has_library and os.path.isfile(source / "main.rs")):
            return frozenset()
        of_library = _declared(self.library_root) if self.library_root.parent == source else frozenset()
        return _declared(source / "main.rs") - of_library

    @cached_property
    def has_tests(self) -> bool:
        """Whether there are integration tests where Cargo looks for them."""
        return os.path.isdir(self.folder / "tests")

    @cached_property
    def _named_files(self) -> dict[str, Target]:
        files = {}
        for key, target in _TARGET_TABLES.items():
            entries = self.table.get(key, [])
            for entry in entries if isinstance(entries, list) else [entries]:
                if isinstance(entry, dict) and isinstance(entry.get("path"), str):
                    files[posixpath.normpath(entry["path"])] = target
        build = _table(self.table, "package").get("build")
        for path in build if isinstance(build, list) else [build]:
            if isinstance(path, str):
                files[posixpath.normpath(path)] = Target.BUILD
        return files

    @cached_property
    def _named_folders(self) -> dict[str, Target]:
        """Folders whose `main.rs` or `mod.rs` is a target of its own, the longest first: all that lies in them belongs to it."""
        roots = {PurePosixPath(file): target for file, target in self._named_files.items()}
        folders = {
            root.parent.as_posix(): target
            for root, target in roots.items()
            if root.name in {"main.rs", "mod.rs"} and root.parent.as_posix() not in {".", "src"}
        }
        return dict(sorted(folders.items(), key=lambda entry: -len(entry[0])))


def _module(path: str) -> str:
    """The module right below `src` that a file of a package is, or belongs to."""
    parts = PurePosixPath(path).parts
    return parts[1].removesuffix(".rs") if parts[0] == "src" and len(parts) > 1 else ""


def _declared(root: Path) -> frozenset[str]:
    """The modules in files of their own that the first file of a crate declares, as far as its lines tell."""
    try:
        source = _beginning(root) if os.path.isfile(root) and not is_link_out(root) else b""
    except OSError:  # which is told where the file itself is judged
        source = b""
    return frozenset(name.decode() for name in _MODULE.findall(source))


def _beginning(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(LARGEST)


def workspace_of(package: Manifest, manifest_in: Callable[[Path], Manifest | None], root: Path) -> Path:
    """The root of the workspace that a package belongs to, not above `root`; the package itself when there is none."""
    if package.is_workspace or package.folder == root:
        return package.folder
    named = package.workspace
    if named and named.is_relative_to(root) and manifest_in(named):
        return named
    for above in package.folder.parents:
        manifest = manifest_in(above)
        if manifest and manifest.is_workspace and not manifest.excludes(package.folder):
            return above
        if above == root:
            break
    return package.folder


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def _list(table: Mapping[str, Any], key: str) -> list[Any]:
    value = table.get(key)
    return value if isinstance(value, list) else []
