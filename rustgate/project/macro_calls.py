"""Macros of a file: what their patterns spell out, and calls among its items."""

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from rustgate.model.file import MacroCall, MacroDefinition
from rustgate.syntax.outline import Outline
from rustgate.syntax.outline_nodes import OutlineNode
from rustgate.syntax.parse import Scan

_KEYWORD = re.compile(rb"\b(?:const|enum|fn|macro_rules|mod|static|struct|trait|type|union)\b")
_DOCUMENTATION = re.compile(rb"///(?!/)|/\*\*(?![*/])|#\s*\[\s*(?:cfg_attr\b[^\]]*?\b)?doc\b")
_PUBLIC = re.compile(rb"\bpub\b(?!\s*\()")
_TOKENS = re.compile(rb"\$\(\s*\$\w+\s*:\s*tt\s*\)")
_DEEPEST = 8
"""Levels of groups and repetitions in a pattern that are looked into."""
_HOLDERS = frozenset({"mod", "macro-rules", "impl", "trait"})


def macro_definitions(scan: Scan) -> tuple[MacroDefinition, ...]:
    """Return the macros that a file defines by `macro_rules!`."""
    return tuple(
        MacroDefinition(scan.source[name.start_byte : name.end_byte].decode(), frozenset(_keywords(definition, scan.source)))
        for definition in scan.events["macro-rules"]
        if (name := definition.child_by_field_name("name"))
    )


def _keywords(definition: Node, source: bytes) -> Iterator[str]:
    for arm in definition.named_children:
        pattern = arm.child_by_field_name("left") if arm.type == "macro_rule" else None
        yield from _keywords_of(pattern, source, _DEEPEST) if pattern else ()


def _keywords_of(pattern: Node, source: bytes, depth: int) -> Iterator[str]:
    """Yield the keywords of a pattern, without those whose item is taken as mere tokens."""
    children = pattern.children
    texts = [source[child.start_byte : child.end_byte] for child in children]
    if not any(_TOKENS.match(text) for text in texts):
        yield from (text.decode() for text in texts if _KEYWORD.fullmatch(text))
    for child in children if depth else ():
        yield from _keywords_of(child, source, depth - 1)


def macro_calls(scan: Scan, outline: Outline) -> tuple[MacroCall, ...]:
    """Return the calls outside tests that may write items which users can name."""
    found: list[MacroCall] = []
    for macro in scan.events["macro"]:
        holder = next(outline.ancestors(macro.start_byte), None)
        writes_items = holder is None or (holder.kind in _HOLDERS and "trait" not in holder.words)
        if writes_items and not outline.is_test(macro.start_byte):
            found.append(_call(macro, holder, outline))
    found += (call for definition in scan.events["macro-rules"] for call in _calls_in_arms(definition, scan.source))
    return tuple(dict.fromkeys(found))


def _calls_in_arms(definition: Node, source: bytes) -> Iterator[MacroCall]:
    """Yield the calls right in the arms of a macro: most arms with nothing else are not parsed as code."""
    name = definition.child_by_field_name("name")
    bodies = [arm.child_by_field_name("right") for arm in definition.named_children if arm.type == "macro_rule"]
    for body in filter(None, bodies if name else ()):
        groups = [body, *(child for child in body.children if child.type == "token_repetition")]
        for called, mark, arguments in (three for group in groups for three in _in_threes(group.children)):
            if called.type == "identifier" and mark.type == "!" and arguments.type == "token_tree":
                yield MacroCall(
                    (),
                    source[called.start_byte : called.end_byte].decode(),
                    macro=name.text.decode() if name and name.text else "",
                    documents=_DOCUMENTATION.search(source, arguments.start_byte, arguments.end_byte) is not None,
                    public=_PUBLIC.search(source, arguments.start_byte, arguments.end_byte) is not None,
                )


def _in_threes(nodes: Sequence[Node]) -> Iterator[tuple[Node, Node, Node]]:
    return zip(nodes, nodes[1:], nodes[2:], strict=False)


def _call(macro: Node, holder: OutlineNode | None, outline: Outline) -> MacroCall:
    source, start = outline.source, macro.start_byte
    path = macro.child_by_field_name("macro")
    owner = outline.names.resolve(holder.name, start) if holder and holder.kind in {"impl", "trait"} else None
    return MacroCall(
        parents=outline.modules_around(start),
        name=source[path.start_byte : path.end_byte].decode().rpartition("::")[2] if path else "",
        owner=owner,
        macro=outline.macro_around(start),
        documents=_DOCUMENTATION.search(source, start, macro.end_byte) is not None,
        public=_PUBLIC.search(source, start, macro.end_byte) is not None,
    )
