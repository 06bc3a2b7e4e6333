"""Workspaces as they lie on disk: which a run touches, their members, and the files beside them that rules about manifests ask for."""

import fnmatch
import glob
import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from rustgate.cargo.manifest import Manifest, is_test_folder, workspace_of
from rustgate.cargo.workspace import ManifestFile, Workspace
from rustgate.filesystem.containment import leads_out
from rustgate.filesystem.reading import read_source
from rustgate.filesystem.toml import parse_toml
from rustgate.project.discovery import is_ignored
from rustgate.project.project import SourceFile, Tree

_CI_FILES = (
    ".github/workflows/*.yml",
    ".github/workflows/*.yaml",
    ".forgejo/workflows/*.y*ml",
    ".gitea/workflows/*.y*ml",
    ".gitlab-ci.yml",
    ".circleci/*.yml",
    ".travis.yml",
    ".cirrus.yml",
    ".drone.yml",
    ".woodpecker.y*ml",
    ".woodpecker/*.y*ml",
    ".buildkite/*.y*ml",
    ".builds/*.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "appveyor.yml",
    ".appveyor.yml",
    "Jenkinsfile",
)
_CALLED = {
    "make": ("Makefile", "makefile", "GNUmakefile", "Makefile.toml"),
    "just": ("justfile", "Justfile", ".justfile"),
    "pre-commit": (".pre-commit-config.yaml",),
    "task": ("Taskfile.yml", "Taskfile.yaml"),
    "nix": ("flake.nix",),
    "earthly": ("Earthfile",),
    "mise": ("mise.toml", ".mise.toml"),
    "xtask": ("xtask/src/*.rs", "*/xtask/src/*.rs"),
    "cargo": (".cargo/config.toml", ".cargo/config"),
}
"""What a word in a script or a CI file makes part of it."""
_WORD = re.compile(r"[\w./-]+")
_ACTION = ("", "/action.yml", "/action.yaml")
_MOST_FILES = 100
_LARGEST = 256 * 1024


def workspace_folders(tree: Tree, files: Iterable[SourceFile]) -> list[Path]:
    """The roots of the workspaces that files belong to, sorted; those that are only there for tests and fuzzing are left out."""
    packages = {package.folder: package for file in files if (package := tree.package_of(file.absolute))}
    roots = {workspace_of(package, tree.manifest, tree.root) for package in packages.values()}
    return sorted(root for root in roots if not _is_for_tests(tree, root))


def read_workspace(tree: Tree, folder: Path) -> Workspace | None:
    """The workspace whose root is in `folder`, with what lies around it; None when its Cargo.toml cannot be used."""
    root = tree.manifest(folder)
    if root is None or root.problem:
        return None
    members = tuple(_file(tree, member, root.folder) for member in _members(tree, root))
    above = [above for above in (folder, *folder.parents) if above.is_relative_to(tree.root)]
    has_program = any(member.has_program for member in members)
    return Workspace(
        root=next((member for member in members if member.path == _path(tree, root)), None) or _file(tree, root, root.folder),
        members=members,
        around=frozenset(name for one in above for inside in ("", ".cargo") for name in _names(one, inside)),
        cargo_profiles=_profiles(folder / ".cargo" / "config.toml", tree.root),
        ci=_ci(above),
        nested=any(tree.manifest(one) for one in above[1:]),
        lock_ignored=has_program and is_ignored(folder / "Cargo.lock", tree.root),
    )


def _is_for_tests(tree: Tree, folder: Path) -> bool:
    """Whether a package is a fuzz target, or lies where the package or workspace above it keeps its tests."""
    manifest = tree.manifest(folder)
    if manifest and ManifestFile("", "", manifest.table).at("package", "metadata").get("cargo-fuzz"):
        return True
    above = tree.nearest(folder.parent) if folder != tree.root else None
    return above is not None and is_test_folder(folder.relative_to(above.folder).as_posix())


def _members(tree: Tree, root: Manifest) -> list[Manifest]:
    """The packages of a workspace, as Cargo finds them: the root's own, those that `members` names, and their path dependencies."""
    found = {root.folder: root} if root.is_package else {}
    pending = [*_named_members(root, tree.root), *_path_dependencies(root)] if root.is_workspace else []
    while pending:
        folder = pending.pop()
        usable = folder not in found and folder.is_relative_to(tree.root) and not leads_out(folder, tree.root)
        manifest = tree.manifest(folder) if usable else None
        if manifest and not manifest.problem and manifest.is_package and not (manifest.is_workspace or _is_excluded(root, folder)):
            found[folder] = manifest
            pending += [below for below in _path_dependencies(manifest) if below.is_relative_to(root.folder)]
    return [found[folder] for folder in sorted(found)]


def _named_members(root: Manifest, bound: Path) -> Iterator[Path]:
    members = map(str, root.table["workspace"].get("members", []))
    for member in (member for member in members if "\0" not in member):
        plain, pattern = _split_pattern(member)
        top = Path(os.path.normpath(root.folder / plain))
        if not leads_out(top, bound):
            yield from _matching(top, pattern)


def _split_pattern(pattern: str) -> tuple[str, tuple[str, ...]]:
    """The folders that a pattern begins with, and the parts from the first that is a pattern itself."""
    parts = PurePosixPath(posixpath.normpath(pattern)).parts
    first = next((index for index, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    return posixpath.join("", *parts[:first]), parts[first:]


def _matching(top: Path, pattern: tuple[str, ...]) -> Iterator[Path]:
    """The folders below `top` that a pattern means; `**` stands for any number of them. Neither links nor `..` are followed.

    Each folder is looked at once for each part of the pattern: `**/**/**` in a deep tree, or a link to a folder above, take no longer.
    """
    seen: set[tuple[str, tuple[str, ...]]] = set()
    pending = [(str(top), pattern)]
    while pending:
        folder, rest = pending.pop()
        if not rest:
            yield Path(folder)
        if not rest or (folder, rest) in seen:
            continue
        seen.add((folder, rest))
        if rest[0] == "**":
            pending += [(folder, rest[1:]), *((inner, rest) for inner in _folders_in(folder, "*"))]
        else:
            pending += [(inner, rest[1:]) for inner in _folders_in(folder, rest[0])]


def _folders_in(folder: str, pattern: str) -> list[str]:
    """The folders in a folder whose names match a pattern; none if it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            inner = {entry.name: entry.path for entry in entries if entry.is_dir(follow_symlinks=False)}
    except OSError:
        return []
    return [inner[name] for name in fnmatch.filter(inner, pattern) if pattern[:1] == "." or name[:1] != "."]


def _path_dependencies(manifest: Manifest) -> Iterator[Path]:
    file = ManifestFile("", "", manifest.table)
    stated = [*file.dependencies, *file.listed("workspace", "dependencies")]
    paths = (dependency.table.get("path") for dependency in stated)
    return (Path(os.path.normpath(manifest.folder / path)) for path in paths if isinstance(path, str))


def _is_excluded(root: Manifest, folder: Path) -> bool:
    return folder.is_relative_to(root.folder) and root.excludes(folder)


def _file(tree: Tree, manifest: Manifest, root: Path) -> ManifestFile:
    """A manifest with what lies beside it; what lies among the examples or tests of the workspace in `root` is no program to speak of."""
    for_tests = manifest.folder != root and is_test_folder(os.path.relpath(manifest.folder, root).replace(os.sep, "/"))
    return ManifestFile(
        path=_path(tree, manifest),
        text=manifest.text,
        table=manifest.table,
        beside=frozenset(_names(manifest.folder)),
        has_program=manifest.has_program and not for_tests,
    )


def _path(tree: Tree, manifest: Manifest) -> str:
    return os.path.relpath(manifest.path, tree.root).replace(os.sep, "/")


def _names(folder: Path, inside: str = "") -> list[str]:
    """The names of what lies in a folder, or in one inside it, then with its name before them; none if it cannot be listed."""
    try:
        return [posixpath.join(inside, name) for name in os.listdir(folder / inside)]
    except OSError:
        return []


def _text(file: Path, root: Path) -> str:
    """The text of a file; empty when there is none in `root`, or none worth reading."""
    source = "" if leads_out(file, root) else read_source(str(file), _LARGEST)
    return "" if isinstance(source, str) else source.decode(errors="replace")


def _profiles(file: Path, root: Path) -> dict[str, dict[str, Any]]:
    """The build profiles in a configuration of Cargo; none when it is not TOML, which Cargo itself will say."""
    try:
        profiles = parse_toml(_text(file, root)).get("profile", {})
    except ValueError:
        return {}
    return {name: table for name, table in profiles.items() if isinstance(table, dict)} if isinstance(profiles, dict) else {}


def _ci(folders: list[Path]) -> dict[str, str]:
    """The CI files in `folders` and the scripts that these name, and so on; each with its text."""
    texts: dict[str, str] = {}
    pending = [file for folder in folders for pattern in _CI_FILES for file in _expanded(folder, pattern)]
    while pending and len(texts) < _MOST_FILES:
        file = pending.pop()
        if str(file) not in texts:
            texts[str(file)] = _text(file, folders[-1])
            pending += _called(texts[str(file)], folders)
    return {path: text for path, text in texts.items() if text}


def _called(text: str, folders: list[Path]) -> Iterator[Path]:
    """The files in `folders` that a script or a CI file names, or that hold the targets of a tool which it calls."""
    words = {*_WORD.findall(text)}
    for word in sorted(words):
        patterns = _CALLED.get(word, tuple(word.removeprefix("./") + ending for ending in _ACTION) if "/" in word or "." in word else ())
        for folder in folders:
            yield from (file for pattern in patterns for file in _expanded(folder, pattern))


def _expanded(folder: Path, pattern: str) -> list[Path]:
    """The files in `folder` that a pattern means."""
    if pattern.startswith(("/", "..")):
        return []
    if glob.has_magic(pattern):
        return [folder / name for name in sorted(glob.glob(pattern, root_dir=folder, recursive=True, include_hidden=True))]
    return [folder / pattern] if os.path.isfile(folder / pattern) else []
