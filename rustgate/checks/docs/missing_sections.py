"""Documentation without a needed section on safety, errors or panics."""

import re
from collections.abc import Iterable, Iterator, Sequence

from tree_sitter import Node

from rustgate.api import (
    Captures,
    Crate,
    Fact,
    File,
    FunctionNode,
    Match,
    Outline,
    OutlineNode,
    Reduced,
    Severity,
    Target,
    match_of,
    text_of,
)
from rustgate.checks.docs.doc_comments import SAFETY, documentation, has_section, is_documented
from rustgate.checks.docs.result_types import ResultAlias, ResultAliases, may_be_result
from rustgate.checks.docs.visibility import (
    DocFact,
    Gathered,
    ItemPath,
    hidden_items,
    is_hidden,
    is_visible,
    nameable,
    of_kind,
    public_path,
)
from rustgate.checks.panics.calls import expect_calls

_ABOVE = 2_000
_SAFETY_ABOVE = re.compile(rb"(?i)(?://|/?\*)[^\n]*safety:[^\n]*(?:\n[ \t]*(?://|\*|#\[)[^\n]*)*\s*$")
"""A SAFETY comment right above, in the bytes before a function."""
_ERRORS = frozenset({"Errors"})
_PANICS = frozenset({"Panics"})
_FUTURE = re.compile(r"impl\b.*\bFuture\s*<\s*Output\s*=\s*(\w+(?:::\w+)*).*", re.DOTALL)


def _path_without_section(outline: Outline, start: int, titles: frozenset[str]) -> ItemPath | None:
    """Return the path of an item without a section.

    None if the item is not public, or if its documentation has a section with one of `titles`.
    """
    path = public_path(outline, start)
    return None if path is None or has_section(documentation(outline, start), titles) else path


# missing-safety-doc


def gather_missing_safety_docs(file: File, matches: list[Captures]) -> Iterator[tuple[Match, ItemPath | None]]:
    """Gather public unsafe functions and traits without safety section.

    With the option `private`, also private functions that say nothing; their data is None.
    """
    private = file.options["private"]
    for captures in matches:
        item, name = captures["item"][0], captures["finding"][0]
        in_library = file.context.target is Target.LIBRARY
        if in_library and (path := _path_without_section(file.outline, item.start_byte, SAFETY)):
            kind, whom = ("trait", "implementors") if item.type == "trait_item" else ("fn", "callers")
            yield match_of(name, kind=kind, name=path.name, whom=whom), path
        if private != "off" and item.type == "function_item" and _says_nothing(file, item):
            found = Match(
                name.start_byte,
                name.end_byte,
                {"kind": "fn", "name": text_of(name, file.scan.source), "whom": "callers"},
                severity=None if private == "same" else Severity.NOTE,
            )
            yield found, None


def _says_nothing(file: File, item: Node) -> bool:
    """Return whether an unsafe function has no docs and no SAFETY comment.

    Functions in the `impl` of a trait, in the body of another function, and hidden ones are left out.
    """
    outline, start = file.outline, item.start_byte
    functions = [node for node in outline.ancestors(start) if isinstance(node, FunctionNode)]
    holder = functions[0].parent if functions else None
    if len(functions) > 1 or (holder and "trait" in holder.words) or is_hidden(outline, start) or is_documented(outline, start):
        return False
    beginning = outline.beginning(start)
    above = file.scan.source[max(0, beginning - _ABOVE) : start]
    return _SAFETY_ABOVE.search(above) is None


def missing_safety_docs(crate: Crate, facts: Sequence[Fact[ItemPath | None]]) -> Reduced:
    """Report unsafe functions that users can name, and traits.

    An unsafe trait binds those who implement it in the crate as well.
    """
    public = [fact for fact in of_kind(facts, ItemPath) if fact.values["kind"] == "trait" or is_visible(crate, fact)]
    yield from ((fact, {}) for fact in public)
    known = {(fact.finding.path, fact.finding.line, fact.finding.column) for fact in public}
    for fact in facts:
        if fact.data is None and (fact.finding.path, fact.finding.line, fact.finding.column) not in known:
            yield fact, {}


# missing-errors-doc


def gather_missing_errors_docs(file: File, matches: list[Captures]) -> Gathered:
    """Gather functions that may return a `Result` without documented errors.

    The reduce also needs the hidden items and the aliases that may stand for a `Result`.
    """
    outline = file.outline
    yield from hidden_items(outline)
    matches = [captures for captures in matches if "alias" not in captures or not _is_associated(captures["alias"][0])]
    aliases = frozenset(text_of(captures["alias"][0], outline.source) for captures in matches if "alias" in captures)
    for captures in matches:
        written = text_of(captures["type"][0], outline.source)
        if "alias" in captures:
            alias = captures["alias"][0]
            if target := may_be_result(outline, written, alias.start_byte, aliases):
                yield match_of(alias), ResultAlias(outline.modules_around(alias.start_byte), text_of(alias, outline.source), target)
            continue
        item, name = captures["item"][0], captures["finding"][0]
        returned = may_be_result(outline, _of_future(item, written) or written, item.start_byte, aliases)
        if returned and (path := _path_without_section(outline, item.start_byte, _ERRORS)):
            yield match_of(name, name=path.name, type=returned), path


def missing_errors_docs(crate: Crate, facts: Sequence[Fact[DocFact]]) -> Reduced:
    """Report functions that users can call and that fail.

    Their return type is a `Result`, directly or through aliases.
    """
    aliases = ResultAliases(crate, of_kind(facts, ResultAlias))
    return (
        (fact, {}) for fact in nameable(crate, facts) if aliases.is_result(fact.finding.path, fact.data.modules, str(fact.values["type"]))
    )


def _is_associated(alias: Node) -> bool:
    """Return whether a type alias is the associated type of an `impl`."""
    holder = alias.parent and alias.parent.parent and alias.parent.parent.parent
    return holder is not None and holder.type == "impl_item"


def _of_future(item: Node, text: str) -> str | None:
    """Return the type that a returned future gives.

    The function's last expression must be the `async` block that makes it.
    """
    future = _FUTURE.fullmatch(text)
    body = item.child_by_field_name("body")
    last = body.named_children[-1] if future and body and body.named_children else None
    if last and last.type == "expression_statement" and last.child_count == 1:
        last = last.child(0)
    return future[1] if future and last and last.type == "async_block" else None


# missing-panics-doc


def gather_missing_panics_docs(file: File, matches: list[Captures]) -> Gathered:
    """Gather functions that can panic without documented panics.

    Each function comes once, with its first panic: the first without a lint attribute of its own that allows it, if there is one. The
    reduce also needs the hidden items.
    """
    outline = file.outline
    yield from hidden_items(outline)
    found: dict[int, tuple[FunctionNode, int, str, bool]] = {}
    for start, what in sorted(_panics(file, matches)):
        function = _function(outline.ancestors(start))
        if (
            function
            and outline.is_test(start) == outline.is_test(function.start)
            and (function.start not in found or found[function.start][3])
        ):
            allowed = _is_allowed(outline, function, start)
            if function.start not in found or not allowed:
                found[function.start] = function, start, what, allowed
    for function, start, what, allowed in found.values():
        if path := _path_without_section(outline, function.start, _PANICS):
            values: dict[str, object] = {"name": path.name, "what": what, "line": outline.lines.number(start)}
            yield Match(function.head_start, function.head_end, values, last=start if allowed else None), path


def _is_allowed(outline: Outline, function: FunctionNode, byte: int) -> bool:
    """Return whether an attribute within a function allows its panic."""
    levels = [
        level
        for attribute, level in outline.lint_levels
        if "clippy::missing_panics_doc" in level.lints
        and function.body_start < attribute.start
        and attribute.target_start <= byte < attribute.target_end
        and not level.only_in_tests
    ]
    return bool(levels) and levels[-1].silences


def _panics(file: File, matches: list[Captures]) -> Iterator[tuple[int, str]]:
    """Yield the first byte and name of each panic."""
    calls = [captures for captures in matches if "method" in captures]
    for captures in matches:
        if "macro" in captures:
            yield captures["finding"][0].start_byte, f"{text_of(captures['macro'][0], file.scan.source)}!"
    for call in expect_calls(file, calls):
        yield call.start, str(call.values["method"])


def _function(outline_nodes: Iterable[OutlineNode]) -> FunctionNode | None:
    """Return the function that outline nodes are in.

    The nodes come innermost first. None for what the compiler computes, and for a method that a trait provides.
    """
    for outline_node in outline_nodes:
        if outline_node.kind == "const":
            return None
        if isinstance(outline_node, FunctionNode):
            return None if outline_node.parent and outline_node.parent.kind == "trait" else outline_node
    return None
