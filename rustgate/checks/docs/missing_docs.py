"""Which public items of a library have no documentation at all, and which have some without an example or a section that they need."""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import Captures, Crate, Fact, File, FunctionNode, Match, Outline, OutlineNode, Reduced, text_of
from rustgate.checks.docs.doc_comments import SAFETY, documentation, has_section, is_documented, is_documented_inside, shows_code
from rustgate.checks.docs.visibility import Gathered, ItemPath, hidden_items, is_hidden, is_visible, item_path, member_path, shown
from rustgate.checks.panics.calls import expect_calls

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
_ERRORS = frozenset({"Errors"})
_PANICS = frozenset({"Panics"})
_RESULT = re.compile(r"(?:(?:::)?(?:\w+::)*)(\w*Result)\s*(?:<.*)?", re.DOTALL)
_FUTURE = re.compile(r"impl\b.*\bFuture\s*<\s*Output\s*=\s*(?:\w+::)*(\w*Result)\b.*", re.DOTALL)
_STD_ALIASES = frozenset({"LockResult", "TryLockResult"})


class Undocumented(Struct, frozen=True):
    """A file that does not open with documentation of its own."""


class ResultAlias(Struct, frozen=True):
    """A type alias for a `Result`."""

    name: str


# missing-docs


def gather_missing_docs(file: File, matches: list[Captures]) -> Gathered:
    """Hits for the names of undocumented items that can be public, each with its path; and what the reduce must know of the file."""
    outline = file.outline
    yield from hidden_items(outline)
    if not is_documented_inside(outline.source, 0):
        yield Match(0, 0), Undocumented()
    for captures in matches:
        item, name = captures["item"][0], captures["finding"][0]
        if item.type not in _KINDS or is_documented(outline, item.start_byte) or _documents_itself(item, outline.source):
            continue
        path = _public_path(outline, item, name)
        if path and not is_hidden(outline, item.start_byte):
            elsewhere = item.type == "mod_item" and item.child_by_field_name("body") is None
            values: dict[str, object] = {"kind": _KINDS[item.type], "name": path.name, "elsewhere": elsewhere}
            yield Match(name.start_byte, name.end_byte, values), path


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
        yield Match(0, file.outline.lines.end(1)), None


def missing_crate_docs(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """The file that the crate begins in."""
    return ((fact, {"name": crate.name}) for fact in facts if crate.root and fact.finding.path in crate.roots)


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
            yield Match(name.start_byte, name.end_byte, {"kind": _KINDS[item.type], "name": path.name}), path


def missing_examples(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """The items that users of the crate can name."""
    return ((fact, {}) for fact in shown(crate, facts))


# missing-safety-doc


def gather_missing_safety_docs(file: File, matches: list[Captures]) -> Iterator[tuple[Match, ItemPath | None]]:
    """Hits for the names of the unsafe public functions and traits whose docs have no section on safety, each with its path."""
    outline = file.outline
    for captures in matches:
        item, name = captures["item"][0], captures["finding"][0]
        path = item_path(outline, item.start_byte)
        if path is None or is_hidden(outline, item.start_byte) or has_section(documentation(outline, item.start_byte), SAFETY):
            continue
        kind, whom = ("trait", "implementors") if item.type == "trait_item" else ("fn", "callers")
        yield Match(name.start_byte, name.end_byte, {"kind": kind, "name": path.name, "whom": whom}), path


def missing_safety_docs(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """Those that users of the crate can name; an unsafe trait binds those who implement it in the crate as well."""
    return ((fact, {}) for fact in facts if fact.values["kind"] == "trait" or is_visible(crate, fact))


# missing-errors-doc


def gather_missing_errors_docs(file: File, matches: list[Captures]) -> Gathered:
    """Hits for the names of functions that return a `Result` without a section on errors, with their paths; and for aliases of `Result`."""
    outline = file.outline
    yield from hidden_items(outline)
    for captures in matches:
        if "alias" in captures:
            alias = captures["alias"][0]
            yield Match(alias.start_byte, alias.end_byte), ResultAlias(text_of(alias, outline.source))
            continue
        item, name = captures["item"][0], captures["finding"][0]
        returned = _returned_result(item, text_of(captures["type"][0], outline.source))
        path = item_path(outline, item.start_byte) if returned else None
        if path is None or is_hidden(outline, item.start_byte) or has_section(documentation(outline, item.start_byte), _ERRORS):
            continue
        yield Match(name.start_byte, name.end_byte, {"name": path.name, "type": returned}), path


def missing_errors_docs(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """Those that users of the crate can call, and that return what is a `Result` by its own name or by an alias of the crate."""
    aliases = {fact.data.name for fact in facts if isinstance(fact.data, ResultAlias)} | _STD_ALIASES | {"Result"}
    return ((fact, {}) for fact in shown(crate, facts) if fact.values["type"] in aliases)


def _returned_result(item: Node, text: str) -> str | None:
    """The last name of a return type that ends in `Result`, also of the future that a function's last expression makes with `async`."""
    found = _RESULT.fullmatch(text)
    if found:
        return found[1]
    future = _FUTURE.fullmatch(text)
    body = item.child_by_field_name("body")
    last = body.named_children[-1] if future and body and body.named_children else None
    if last and last.type == "expression_statement" and last.child_count == 1:
        last = last.child(0)
    return future[1] if future and last and last.type == "async_block" else None


# missing-panics-doc


def gather_missing_panics_docs(file: File, matches: list[Captures]) -> Gathered:
    """Hits for the names of functions that can panic and have no section on panics, each with its path; one for each function."""
    outline = file.outline
    yield from hidden_items(outline)
    seen: set[int] = set()
    for start, what in sorted(_panics(file, matches)):
        function = _function(outline.ancestors(start))
        if function is None or function.start in seen:
            continue
        seen.add(function.start)
        path = item_path(outline, function.start)
        if path is None or is_hidden(outline, function.start) or has_section(documentation(outline, function.start), _PANICS):
            continue
        values: dict[str, object] = {"name": path.name, "what": what, "line": outline.lines.number(start)}
        yield Match(function.head_start, function.head_end, values), path


def missing_panics_docs(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """Those that users of the crate can call."""
    return ((fact, {}) for fact in shown(crate, facts))


def _panics(file: File, matches: list[Captures]) -> Iterator[tuple[int, str]]:
    """Where something panics, and its name."""
    calls = [captures for captures in matches if "method" in captures]
    for captures in matches:
        if "macro" in captures:
            yield captures["finding"][0].start_byte, f"{text_of(captures['macro'][0], file.scan.source)}!"
    for hit in expect_calls(file, calls):
        yield hit.start, str(hit.values["method"])


def _function(outline_nodes: Iterable[OutlineNode]) -> FunctionNode | None:
    """The function that code in `frames` runs in; None for what the compiler computes, and for a method that a trait provides."""
    for outline_node in outline_nodes:
        if outline_node.kind == "const":
            return None
        if isinstance(outline_node, FunctionNode):
            return None if outline_node.parent and outline_node.parent.kind == "trait" else outline_node
    return None
