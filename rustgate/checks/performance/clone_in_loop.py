"""Checks of clones that a loop repeats without need."""

import re
from collections.abc import Iterator
from functools import cache, partial
from textwrap import shorten

from tree_sitter import Node

from rustgate.api import FIELDS, LITERALS, Captures, File, Match, OutlineNode, chain_start, format_string, line_of, match_of
from rustgate.checks.performance.loop_analysis import (
    has_more_than_literals,
    is_given_away,
    is_repeated,
    is_used_up,
    outermost_choice,
    runs_once_from,
)
from rustgate.checks.performance.loop_invariants import is_invariant

_LOOPS = frozenset({"for", "loop", "while"})
_RUNS_LATER = frozenset({"async", "closure", "const", "function"})
_ENDS_ARGUMENT = frozenset({",", ")", "]", "}"})
_ARGUMENT = re.compile(r"[\w.]+")
_VARIABLE = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_LONGEST = 60
"""Characters of a call in a message: enough to find it, and the message stays on one line."""


def clone_in_loop(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find clones and strings that are equal in every iteration."""
    once_from, is_mixed = cache(partial(runs_once_from, file)), cache(partial(has_more_than_literals, file))
    for captures in matches:
        clone, source = captures["finding"][0], captures["source"][0]
        loop = _loop(file, clone.start_byte)
        if loop is None or is_used_up(clone, file.scan.source) or clone.start_byte >= once_from(loop):
            continue
        names = _names_in_format(source) if "format" in captures else _name(file, source)
        choice = outermost_choice(clone) if names == [] else None
        if names is None or (choice and is_mixed(choice)) or (names == [] and is_given_away(file, choice or clone, loop)):
            continue
        if all(is_invariant(file, name, clone, loop) for name in names) and is_repeated(file, clone, loop):
            yield match_of(clone, call=shorten(line_of(clone, file.scan.source), _LONGEST, placeholder="..."))


def _loop(file: File, byte: int) -> OutlineNode | None:
    """Return the innermost loop that runs the code at a byte.

    None if a closure or async block is between, which runs later.
    """
    for outline_node in file.outline.ancestors(byte):
        if outline_node.kind in _LOOPS:
            return outline_node
        if outline_node.kind in _RUNS_LATER:
            return None
    return None


def _name(file: File, source: Node) -> list[str] | None:
    """Return the variables in a cloned expression.

    A literal has none, a path of fields has one. None for any other expression.
    """
    if source.type in LITERALS:
        return []
    root = chain_start(source, FIELDS)
    return [line_of(root, file.scan.source)] if root.type in {"identifier", "self"} else None


def _names_in_format(tokens: Node) -> list[str] | None:
    """Return the variables in a `format!`.

    None if an argument is more than a path of fields.
    """
    found = format_string(tokens)
    is_first = found and found.start == tokens.children[1].start_byte and tokens.children[2].type in _ENDS_ARGUMENT
    if found is None or not is_first or not found.text.startswith('"'):
        return None
    arguments = [argument for argument in found.arguments if argument]
    if not all(map(_ARGUMENT.fullmatch, arguments)):
        return None
    inline = [name for placeholder in found.placeholders() for name in placeholder.names]
    return [*inline, *(name for argument in arguments for name in _VARIABLE.findall(argument))]
