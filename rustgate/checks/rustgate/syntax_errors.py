"""Syntax errors, where the parser gave up or guessed."""

from collections.abc import Iterator

from msgspec.structs import replace
from tree_sitter import Node

from rustgate.api import CONFLICT, Captures, File, Match, Outline

_LISTED = 3
"""Errors of a file that are findings of their own."""
_MOST_UNREAD = 10
"""A file is severely unread if more than one byte in this many was not read."""

_LONGEST_QUOTE = 40
"""Characters of the code that a message quotes, so that it fits on one line of a terminal."""
_COMPLETE = ("_item", "_declaration", "_comment", "_statement", "_definition", "_invocation")
"""How the node types of complete items, comments and statements end."""


def syntax_error(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Report three syntax errors and the number of others.

    All are severe where more than a tenth of the file was not read.
    """
    nodes = sorted((captures["finding"][0] for captures in matches), key=lambda node: (node.start_byte, -node.end_byte))
    errors = list(_one_for_each_line(file, nodes))
    if len(errors) > _LISTED + 1:
        problem = f"{len(errors) - _LISTED} more places cannot be parsed, the first of them here"
        errors = [*errors[:_LISTED], replace(errors[_LISTED], values={"problem": problem})]
    severe = _unread_bytes(nodes) * _MOST_UNREAD > len(file.scan.source)
    yield from (replace(error, severe=severe) for error in errors)


def _unread_bytes(nodes: list[Node]) -> int:
    """Return the bytes within errors, of nodes in order.

    Of an error that holds the whole file, complete items were read.
    """
    unread, end = 0, 0
    for node in nodes:
        parts = [child for child in node.children if not child.type.endswith(_COMPLETE)] if node.parent is None else [node]
        for part in parts:
            unread += max(0, part.end_byte - max(part.start_byte, end))
            end = max(end, part.end_byte)
    return unread


def _one_for_each_line(file: File, nodes: list[Node]) -> Iterator[Match]:
    """Yield the outermost errors, ERROR and MISSING nodes, one for each line.

    A merge conflict marker is reported as a whole.
    """
    reported_until, lines = 0, set()
    for node in nodes:
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
