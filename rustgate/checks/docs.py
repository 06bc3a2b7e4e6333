"""Which public items of a library have no documentation at all, and which have some without an example."""

from collections.abc import Sequence

from msgspec import Struct
from tree_sitter import Node

from rustgate.checks.documentation import is_documented, is_documented_inside, shows_code
from rustgate.checks.visibility import Gathered, ItemPath, hidden_items, is_hidden, member_path, shown
from rustgate.crates import Crate, Reduced
from rustgate.model import Fact, Hit
from rustgate.outline import Outline
from rustgate.plan import File
from rustgate.scan import Captures

_KINDS = {
    "associated_type": "associated type",
    "const_item": "constant",
    "enum_item": "enum",
    "enum_variant": "variant",
    "field_declaration": "field",
    "function_item": "function",
    "function_signature_item": "function",
    "macro_definition": "macro",
    "mod_item": "module",
    "static_item": "static",
    "struct_item": "struct",
    "trait_item": "trait",
    "type_item": "type alias",
    "union_item": "union",
}


class Undocumented(Struct, frozen=True):
    """A file that does not open with documentation of its own."""


# missing-docs


def gather_missing_docs(file: File, matches: list[Captures]) -> Gathered:
    """Hits for the names of undocumented items that can be public, each with its path; and what the reduce must know of the file."""
    outline = file.outline
    yield from hidden_items(outline)
    if not is_documented_inside(outline.source, 0):
        yield Hit(0, 0), Undocumented()
    for captures in matches:
        item, name = captures["item"][0], captures["finding"][0]
        if item.type not in _KINDS or is_documented(outline, item.start_byte) or _documents_itself(item, outline.source):
            continue
        path = _public_path(outline, item, name)
        if path and not is_hidden(outline, item.start_byte):
            elsewhere = item.type == "mod_item" and item.child_by_field_name("body") is None
            values: dict[str, object] = {"kind": _KINDS[item.type], "name": path.name, "elsewhere": elsewhere}
            yield Hit(name.start_byte, name.end_byte, values), path


def missing_docs(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """Those that users of the crate can name; a module in a file of its own may be documented there."""
    silent = {fact.finding.path for fact in facts if isinstance(fact.data, Undocumented)}
    files: dict[tuple[str, ...], list[str]] = {}
    for path, module in crate.tree.paths.items():
        files.setdefault(module, []).append(path)
    for fact in shown(crate, facts):
        if fact.values["elsewhere"]:
            own = files.get((*crate.tree.paths.get(fact.finding.path, ()), *fact.data.modules, fact.data.name), [])
            if not own or not silent.issuperset(own):
                continue
        yield fact, {}


def _public_path(outline: Outline, item: Node, name: Node) -> ItemPath | None:
    """The path of an item that its own words make public; an exported macro is public wherever it stands."""
    text = outline.source[name.start_byte : name.end_byte].decode()
    if item.type == "macro_definition":
        exported = any("macro_export" in attribute.text for attribute in outline.attributes_of(item.start_byte))
        return ItemPath((), text, None) if exported else None
    return member_path(outline, item, text)


def _documents_itself(item: Node, source: bytes) -> bool:
    """Whether documentation stands inside an item with a body."""
    if item.type not in {"function_item", "mod_item"}:
        return False
    body = item.child_by_field_name("body")
    return body is not None and is_documented_inside(source, body.start_byte + 1)


# missing-crate-docs


def gather_crate_docs(file: File, _matches: list[Captures]) -> Gathered:
    """A hit for the first line of a file that does not open with documentation."""
    if not is_documented_inside(file.scan.source, 0):
        yield Hit(0, file.outline.lines.end(1)), None


def missing_crate_docs(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """The file that the crate begins in."""
    return ((fact, {"name": crate.name}) for fact in facts if fact.finding.path == crate.root)


# missing-example


def gather_missing_examples(file: File, matches: list[Captures]) -> Gathered:
    """Hits for the names of public functions and types whose documentation shows no code."""
    outline = file.outline
    yield from hidden_items(outline)
    for captures in matches:
        item, name = captures["item"][0], captures["finding"][0]
        if not is_documented(outline, item.start_byte) or shows_code(outline, item.start_byte):
            continue
        path = _public_path(outline, item, name)
        if path and not is_hidden(outline, item.start_byte):
            yield Hit(name.start_byte, name.end_byte, {"kind": _KINDS[item.type], "name": path.name}), path


def missing_examples(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """The items that users of the crate can name."""
    return ((fact, {}) for fact in shown(crate, facts))
