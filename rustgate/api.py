"""All that a check imports: the file that it is given, matches and facts, and helpers; names are loaded on first use.

A check of a page (`check = "package.module:function"`) takes the file and the captures of the page's query, and yields matches:

    from collections.abc import Iterator
    from rustgate.api import Captures, File, Match

    def shouted_modules(file: File, matches: list[Captures]) -> Iterator[Match]:
        for captures in matches:
            ...
            yield Match(node.start_byte, node.end_byte, {"name": name})
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rustgate.cargo.manifest import Dependency as Dependency, Manifest as Manifest
    from rustgate.cargo.toml_positions import Key as Key
    from rustgate.cargo.workspace import Fault as Fault, Workspace as Workspace
    from rustgate.model.file import Target as Target
    from rustgate.model.finding import Fact as Fact, Match as Match
    from rustgate.model.fingerprint import Fingerprints as Fingerprints
    from rustgate.model.rule import Context as Context
    from rustgate.project.context import File as File
    from rustgate.project.crate import Crate as Crate, CrateSet as CrateSet, Reduced as Reduced
    from rustgate.project.module_files import module_file as module_file
    from rustgate.syntax.attribute_targets import NextItems as NextItems
    from rustgate.syntax.attributes import Attribute as Attribute, LintLevel as LintLevel
    from rustgate.syntax.contexts import stands_in as stands_in
    from rustgate.syntax.grammar import LANGUAGE as LANGUAGE
    from rustgate.syntax.grammar_workarounds.masking import CONFLICT as CONFLICT
    from rustgate.syntax.node_helpers import (
        LEAVING as LEAVING,
        LITERALS as LITERALS,
        STRINGS as STRINGS,
        bytes_of as bytes_of,
        function_at as function_at,
        last_of as last_of,
        line_of as line_of,
        match_of as match_of,
        string_of as string_of,
        text_of as text_of,
    )
    from rustgate.syntax.outline import Outline as Outline
    from rustgate.syntax.outline_nodes import FunctionNode as FunctionNode, OutlineNode as OutlineNode
    from rustgate.syntax.parse import COMMENTS as COMMENTS, Captures as Captures, Scan as Scan, parse_rust as parse_rust

_NAMES = {
    "rustgate.cargo.manifest": ("Dependency", "Manifest"),
    "rustgate.cargo.toml_positions": ("Key",),
    "rustgate.cargo.workspace": ("Fault", "Workspace"),
    "rustgate.model.file": ("Target",),
    "rustgate.model.finding": ("Fact", "Match"),
    "rustgate.model.fingerprint": ("Fingerprints",),
    "rustgate.model.rule": ("Context",),
    "rustgate.project.context": ("File",),
    "rustgate.project.crate": ("Crate", "CrateSet", "Reduced"),
    "rustgate.project.module_files": ("module_file",),
    "rustgate.syntax.attribute_targets": ("NextItems",),
    "rustgate.syntax.attributes": ("Attribute", "LintLevel"),
    "rustgate.syntax.contexts": ("stands_in",),
    "rustgate.syntax.grammar": ("LANGUAGE",),
    "rustgate.syntax.grammar_workarounds.masking": ("CONFLICT",),
    "rustgate.syntax.node_helpers": (
        "LEAVING",
        "LITERALS",
        "STRINGS",
        "bytes_of",
        "function_at",
        "last_of",
        "line_of",
        "match_of",
        "string_of",
        "text_of",
    ),
    "rustgate.syntax.outline": ("Outline",),
    "rustgate.syntax.outline_nodes": ("FunctionNode", "OutlineNode"),
    "rustgate.syntax.parse": ("COMMENTS", "Captures", "Scan", "parse_rust"),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import `name` from where it is defined; start-up time is saved where a check does without."""
    if name not in _MODULES:
        raise AttributeError(f"rustgate.api has no name {name!r}")
    value: object = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value
