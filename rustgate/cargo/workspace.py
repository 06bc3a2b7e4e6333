"""A Cargo workspace with the files around it."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from msgspec import Struct

from rustgate.cargo.manifest import Dependency, Manifest
from rustgate.cargo.toml_positions import Key


class Workspace(Struct, frozen=True):
    """A workspace, or a package that is in none.

    Checks of rules about manifests are given one. `members` are its packages, including one at the root. `around` holds the names in the
    root's folder and in the folders above it up to the root of the run, and below `.cargo` there; `cargo_profiles` are those of
    `.cargo/config.toml`. `ci` maps the paths of CI files, and of the scripts that they call, to their texts. `nested` is true when there
    is another Cargo.toml above: what concerns the repository as a whole is reported there. `for_tests` holds the paths of members that are
    tests, benchmarks or examples as a whole. `options` are those of the rule.
    """

    root: Manifest
    members: tuple[Manifest, ...]
    around: frozenset[str] = frozenset()
    cargo_profiles: Mapping[str, Any] = {}
    ci: Mapping[str, str] = {}
    lock_ignored: bool = False
    nested: bool = False
    for_tests: frozenset[str] = frozenset()
    options: Mapping[str, Any] = {}

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """The root and the members, each once."""
        return (self.root, *(member for member in self.members if member.path != self.root.path))

    @property
    def programs(self) -> tuple[Manifest, ...]:
        """Members whose purpose is a program.

        Those among tests and examples are left out. None in a nested workspace, which holds helpers and fixtures.
        """
        return () if self.nested else tuple(member for member in self.members if member.has_program and member.path not in self.for_tests)

    @property
    def is_virtual(self) -> bool:
        """Return whether there is no package at the root."""
        return not self.root.package

    @property
    def head(self) -> Key:
        """Key of the root for findings about the workspace."""
        return ("workspace",) if self.root.is_workspace else ("package",)

    def inherited(self, member: Manifest, key: str) -> tuple[Manifest, Key, Any]:
        """Resolve a key of `[package]` that may be inherited.

        Returns the manifest and the key that hold the value, and the value. These are the workspace's where the package inherits the key.
        """
        value = member.package.get(key)
        if isinstance(value, dict) and value.get("workspace") is True:
            return self.root, ("workspace", "package", key), self.root.at("workspace", "package").get(key)
        return member, ("package", key), value

    def resolved(self, dependency: Dependency) -> Dependency:
        """Resolve a dependency that may be inherited."""
        for stated in self.root.listed("workspace", "dependencies") if dependency.inherited else ():
            if stated.key[-1] == dependency.key[-1]:
                return stated
        return dependency


Fault: TypeAlias = tuple[Manifest, Key, dict[str, object]]
"""A fault that a check of manifests yields.

It holds the file, the key where the fault is or where something is missing, and values for the message.
"""
