"""Checks of SQL statements with values inserted as text."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import TypeAlias

from tree_sitter import Node

from rustgate.api import Bindings, Captures, File, FormatString, Match, format_string, function_at, match_of, string_of, tree_text
from rustgate.checks.security.taint import Taint

_Variable: TypeAlias = tuple[str, int | None]
"""A name, and the first byte of the function that it belongs to."""

# a statement is in one case, unlike prose ("Select a file from ..."); one that is not in capitals must have more of SQL in it
_VERB = re.compile(r"[A-Z]{4,}|[Ss]elect|[Ii]nsert|[Uu]pdate|[Dd]elete")
_CAPITALS = re.compile(
    r"""(?:SELECT\b.*\bFROM|INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE\b.*\bSET|DELETE\s+FROM|MERGE\s+INTO|WITH\b.*\bAS\s*\(
        |(?:CREATE|DROP|ALTER|TRUNCATE)\s+(?:\w+\s+)?(?:TABLE|INDEX|VIEW|DATABASE|SCHEMA|USER|ROLE)|VACUUM\s+INTO|ATTACH\s+DATABASE)\b""",
    re.DOTALL | re.VERBOSE,
)
_SMALL = re.compile(
    r"""(?:select\b.*?\bfrom|insert\s+into|delete\s+from|Select\b.*?\bFrom|Insert\s+Into|Delete\s+From)\b
        |(?:update|Update)\s+[^\s,:;]+(?:\s+\w+){0,2}\s+(?:set|Set)\s+[^\s=]+\s*(?==)""",
    re.DOTALL | re.VERBOSE,
)
_MORE = re.compile(r"=|\*|\(\s*\?|\bwhere\b|\bvalues\s*\(|\blimit\s+[\d{?$:]", re.IGNORECASE)
_BEGINS = re.compile(r"SELECT\b|INSERT\s+(?:OR|INTO)\b|REPLACE\s+INTO\b|UPDATE\b|DELETE\s+FROM\b|WITH\b")
_FORMATTER = re.compile(r"(?:(?:::)?(?:std|alloc|core)::)?(?:format|write|writeln|format_args)")
_WRITER = re.compile(rb"(?:\w+::){0,2}write(?:ln)?\s*!")
_EMPTY = re.compile(r"String::(?:new\(\)|with_capacity\(.*\)|default\(\))", re.DOTALL)
_MOST_SUMMANDS = 100
"""Summands of a `+` that are checked: no statement has more, and each step up the tree of a sum costs its depth."""


def sql_format(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find SQL statements that a value is inserted into.

    It is inserted by a format string, by `+`, or by `push_str`, `+=` and `write!` into a variable.
    """
    literals = frozenset(captures["sql"][0].start_byte for captures in matches if "sql" in captures)
    if not literals:
        return
    statements = _Statements(file, literals)
    for captures in sorted([*matches, *_writers(file)], key=lambda captures: _first(captures).start_byte):
        found = statements.insertion(captures)
        if found:
            yield match_of(found)


class _Statements:
    """Statements of a file, read from its beginning to its end.

    `_begun` tells of each variable that grows whether it holds a statement.
    """

    def __init__(self, file: File, literals: frozenset[int]) -> None:
        """Take the starts of all literals that begin as SQL."""
        self._literals = literals
        self._outline = file.outline
        self._bindings = Bindings(file.scan, file.outline)
        self._taint = Taint(self._bindings)
        self._begun: dict[_Variable, bool] = {}
        self._templates: dict[int, FormatString | None] = {}

    def insertion(self, captures: Captures) -> Node | None:
        """Return the node that inserts a value into SQL, if any.

        The value is tainted.
        """
        match captures:
            case {"sql": [literal]}:
                return self._in_literal(literal)
            case {"writer": [macro]}:
                return self._written(macro)
            case {"built": [built], "sum": [total]}:
                first, *added = _summands(total)
                return self._grown(built, added) if tree_text(first) == tree_text(built) else None
            case {"built": [built], "part": [part]}:
                return self._grown(built, [part])
        return None

    def _in_literal(self, literal: Node) -> Node | None:
        """Return the node that inserts a value into a literal.

        That is the name of a macro, or the literal itself if `+` does it.
        """
        macro = _macro(literal)
        if macro:
            name = macro.children[0]
            found = self._template(macro) if _FORMATTER.fullmatch(tree_text(name)) else None
            begins = found and found.start == literal.start_byte and _is_statement(found.text)
            return name if begins and found and self._taint.taints(found, macro.start_byte) else None
        if not _begins(tree_text(literal)):
            return None
        variable = _variable(literal)
        if variable:
            self._begun[self._key(variable)] = True
            return None
        return literal if self._tainted(islice(_added(string_of(literal)), _MOST_SUMMANDS)) else None

    def _template(self, macro: Node) -> FormatString | None:
        """Return the format string of a macro, read once.

        A macro may have many literals.
        """
        if macro.start_byte not in self._templates:
            self._templates[macro.start_byte] = format_string(macro.children[-1])
        return self._templates[macro.start_byte]

    def _grown(self, built: Node, parts: list[Node]) -> Node | None:
        """Return the tainted part that a statement grows by.

        The first part may begin a statement in an empty variable.
        """
        key = self._key(built)
        if key not in self._begun:
            self._begun[key] = parts[0].start_byte in self._literals and _begins(tree_text(parts[0])) and self._is_empty(built)
        return self._tainted(iter(parts)) if self._begun[key] else None

    def _written(self, macro: Node) -> Node | None:
        """Return the macro name that writes a value into a statement.

        The value is tainted, and the statement is in a variable.
        """
        tokens = macro.children[-1]
        into = next((token for token in tokens.children[1:] if token.type not in {"&", "mutable_specifier"}), tokens)
        if into.type != "identifier" or not self._begun.get(self._key(into)):
            return None
        found = format_string(tokens)
        grows = found and found.start not in self._literals and self._taint.taints(found, macro.start_byte)
        return macro.children[0] if grows else None

    def _tainted(self, parts: Iterator[Node]) -> Node | None:
        return next((part for part in parts if self._taint.is_tainted(part, part.start_byte)), None)

    def _is_empty(self, variable: Node) -> bool:
        binding = self._bindings.binding_of(tree_text(variable), variable.start_byte)
        return binding is not None and binding.value is not None and _EMPTY.fullmatch(tree_text(binding.value)) is not None

    def _key(self, variable: Node) -> _Variable:
        function = function_at(self._outline, variable.start_byte)
        return tree_text(variable), function.start if function else None


def _is_statement(literal: str) -> bool:
    """Return whether a literal is SQL, not prose."""
    verb = _VERB.search(literal)
    if verb is None or _CAPITALS.match(literal, verb.start()):
        return verb is not None
    return _SMALL.match(literal, verb.start()) is not None and _MORE.search(literal, verb.end()) is not None


def _begins(literal: str) -> bool:
    """Return whether a literal begins a statement.

    Its end may be added later.
    """
    verb = _VERB.search(literal)
    return verb is not None and (_BEGINS.match(literal, verb.start()) is not None or _is_statement(literal))


def _macro(literal: Node) -> Node | None:
    """Return the macro that a literal belongs to, if any.

    The literal may be in a `concat!` in the macro.
    """
    tokens = literal.parent
    outer = tokens.parent if tokens and tokens.type == "token_tree" else None
    call = outer.parent if outer and outer.type == "token_tree" else outer
    return call if call and call.type == "macro_invocation" else None


def _variable(literal: Node) -> Node | None:
    """Return the variable that holds a literal's string.

    None unless the literal is made into a string where the variable is declared.
    """
    string = string_of(literal)
    declaration = string.parent
    if string == literal or declaration is None or declaration.type != "let_declaration":
        return None
    pattern = declaration.child_by_field_name("pattern")
    return pattern if pattern and pattern.type == "identifier" else None


def _writers(file: File) -> Iterator[Captures]:
    """Yield every `write!` and `writeln!`."""
    return ({"writer": [macro]} for macro in file.scan.events["macro"] if _WRITER.match(file.scan.source, macro.start_byte))


def _first(captures: Captures) -> Node:
    return min((nodes[0] for nodes in captures.values()), key=lambda node: node.start_byte)


def _added(string: Node) -> Iterator[Node]:
    """Yield the summands behind the first, a string."""
    node, total = string, string.parent
    while total and total.type == "binary_expression" and total.child_by_field_name("left") == node:
        operator, right = total.child_by_field_name("operator"), total.child_by_field_name("right")
        if not (operator and right and operator.type == "+"):
            return
        yield right
        node, total = total, total.parent


def _summands(total: Node) -> list[Node]:
    """Return the summands of a sum, left to right."""
    parts: list[Node] = []
    left: Node | None = total
    while left and left.type == "binary_expression":
        right = left.child_by_field_name("right")
        parts += [right] if right else []
        left = left.child_by_field_name("left")
    return [*([left] if left else []), *reversed(parts)]
