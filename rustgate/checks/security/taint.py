"""Taint analysis for sql-format: text that users may control."""

import re

from tree_sitter import Node

from rustgate.api import LEAVING, LITERALS, Bindings, FormatString, format_string, last_of, parse_rust, tree_text

_TRUSTED = re.compile(r"(?:[A-Z][A-Z0-9_]*|(?:\w+::)+[A-Z][A-Z0-9_]*|\w*placeholders?|\d+)")
_NAME = re.compile(r"[^\W\d]\w*")

_TRUSTED_MACROS = frozenset({"bail", "env", "file", "line", "panic", "stringify", "todo", "unimplemented", "unreachable"})
"""Macros that leave the function, or whose text the compiler makes."""
_FORMATTERS = frozenset({"format", "format_args"})
_WRAPPERS = frozenset({"block", "else_clause", "expression_statement", "parenthesized_expression", "reference_expression"})
_TEXT_TYPES = frozenset({"char", "str"})
_COUNTS = frozenset({"count", "len"})
_MADE_OF_RECEIVER = frozenset({"as_str", "clone", "collect", "concat", "into", "join", "repeat", "take", "to_owned", "to_string"})
_MADE_OF_ARGUMENT = frozenset({"String::from", "repeat", "iter::repeat", "std::iter::repeat"})
_DEEPEST = 32
"""Levels of expressions and of names: more than people write, and each level of a format string in another is parsed anew."""


class Taint:
    """Tell tainted values of a file from trusted ones.

    A value is trusted if it is made of literals, constants and numbers alone. `byte` is always the place of the value in the file.
    """

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = bindings
        self._known: dict[int, bool] = {}

    def is_tainted(self, value: Node, byte: int) -> bool:
        """Return whether an expression may hold a user's text."""
        return not self._is_trusted(value, byte, _DEEPEST)

    def taints(self, template: FormatString, byte: int, levels: int = _DEEPEST) -> bool:
        """Return whether a format string inserts a tainted value."""
        return not all(self._is_trusted_text(value, byte, levels) for value in _inserted(template))

    def _is_trusted_text(self, argument: str, byte: int, levels: int) -> bool:
        """Return whether an argument of a macro is trusted."""
        if _TRUSTED.fullmatch(argument.lstrip("&")):
            return True
        if _NAME.fullmatch(argument):
            return self._is_trusted_name(argument, byte, levels)
        tree = parse_rust(f"let _ = {argument};".encode())
        value = tree.children[0].child_by_field_name("value") if tree.children and not tree.has_error else None
        return value is not None and self._is_trusted(value, byte, levels)

    def _is_trusted_name(self, name: str, byte: int, levels: int) -> bool:
        """Return whether an immutable variable has a trusted value."""
        binding = self._bindings.binding_of(name, byte)
        if binding is None or binding.value is None or binding.mutable:
            return False
        if binding.start not in self._known:
            self._known[binding.start] = self._is_trusted(binding.value, binding.value.start_byte, levels - 1)
        return self._known[binding.start]

    def _is_trusted(self, node: Node, byte: int, levels: int) -> bool:
        """Return whether an expression is trusted."""
        if node.type in LITERALS or node.type in LEAVING or levels <= 0:
            return levels > 0
        match node.type:
            case "identifier" | "scoped_identifier":
                trusted = _TRUSTED.fullmatch(tree_text(node)) is not None or self._is_trusted_name(tree_text(node), byte, levels)
            case "type_cast_expression":
                as_type = node.child_by_field_name("type")
                trusted = as_type is not None and as_type.type == "primitive_type" and tree_text(as_type) not in _TEXT_TYPES
            case "binary_expression":
                operands = (node.child_by_field_name(side) for side in ("left", "right"))
                trusted = any(operand is not None and operand.type == "integer_literal" for operand in operands)
            case "macro_invocation":
                trusted = self._is_trusted_macro(node, byte, levels)
            case "call_expression":
                trusted = self._is_trusted_call(node, byte, levels)
            case _:
                results = _results(node)
                trusted = bool(results) and all(result is not None and self._is_trusted(result, byte, levels - 1) for result in results)
        return trusted

    def _is_trusted_macro(self, macro: Node, byte: int, levels: int) -> bool:
        """Return whether a macro gives trusted text.

        It may format or repeat text that is trusted.
        """
        name, tokens = tree_text(macro.children[0]).rpartition("::")[2], macro.children[-1]
        if name == "vec":
            return [token.type for token in tokens.children[1:3]] == ["string_literal", ";"]
        if name == "concat":
            return all(token.type in LITERALS or not token.is_named for token in tokens.children)
        template = format_string(tokens) if name in _FORMATTERS else None
        return name in _TRUSTED_MACROS or (template is not None and not self.taints(template, byte, levels - 1))

    def _is_trusted_call(self, call: Node, byte: int, levels: int) -> bool:
        """Return whether a call gives trusted text or a number.

        It may repeat, join or copy text that is trusted.
        """
        function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        if function and function.type == "generic_function":
            function = function.child_by_field_name("function")
        if function is None or arguments is None:
            return False
        values = arguments.named_children
        receiver, method = function.child_by_field_name("value"), function.child_by_field_name("field")
        if receiver is None or method is None:
            return tree_text(function) in _MADE_OF_ARGUMENT and bool(values) and self._is_trusted(values[0], byte, levels - 1)
        if tree_text(method) == "map" and values:
            body = values[0].child_by_field_name("body")
            return body is not None and self._is_trusted(body, byte, levels - 1)
        if tree_text(method) == "join" and not all(self._is_trusted(argument, byte, levels - 1) for argument in values):
            return False
        made = tree_text(method) in _MADE_OF_RECEIVER and self._is_trusted(receiver, byte, levels - 1)
        return made or (tree_text(method) in _COUNTS and not values)


def _inserted(template: FormatString) -> set[str]:
    """Return the values that placeholders insert into a statement.

    `${}` is left out: it is the number of a parameter. So is a placeholder right behind an escaped brace, as in `'{{{}}}'`.
    """
    shown = [placeholder for placeholder in template.placeholders() if template.text[placeholder.start - 1] != "{"]
    pairs = zip(shown, template.values(shown), strict=True)
    return {value for placeholder, value in pairs if not _is_number_of_parameter(template.text[: placeholder.start][-2:])}


def _is_number_of_parameter(before: str) -> bool:
    """Return whether a placeholder numbers a parameter, as in `${}`.

    `before` are the two characters before it: they end in a `$` outside a string of SQL. It does in `= ${}`, but not in `'${}'`.
    """
    return before.endswith("$") and not (before[0] in "'\"$" or before[0].isalnum())


def _results(node: Node) -> list[Node | None]:
    """Return the expressions that an expression may evaluate to.

    The list is empty if that is unknown.
    """
    match node.type:
        case "if_expression":
            return [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
        case "match_expression":
            body = node.child_by_field_name("body")
            return [arm.child_by_field_name("value") for arm in (body.named_children if body else ()) if arm.type == "match_arm"]
        case "array_expression":
            return [*node.named_children]
        case kind if kind in _WRAPPERS:
            return [*filter(None, [last_of(node)])]
    return []
