"""Copies that are only printed, compared or read."""

import re

from tree_sitter import Node

from rustgate.api import File, ancestors, bytes_of, chain_start, children_of, line_of, method_of

_PRINTS = frozenset({
    "debug", "eprint", "eprintln", "error", "format", "format_args", "info", "panic", "print", "println", "todo", "trace", "unimplemented",
    "unreachable", "warn", "write", "writeln",
})  # fmt: skip
_ASSERTS = re.compile(r"(?:debug_)?assert(?:_eq|_ne)?")
_COMPARES = frozenset({"==", "!=", "<", ">", "<=", ">="})
_READS = frozenset({
    "contains_key", "ends_with", "eq_ignore_ascii_case", "is_absolute", "is_char_boundary", "is_empty", "is_err", "is_none", "is_ok",
    "is_relative", "is_some", "len", "starts_with", "to_ascii_lowercase", "to_ascii_uppercase", "to_lowercase", "to_path_buf", "to_string",
    "to_uppercase", "to_vec",
})  # fmt: skip
"""Methods of std that borrow their receiver, and return nothing borrowed from it."""
_OF_STRINGS = {"contains": 1, "replace": 2, "replacen": 3}
"""Methods of strings, by how many arguments tell them from others of the same name; the first is a literal."""
_LENDS = frozenset({"as_bytes", "as_path", "as_slice", "as_str", "bytes", "chars", "lines", "trim", "trim_end", "trim_start"})
"""Methods of std whose result borrows from the receiver."""
_NOT_READ_AT_ONCE = frozenset({"closure_expression", "for_expression", "if_expression", "match_expression", "while_expression"})
_STATEMENTS = frozenset({"expression_statement", "let_declaration"})
_CLONED = re.compile(rb"\s*\.\s*clone\s*\(\s*\)")


def borrowing_use(file: File, value: Node, copy: Node) -> str | None:
    """Return what a copy is only made for, as a word, or None.

    The value could be borrowed instead: it is not moved or changed meanwhile.
    """
    root = chain_start(value)
    if root.type not in {"identifier", "self"}:
        return None
    if _is_compared(root, copy, file.scan.source):
        return "compared"
    if _is_printed(file, root, copy):
        return "printed"
    return "read" if _is_read(root, copy, file.scan.source) else None


def _is_compared(root: Node, copy: Node, source: bytes) -> bool:
    """Return whether a copy is an operand of a comparison.

    The other operand may name the variable only as a place.
    """
    parent = copy.parent
    operator = parent.child_by_field_name("operator") if parent and parent.type == "binary_expression" else None
    if parent is None or operator is None or operator.type not in _COMPARES:
        return False
    other = next((side for side in children_of(parent) if side != copy), copy)
    return other.type in {"identifier", "field_expression"} or not _names(root, source).search(source, other.start_byte, other.end_byte)


def _is_printed(file: File, root: Node, copy: Node) -> bool:
    """Return whether a copy is an argument of a printing macro.

    Comparing macros count too. No other argument may move or change the variable.
    """
    source = file.scan.source
    tokens = file.scan.root.descendant_for_byte_range(copy.start_byte, copy.start_byte + 1)
    tokens = tokens.parent if tokens and tokens.type != "token_tree" else tokens
    name = _macro_name(tokens, source) if tokens else None
    if tokens is None or name is None:
        return False
    first, before = tokens.start_byte + 1, source[tokens.start_byte : copy.start_byte].rstrip(b"& \t\r\n")[-1:]
    is_first = before == b"(" and name.endswith(("_eq", "_ne"))
    if not (is_first or before == b",") or source[copy.end_byte : tokens.end_byte].lstrip()[:1] not in {b",", b")"}:
        return False
    uses = _names(root, source).finditer(source, first, tokens.end_byte)
    others = (use for use in uses if not copy.start_byte <= use.start() < copy.end_byte)
    return all(_only_shows(source, use.start(), use.end()) for use in others)


def _macro_name(tokens: Node, source: bytes) -> str | None:
    """Return the name of a printing macro around tokens."""
    mark = tokens.prev_sibling
    macro = mark.prev_sibling if mark and mark.type == "!" else None
    name = line_of(macro, source).rpartition("::")[2] if macro else ""
    return name if name in _PRINTS or _ASSERTS.fullmatch(name) else None


def _only_shows(source: bytes, start: int, end: int) -> bool:
    """Return whether a macro only borrows a name at two bytes.

    It is an argument of its own, a placeholder, or copied.
    """
    before, after = source[:start].rstrip(b"& \t\r\n")[-1:], source[end : end + 200].lstrip()[:1]
    if before == b"{" or _CLONED.match(source, end):
        return True
    return before == b"," and after in {b",", b")"}


def _is_read(root: Node, copy: Node, source: bytes) -> bool:
    """Return whether a method that only borrows is called on a copy."""
    call = copy.parent.parent if copy.parent and copy.parent.type == "field_expression" else None
    method = method_of(call) if call else None
    arguments = call.child_by_field_name("arguments") if call else None
    if call is None or method is None or arguments is None or method.parent != copy.parent:
        return False
    name, given = line_of(method, source), children_of(arguments)
    if name in _OF_STRINGS:
        return len(given) == _OF_STRINGS[name] and given[0].type in {"char_literal", "string_literal"}
    return name in _READS or (name in _LENDS and not given and _ends_at_once(root, copy, source))


def _ends_at_once(root: Node, copy: Node, source: bytes) -> bool:
    """Return whether a borrow of a copy ends with its statement.

    Nothing else in the statement names the variable.
    """
    statement = next((node for node in ancestors(copy) if node.type in _STATEMENTS or node.type in _NOT_READ_AT_ONCE), None)
    if statement is None or statement.type in _NOT_READ_AT_ONCE or root.type == "self":
        return False
    return len(_names(root, source).findall(source, statement.start_byte, statement.end_byte)) == 1


def _names(root: Node, source: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?<![\w.'])" + re.escape(bytes_of(root, source)) + rb"\b")
