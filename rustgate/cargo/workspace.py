"""A Cargo workspace as checks of manifests see it: its manifests, dependencies and the files beside them."""

import posixpath
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from msgspec import Struct

from rustgate.cargo.toml_positions import Key, Positions

_KINDS = ("dependencies", "dev-dependencies", "dev_dependencies", "build-dependencies", "build_dependencies")


class Dependency(Struct, frozen=True):
    """One entry of a table of dependencies; `package` is the name on the registry, `table` what the entry says (a version alone, too)."""

    key: Key
    package: str
    table: Mapping[str, Any]

    @property
    def inherited(self) -> bool:
        """Whether it takes what the workspace says."""
        return self.table.get("workspace") is True


class ManifestFile(Struct, frozen=True, dict=True):
    """A Cargo.toml; `path` is relative to the root of the run.

    `beside` holds the names of what lies in its folder, `has_program` says whether Cargo builds a program from it.
    """

    path: str
    text: str
    table: Mapping[str, Any]
    beside: frozenset[str] = frozenset()
    has_program: bool = False

    @property
    def folder(self) -> str:
        """Its folder, relative to the root of the run; empty for the root itself."""
        return posixpath.dirname(self.path)

    @cached_property
    def positions(self) -> Positions:
        """Where its keys and comments stand."""
        return Positions(self.text.encode())

    @property
    def package(self) -> Mapping[str, Any]:
        """The table `[package]`, which old manifests call `[project]`; empty when there is none."""
        return self.at("package") or self.at("project")

    @property
    def name(self) -> str:
        """The name of the package, or of its folder."""
        return str(self.package.get("name") or posixpath.basename(self.folder))

    def at(self, *key: str) -> Mapping[str, Any]:
        """The table at `key`; empty when there is none."""
        found: Any = self.table
        for name in key:
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def dependencies(self) -> Iterator[Dependency]:
        """All that the package depends on, for whichever purpose and platform."""
        for kind in _KINDS:
            yield from self.listed(kind)
        for platform in self.at("target"):
            for kind in _KINDS:
                yield from self.listed("target", platform, kind)

    def listed(self, *key: str) -> Iterator[Dependency]:
        """The dependencies in the table at `key`."""
        for name, value in self.at(*key).items():
            table = {"version": value} if isinstance(value, str) else value
            if isinstance(table, dict):
                yield Dependency((*key, name), str(table.get("package", name)), table)


class Workspace(Struct, frozen=True):
    """What the check of a page that reads manifests sees: a workspace, or a package that is in none.

    `members` are its packages, also the one at the root. `around` holds the names of what lies in the root's folder and the folders above
    it up to the root of the run, and below `.cargo` there; `cargo_profiles` are those of `.cargo/config.toml`. `ci` maps the paths of the
    files that tell a server what to run, and of the scripts that they name, to their texts. `nested` is true for one that stands apart
    below another: what is said of the whole repository is said there. `options` are those of the rule.
    """

    root: ManifestFile
    members: tuple[ManifestFile, ...]
    around: frozenset[str] = frozenset()
    cargo_profiles: Mapping[str, Any] = {}
    ci: Mapping[str, str] = {}
    lock_ignored: bool = False
    nested: bool = False
    options: Mapping[str, Any] = {}

    @property
    def manifests(self) -> tuple[ManifestFile, ...]:
        """The root and the members, each once."""
        return (self.root, *(member for member in self.members if member.path != self.root.path))

    @property
    def programs(self) -> tuple[ManifestFile, ...]:
        """The members that are there for a program; none in a workspace that stands apart below another, as helpers and fixtures do."""
        return () if self.nested else tuple(member for member in self.members if member.has_program)

    @property
    def is_virtual(self) -> bool:
        """Whether there is no package at the root."""
        return not self.root.package

    @property
    def head(self) -> Key:
        """The table of the root that stands for the whole."""
        return ("workspace",) if "workspace" in self.root.table else ("package",)

    def inherited(self, member: ManifestFile, key: str) -> tuple[ManifestFile, Key, Any]:
        """The value of a key of `[package]`, with the place where it is written: the workspace's if the package takes it from there."""
        value = member.package.get(key)
        if isinstance(value, dict) and value.get("workspace") is True:
            return self.root, ("workspace", "package", key), self.root.at("workspace", "package").get(key)
        return member, ("package", key), value

    def resolved(self, dependency: Dependency) -> Dependency:
        """The dependency as the workspace states it, if it is inherited."""
        for stated in self.root.listed("workspace", "dependencies") if dependency.inherited else ():
            if stated.key[-1] == dependency.key[-1]:
                return stated
        return dependency


Fault: TypeAlias = tuple[ManifestFile, Key, dict[str, object]]
"""What a check of manifests gives back: the file, the key where the fault stands or what is missing belongs, values for the message."""
