"""SQL in the text of literals: statements, and where values stand in them."""

import re

from rustgate.api import FormatString

# a statement is in one case, unlike prose ("Select a file from ..."); one that is not in capitals must have more of SQL in it
_VERB = re.compile(r"[A-Z]{4,}|[Ss]elect|[Ii]nsert|[Uu]pdate|[Dd]elete")
_CAPITALS = re.compile(
    r"""SELECT\s+(?:DISTINCT\s+)?(?:[\w.]+\s*\(|'|\{[^{}]*\}\s*(?:[,;:"]|AS\b|\Z))|CALL\s+[\w.{}]+\s*\(
        |(?:SELECT\b.*\bFROM|INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE\b.*\bSET|DELETE\s+FROM|MERGE\s+INTO|WITH\b.*\bAS\s*\(
        |(?:CREATE|DROP|ALTER|TRUNCATE)\s+(?:\w+\s+)?(?:TABLE|INDEX|VIEW|DATABASE|SCHEMA|USER|ROLE)|VACUUM\s+INTO|ATTACH\s+DATABASE)\b""",
    re.DOTALL | re.VERBOSE,
)
_SMALL = re.compile(
    r"""select\s+[\w.]+\s*\(\s*['{$?\d]
        |(?:select\b.*?\bfrom|insert\s+into|delete\s+from|Select\b.*?\bFrom|Insert\s+Into|Delete\s+From)\b
        |(?:update|Update)\s+[^\s,:;]+(?:\s+\w+){0,2}\s+(?:set|Set)\s+[^\s=]+\s*(?==)""",
    re.DOTALL | re.VERBOSE,
)
_MORE = re.compile(r"=|\*|\(\s*[?'{$]|\bwhere\b|\bvalues\s*\(|\blimit\s+[\d{?$:]", re.IGNORECASE)
_BEGINS = re.compile(r"SELECT\b|INSERT\s+(?:OR|INTO)\b|REPLACE\s+INTO\b|UPDATE\b|DELETE\s+FROM\b|WITH\b")
_DDL = re.compile(r"\W*(?:CREATE|DROP|ALTER|TRUNCATE|VACUUM|ATTACH)\b", re.IGNORECASE)
_BEFORE_NAME = re.compile(r"\b(?:FROM|INTO|UPDATE|TABLE|JOIN|BY)\s+[\"`\\\[]*(?:\w+\.)?$|[\"`]$", re.IGNORECASE)
_BIND = "bind it as a parameter, or choose names from literals"
_QUOTE = "a name cannot be bound: quote it, or choose it by `match` over literals"


def is_statement(literal: str) -> bool:
    """Return whether a literal is SQL, not prose."""
    verb = _VERB.search(literal)
    if verb is None or _CAPITALS.match(literal, verb.start()):
        return verb is not None
    return _SMALL.match(literal, verb.start()) is not None and _MORE.search(literal, verb.end()) is not None


def begins(literal: str) -> bool:
    """Return whether a literal begins a statement.

    Its end may be added later.
    """
    verb = _VERB.search(literal)
    return verb is not None and (_BEGINS.match(literal, verb.start()) is not None or is_statement(literal))


def remedy_for(template: FormatString | None) -> str:
    """Return what to do about the values in a format string.

    Names cannot be bound, nor values where a statement changes the schema.
    """
    if template is None:
        return _BIND
    text = template.text.removeprefix('"')
    before = [template.text[: placeholder.start] for placeholder in template.placeholders()]
    all_names = bool(before) and all(_BEFORE_NAME.search(part) for part in before)
    return _QUOTE if all_names or _DDL.match(text) else _BIND
