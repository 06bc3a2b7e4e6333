"""Local variables: bindings, declarations, uses.

`Bindings` knows scopes and shadowing, because it reads the tree. Macro bodies are no part of that tree; the functions that read text
(`uses_of`, `last_let_path`, `let_words`, `mutable_names`) answer there as well, and know no scopes.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, cached_property
from operator import attrgetter

from msgspec import Struct
from tree_sitter import Node, Query, QueryCursor

from rustgate.syntax.grammar import LANGUAGE
from rustgate.syntax.node_helpers import STRINGS, bytes_of, function_at, tree_text
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import COMMENTS, Scan

_LOWER_CASE = re.compile(rb"\b[a-z_]\w*")
_KEYWORDS = frozenset({b"_", b"mut", b"ref"})
_NAME = re.compile(r"[^\W\d]\w*")
_BOUND = re.compile(r"\"[^\"]*+\"?|[^\W\d]\w*+\s*+:(?!:)|([^\W\d]\w*)")
"""A string, a field's name before its colon, or a name that is bound (captured)."""
_LET = re.compile(rb"\blet\s+([^=;]+?)\s*=")
_MUTABLE = re.compile(rb"\blet\s+mut\s+(\w+)|\b(\w+)\s*:\s*&\s*(?:'\w+\s+)?mut\b|&\s*(?:'\w+\s+)?mut\s+(self)\b|\bmut\s+(\w+)\s*[:,)]")
_NO_USE = COMMENTS | {"field_identifier", "type_identifier"}
_TEXTS = STRINGS | {"string_content"}
_START = attrgetter("start")
_MOST_BINDINGS = 16
"""Bindings of one name that are searched backwards: functions bind a name a few times, generated files thousands of times."""


class Binding(Struct, frozen=True):
    """A binding, visible from byte `start` to byte `end`.

    `value` is the value of a `let` that binds this name alone, else None.
    """

    start: int
    end: int
    value: Node | None
    mutable: bool


class Bindings:
    """Bindings of a file's local variables, by scope.

    They stem from `let`, `for`, `match`, `if let` and closures, not from parameters of functions.
    """

    def __init__(self, scan: Scan, outline: Outline) -> None:
        self._scan = scan
        self._outline = outline

    def binding_of(self, name: str, byte: int) -> Binding | None:
        """Return the binding that a name at `byte` refers to.

        It is the nearest one before `byte` in the same function whose scope holds `byte`.
        """
        function = function_at(self._outline, byte)
        bindings = self._by_name.get(name, [])
        before = bisect_left(bindings, byte, key=_START)
        recent = (bindings[index] for index in range(before - 1, max(before - _MOST_BINDINGS, 0) - 1, -1))
        found = next((binding for binding in recent if byte < binding.end), None)
        return found if found and found.start >= (function.start if function else 0) else None

    @cached_property
    def _by_name(self) -> dict[str, list[Binding]]:
        """Bindings by name, in source order."""
        found: dict[str, list[Binding]] = {}
        for _, captures in QueryCursor(_query()).matches(self._scan.root):
            pattern = captures["pattern"][0]
            binding = _binding(captures["holder"][0], pattern)
            for name in _bound_names(pattern):
                found.setdefault(name, []).append(binding)
        return {name: sorted(bindings, key=_START) for name, bindings in found.items()}


def declaration_of(name: Node) -> Node | None:
    """Return the parameter or `let` that binds only a name."""
    holder = name.parent
    is_declaration = holder and holder.type in {"parameter", "let_declaration"} and holder.child_by_field_name("pattern") == name
    return holder if is_declaration else None


def is_mutable(node: Node) -> bool:
    """Return whether a binding or reference has `mut`."""
    return any(child.type == "mutable_specifier" for child in node.children)


def names_in(pattern: Node, source: bytes) -> list[bytes]:
    """Return the words of a pattern that may be names.

    They begin in lower case, and are not `_`, `mut` or `ref`. The names of fields are among them, unlike in `Bindings`; that is enough for
    the patterns that take a guard out of a `Result`.
    """
    return [name for name in words_in(bytes_of(pattern, source)) if name not in _KEYWORDS]


def words_in(text: bytes) -> list[bytes]:
    """Return the lower-case words of a text.

    Variables are among them, types are not.
    """
    return _LOWER_CASE.findall(text)


def uses_of(scan: Scan, name: bytes, start: int, end: int) -> Iterator[Node]:
    """Yield nodes between two bytes that may use a variable.

    Its declaration is among them, and so are tokens of macros and format strings that begin a placeholder with the name.
    """
    source = scan.source
    for found in re.compile(rb"(?<![\w'])" + re.escape(name) + rb"\b").finditer(source, start, end):
        node = scan.root.descendant_for_byte_range(found.start(), found.end())
        if node and node.type not in _NO_USE and (node.type not in _TEXTS or source[found.start() - 1 : found.start()] == b"{"):
            yield node


def last_let_path(outline: Outline, name: str, byte: int) -> str | None:
    """Return the path in the last `let name = path..`.

    None if there is no such `let` before `byte`. Only the same function is searched; a `let` in a block that has ended counts too.
    """
    function = function_at(outline, byte)
    before = outline.source[function.start if function else 0 : byte].decode(errors="replace")
    found = re.findall(rf"\blet\s+(?:mut\s+)?{re.escape(name)}\b[^=;]*=\s*([\w:]+)", before)
    return found[-1] if found else None


def let_words(source: bytes, start: int, end: int) -> set[bytes]:
    """Return the lower-case words of all `let` patterns.

    Those between `start` and `end` count, types included.
    """
    return {word for pattern in _LET.findall(source, start, end) for word in words_in(pattern)}


def mutable_names(outline: Outline, byte: int) -> set[bytes]:
    """Return the mutable names before `byte` in its function.

    They stem from `let mut` and from `mut` and `&mut` parameters.
    """
    function = function_at(outline, byte)
    found = _MUTABLE.findall(outline.source, function.start if function else 0, byte)
    return {name for names in found for name in names if name}


def _binding(holder: Node, pattern: Node) -> Binding:
    if not holder.type.startswith("let"):
        return Binding(pattern.end_byte, holder.end_byte, None, mutable=False)
    scope = holder.parent or holder
    scope = (scope.parent or scope) if scope.type == "let_chain" else scope
    alone = pattern.type == "identifier" and holder.type == "let_declaration"
    return Binding(holder.end_byte, scope.end_byte, holder.child_by_field_name("value") if alone else None, is_mutable(holder))


def _bound_names(pattern: Node) -> set[str]:
    """Return the names in a pattern, those of constructors too.

    The words of its `if`, of its strings and of field names are left out. Of closure parameters, every word counts.
    """
    bare = pattern.children[0] if pattern.type == "match_pattern" and pattern.children else pattern
    return {*(_NAME if pattern.type == "closure_parameters" else _BOUND).findall(tree_text(bare))} - {""}


@cache
def _query() -> Query:
    return Query(
        LANGUAGE,
        """[(let_declaration pattern: (_) @pattern) (let_condition pattern: (_) @pattern) (for_expression pattern: (_) @pattern)
        (match_arm pattern: (_) @pattern) (closure_expression parameters: (_) @pattern)] @holder""",
    )
