"""Public items without documentation or without an example."""

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from rustgate.api import (
    Captures,
    Crate,
    Fact,
    File,
    ItemPath,
    Match,
    Outline,
    Reduced,
    exported_macro_path,
    is_hidden,
    match_of,
    member_path,
    text_of,
    visible_sites,
)
from rustgate.checks.docs.doc_comments import is_documented, is_documented_inside, shows_code, takes_documentation
from rustgate.checks.docs.visibility import (
    DocFact,
    Gathered,
    UndocumentedFile,
    hidden_items,
    nameable,
    of_kind,
)

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


# missing-docs


def gather_missing_docs(file: File, matches: list[Captures]) -> Gathered:
    """Gather undocumented items that may be public.

    The reduce also needs the hidden items, and the files without documentation of their own.
    """
    outline = file.outline
    yield from hidden_items(outline)
    if not is_documented_inside(outline.source, 0):
        yield Match(0, 0), UndocumentedFile()
    for captures in matches:
        item, name = captures["item"][0], captures["finding"][0]
        if item.type not in _KINDS or is_documented(outline, item.start_byte) or _documents_itself(item, outline.source):
            continue
        if path := _public_path(outline, item, name):
            elsewhere = item.type == "mod_item" and item.child_by_field_name("body") is None
            takes = bool(path.macro) and takes_documentation(outline, item.start_byte)
            yield match_of(name, kind=_KINDS[item.type], name=path.name, elsewhere=elsewhere, takes=takes), path


def missing_docs(crate: Crate, facts: Sequence[Fact[DocFact]]) -> Reduced:
    """Report undocumented items that users can name.

    A module in a file of its own may be documented there, and what a macro writes by the calls of the macro.
    """
    undocumented = {fact.finding.path for fact in of_kind(facts, UndocumentedFile)}
    files: dict[tuple[str, ...], list[str]] = {}
    for path, module in crate.tree.paths.items():
        files.setdefault(module, []).append(path)
    for fact in nameable(crate, facts):
        if fact.values["elsewhere"]:
            of_module = [file for module in _modules_of(crate, fact) for file in files.get(module, ())]
            if not of_module or not undocumented.issuperset(of_module):
                continue
        if fact.values["takes"] and all(site.documents for site in visible_sites(crate, fact.data)):
            continue
        yield fact, {}


def _modules_of(crate: Crate, fact: Fact[ItemPath]) -> Iterator[tuple[str, ...]]:
    """Yield the paths of a declared module: one, or one for each call of the macro that declares it."""
    path = fact.data
    outer = [site.module for site in visible_sites(crate, path)] if path.macro else [crate.tree.paths.get(fact.finding.path, ())]
    return ((*module, *path.modules, path.name) for module in outer)


def _public_path(outline: Outline, item: Node, name: Node) -> ItemPath | None:
    """Return the path of an item that may be public.

    None if it cannot be, or is hidden. An exported macro is public wherever it is defined.
    """
    if is_hidden(outline, item.start_byte):
        return None
    if item.type != "macro_definition":
        return member_path(outline, item, text_of(name, outline.source))
    exported = any("macro_export" in attribute.text for attribute in outline.attributes_of(item.start_byte))
    return exported_macro_path(outline, item.start_byte, text_of(name, outline.source)) if exported else None


def _documents_itself(item: Node, source: bytes) -> bool:
    """Return whether a function or module is documented inside."""
    if item.type not in {"function_item", "mod_item"}:
        return False
    body = item.child_by_field_name("body")
    return body is not None and is_documented_inside(source, body.start_byte + 1)


# missing-crate-docs


def gather_crate_docs(file: File, _matches: list[Captures]) -> Iterator[tuple[Match, None]]:
    """Gather files that do not open with documentation.

    The match is the first line.
    """
    if not is_documented_inside(file.scan.source, 0):
        yield Match(0, file.outline.lines.end(1), anchored=False), None


def missing_crate_docs(crate: Crate, facts: Sequence[Fact[None]]) -> Reduced:
    """Report a crate whose root file has no documentation."""
    return ((fact, {"name": crate.name}) for fact in facts if crate.root and fact.finding.path in crate.roots)


# missing-example


def gather_missing_examples(file: File, matches: list[Captures]) -> Gathered:
    """Gather public items whose documentation shows no code."""
    outline = file.outline
    yield from hidden_items(outline)
    for captures in matches:
        item, name = captures["item"][0], captures["finding"][0]
        if not is_documented(outline, item.start_byte) or shows_code(outline, item.start_byte):
            continue
        if path := _public_path(outline, item, name):
            yield match_of(name, kind=_KINDS[item.type], name=path.name), path.as_written()
