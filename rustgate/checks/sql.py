"""What is spliced into SQL: by a format string, by `+`, or piece by piece."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from rustgate.checks.nodes import function_at, string_of, text_of
from rustgate.model import Hit
from rustgate.plan import File
from rustgate.scan import Captures

# statements in one case, so that prose ("Select a file from ...") is none; lower case must hold some more of SQL
_SQL = re.compile(
    r"""(?:
      (?:SELECT\b.*\bFROM|INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE\b.*\bSET|DELETE\s+FROM|MERGE\s+INTO|WITH\b.*\bAS\s*\(
        |(?:CREATE|DROP|ALTER|TRUNCATE)\s+(?:\w+\s+)?(?:TABLE|INDEX|VIEW|DATABASE|SCHEMA|USER|ROLE)|VACUUM\s+INTO|ATTACH\s+DATABASE)\b
      |(?:select\b.*\bfrom|insert\s+into|update\b.*\bset|delete\s+from)\b(?=.*(?:=|\*|\?|\bwhere\b|\bvalues\b|\blimit\b))
    )""",
    re.DOTALL | re.VERBOSE,
)
_FORMATTERS = frozenset({"format", "std::format", "write", "writeln", "format_args"})
_BEGINS = re.compile(r'b?r?#*"(?:\\\n|\\n|\s|\()*(?:SELECT|INSERT|REPLACE|UPDATE|DELETE|WITH)\b')
_PLACEHOLDER = re.compile(r"(?<!\{)\{(?!\{)([^{}:]*)[^{}]*\}")
_INDEX = re.compile(r"[0-9]{1,9}")
_HARMLESS = re.compile(r"(?:[A-Z][A-Z0-9_]*|(?:\w+::)+[A-Z][A-Z0-9_]*|\w*placeholders?|\d+)")


def sql_format(file: File, matches: list[Captures]) -> Iterator[Hit]:
    """Hits for the strings that begin as SQL and have a value spliced in: by a format string, by `+`, or piece by piece."""
    source = file.scan.source
    statements = set()
    for captures in sorted(matches, key=lambda captures: _first(captures).start_byte):
        if "built" in captures:
            built, part = captures["built"][0], captures["part"][0]
            if (text_of(built, source), function_at(file.outline, built.start_byte)) in statements and _is_value(part, source):
                yield _splice(part)
            continue
        literal = captures["sql"][0]
        variable = _variable(literal)
        macro = _macro(literal)
        if macro:
            if text_of(macro, source) in _FORMATTERS and _SQL.search(text_of(literal, source)) and _splices(literal, source):
                yield _splice(macro)
        elif not _BEGINS.match(text_of(literal, source)):
            continue
        elif variable:
            statements.add((text_of(variable, source), function_at(file.outline, variable.start_byte)))
        elif any(_is_value(part, source) for part in _added(string_of(literal))):
            yield _splice(literal)


def _macro(literal: Node) -> Node | None:
    """The name of the macro that a literal is a token of."""
    tree = literal.parent
    call = tree.parent if tree and tree.type == "token_tree" else None
    return call.child_by_field_name("macro") if call and call.type == "macro_invocation" else None


def _variable(literal: Node) -> Node | None:
    """The variable whose declaration gives it the string that is made of a literal."""
    string = string_of(literal)
    declaration = string.parent
    if string == literal or declaration is None or declaration.type != "let_declaration":
        return None
    pattern = declaration.child_by_field_name("pattern")
    return pattern if pattern and pattern.type == "identifier" else None


def _splice(node: Node) -> Hit:
    return Hit(node.start_byte, node.end_byte)


def _first(captures: Captures) -> Node:
    return min((nodes[0] for nodes in captures.values()), key=lambda node: node.start_byte)


def _splices(literal: Node, source: bytes) -> bool:
    """Whether a format string has a placeholder for something that is neither a constant nor made of placeholders of SQL."""
    arguments = _arguments(literal, source)
    named = {name.strip(): value for name, equals, value in (argument.partition("=") for argument in arguments) if equals}
    position = 0
    for placeholder in _PLACEHOLDER.finditer(text_of(literal, source)):
        name = placeholder[1].strip()
        if not name or _INDEX.fullmatch(name):
            index = int(name or position)
            position += not name
            name = arguments[index] if index < len(arguments) else name
        if not _HARMLESS.fullmatch(named.get(name, name).strip().lstrip("&")):
            return True
    return False


def _arguments(literal: Node, source: bytes) -> list[str]:
    """The arguments after a format string in the token tree of a macro."""
    arguments, start, token = [], None, literal.next_sibling
    while token is not None:
        if token.type in {",", ")", "]", "}"}:
            if start is not None:
                arguments.append(source[start : token.start_byte].decode(errors="replace").strip())
            start = token.end_byte
        token = token.next_sibling
    return arguments


def _added(string: Node) -> Iterator[Node]:
    """What is added to a string that a sum begins with."""
    node, total = string, string.parent
    while total and total.type == "binary_expression" and total.child_by_field_name("left") == node:
        operator, right = total.child_by_field_name("operator"), total.child_by_field_name("right")
        if not (operator and right and operator.type == "+"):
            return
        yield right
        node, total = total, total.parent


def _is_value(part: Node, source: bytes) -> bool:
    """Whether something that is added to a statement can hold what a user has typed."""
    while part.type == "reference_expression" and part.child_by_field_name("value") is not None:
        part = part.child_by_field_name("value") or part
    if part.type == "macro_invocation":
        literals = (node for tree in part.children if tree.type == "token_tree" for node in tree.children if "string_literal" in node.type)
        literal = next(literals, None)
        return literal is not None and _splices(literal, source)
    return part.type in {"identifier", "field_expression", "call_expression", "index_expression"} and not _HARMLESS.fullmatch(
        text_of(part, source)
    )
