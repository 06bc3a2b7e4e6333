"""Checks of TLS verification that is turned off."""

from collections.abc import Iterator

from tree_sitter import Node

from rustgate.api import Captures, File, Match, ancestors, line_of, match_of, method_of

_FUNCTIONS = frozenset({"function_item", "source_file"})
_DECIDES = frozenset({"then", "then_some", "when"})


def verification_off(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find switches that turn verification off, whatever the settings."""
    for captures in matches:
        switch = captures["finding"][0]
        if "yes" in captures or not _is_decided(file, switch):
            yield match_of(switch, switch=line_of(switch, file.scan.source))


def _is_decided(file: File, switch: Node) -> bool:
    """Return whether an `if` or `match` around a switch decides.

    A closure for `.then(..)` is decided as well.
    """
    node = switch
    for parent in ancestors(switch):
        if parent.type in _FUNCTIONS:
            return False
        if parent.type == "if_expression" and node != parent.child_by_field_name("condition"):
            return True
        if parent.type == "match_arm":
            return True
        if parent.type == "arguments" and parent.parent and node.type == "closure_expression":
            method = method_of(parent.parent)
            if method and line_of(method, file.scan.source) in _DECIDES:
                return True
        node = parent
    return False
