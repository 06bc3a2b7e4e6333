"""Errors that were logged, explained, or cannot happen before they are dropped."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from rustgate.api import FARTHEST, File, bytes_of, declaration_of, function_at, line_of, method_of, text_of, uses_of

_HANDLERS = frozenset({"inspect_err", "map_err", "or_else", "unwrap_or_else"})
_LOGS = re.compile(
    rb"\b(?:e?println?|trace|debug|info|warn|error|fatal|event|\w*(?:log|report|record|capture|notify|emit|print)\w*)\s*(?:!|\(|$)|^\s*\w+\s*$"
)
"""A call that logs; a path alone is a function that is given the error."""
_NO_REASON = re.compile(r"/[/*]+\s*(?:rustgate\s*:|(?:TODO|FIXME|XXX|HACK)\b)")
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST_WORDS = 2
"""Words of a comment that says why: `// ignore` says nothing, `// best effort` does."""
_SAME_KIND = re.compile(rb"\s*(?:(?:let\s+)?_\s*=[^;]*;|[^;]*\.\s*ok\(\)\s*;|#\[[^\n]*\])\s*$")
_MOST_LINES = 20
_WRITES = frozenset({"write_char", "write_fmt", "write_str"})
_STRING = re.compile(r"(?:&\s*(?:'\w+\s+)?mut\s+)?(?:\w+::)*String\b|format!|.*\.(?:to_string|to_owned)\(\)$|\".*\"\.into\(\)$", re.DOTALL)
_FMT_WRITE = re.compile(rb"\bfmt\s*::\s*(?:Write\b|\{[^}]*\bWrite\b)")
_IO_WRITE = re.compile(rb"\bio\s*::\s*(?:Write\b|prelude\b|\{[^}]*\bWrite\b)")
_DESTINATION = re.compile(r"[(\[{]\s*(?:&\s*mut\s+|\*\s*)*([\w.]+)\s*,")


def is_logged(file: File, value: Node) -> bool:
    """Return whether an error was logged before it is dropped.

    A method such as `inspect_err` in the chain does it, or an `if let Err(..) = &result` above.
    """
    source = file.scan.source
    node: Node | None = value
    for _ in range(FARTHEST):
        if node is None:
            break
        if node.type in {"await_expression", "try_expression", "parenthesized_expression", "field_expression"}:
            node = node.named_child(0)
        elif node.type == "call_expression":
            method, arguments = method_of(node), node.child_by_field_name("arguments")
            if method and arguments and line_of(method, source) in _HANDLERS and _LOGS.search(bytes_of(arguments, source)[1:-1]):
                return True
            node = node.child_by_field_name("function") if method else None
        else:
            return node.type == "identifier" and _was_looked_at(file, node)
    return False


def _was_looked_at(file: File, result: Node) -> bool:
    """Return whether `if let Err(..) = &result` logs above."""
    function = function_at(file.outline, result.start_byte)
    if function is None:
        return False
    name = re.escape(bytes_of(result, file.scan.source))
    seen = re.compile(rb"\blet\s+Err\s*\(.*?\)\s*=\s*&\s*" + name + rb"\s*\{[^}]*?" + _LOGS.pattern.partition(rb"|^")[0], re.DOTALL)
    return seen.search(file.scan.source, function.start, result.start_byte) is not None


def has_reason(file: File, node: Node) -> bool:
    """Return whether a comment above, behind or within says why."""
    source, lines = file.scan.source, file.outline.lines
    last = lines.end(lines.number(max(node.start_byte, node.end_byte - 1)))
    around = source[node.start_byte : last]
    if b"//" in around or b"/*" in around:
        inside = ((start, end) for start, end in file.outline.plain_comments if node.start_byte <= start < last)
        if any(_says_why(source[start:end].decode(errors="replace")) for start, end in inside):
            return True
    return any(_says_why(text) for text in _comments_above(file, node))


def _comments_above(file: File, node: Node) -> Iterator[str]:
    """Yield the lines of comment right above a statement.

    Statements of the same kind may be between, which one comment explains.
    """
    source, lines = file.scan.source, file.outline.lines
    first = lines.number(node.start_byte)
    for line in range(first - 1, max(first - _MOST_LINES, 0), -1):
        text = source[lines.start(line) : lines.end(line)]
        comment = text.strip()
        if comment.startswith((b"//", b"/*", b"*")) and not comment.startswith((b"///", b"//!")):
            yield comment.decode(errors="replace")
        elif not _SAME_KIND.match(text):
            return


def _says_why(comment: str) -> bool:
    """Return whether a comment has words enough to be a reason.

    The marks of our examples are no part of it.
    """
    return not _NO_REASON.match(comment) and len(_WORD.findall(comment.partition("//~")[0])) >= _FEWEST_WORDS


def writes_to_string(file: File, value: Node) -> bool:
    """Return whether a value is a write into a `String`.

    That cannot fail. A destination of unknown type counts if the file imports `fmt::Write`, and not `io::Write`.
    """
    source = file.scan.source
    if value.type == "macro_invocation":
        if line_of(value.children[0], source).rpartition("::")[2] not in {"write", "writeln"}:
            return False
        found = _DESTINATION.match(text_of(value.children[-1], source))
        name = found[1] if found else ""
    else:
        method = method_of(value)
        receiver = method.parent.child_by_field_name("value") if method and method.parent else None
        if method is None or receiver is None or line_of(method, source) not in _WRITES:
            return False
        name = line_of(receiver, source)
    written = _type_of(file, name, value)
    if written:
        return _STRING.match(written) is not None
    return _FMT_WRITE.search(source) is not None and not _IO_WRITE.search(source)


def _type_of(file: File, name: str, value: Node) -> str:
    """Return the type or value that a variable is declared with.

    Empty if it is not a variable of the function, or its declaration shows neither.
    """
    function = function_at(file.outline, value.start_byte)
    if function is None or not name.isidentifier():
        return ""
    declarations = map(declaration_of, uses_of(file.scan, name.encode(), function.head_end, value.start_byte))
    declaration = next(filter(None, reversed([*declarations])), None)
    parts = (declaration.child_by_field_name(field) for field in ("type", "value")) if declaration else ()
    return next((line_of(part, file.scan.source) for part in parts if part), "")
