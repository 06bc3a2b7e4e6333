"""Crates without unsafe code that do not forbid it."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from rustgate.api import Captures, Crate, Fact, File, Match, Reduced, module_file

_UNSAFE_ATTRIBUTES = frozenset({"no_mangle", "export_name", "link_section"})
"""Attributes that `unsafe_code` forbids too."""


class SafeFile(Struct, frozen=True):
    """The unsafe code of a file.

    It tells whether the file has some, whether it forbids it, and whether it begins a program.
    """

    unsafe: bool
    forbids: bool
    program: bool


def gather_unsafe_use(file: File, matches: list[Captures]) -> Iterator[tuple[Match, SafeFile]]:
    """Gather whether files use or forbid unsafe code."""
    attributes = file.outline.attributes
    unsafe = bool(matches) or any(attribute.name in _UNSAFE_ATTRIBUTES for attribute in attributes)
    forbids = any(attribute.inner and "forbid" in attribute.text and "unsafe_code" in attribute.text for attribute in attributes)
    yield Match(0, 0), SafeFile(unsafe, forbids, file.outline.is_program)


def unsafe_in_safe_crate(crate: Crate, facts: Sequence[Fact[SafeFile]]) -> Reduced:
    """Report safe crates that do not forbid unsafe code.

    The finding is at each root of the crate. All files of the crate must have been read.
    """
    if not facts or any(fact.data.unsafe for fact in facts) or not _is_whole(crate, facts) or _manifest_forbids(crate):
        return
    roots = set(crate.roots)
    for fact in facts:
        if fact.finding.path in roots and not fact.data.forbids and (crate.root or fact.data.program):
            yield fact, {}


def _is_whole(crate: Crate, facts: Sequence[Fact[SafeFile]]) -> bool:
    """Return whether every file of a crate was read.

    There is a fact for each file that its modules name.
    """
    seen = {fact.finding.path for fact in facts}
    named = (module_file(path, module, crate.files) for path in seen for module in crate.files[path].modules if not module.inline)
    return seen >= crate.files.keys() and all(file in seen for file in named)


def _manifest_forbids(crate: Crate) -> bool:
    """Return whether the manifest forbids unsafe code.

    `[lints.rust]` of the package does, or that of the workspace if the package inherits it.
    """
    lints = crate.manifest.table.get("lints", {}) if crate.manifest else {}
    if isinstance(lints, dict) and lints.get("workspace") is True and crate.workspace:
        workspace = crate.workspace.table.get("workspace", {})
        lints = workspace.get("lints", {}) if isinstance(workspace, dict) else {}
    rust = lints.get("rust", {}) if isinstance(lints, dict) else {}
    level = rust.get("unsafe_code") if isinstance(rust, dict) else None
    return (level.get("level") if isinstance(level, dict) else level) == "forbid"
