"""What becomes part of a text: something that a user may have typed, or only what the programmer wrote."""

import re
from bisect import bisect_left
from functools import cache, cached_property

from msgspec import Struct
from tree_sitter import Node, Query, QueryCursor

from rustgate.api import LANGUAGE, LEAVING, LITERALS, STRINGS, File, function_at, last_of, parse_rust

# no length of what stands in a placeholder is tried twice, and what follows `$` is the number of a parameter
_PLACEHOLDER = re.compile(r"(?<!\{)\{(?!\{)([^{}:]*+)[^{}]*+\}")
_INDEX = re.compile(r"[0-9]{1,9}")
_HARMLESS = re.compile(r"(?:[A-Z][A-Z0-9_]*|(?:\w+::)+[A-Z][A-Z0-9_]*|\w*placeholders?|\d+)")
_NAME = re.compile(r"[^\W\d]\w*")
_BOUND = re.compile(r"\"[^\"]*+\"?|[^\W\d]\w*+\s*+:(?!:)|([^\W\d]\w*)")

_OWN_MACROS = frozenset({"bail", "env", "file", "line", "panic", "stringify", "todo", "unimplemented", "unreachable"})
_FORMATTERS = frozenset({"format", "format_args"})
_INNER = frozenset({"block", "else_clause", "expression_statement", "parenthesized_expression", "reference_expression"})
_TEXT_TYPES = frozenset({"char", "str"})
_COUNTS = frozenset({"count", "len"})
_MADE_OF_THEIR_RECEIVER = frozenset({"as_str", "clone", "collect", "concat", "into", "join", "repeat", "take", "to_owned", "to_string"})
_MADE_OF_THEIR_ARGUMENT = frozenset({"String::from", "repeat", "iter::repeat", "std::iter::repeat"})
_DEEPEST = 32
"""Levels of expressions, and of names that stand for them, that are looked into."""
_FARTHEST = 16
"""Bindings of one name that are looked at for the one whose scope holds a place."""
_BINDINGS = """
(let_declaration pattern: (_) @pattern) @holder
(let_condition pattern: (_) @pattern) @holder
(for_expression pattern: (_) @pattern) @holder
(match_arm pattern: (_) @pattern) @holder
(closure_expression parameters: (_) @pattern) @holder
"""


class Template(Struct, frozen=True):
    """A format string: the byte where its first literal starts, its text in quotes, and the arguments behind it as they are written."""

    start: int
    text: str
    arguments: list[str]


class _Binding(Struct, frozen=True):
    """What gives a name its meaning from byte `start` to `end`; `value` is that of a `let` that binds it alone."""

    start: int
    end: int
    value: Node | None
    fixed: bool


def template(tokens: Node) -> Template | None:
    """The first format string in the token tree of a macro, be it a literal or the literals of a `concat!`."""
    children = tokens.children
    for index, token in enumerate(children):
        literals = [token] if token.type in STRINGS else _concatenated(children, index)
        if literals:
            return Template(literals[0].start_byte, "".join(map(text, literals)), _arguments(tokens, token.end_byte))
    return None


def text(node: Node) -> str:
    """The text of a node, also of one whose tree is that of a part of the file."""
    return (node.text or b"").decode(errors="replace")


class Values:
    """The values in a file; `byte` is always the place in the file where something is used."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._known: dict[int, bool] = {}

    def may_be_typed(self, part: Node, byte: int) -> bool:
        """Whether an expression can hold what a user has typed."""
        return not self._is_harmless(part, byte, _DEEPEST)

    def spliced(self, template: Template, byte: int, levels: int = _DEEPEST) -> bool:
        """Whether a format string has a placeholder for something that can."""
        return not all(self._is_harmless_text(argument, byte, levels) for argument in _placed(template))

    def declared_value(self, name: str, byte: int) -> Node | None:
        """The value that a variable is declared with."""
        binding = self._binding(name, byte)
        return binding.value if binding else None

    def _binding(self, name: str, byte: int) -> _Binding | None:
        """What gives a name its meaning at a place: the nearest before it in the same function."""
        function = function_at(self._file.outline, byte)
        bindings = self._bindings.get(name, [])
        before = bisect_left(bindings, byte, key=_start)
        near = (bindings[index] for index in range(before - 1, max(before - _FARTHEST, 0) - 1, -1))
        found = next((binding for binding in near if byte < binding.end), None)
        return found if found and found.start >= (function.start if function else 0) else None

    @cached_property
    def _bindings(self) -> dict[str, list[_Binding]]:
        """By name, in source order."""
        found: dict[str, list[_Binding]] = {}
        for _, captures in QueryCursor(_query_of_bindings()).matches(self._file.scan.root):
            pattern = captures["pattern"][0]
            binding = _binding(captures["holder"][0], pattern)
            for name in _bound(pattern):
                found.setdefault(name, []).append(binding)
        return {name: sorted(bindings, key=_start) for name, bindings in found.items()}

    def _is_harmless_text(self, argument: str, byte: int, levels: int) -> bool:
        """The same as `_is_harmless` for an argument that is written in the tokens of a macro."""
        if _HARMLESS.fullmatch(argument.lstrip("&")):
            return True
        if _NAME.fullmatch(argument):
            return self._is_harmless_name(argument, byte, levels)
        tree = parse_rust(f"let _ = {argument};".encode())
        value = tree.children[0].child_by_field_name("value") if tree.children and not tree.has_error else None
        return value is not None and self._is_harmless(value, byte, levels)

    def _is_harmless_name(self, name: str, byte: int, levels: int) -> bool:
        """Whether a name is a variable that the programmer alone gives a value to."""
        binding = self._binding(name, byte)
        if binding is None or binding.value is None or not binding.fixed:
            return False
        if binding.start not in self._known:
            self._known[binding.start] = self._is_harmless(binding.value, binding.value.start_byte, levels - 1)
        return self._known[binding.start]

    def _is_harmless(self, node: Node, byte: int, levels: int) -> bool:
        """Whether an expression is the programmer's own: made of literals, constants and numbers."""
        if node.type in LITERALS or node.type in LEAVING or levels <= 0:
            return levels > 0
        match node.type:
            case "identifier" | "scoped_identifier":
                harmless = _HARMLESS.fullmatch(text(node)) is not None or self._is_harmless_name(text(node), byte, levels)
            case "type_cast_expression":
                as_type = node.child_by_field_name("type")
                harmless = as_type is not None and as_type.type == "primitive_type" and text(as_type) not in _TEXT_TYPES
            case "binary_expression":
                operands = (node.child_by_field_name(side) for side in ("left", "right"))
                harmless = any(operand is not None and operand.type == "integer_literal" for operand in operands)
            case "macro_invocation":
                harmless = self._is_harmless_macro(node, byte, levels)
            case "call_expression":
                harmless = self._is_harmless_call(node, byte, levels)
            case _:
                results = _results(node)
                harmless = bool(results) and all(result is not None and self._is_harmless(result, byte, levels - 1) for result in results)
        return harmless

    def _is_harmless_macro(self, macro: Node, byte: int, levels: int) -> bool:
        """A macro that leaves the function, or that the compiler makes a text of; a text without values, or the `vec![".."; n]` of one."""
        name, tokens = text(macro.children[0]).rpartition("::")[2], macro.children[-1]
        if name == "vec":
            return [token.type for token in tokens.children[1:3]] == ["string_literal", ";"]
        if name == "concat":
            return all(token.type in LITERALS or not token.is_named for token in tokens.children)
        found = template(tokens) if name in _FORMATTERS else None
        return name in _OWN_MACROS or (found is not None and not self.spliced(found, byte, levels - 1))

    def _is_harmless_call(self, call: Node, byte: int, levels: int) -> bool:
        """A number of things, or a text that is made of one that is harmless: repeated, joined, copied."""
        function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        if function and function.type == "generic_function":
            function = function.child_by_field_name("function")
        if function is None or arguments is None:
            return False
        given = arguments.named_children
        receiver, method = function.child_by_field_name("value"), function.child_by_field_name("field")
        if receiver is None or method is None:
            return text(function) in _MADE_OF_THEIR_ARGUMENT and bool(given) and self._is_harmless(given[0], byte, levels - 1)
        if text(method) == "map" and given:
            body = given[0].child_by_field_name("body")
            return body is not None and self._is_harmless(body, byte, levels - 1)
        if text(method) == "join" and not all(self._is_harmless(argument, byte, levels - 1) for argument in given):
            return False
        made = text(method) in _MADE_OF_THEIR_RECEIVER and self._is_harmless(receiver, byte, levels - 1)
        return made or (text(method) in _COUNTS and not given)


def _placed(template: Template) -> set[str]:
    """What the placeholders of a format string stand for; not behind `$`, where it is the number of a parameter."""
    named = {name.strip(): value.strip() for name, equals, value in (one.partition("=") for one in template.arguments) if equals}
    placed, position = set(), 0
    for placeholder in _PLACEHOLDER.finditer(template.text):
        name = placeholder[1].strip()
        if not name or _INDEX.fullmatch(name):
            index = int(name or position)
            position += not name
            name = template.arguments[index] if index < len(template.arguments) else name
        if not _is_number_of_parameter(template.text[: placeholder.start()][-2:]):
            placed.add(named.get(name, name))
    return placed


def _is_number_of_parameter(before: str) -> bool:
    """Whether the two characters before a placeholder end in a `$` that stands in no string of SQL: `= ${}`, not `'${}'`."""
    return before.endswith("$") and not (before[0] in "'\"$" or before[0].isalnum())


def _concatenated(tokens: list[Node], index: int) -> list[Node]:
    """The literals of a `concat!` whose arguments are a token."""
    if tokens[index].type != "token_tree" or [*map(text, tokens[max(index - 2, 0) : index])] != ["concat", "!"]:
        return []
    return [token for token in tokens[index].children if token.type in STRINGS]


def _arguments(tokens: Node, behind: int) -> list[str]:
    """The arguments of a macro behind a byte, as they are written."""
    commas = [token for token in tokens.children if token.type == "," and token.start_byte >= behind]
    ends = [*(comma.start_byte for comma in commas[1:]), tokens.end_byte - 1]
    written, start = tokens.text or b"", tokens.start_byte
    return [
        written[comma.end_byte - start : end - start].decode(errors="replace").strip() for comma, end in zip(commas, ends, strict=False)
    ]


def _results(node: Node) -> list[Node | None]:
    """The expressions of which one is what an expression results in; none where that cannot be told."""
    match node.type:
        case "if_expression":
            return [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
        case "match_expression":
            body = node.child_by_field_name("body")
            return [arm.child_by_field_name("value") for arm in (body.named_children if body else ()) if arm.type == "match_arm"]
        case "array_expression":
            return [*node.named_children]
        case kind if kind in _INNER:
            return [*filter(None, [last_of(node)])]
    return []


def _binding(holder: Node, pattern: Node) -> _Binding:
    if not holder.type.startswith("let"):
        return _Binding(pattern.end_byte, holder.end_byte, None, fixed=True)
    scope = holder.parent or holder
    scope = (scope.parent or scope) if scope.type == "let_chain" else scope
    alone = pattern.type == "identifier" and holder.type == "let_declaration"
    fixed = not any(child.type == "mutable_specifier" for child in holder.children)
    return _Binding(holder.end_byte, scope.end_byte, holder.child_by_field_name("value") if alone else None, fixed=fixed)


def _bound(pattern: Node) -> set[str]:
    """The names that a pattern binds, and those of constructors; not what its guard, its strings and its fields hold."""
    if pattern.type == "closure_parameters":
        return set(_NAME.findall(text(pattern)))
    bare = pattern.children[0] if pattern.type == "match_pattern" and pattern.children else pattern
    return {*_BOUND.findall(text(bare))} - {""}


def _start(binding: _Binding) -> int:
    return binding.start


@cache
def _query_of_bindings() -> Query:
    return Query(LANGUAGE, _BINDINGS)
