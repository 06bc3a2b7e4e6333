"""Syntax errors, where the parser gave up or guessed."""

from collections.abc import Iterator

from tree_sitter import Node

from rustgate.api import CONFLICT, Captures, File, Match, Outline

_LONGEST_QUOTE = 40
"""Characters of the code that a message quotes, so that it fits on one line of a terminal."""
_COMPLETE = ("_item", "_declaration", "_comment", "_statement", "_definition", "_invocation")
"""How the node types of complete items, comments and statements end."""


def syntax_error(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Report outermost syntax errors, one for each line.

    These are ERROR and MISSING nodes. A merge conflict marker is reported as a whole.
    """
    reported_until, lines = 0, set()
    nodes = [captures["finding"][0] for captures in matches]
    for node in sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte)):
        if node.start_byte < reported_until:
            continue
        start = node.start_byte
        if node == file.scan.root:
            start = _first_unread(node)  # an error that holds the whole file must not hide those in it
        else:
            reported_until = node.end_byte
        line = file.outline.lines.number(start)
        if line not in lines:
            lines.add(line)
            conflict = CONFLICT.match(file.scan.source, start)
            end = conflict.end() if conflict else max(start, node.end_byte)
            yield Match(start, end, {"problem": _problem(node, start, end, file.outline)})


def _first_unread(root: Node) -> int:
    """Return the first byte that is no complete item.

    Comments are complete too. What never ends may begin there.
    """
    return next((child.start_byte for child in root.children if not child.type.endswith(_COMPLETE)), root.start_byte)


def _problem(node: Node, start: int, end: int, outline: Outline) -> str:
    """Return what was expected, or what cannot be parsed.

    The message begins with it.
    """
    if node.is_missing:
        name = node.type.replace("_", " ")
        return f"expected {'an' if name[0] in 'aeiou' else 'a'} {name} here" if node.is_named else f"expected `{name}` here"
    text = " ".join(outline.source[start : min(end, outline.lines.end(outline.lines.number(start)))].decode(errors="replace").split())
    return f"cannot parse `{text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE].rstrip() + '...'}`"
