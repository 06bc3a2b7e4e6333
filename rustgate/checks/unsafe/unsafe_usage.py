"""What says `unsafe` for nothing: SAFETY comments on safe code, and crates that could promise to have no unsafe code at all."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import COMMENTS, Captures, Crate, Fact, File, Match, NextItems, Outline, Reduced, module_file
from rustgate.checks.unsafe.safety_comments import FORMATTING, SafetyComments, macro_name

_OPAQUE = frozenset({"block", "const_block"})
_DECLARATIONS = frozenset({"use_declaration", "extern_crate_declaration", "macro_definition"})
_PASSED_OVER = frozenset({"macro_invocation", "empty_statement"})
_VALUES = frozenset({"const_item", "static_item"})
_EXPOSES = frozenset({"no_mangle", "export_name", "link_section"})


def unnecessary_safety_comment(file: File, _matches: list[Captures]) -> Iterator[Match]:
    """Hits for the statements and items that a SAFETY comment stands above and that need none; the region is the first line."""
    outline = file.outline
    lowered = outline.source.lower()  # a tenth of what it takes to look in either case
    comments, following = SafetyComments(file), NextItems()
    found = (outline.comment_at(says.start()) for says in re.finditer(b"safety:", lowered))
    for start, _ in sorted({comment for comment in found if comment}):
        target = _commented(file, start, following)
        if target and comments.above(target.start_byte) == start and not _needs_comment(target, outline):
            yield Match(target.start_byte, target.end_byte, _described(target))


def _commented(file: File, start: int, following: NextItems) -> Node | None:
    """The statement or item below the comment that begins at a byte, in the same block or module; None where the comment is elsewhere."""
    outline = file.outline
    node = file.scan.root.descendant_for_byte_range(start, start + 1)
    node = node if node is None or node.type in COMMENTS else node.parent
    holder = node.parent if node else None
    line = outline.lines.number(start)
    if node is None or holder is None or not _holds_targets(holder) or (holder.parent and outline.lines.number(holder.start_byte) == line):
        return None
    target = following.of(node)
    while target and outline.lines.number(target.start_byte) == line:
        target = target.next_named_sibling and following.of(target.next_named_sibling)
    return target


def _holds_targets(holder: Node) -> bool:
    """Whether what a node holds are statements or items; the members of a trait or an `impl` are neither."""
    if holder.type == "declaration_list":
        return holder.parent is not None and holder.parent.type == "mod_item"
    return holder.type in {"block", "source_file"}


def _needs_comment(target: Node, outline: Outline) -> bool:
    """Whether something in a statement or item wants a SAFETY comment above it, or clippy does not ask.

    What stands in an unsafe block is covered by that: the comment first in it is its own.
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
    if value.type in _PASSED_OVER:
        return True
    expression = value.child_by_field_name("value") if value.type == "let_declaration" else value
    return expression is None or _holds_unsafe(expression)


def _is_item(node: Node) -> bool:
    return node.type.endswith("_item") or node.type in _DECLARATIONS


def _in_unsafe_block(outline: Outline, byte: int) -> bool:
    outline_nodes = (outline_node.kind for outline_node in outline.ancestors(byte) if outline_node.start < byte)
    return next((kind == "unsafe" for kind in outline_nodes if kind in {"unsafe", "function"}), False)


def _holds_unsafe(value: Node) -> bool:
    """Whether an expression has an unsafe block outside the blocks in it, whose statements have comments of their own."""
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


def _described(target: Node) -> dict[str, object]:
    """What a statement or item is, and why the comment has no place above it."""
    why = "no unsafe block of its own; remove or move the comment"
    if not _is_item(target):
        return {"what": "statement" if target.type in {"let_declaration", "expression_statement"} else "expression", "why": why}
    kind = target.type.removesuffix("_item").removesuffix("_declaration").partition("_")[0]
    words = [child for node in target.children[:3] for child in (node, *node.children)]
    if any(word.type == "unsafe" for word in words):
        return {"what": f"unsafe {kind}", "why": "needs a `# Safety` section in its docs instead"}
    return {"what": kind, "why": why}


class SafeFile(Struct, frozen=True):
    """What a file says of the unsafe code in its crate: whether it has any, forbids it, and begins a program."""

    unsafe: bool
    forbids: bool
    program: bool


def gather_unsafe_use(file: File, matches: list[Captures]) -> Iterator[tuple[Match, SafeFile]]:
    """One hit for every file, on its first byte."""
    outline = file.outline
    exposes = any(attribute.name in _EXPOSES for attribute in outline.attributes)
    yield (
        Match(0, 0),
        SafeFile(bool(matches) or exposes, any(map(_forbids, (a.text for a in outline.attributes if a.inner))), outline.is_program),
    )


def _forbids(attribute: str) -> bool:
    return "forbid" in attribute and "unsafe_code" in attribute


def unsafe_in_safe_crate(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """The roots of a crate that has no unsafe code and does not forbid it, if all its files have been looked at."""
    if not facts or any(fact.data.unsafe for fact in facts) or not _is_whole(crate, facts) or _manifest_forbids(crate):
        return
    roots = set(crate.roots)
    for fact in facts:
        if fact.finding.path in roots and not fact.data.forbids and (crate.root or fact.data.program):
            yield fact, {}


def _is_whole(crate: Crate, facts: Sequence[Fact]) -> bool:
    """Whether there is a fact for every file that the crate's modules name."""
    seen = {fact.finding.path for fact in facts}
    named = (module_file(path, module, crate.files) for path in seen for module in crate.files[path].modules if not module.inline)
    return seen >= crate.files.keys() and all(file in seen for file in named)


def _manifest_forbids(crate: Crate) -> bool:
    """Whether the package's `[lints.rust]`, or that of its workspace, forbids unsafe code."""
    lints = crate.manifest.table.get("lints", {}) if crate.manifest else {}
    if isinstance(lints, dict) and lints.get("workspace") is True and crate.workspace:
        workspace = crate.workspace.table.get("workspace", {})
        lints = workspace.get("lints", {}) if isinstance(workspace, dict) else {}
    rust = lints.get("rust", {}) if isinstance(lints, dict) else {}
    level = rust.get("unsafe_code") if isinstance(rust, dict) else None
    return (level.get("level") if isinstance(level, dict) else level) == "forbid"
