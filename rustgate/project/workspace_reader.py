"""Read workspaces from disk."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import structs

from rustgate.cargo.manifest import Manifest, workspace_of
from rustgate.cargo.workspace import Workspace
from rustgate.filesystem.containment import leads_out
from rustgate.filesystem.toml import parse_toml
from rustgate.project.ci_files import ci_texts, text_below
from rustgate.project.discovery import is_ignored
from rustgate.project.member_patterns import matching_folders
from rustgate.project.project import SourceFile, Tree


def workspace_folders(tree: Tree, files: Iterable[SourceFile]) -> list[Path]:
    """List the root folders of workspaces, sorted.

    These are the workspaces that files belong to. Those that are only there for tests and fuzzing are left out.
    """
    packages = {package.folder: package for file in files if (package := tree.package_of(file.absolute))}
    roots = {workspace_of(package, tree.manifest, tree.root) for package in packages.values()}
    return sorted(root for root in roots if not ((manifest := tree.manifest(root)) and tree.test_kind(manifest)))


def read_workspace(tree: Tree, folder: Path) -> Workspace | None:
    """Read the workspace whose root is `folder`.

    None if its Cargo.toml cannot be used.
    """
    root = tree.manifest(folder)
    if root is None or root.problem:
        return None
    above = [above for above in (folder, *folder.parents) if above.is_relative_to(tree.root)]
    members = tuple(_members(tree, root))
    names_in = tree.overlay.names_in
    workspace = Workspace(
        root=root,
        members=members,
        for_tests=frozenset(member.path for member in members if tree.test_kind(member)),
        around=frozenset(name for one in above for name in (*names_in(one), *(f".cargo/{inner}" for inner in names_in(one / ".cargo")))),
        cargo_profiles=_profiles(folder / ".cargo" / "config.toml", tree.root),
        ci=ci_texts(above),
        nested=any(tree.manifest(one) for one in above[1:]),
    )
    lock_ignored = bool(workspace.programs) and is_ignored(folder / "Cargo.lock", tree.root)  # asks git, so only if there is a program
    return structs.replace(workspace, lock_ignored=lock_ignored)


def _members(tree: Tree, root: Manifest) -> list[Manifest]:
    """List the packages of a workspace as Cargo does.

    These are the root's own, those that `members` names, and their path dependencies.
    """
    found = {root.folder: root} if root.is_package else {}
    named = map(str, root.at("workspace").get("members", []))
    pending = [*matching_folders(root.folder, named, tree.root), *_path_dependencies(root)] if root.is_workspace else []
    while pending:
        folder = pending.pop()
        usable = folder not in found and folder.is_relative_to(tree.root) and not leads_out(folder, tree.root)
        manifest = tree.manifest(folder) if usable else None
        if manifest and not manifest.problem and manifest.is_package and not (manifest.is_workspace or root.excludes(folder)):
            found[folder] = manifest
            pending += [below for below in _path_dependencies(manifest) if below.is_relative_to(root.folder)]
    return [found[folder] for folder in sorted(found)]


def _path_dependencies(manifest: Manifest) -> Iterator[Path]:
    stated = [*manifest.dependencies, *manifest.listed("workspace", "dependencies")]
    paths = (dependency.table.get("path") for dependency in stated)
    return (Path(os.path.normpath(manifest.folder / path)) for path in paths if isinstance(path, str))


def _profiles(file: Path, root: Path) -> dict[str, dict[str, Any]]:
    """Read the build profiles in a configuration of Cargo.

    None when it is not TOML, which Cargo itself will report.
    """
    try:
        profiles = parse_toml(text_below(file, root)).get("profile", {})
    except ValueError:
        return {}
    return {name: table for name, table in profiles.items() if isinstance(table, dict)} if isinstance(profiles, dict) else {}
