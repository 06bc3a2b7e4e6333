"""Checks of hard-coded secrets.

They are known by their format, or by the name that they are assigned to.
"""

import re
from collections import Counter
from collections.abc import Iterator
from math import log2

from tree_sitter import Node

from rustgate.api import Captures, File, Match, Outline, match_of, string_of, text_of

_FORMATS = {
    "an AWS access key": rb"(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a GitHub token": rb"gh[pousr]_[A-Za-z0-9]{36}\b|github_pat_[A-Za-z0-9_]{50,}",
    "a GitLab token": rb"glpat-[\w-]{20}",
    "a Slack token": rb"xox[abprs]-[A-Za-z0-9-]{20,}",
    "a Stripe key": rb"[sr]k_live_[A-Za-z0-9]{20,}",
    "a Google API key": rb"AIza[\w-]{35}",
    "a private key": rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\\[nr]|\s)+[A-Za-z0-9+/=]{16}",
}
_ANY_FORMAT = re.compile(rb'"(?:%b)' % b"|".join(b"(%b)" % pattern for pattern in _FORMATS.values()))

_SECRET_NAME = re.compile(
    r"(?:(?:\w+_)?(?:password|passwd|pwd|passphrase|secret|(?:secret|api|access|private|signing|encryption|auth|jwt)_?key"
    r"|auth_?token|access_?token|token|bearer|credentials?)|(?:(?:\w+_)?(?:db|database|user|admin|root|smtp|mail|login)_)?pass)(?:_?\d+)?",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(
    r"\{[^{}]*\}|<[^<>]*>|(?-i:%[sd])|%[2-7][0-9a-f]|^\$(?:\(|[a-z_]{3,}\d*\b|[a-z0-9]+\$)"  # templates, what is encoded, and hashes
    r"|://|example|placeholder|change_?me|your|dummy|x{4}|\*{3}|0123456789|123456789|^[/.]|\.(?:pem|key|txt|json|toml)$",
    re.IGNORECASE,
)
_HOLDERS = {
    "let_declaration": ("pattern", "value"),
    "const_item": ("name", "value"),
    "static_item": ("name", "value"),
    "field_initializer": ("field", "value"),
    "assignment_expression": ("left", "right"),
}
"""Nodes that give a value to a name: the fields of the name and of the value."""
_BETWEEN_WORDS = re.compile(r"[-_.:/]+")
_WORD = re.compile(r"[A-Za-z]+\d{0,3}|\d{1,4}")
_MOST_NAMES = 8
"""Values of a tuple: credentials come in twos and threes, and each lookup in a generated table costs its whole length."""
_LEAST_ENTROPY = 3.0
"""Bits for each character; a text needs at least eight different ones to reach it."""


def hard_coded_secret(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find string literals that are secrets.

    Their format says so, or their name and their randomness.
    """
    source, seen = file.scan.source, set()
    for found in _ANY_FORMAT.finditer(source):
        if not _in_comment(file.outline, found.start()) and b"EXAMPLE" not in found[0]:
            seen.add(file.outline.lines.number(found.start()))
            yield Match(found.start(), found.end(), {"what": list(_FORMATS)[(found.lastindex or 1) - 1]})
    for captures in matches:
        literal = captures["value"][0]
        named = _named(literal)
        name = text_of(named, source) if named else ""
        value = text_of(literal, source).partition('"')[2].rpartition('"')[0]
        if _SECRET_NAME.fullmatch(name) and _is_random(value) and file.outline.lines.number(literal.start_byte) not in seen:
            yield match_of(literal, what=f"the value of `{name}`")


def _named(literal: Node) -> Node | None:
    """Return the name that a literal is assigned to, if any.

    It is that of a variable, a constant or a field. The literal may be made into a string first, or stand in `Some`.
    """
    string = string_of(literal)
    function, outer = string.child_by_field_name("function"), string_of(string)
    if function and function.type not in {"scoped_identifier", "field_expression"} and function.text != b"Some":
        return None
    wrapper = outer.child_by_field_name("function")
    value = outer if wrapper and wrapper.text == b"Some" else string
    holder = value.parent
    if holder is None or holder.type == "tuple_expression":
        return _named_in_tuple(value, holder) if holder else None
    name_field, value_field = _HOLDERS.get(holder.type, ("", ""))
    name = holder.child_by_field_name(name_field) if name_field and holder.child_by_field_name(value_field) == value else None
    if name and name.type == "field_expression":
        return name.child_by_field_name("field")
    return name if name and name.type in {"identifier", "field_identifier"} else None


def _named_in_tuple(value: Node, values: Node) -> Node | None:
    """Return the variable for a value in a tuple.

    An example is `let (user, password) = ("me", "..")`.
    """
    declaration, count = values.parent, values.named_child_count
    names = declaration.child_by_field_name("pattern") if declaration and declaration.type == "let_declaration" else None
    if names is None or names.type != "tuple_pattern" or names.named_child_count != count or count > _MOST_NAMES:
        return None
    name = names.named_children[values.named_children.index(value)]
    return name if name.type == "identifier" else None


def _in_comment(outline: Outline, byte: int) -> bool:
    return any(start <= byte < end for start, end in outline.comments)


def _is_random(text: str) -> bool:
    """Return whether a text is random enough for a secret.

    Words, paths, templates and examples are not.
    """
    words = _BETWEEN_WORDS.split(text)
    if _NO_SECRET.search(text) or (any(map(str.isalpha, words)) and all(map(_WORD.fullmatch, words))):
        return False
    counts = Counter(text)
    entropy = -sum(count / len(text) * log2(count / len(text)) for count in counts.values())
    return entropy >= _LEAST_ENTROPY and any(letter.isdigit() for letter in text) and any(letter.isalpha() for letter in text)
