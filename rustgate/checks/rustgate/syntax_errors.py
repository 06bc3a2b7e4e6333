"""What the parser could not read: the places of a file where it gave up or put in what was missing."""

from collections.abc import Iterator

from tree_sitter import Node

from rustgate.api import CONFLICT, Captures, File, Match, Outline

_LONGEST = 40
_WHOLE = ("_item", "_declaration", "_comment", "_statement", "_definition", "_invocation")


def syntax_error(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Hits for the outermost of the ERROR and MISSING nodes at each place, one for each line; the problem completes "the parser ..."."""
    reported, lines = 0, set()
    nodes = [captures["finding"][0] for captures in matches]
    for node in sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte)):
        if node.start_byte < reported:
            continue
        start = node.start_byte
        if node == file.scan.root:
            start = _first_unread(node)  # the whole file hangs from this error: it hides no other
        else:
            reported = node.end_byte
        line = file.outline.lines.number(start)
        if line not in lines:
            lines.add(line)
            conflict = CONFLICT.match(file.scan.source, start)
            end = conflict.end() if conflict else max(start, node.end_byte)
            yield Match(start, end, {"problem": _problem(node, start, end, file.outline)})


def _first_unread(root: Node) -> int:
    """The first byte of what is no whole item or comment: there begins what, perhaps, never ends."""
    return next((child.start_byte for child in root.children if not child.type.endswith(_WHOLE)), root.start_byte)


def _problem(node: Node, start: int, end: int, outline: Outline) -> str:
    if node.is_missing:
        name = node.type.replace("_", " ")
        return f"expected {'an' if name[0] in 'aeiou' else 'a'} {name} here" if node.is_named else f"expected `{name}` here"
    text = " ".join(outline.source[start : min(end, outline.lines.end(outline.lines.number(start)))].decode(errors="replace").split())
    return f"cannot parse `{text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + '...'}`"
