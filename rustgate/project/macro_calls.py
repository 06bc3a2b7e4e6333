"""Macros of a file: what their patterns spell out, and calls among its items."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from rustgate.model.file import MacroCall, MacroDefinition
from rustgate.syntax.outline import Outline
from rustgate.syntax.outline_nodes import OutlineNode
from rustgate.syntax.parse import Scan

_KEYWORD = re.compile(rb"\b(?:const|enum|fn|macro_rules|mod|static|struct|trait|type|union)\b")
_DOCUMENTATION = re.compile(rb"///(?!/)|/\*\*(?![*/])|#\s*\[\s*(?:cfg_attr\b[^\]]*?\b)?doc\b")
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
        if pattern:
            yield from (word.decode() for word in _KEYWORD.findall(source, pattern.start_byte, pattern.end_byte))


def macro_calls(scan: Scan, outline: Outline) -> tuple[MacroCall, ...]:
    """Return the calls outside tests that may write items which users can name."""
    found: list[MacroCall] = []
    for macro in scan.events["macro"]:
        holder = next(outline.ancestors(macro.start_byte), None)
        if holder is None or (holder.kind in _HOLDERS and "trait" not in holder.words):
            if not outline.is_test(macro.start_byte):
                found.append(_call(macro, holder, outline))
    return tuple(dict.fromkeys(found))


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
    )
