"""SAFETY comments on code that needs none."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from rustgate.api import COMMENTS, Captures, File, Match, NextItems, Outline, match_of
from rustgate.checks.unsafe.safety_comments import FORMATTING, SafetyComments, macro_name

_OPAQUE = frozenset({"block", "const_block"})
_DECLARATIONS = frozenset({"use_declaration", "extern_crate_declaration", "macro_definition"})
_NOT_CHECKED = frozenset({"macro_invocation", "empty_statement"})
_VALUES = frozenset({"const_item", "static_item"})


def unnecessary_safety_comment(file: File, _matches: list[Captures]) -> Iterator[Match]:
    """Report SAFETY comments on safe statements and items.

    The finding is at the statement or item.
    """
    outline = file.outline
    lowered = outline.source.lower()  # a tenth of the time of a search in either case
    comments, next_items = SafetyComments(file), NextItems()
    found = (outline.comment_at(word.start()) for word in re.finditer(b"safety:", lowered))
    for start, _ in sorted({comment for comment in found if comment}):
        target = _commented(file, start, next_items)
        if target and comments.above(target.start_byte) == start and not _needs_comment(target, outline):
            yield match_of(target, **_description(target))


def _commented(file: File, start: int, next_items: NextItems) -> Node | None:
    """Return the statement or item below a comment.

    Both are in the same block or module. None where the comment is anywhere else.
    """
    outline = file.outline
    node = file.scan.code_at(start)
    node = node if node is None or node.type in COMMENTS else node.parent
    holder = node.parent if node else None
    line = outline.lines.number(start)
    if (
        node is None
        or holder is None
        or holder.has_error
        or not _holds_targets(holder)
        or (holder.parent and outline.lines.number(holder.start_byte) == line)
    ):
        return None
    target = next_items.of(node)
    while target and outline.lines.number(target.start_byte) == line:
        target = target.next_named_sibling and next_items.of(target.next_named_sibling)
    return target


def _holds_targets(holder: Node) -> bool:
    """Return whether a node holds statements or items.

    The members of a trait or an `impl` are neither.
    """
    if holder.type == "declaration_list":
        return holder.parent is not None and holder.parent.type == "mod_item"
    return holder.type in {"block", "source_file"}


def _needs_comment(target: Node, outline: Outline) -> bool:
    """Return whether a SAFETY comment may be needed.

    It may if something in the target is unsafe, or if clippy does not check the target. In an unsafe block everything may need one, because
    the first comment in the block is the block's.
    """
    if _in_unsafe_block(outline, target.start_byte):
        return True
    if target.type == "impl_item":
        return target.child_by_field_name("trait") is None or target.children[0].type == "unsafe"
    if target.type in _VALUES:
        value = target.child_by_field_name("value")
        return value is not None and value.type == "unsafe_block"
    if _is_item(target):
        return False
    value = target.named_children[0] if target.type == "expression_statement" else target
    if value.type in _NOT_CHECKED:
        return True
    expression = value.child_by_field_name("value") if value.type == "let_declaration" else value
    return expression is None or _holds_unsafe(expression)


def _is_item(node: Node) -> bool:
    """Return whether a node is an item."""
    return node.type.endswith("_item") or node.type in _DECLARATIONS


def _in_unsafe_block(outline: Outline, byte: int) -> bool:
    """Return whether an unsafe block of the function holds code."""
    kinds = (outer.kind for outer in outline.ancestors(byte) if outer.start < byte)
    return next((kind == "unsafe" for kind in kinds if kind in {"unsafe", "function"}), False)


def _holds_unsafe(value: Node) -> bool:
    """Return whether an expression has an unsafe block.

    Other blocks in it do not count: their statements have comments of their own.
    """
    pending = [value]
    while pending:
        node = pending.pop()
        if node.type == "unsafe_block":
            return True
        if node.type == "macro_invocation":
            if macro_name(node) not in FORMATTING and b"unsafe" in (node.text or b""):
                return True
        elif node.type not in _OPAQUE:
            length = node.child_by_field_name("length") if node.type == "array_expression" else None
            pending += [child for child in node.named_children if child != length]
    return False


def _description(target: Node) -> dict[str, object]:
    """Return the words for a target in the message.

    They say what it is, and why no comment belongs above it.
    """
    why = "no unsafe block of its own; remove or move the comment"
    if not _is_item(target):
        return {"what": "statement" if target.type in {"let_declaration", "expression_statement"} else "expression", "why": why}
    kind = target.type.removesuffix("_item").removesuffix("_declaration").partition("_")[0]
    words = [child for node in target.children[:3] for child in (node, *node.children)]
    if any(word.type == "unsafe" for word in words):
        return {"what": f"unsafe {kind}", "why": "needs a `# Safety` section in its docs instead"}
    return {"what": kind, "why": why}
