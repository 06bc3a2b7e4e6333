"""Checks of SQL statements with values inserted as text."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import TypeAlias

from tree_sitter import Node

from rustgate.api import (
    Bindings,
    Captures,
    File,
    FormatString,
    Match,
    ancestors,
    format_string,
    function_at,
    match_of,
    string_of,
    tree_text,
)
from rustgate.checks.security.sql_text import begins, is_statement, remedy_for
from rustgate.checks.security.taint import Taint

_Variable: TypeAlias = tuple[str, int | None]
"""A name, and the first byte of the function that it belongs to."""

_FORMATTER = re.compile(r"(?:(?:::)?(?:std|alloc|core)::)?(?:format|write|writeln|format_args)")
_WRITER = re.compile(rb"(?:\w+::){0,2}write(?:ln)?\s*!")
_RUNS = re.compile(r"(?:\b|_)(?:query\w*|execute\w*|sql_query|prepare\w*|raw_sql)(?:::<.*>)?$", re.DOTALL)
"""Functions that run a statement, or prepare it."""
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
        if found and not statements.is_asserted(found):
            yield match_of(found, remedy=statements.remedy(found))


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
            whole = found is not None and found.start == literal.start_byte and self._is_whole(macro, found.text)
            return name if whole and found and self._taint.taints(found, macro.start_byte) else None
        if not begins(tree_text(literal)):
            return None
        variable = _variable(literal)
        if variable:
            self._begun[self._key(variable)] = True
            return None
        return literal if self._tainted(islice(_added(string_of(literal)), _MOST_SUMMANDS)) else None

    def remedy(self, found: Node) -> str:
        """Return what to do about an insertion: bind the value, or quote a name."""
        template = self._templates.get(found.parent.start_byte) if found.parent else None
        return remedy_for(template)

    def _is_whole(self, macro: Node, text: str) -> bool:
        """Return whether a macro makes a statement, or begins one.

        What it begins goes on with `push_str` and the like, or is run as it is. A variable that holds it has begun.
        """
        variable = _variable(macro)
        if not begins(text):
            return False
        grows = variable is not None and self._grows(variable)
        if variable and grows:
            self._begun[self._key(variable)] = True
        return grows or is_statement(text) or _is_run(macro)

    def _grows(self, variable: Node) -> bool:
        """Return whether more is added to a variable later."""
        function, name = function_at(self._outline, variable.start_byte), re.escape(tree_text(variable)).encode()
        added = rb"\b" + name + rb"\s*(?:\.\s*push_str\s*\(|\+=)|\bwrite(?:ln)?\s*!\s*\(\s*(?:&\s*mut\s+)?" + name + rb"\s*,"
        end = function.end if function else len(self._outline.source)
        return re.compile(added).search(self._outline.source, variable.end_byte, end) is not None

    def is_asserted(self, inserted: Node) -> bool:
        """Return whether the author vouches for a statement.

        It is given to `AssertSqlSafe`, by itself or as the variable that it is bound to or added to.
        """
        if b"AssertSqlSafe" not in self._outline.source:
            return False
        names = []
        for parent in ancestors(inserted):
            function = parent.child_by_field_name("function") if parent.type == "call_expression" else None
            if function and tree_text(function).rpartition("::")[2] == "AssertSqlSafe":
                return True
            if parent.type in {"let_declaration", "assignment_expression", "compound_assignment_expr", "call_expression"}:
                names += re.findall(r"^(?:let\s+(?:mut\s+)?)?(\w+)", tree_text(parent))
            if parent.type == "block":
                break
        function_node = function_at(self._outline, inserted.start_byte)
        end = function_node.end if function_node else len(self._outline.source)
        asserted = (rb"\bAssertSqlSafe\s*\(\s*&?\s*" + re.escape(name).encode() + rb"\b" for name in names)
        return any(re.compile(pattern).search(self._outline.source, inserted.end_byte, end) for pattern in asserted)

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
            self._begun[key] = parts[0].start_byte in self._literals and begins(tree_text(parts[0])) and self._is_empty(built)
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


def _macro(literal: Node) -> Node | None:
    """Return the macro that a literal belongs to, if any.

    The literal may be in a `concat!` in the macro.
    """
    tokens = literal.parent
    outer = tokens.parent if tokens and tokens.type == "token_tree" else None
    call = outer.parent if outer and outer.type == "token_tree" else outer
    return call if call and call.type == "macro_invocation" else None


def _is_run(macro: Node) -> bool:
    """Return whether a string is an argument of a call that runs SQL."""
    holder = macro.parent
    holder = holder.parent if holder and holder.type == "reference_expression" else holder
    function = holder.parent.child_by_field_name("function") if holder and holder.type == "arguments" and holder.parent else None
    return function is not None and _RUNS.search(tree_text(function)) is not None


def _variable(literal: Node) -> Node | None:
    """Return the variable that holds a literal's string.

    None unless the literal is made into a string where the variable is declared.
    """
    string = string_of(literal)
    declaration = string.parent
    if (string == literal and literal.type != "macro_invocation") or declaration is None or declaration.type != "let_declaration":
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
