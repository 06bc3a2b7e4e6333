"""Index expressions, told from groups in brackets among the words of a macro."""

from collections.abc import Iterator

from tree_sitter import Node

from rustgate.api import Captures, File, Match, Scan, ancestors, match_of

_CODE = frozenset({"block", "let_declaration", "expression_statement", "closure_expression"})
_OPERANDS = frozenset({"field_expression", "reference_expression", "try_expression", "await_expression"})
_SIGILS = b"&?%"
"""What stands right before a value that is borrowed, or that a macro of `tracing` prints."""
_OPENING = frozenset({"(", "[", "{", ",", ";"})
_CLOSING = frozenset({")", "]", "}", ",", ";"})


def indexing(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Report index expressions that can panic."""
    for captures in matches:
        node = captures["finding"][0]
        if not _is_group_of_words(node, file.scan):
            yield match_of(node)


def _is_group_of_words(node: Node, scan: Scan) -> bool:
    """Return whether an index is a name and a group in brackets.

    It is among the words of a macro that are no Rust: not in a block or statement, no element of a list, and nothing is done with the
    value. Nobody writes a blank before an index, but macros have blanks between their groups.
    """
    root = largest = node
    for ancestor in ancestors(node):
        if ancestor.type in _CODE and not ancestor.has_error and (ancestor.type != "expression_statement" or _ends(ancestor)):
            return False
        root, largest = ancestor, largest if ancestor.has_error else ancestor
    if root == scan.root or root.parent or scan.source[node.start_byte - 1] in _SIGILS:
        return False
    bracket = next(child for child in node.children if child.type == "[")
    if node.children[0].end_byte < bracket.start_byte:
        return True
    return node.has_error or not (_is_element(largest) or (node.parent and node.parent.type in _OPERANDS))


def _is_element(expression: Node) -> bool:
    """Return whether an expression stands alone between delimiters."""
    before, after = expression.prev_sibling, expression.next_sibling
    return (before is None or before.type in _OPENING) and (after is None or after.type in _CLOSING)


def _ends(statement: Node) -> bool:
    """Return whether a statement has its semicolon."""
    return statement.children[-1].type == ";"
