"""Root files of Cargo's targets, and the folders that are theirs.

Source: the Cargo book, <https://doc.rust-lang.org/cargo/reference/cargo-targets.html#target-auto-discovery>.
"""

import posixpath
from collections.abc import Iterator

from rustgate.cargo.manifest import Manifest
from rustgate.model.file import Target

_KINDS = {"src/bin": ("bin", "bins"), "tests": ("test", "tests"), "benches": ("bench", "benches"), "examples": ("example", "examples")}
"""For each folder of targets, its table in the manifest, and the end of the key that turns discovery off."""


def is_target_root(manifest: Manifest, path: str) -> bool:
    """Return whether a file is the root of a target.

    `path` is relative to the package.
    """
    if path in manifest.named_files:
        return True
    if path == "build.rs":
        return manifest.package.get("build", True) is True
    if path == "src/lib.rs":
        return not isinstance(manifest.at("lib").get("path"), str)
    if path == "src/main.rs":
        return _is_discovered(manifest, "src/bin") or any(_names(manifest, "bin"))
    folder, name = _target_of(path)
    return folder in _KINDS and (_is_discovered(manifest, folder) or name in _names(manifest, _KINDS[folder][0]))


def is_in_target_folder(manifest: Manifest, path: str) -> bool:
    """Return whether a file is in the folder of a library or program.

    `path` is relative to the folder of the manifest. Of a folder that is the package's own, only files beside the root count.
    """
    if path.startswith("src/"):
        return True
    folders = {posixpath.dirname(root) for root, target in manifest.named_files.items() if target in {Target.LIBRARY, Target.BINARY}}
    return posixpath.dirname(path) in folders or any(path.startswith(f"{folder}/") for folder in folders if folder)


def _target_of(path: str) -> tuple[str, str]:
    """Return the folder of targets that a root is in, and its name.

    That is `folder/name.rs` or `folder/name/main.rs`.
    """
    folder, name = posixpath.split(path)
    if name == "main.rs":
        folder, name = posixpath.split(folder)
    return folder, name.removesuffix(".rs")


def _is_discovered(manifest: Manifest, folder: str) -> bool:
    """Return whether Cargo finds the targets of a folder by itself.

    In the edition of 2015 it does so only where the manifest names none of that kind.
    """
    table, key = _KINDS[folder]
    said = manifest.package.get(f"auto{key}")
    if isinstance(said, bool):
        return said
    return manifest.package.get("edition", "2015") != "2015" or not manifest.table.get(table)


def _names(manifest: Manifest, table: str) -> Iterator[str]:
    """Yield the names of targets without a path of their own."""
    entries = manifest.table.get(table)
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and "path" not in entry:
            yield str(entry.get("name"))
