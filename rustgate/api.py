"""Names that checks and packs import, loaded on first use.

A check of one file is a function that a page names with `check = "package.module:function"`. It is given the file and the captures of
the page's query, each a list of nodes by name, and yields a match for every finding:

    from collections.abc import Iterator
    from rustgate.api import Captures, File, Match, match_of, text_of

    def shouted_modules(file: File, matches: list[Captures]) -> Iterator[Match]:
        for captures in matches:
            node = captures["name"][0]
            name = text_of(node, file.scan.source)
            if name.isupper():
                yield match_of(node, name=name, quiet=name.lower())

`File` has `scan` (the parsed file: `source` in bytes and the `root` node), `outline` (its lines, functions, attributes, comments, names
from `use` declarations, and what surrounds a byte), `context` (Cargo target, test code or not, Rust version) and `options`
(those of the rule, with the page's defaults).

A `Match` needs the bytes that it spans and a value for each `{placeholder}` of the page's message. `match_of` spans a node;
`Match(start, end, values)` spans any bytes.

A rule with `scope = "crate"` or `scope = "workspace"` has two functions. `gather` is given each file and yields matches, each with plain
data that pickle can carry. `check` is given all of them as facts; it yields those that are findings, with more values for the message:

    def gather_modules(file: File, matches: list[Captures]) -> Iterator[tuple[Match, str]]:
        for captures in matches:
            name = text_of(captures["name"][0], file.scan.source)
            yield match_of(captures["name"][0], name=name), name

    def repeated_modules(crate: Crate, facts: Sequence[Fact[str]]) -> Reduced:
        counts = Counter(fact.data for fact in facts)
        return ((fact, {"times": counts[fact.data]}) for fact in facts if counts[fact.data] > 1)

With `scope = "workspace"`, `check` is given a `CrateSet`, which holds all crates. With `reads = "manifest"` there is no query and no
`gather`: `check` is given a `Workspace` of manifests and yields a `Fault` for every finding.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rustgate.cargo.manifest import Dependency as Dependency, Manifest as Manifest
    from rustgate.cargo.toml_positions import Key as Key
    from rustgate.cargo.workspace import Fault as Fault, Workspace as Workspace
    from rustgate.model.file import Target as Target
    from rustgate.model.finding import Fact as Fact, Match as Match, Severity as Severity
    from rustgate.model.fingerprint import Fingerprints as Fingerprints
    from rustgate.model.rule import Enclosure as Enclosure
    from rustgate.model.snippet import shorten as shorten
    from rustgate.project.context import File as File
    from rustgate.project.crate import Crate as Crate, CrateSet as CrateSet, Reduced as Reduced
    from rustgate.project.module_files import module_file as module_file
    from rustgate.syntax.attribute_targets import NextItems as NextItems
    from rustgate.syntax.attributes import Attribute as Attribute, LintLevel as LintLevel
    from rustgate.syntax.enclosures import stands_in as stands_in
    from rustgate.syntax.format_strings import FormatString as FormatString, format_string as format_string
    from rustgate.syntax.grammar import LANGUAGE as LANGUAGE
    from rustgate.syntax.grammar_workarounds.masking import CONFLICT as CONFLICT
    from rustgate.syntax.local_bindings import (
        Bindings as Bindings,
        declaration_of as declaration_of,
        is_mutable as is_mutable,
        last_let_path as last_let_path,
        let_words as let_words,
        mutable_names as mutable_names,
        names_in as names_in,
        uses_of as uses_of,
        words_in as words_in,
    )
    from rustgate.syntax.method_chains import FIELDS as FIELDS, chain_start as chain_start, method_of as method_of
    from rustgate.syntax.name_resolution import std_path as std_path
    from rustgate.syntax.node_helpers import (
        FARTHEST as FARTHEST,
        LEAVING as LEAVING,
        LITERALS as LITERALS,
        STRINGS as STRINGS,
        ancestors as ancestors,
        bytes_of as bytes_of,
        children_of as children_of,
        function_at as function_at,
        last_of as last_of,
        line_of as line_of,
        match_of as match_of,
        nearest as nearest,
        string_of as string_of,
        text_of as text_of,
        tree_text as tree_text,
    )
    from rustgate.syntax.outline import Outline as Outline
    from rustgate.syntax.outline_nodes import FunctionNode as FunctionNode, OutlineNode as OutlineNode
    from rustgate.syntax.parse import COMMENTS as COMMENTS, Captures as Captures, Scan as Scan, parse_rust as parse_rust

_NAMES = {
    "rustgate.cargo.manifest": ("Dependency", "Manifest"),
    "rustgate.cargo.toml_positions": ("Key",),
    "rustgate.cargo.workspace": ("Fault", "Workspace"),
    "rustgate.model.file": ("Target",),
    "rustgate.model.finding": ("Fact", "Match", "Severity"),
    "rustgate.model.fingerprint": ("Fingerprints",),
    "rustgate.model.rule": ("Enclosure",),
    "rustgate.project.context": ("File",),
    "rustgate.project.crate": ("Crate", "CrateSet", "Reduced"),
    "rustgate.project.module_files": ("module_file",),
    "rustgate.syntax.attribute_targets": ("NextItems",),
    "rustgate.syntax.attributes": ("Attribute", "LintLevel"),
    "rustgate.syntax.enclosures": ("stands_in",),
    "rustgate.syntax.format_strings": ("FormatString", "format_string"),
    "rustgate.syntax.grammar": ("LANGUAGE",),
    "rustgate.syntax.grammar_workarounds.masking": ("CONFLICT",),
    "rustgate.syntax.local_bindings": (
        "Bindings", "declaration_of", "is_mutable", "last_let_path", "let_words", "mutable_names", "names_in", "uses_of", "words_in",
    ),
    "rustgate.syntax.method_chains": ("FIELDS", "chain_start", "method_of"),
    "rustgate.syntax.name_resolution": ("std_path",),
    "rustgate.syntax.node_helpers": (
        "FARTHEST", "LEAVING", "LITERALS", "STRINGS", "ancestors", "bytes_of", "children_of", "function_at", "last_of", "line_of",
        "match_of", "nearest", "string_of", "text_of", "tree_text",
    ),
    "rustgate.syntax.outline": ("Outline",),
    "rustgate.syntax.outline_nodes": ("FunctionNode", "OutlineNode"),
    "rustgate.syntax.parse": ("COMMENTS", "Captures", "Scan", "parse_rust"),
    "rustgate.model.snippet": ("shorten",),
}  # fmt: skip
_MODULES = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a name on first use.

    Checks that do without it start sooner.
    """
    if name not in _MODULES:
        raise AttributeError(f"rustgate.api has no name {name!r}")
    value: object = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value
