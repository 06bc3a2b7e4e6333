"""Settings of packages and workspaces, from resolver to metadata."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rustgate.api import Fault, Key, Manifest, Workspace
from rustgate.checks.manifest.wording import enumerated

_NUMBER = re.compile(r"[0-9]{1,9}")
_NEWER_RESOLVER = 2
_FIRST_EDITION = 2015
_TOOLCHAIN_FILES = frozenset({"rust-toolchain", "rust-toolchain.toml"})
_LINKED_ELSEWHERE = frozenset({"cdylib", "staticlib"})
_LINK_TIME = (True, "true", "thin", "fat")
_DEVELOPMENT = frozenset({"dev", "test", "doc"})
_READMES = frozenset({"README.md", "README.txt", "README"})
_METADATA = ("description", "license", "repository", "readme")


def workspace_resolver(workspace: Workspace) -> Iterator[Fault]:
    """Report a workspace with an old resolver.

    Or with none, if it has no package at its root: Cargo then takes the first one, and not the one of the package's edition.
    """
    root = workspace.root
    resolver = root.at("workspace").get("resolver", root.package.get("resolver"))
    if resolver is None:
        if workspace.is_virtual:
            yield root, ("workspace",), {"problem": "this workspace sets no `resolver`, so Cargo uses version 1, from 2015"}
    elif not _NUMBER.fullmatch(str(resolver)) or int(resolver) < _NEWER_RESOLVER:
        key = ("workspace", "resolver") if "resolver" in root.at("workspace") else ("package", "resolver")
        yield root, key, {"problem": f"this {key[0]} uses resolver {resolver}, which is out of date"}


def workspace_lints(workspace: Workspace) -> Iterator[Fault]:
    """Report packages that share no workspace lints.

    That is a workspace of several packages without lints, and otherwise each member that does not inherit them.
    """
    root = workspace.root
    if "workspace" not in root.table or (len(workspace.members) <= 1 and not workspace.is_virtual):
        return
    if not root.at("workspace", "lints"):
        yield root, ("workspace",), {"problem": "no `[workspace.lints]`; add it, and `[lints] workspace = true` in every member"}
        return
    for member in workspace.members:
        if member.at("lints").get("workspace") is not True:
            key = ("lints",) if "lints" in member.table else ("package",)
            yield member, key, {"problem": f"`{member.name}` does not inherit the workspace lints; set `workspace = true` in its `[lints]`"}


def current_edition(workspace: Workspace) -> Iterator[Fault]:
    """Report editions older than the option `edition`, or missing."""
    oldest = workspace.options["edition"]
    editions = {(file.path, key): (file, key, value) for file, key, value in _inherited(workspace, "edition")}
    for file, key, value in editions.values():
        edition = int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else _FIRST_EDITION
        if edition < oldest:
            whose = "packages of this workspace use" if key[0] == "workspace" else "this package uses"
            said = f"{whose} edition {edition}" if value else f"{whose} edition {_FIRST_EDITION}, the default"
            yield file, key, {"said": said, "oldest": oldest}


def rust_version(workspace: Workspace) -> Iterator[Fault]:
    """Report packages that declare no Rust version.

    Several of a workspace are one finding at its root, which names them.
    """
    missing = [member for member in workspace.members if not workspace.inherited(member, "rust-version")[2]]
    if len(missing) > 1:
        yield workspace.root, workspace.head, {"what": enumerated([f"`{member.name}`" for member in missing]) + " declare"}
        return
    for member in missing:
        file, key, _ = workspace.inherited(member, "rust-version")
        yield file, key, {"what": f"`{member.name}` declares"}


def _inherited(workspace: Workspace, key: str) -> Iterator[tuple[Manifest, Key, Any]]:
    """Yield each member's value of a key.

    It comes with the file and the key where it is written.
    """
    return (workspace.inherited(member, key) for member in workspace.members)


def pinned_toolchain(workspace: Workspace) -> Iterator[Fault]:
    """Report a workspace without a toolchain file.

    The file may be in a folder above.
    """
    if not workspace.nested and workspace.around.isdisjoint(_TOOLCHAIN_FILES):
        yield workspace.root, workspace.head, {}


def release_profile(workspace: Workspace) -> Iterator[Fault]:
    """Report shipped code without an optimised profile.

    Such a profile has link-time optimisation and a single codegen unit.
    """
    if workspace.nested or not (workspace.programs or any(map(_is_linked_elsewhere, workspace.members))):
        return
    profiles = {name: {**workspace.cargo_profiles.get(name, {}), **workspace.root.at("profile", name)} for name in _profiles(workspace)}
    release = profiles.get("release", {})
    if any(not _missing({**release, **profile}) for name, profile in profiles.items() if name not in _DEVELOPMENT):
        return
    key: Key = ("profile", "release") if workspace.root.at("profile", "release") else workspace.head
    yield workspace.root, key, {"missing": " and ".join(_missing(release))}


def _profiles(workspace: Workspace) -> set[str]:
    """Return all profile names of manifest and Cargo configuration."""
    return {"release", *workspace.root.at("profile"), *workspace.cargo_profiles}


def _missing(profile: Mapping[str, Any]) -> list[str]:
    """Return what a profile lacks for fast programs."""
    settings = {"`lto`": profile.get("lto") in _LINK_TIME, "`codegen-units = 1`": profile.get("codegen-units") == 1}
    return [name for name, is_set in settings.items() if not is_set]


def _is_linked_elsewhere(member: Manifest) -> bool:
    """Return whether other languages link a library."""
    library = member.at("lib")
    kinds = library.get("crate-type", library.get("crate_type", []))
    return isinstance(kinds, list) and not _LINKED_ELSEWHERE.isdisjoint(map(str, kinds))


def package_metadata(workspace: Workspace) -> Iterator[Fault]:
    """Report publishable packages that lack metadata of a registry."""
    for member in workspace.members:
        values = {key: workspace.inherited(member, key)[2] for key in ("version", "publish", "license-file", *_METADATA)}
        if not values["version"] or values["publish"] in (False, []) or member.path in workspace.for_tests:
            continue
        present = {
            "license": values["license"] or values["license-file"],
            "readme": values["readme"] is not None or not member.beside.isdisjoint(_READMES),
        }
        missing = [f"`{key}`" for key in _METADATA if not present.get(key, values[key])]
        if missing:
            yield member, ("package",), {"name": member.name, "missing": enumerated(missing)}
