"""Read a Cargo.toml and the layout beside it."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from rustgate.cargo.manifest import Manifest
from rustgate.filesystem.containment import is_link_out
from rustgate.filesystem.overlay import DISK, Overlay
from rustgate.filesystem.reading import require_regular
from rustgate.filesystem.toml import LARGEST, read_toml

_MODULE = re.compile(rb"^[ \t]*(?:#\[[^\]\n]*\][ \t]*)*(?:pub(?:[ \t]*\([^()\n]*\))?[ \t]+)?mod[ \t]+(?:r#)?(\w+)[ \t]*;", re.MULTILINE)
_UNREADABLE: Mapping[str, Any] = {"package": {}}


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
    """Types of the keys that rustgate reads."""

    package: _PackageTable | None = None
    workspace: _WorkspaceTable | None = None
    lib: _TargetTable | None = None
    bin: list[_TargetTable] = []
    test: list[_TargetTable] = []
    bench: list[_TargetTable] = []
    example: list[_TargetTable] = []


def read_manifest(folder: Path, root: Path, overlay: Overlay = DISK) -> Manifest:
    """Read the Cargo.toml in `folder`.

    Its path is made relative to `root`; `overlay` is the version of the files. Raises nothing: a file that cannot be used is a manifest
    with a `problem`.
    """
    file = folder / "Cargo.toml"
    text, table, problem = _contents(file, overlay)
    path = os.path.relpath(file, root).replace(os.sep, "/")
    manifest = Manifest(folder, path, text, table, problem, frozenset(overlay.names_in(folder)), frozenset(_layout(folder, overlay)))
    if not (manifest.has_library and "src/main.rs" in manifest.layout):
        return manifest
    source, library = folder / "src", manifest.library_root
    of_library = _declared_modules(library, overlay) if library.parent == source else frozenset()
    return msgspec.structs.replace(manifest, program_modules=_declared_modules(source / "main.rs", overlay) - of_library)


def _contents(file: Path, overlay: Overlay) -> tuple[str, Mapping[str, Any], str | None]:
    """Return text, table and problem of a Cargo.toml."""
    source = overlay.source(file)
    if source is None and is_link_out(file):
        return "", _UNREADABLE, "is a symlink that leads out of the repository; replace it with the file itself"
    try:
        if source is None:
            require_regular(file)
        text, table = read_toml(file, source)
    except OSError as error:
        return "", _UNREADABLE, f"cannot be read: {error.strerror}"
    except ValueError as error:
        return "", _UNREADABLE, f"is not TOML: {error}"
    try:
        msgspec.convert(table, _ManifestTable)
    except msgspec.ValidationError as error:
        return text, table, f"is not a valid manifest: {error}"
    return text, table, None


def _layout(folder: Path, overlay: Overlay) -> Iterator[str]:
    """Yield the existing parts of Cargo's layout."""
    yield from (name for name in ("src/lib.rs", "src/main.rs") if overlay.is_file(folder / name))
    programs = folder / "src" / "bin"
    if overlay.is_folder(programs) and not (is_link_out(programs) or is_link_out(programs.parent)):
        names = [name for name in overlay.names_in(programs) if not name.startswith(".")]
        if any(name.endswith(".rs") or overlay.is_file(programs / name / "main.rs") for name in names):
            yield "src/bin"
    if overlay.is_folder(folder / "tests"):
        yield "tests"


def _declared_modules(root: Path, overlay: Overlay) -> frozenset[str]:
    """Find the `mod name;` declarations of a crate root.

    Only its lines are looked at, so a declaration in a comment of several lines counts, too.
    """
    source = overlay.source(root) or b""
    if not source and overlay.is_file(root) and not is_link_out(root):
        with suppress(OSError), root.open("rb") as stream:  # an error is reported where the file itself is checked
            source = stream.read(LARGEST)
    return frozenset(name.decode() for name in _MODULE.findall(source))
