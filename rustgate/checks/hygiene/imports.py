"""Wildcards in `use` declarations."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from rustgate.api import Captures, File, Match, match_of

_WORD = re.compile(rb"(?:r#)?\w+")
_PRIVATE = re.compile(rb"pub\s*\(\s*(?:in\s+)?self\s*\)")


def wildcard_import(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Report wildcard imports that are no re-exports.

    Imports from a prelude or an enum are left out; the name of an enum begins with a capital letter.
    """
    source = file.scan.source
    for captures in matches:
        wildcard = captures["wildcard"][0]
        path, declaration = _path(wildcard, source)
        if declaration is None or _re_exports(declaration, source):
            continue
        if any(b"prelude" in name for name in path) or (path and path[-1][:1].isupper()):
            continue
        yield match_of(wildcard, path=b"::".join([*path, b"*"]).decode())


def _path(wildcard: Node, source: bytes) -> tuple[list[bytes], Node | None]:
    """Return a star's path and its `use` declaration.

    The path includes the prefixes of the lists that hold the star. The declaration is None if there is none.
    """
    path = _WORD.findall(source, wildcard.start_byte, wildcard.end_byte)
    node = wildcard.parent
    while node is not None and node.type != "use_declaration":
        prefix = node.child_by_field_name("path") if node.type == "scoped_use_list" else None
        if prefix is not None:
            path = _WORD.findall(source, prefix.start_byte, prefix.end_byte) + path
        node = node.parent
    return path, node


def _re_exports(declaration: Node, source: bytes) -> bool:
    """Return whether other modules see the imported names too.

    `pub(self)` means the same as no visibility at all.
    """
    first = declaration.child(0)
    return first.type == "visibility_modifier" and not _PRIVATE.fullmatch(source, first.start_byte, first.end_byte)
