"""A Cargo.toml that has been read.

It knows its targets, dependencies, workspace and the positions of keys.
"""

import os
import posixpath
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from rustgate.cargo.rust_version import parse_rust_version
from rustgate.model.file import Target

if TYPE_CHECKING:
    from rustgate.cargo.toml_positions import Key, Positions

_TARGET_TABLES = {"lib": Target.LIBRARY, "bin": Target.BINARY, "test": Target.TEST, "bench": Target.BENCH, "example": Target.EXAMPLE}
_TARGET_FOLDERS = {"tests": Target.TEST, "benches": Target.BENCH, "examples": Target.EXAMPLE}
_DEPENDENCY_TABLES = ("dependencies", "dev-dependencies", "dev_dependencies", "build-dependencies", "build_dependencies")


def conventional_target(path: str) -> Target | None:
    """Return the target of a file by Cargo's layout.

    `path` is relative to the package. None for a file outside of Cargo's layout. What the manifest names is not asked.
    """
    parts = PurePosixPath(path).parts
    if parts == ("build.rs",):
        return Target.BUILD
    if parts[0] in _TARGET_FOLDERS:
        return _TARGET_FOLDERS[parts[0]]
    if parts[0] != "src":
        return None
    return Target.BINARY if parts == ("src", "main.rs") or parts[1:2] == ("bin",) else Target.LIBRARY


def is_test_folder(path: str) -> bool:
    """Return whether a file is in a test folder.

    These are `tests`, `benches` and `examples` of its package.
    """
    return test_target(path) is not None


def test_target(path: str) -> Target | None:
    """Return the kind of the test folder that a file is in."""
    return _TARGET_FOLDERS.get(path.partition("/")[0])


class Dependency(Struct, frozen=True):
    """An entry of a dependency table.

    `package` is the name in the registry, `table` what the entry says; a version alone stands in a table, too.
    """

    key: "Key"
    package: str
    table: Mapping[str, Any]

    @property
    def inherited(self) -> bool:
        """Return whether the entry takes its values from the workspace."""
        return self.table.get("workspace") is True


class Manifest(Struct, frozen=True, dict=True):
    """A Cargo.toml and the layout beside it.

    `folder` is absolute, `path` is relative to the root of the run. `problem` is a sentence when the file cannot be read; it then counts
    as a package without any settings. A value of the wrong type is a problem as well, but only that value is lost.
    `beside` holds the names in the folder; `layout` those of `src/lib.rs`, `src/main.rs`, `src/bin` (with a program in it) and `tests`
    that exist. `program_modules` are the modules of `src` that only `main.rs` declares: for Cargo they belong to another crate.
    """

    folder: Path
    path: str
    text: str
    table: Mapping[str, Any]
    problem: str | None = None
    beside: frozenset[str] = frozenset()
    layout: frozenset[str] = frozenset()
    program_modules: frozenset[str] = frozenset()

    def at(self, *key: str) -> Mapping[str, Any]:
        """Return the table at `key`, or an empty one."""
        found: Any = self.table
        for name in key:
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    @cached_property
    def positions(self) -> "Positions":
        """Positions of the keys and comments."""
        from rustgate.cargo.toml_positions import Positions  # noqa: PLC0415  # needs tree-sitter; few runs ask for a position in a manifest

        return Positions(self.text.encode())

    @property
    def is_package(self) -> bool:
        """Return whether it describes a package, not only a workspace."""
        return "package" in self.table or "project" in self.table

    @property
    def is_workspace(self) -> bool:
        """Return whether it is the root of a workspace."""
        return "workspace" in self.table

    @property
    def package(self) -> Mapping[str, Any]:
        """Table `[package]`, called `[project]` in old manifests; may be empty."""
        return self.at("package") or self.at("project")

    @property
    def is_fuzzing(self) -> bool:
        """Return whether its programs are fuzz targets of cargo-fuzz."""
        return self.at("package", "metadata").get("cargo-fuzz") is True

    @property
    def name(self) -> str:
        """Name of the package, or of its folder."""
        return str(self.package.get("name") or PurePosixPath(self.path).parent.name)

    def metadata(self) -> Iterator[tuple[str, Any]]:
        """Yield the rustgate tables in the manifest as (key, table)."""
        for section in ("workspace", "package"):
            metadata = self.at(section, "metadata")
            if "rustgate" in metadata:
                yield f"{section}.metadata.rustgate", metadata["rustgate"]

    @property
    def dependencies(self) -> Iterator[Dependency]:
        """Dependencies of the package, for every purpose and platform."""
        for kind in _DEPENDENCY_TABLES:
            yield from self.listed(kind)
        for platform in self.at("target"):
            for kind in _DEPENDENCY_TABLES:
                yield from self.listed("target", platform, kind)

    def listed(self, *key: str) -> Iterator[Dependency]:
        """Yield the dependencies in the table at `key`."""
        for name, value in self.at(*key).items():
            table = {"version": value} if isinstance(value, str) else value
            if isinstance(table, dict):
                yield Dependency((*key, name), str(table.get("package", name)), table)

    @property
    def workspace(self) -> Path | None:
        """Workspace root that `package.workspace` names, if it names one."""
        named = self.at("package").get("workspace")
        return Path(os.path.normpath(self.folder / named)) if isinstance(named, str) else None

    def excludes(self, folder: Path) -> bool:
        """Return whether the workspace excludes `folder`.

        As in Cargo: `exclude` names it or a folder above it, and `members` names neither without a glob.
        """
        if not folder.is_relative_to(self.folder):
            return False
        relative = PurePosixPath(folder.relative_to(self.folder).as_posix())
        above = {relative, *relative.parents} - {PurePosixPath()}
        return not above.isdisjoint(self._folders("exclude")) and above.isdisjoint(self._folders("members"))

    def _folders(self, key: str) -> Iterator[PurePosixPath]:
        return (PurePosixPath(posixpath.normpath(str(name))) for name in _list(self.at("workspace"), key))

    def rust_version(self, workspace: "Manifest | None") -> tuple[int, ...]:
        """Return the oldest Rust that the package supports.

        Empty if the package does not say. `workspace` is the manifest that it may inherit the version from.
        """
        value = self.at("package").get("rust-version")
        if workspace and isinstance(value, dict) and value.get("workspace") is True:
            value = workspace.at("workspace", "package").get("rust-version")
        return parse_rust_version(value)

    def target(self, path: str) -> Target:
        """Return what Cargo builds from a file of the package.

        `path` is relative to the package. Targets that the manifest names come before Cargo's layout.
        """
        if path in self.named_files:
            return self.named_files[path]
        for folder, target in self._named_folders.items():
            if path.startswith(f"{folder}/"):
                return target
        conventional = conventional_target(path)
        if conventional is None or conventional is Target.LIBRARY:
            return Target.LIBRARY if self.has_library and _module(path) not in self.program_modules else Target.BINARY
        return conventional

    @property
    def library_root(self) -> Path:
        """Root file of the package's library."""
        path = self.at("lib").get("path")
        return self.folder / (path if isinstance(path, str) else "src/lib.rs")

    @property
    def named_roots(self) -> Iterator[Path]:
        """Root files of libraries and programs that the manifest names."""
        return (self.folder / path for path, target in self.named_files.items() if target in {Target.LIBRARY, Target.BINARY})

    @property
    def build_scripts(self) -> Iterator[Path]:
        """Build scripts that the manifest names, or that lie beside it."""
        named = [path for path, target in self.named_files.items() if target is Target.BUILD]
        return (self.folder / path for path in named or (["build.rs"] if "build.rs" in self.beside else []))

    @property
    def possible_roots(self) -> frozenset[str]:
        """Paths where roots of its targets may be, as far as each is known by name."""
        return frozenset({*self.named_files, "src/lib.rs", "src/main.rs", "build.rs"})

    @property
    def has_library(self) -> bool:
        """Return whether the package builds a library."""
        return "lib" in self.table or "src/lib.rs" in self.layout

    @property
    def has_program(self) -> bool:
        """Return whether a program is what the package is for.

        Beside a library, only one in `src/main.rs`, or with the name of the package, counts.
        """
        if "src/main.rs" in self.layout:
            return True
        named = {str(entry.get("name")) for entry in _list(self.table, "bin") if isinstance(entry, dict)}
        return str(self.at("package").get("name")) in named if self.has_library else bool(named) or "src/bin" in self.layout

    @property
    def has_tests(self) -> bool:
        """Return whether there is a folder of integration tests."""
        return "tests" in self.layout

    @cached_property
    def named_files(self) -> dict[str, Target]:
        """Targets by the root files that the manifest names."""
        files = {}
        for key, target in _TARGET_TABLES.items():
            entries = self.table.get(key, [])
            for entry in entries if isinstance(entries, list) else [entries]:
                if isinstance(entry, dict) and isinstance(entry.get("path"), str):
                    files[posixpath.normpath(entry["path"])] = target
        build = self.at("package").get("build")
        for path in build if isinstance(build, list) else [build]:
            if isinstance(path, str):
                files[posixpath.normpath(path)] = Target.BUILD
        return files

    @cached_property
    def _named_folders(self) -> dict[str, Target]:
        """Folders of named targets, longest first.

        Their `main.rs` or `mod.rs` is a target that the manifest names. All files in such a folder belong to the target.
        """
        roots = {PurePosixPath(file): target for file, target in self.named_files.items()}
        folders = {
            root.parent.as_posix(): target
            for root, target in roots.items()
            if root.name in {"main.rs", "mod.rs"} and root.parent.as_posix() not in {".", "src"}
        }
        return dict(sorted(folders.items(), key=lambda entry: -len(entry[0])))


def workspace_of(package: Manifest, manifest_in: Callable[[Path], Manifest | None], root: Path) -> Path:
    """Return the root folder of a package's workspace.

    It is never above `root`; for a package in no workspace, it is the package's own folder.
    """
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


def _module(path: str) -> str:
    """Return the top-level module of a file.

    Empty for one that is not in `src`.
    """
    parts = PurePosixPath(path).parts
    return parts[1].removesuffix(".rs") if parts[0] == "src" and len(parts) > 1 else ""


def _list(table: Mapping[str, Any], key: str) -> list[Any]:
    value = table.get(key)
    return value if isinstance(value, list) else []
