"""Checks of the rules about security: what is spliced into SQL, secrets in the source, and requests that nobody validates."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log2

from tree_sitter import Node

from rustgate.cargo import Manifest
from rustgate.checks.nodes import function_at, text_of
from rustgate.crates import Crate, Reduced
from rustgate.model import Fact, Hit
from rustgate.outline import Outline
from rustgate.plan import File
from rustgate.scan import Captures

# SQL: statements in one case, so that prose ("Select a file from ...") is none; lower case must hold some more of SQL
_SQL = re.compile(
    r"""(?:
      (?:SELECT\b.*\bFROM|INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE\b.*\bSET|DELETE\s+FROM|MERGE\s+INTO|WITH\b.*\bAS\s*\(
        |(?:CREATE|DROP|ALTER|TRUNCATE)\s+(?:\w+\s+)?(?:TABLE|INDEX|VIEW|DATABASE|SCHEMA|USER|ROLE)|VACUUM\s+INTO|ATTACH\s+DATABASE)\b
      |(?:select\b.*\bfrom|insert\s+into|update\b.*\bset|delete\s+from)\b(?=.*(?:=|\*|\?|\bwhere\b|\bvalues\b|\blimit\b))
    )""",
    re.DOTALL | re.VERBOSE,
)
_FORMATTERS = frozenset({"format", "std::format", "write", "writeln", "format_args"})
_SQL_BEGINS = re.compile(r'b?r?#*"(?:\\\n|\\n|\s|\()*(?:SELECT|INSERT|REPLACE|UPDATE|DELETE|WITH)\b')
_PLACEHOLDER = re.compile(r"(?<!\{)\{(?!\{)([^{}:]*)[^{}]*\}")
_INDEX = re.compile(r"[0-9]{1,9}")
_HARMLESS = re.compile(r"(?:[A-Z][A-Z0-9_]*|(?:\w+::)+[A-Z][A-Z0-9_]*|\w*placeholders?|\d+)")
# secrets: formats that tell themselves, and names that ask for one
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
    r"(?:\w+_)?(?:password|passwd|pwd|passphrase|secret|secret_?key|api_?key|access_?key|private_?key|auth_?token|access_?token|token"
    r"|bearer|credentials?)(?:_?\d+)?",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(
    r"[<{$%]|://|example|placeholder|change_?me|your|dummy|x{4}|\*{3}|0123456789|123456789|^[/.]|\.(?:pem|key|txt|json|toml)$",
    re.IGNORECASE,
)
_HOLDERS = {
    "let_declaration": ("pattern", "value"),
    "const_item": ("name", "value"),
    "static_item": ("name", "value"),
    "field_initializer": ("field", "value"),
    "assignment_expression": ("left", "right"),
}
"""The fields of the name and of the value, of what gives a value to a name."""
_WORDS = re.compile(r"(?:[A-Za-z]+|\d{1,4})(?:[-_.:/](?:[A-Za-z]+|\d{1,4}))*")
_LEAST_ENTROPY = 3.0

_VALIDATES = re.compile(rb"\.\s*validate\w*\s*\(")
_EXTRACTORS = frozenset(
    {"axum::Json", "axum::extract::Json", "axum::extract::Form", "axum::Form", "actix_web::web::Json", "actix_web::web::Form"}
)
_FREE_FORM = frozenset({"serde_json::Value", "Value", "String", "bool", "Map"})


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
        elif not _SQL_BEGINS.match(text_of(literal, source)):
            continue
        elif variable:
            statements.add((text_of(variable, source), function_at(file.outline, variable.start_byte)))
        elif any(_is_value(part, source) for part in _added(_string(literal))):
            yield _splice(literal)


def _macro(literal: Node) -> Node | None:
    """The name of the macro that a literal is a token of."""
    tree = literal.parent
    call = tree.parent if tree and tree.type == "token_tree" else None
    return call.child_by_field_name("macro") if call and call.type == "macro_invocation" else None


def _string(literal: Node) -> Node:
    """The expression that makes a string of a literal alone, `String::from("..")` or `"..".to_owned()`; or the literal itself."""
    holder = literal.parent
    call = holder.parent if holder else None
    if not (holder and call and call.type == "call_expression"):
        return literal
    alone = holder.type == "arguments" and [child for child in holder.named_children if not child.is_extra] == [literal]
    return call if alone or (holder.type == "field_expression" and call.child_by_field_name("function") == holder) else literal


def _variable(literal: Node) -> Node | None:
    """The variable whose declaration gives it the string that is made of a literal."""
    string = _string(literal)
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


def hard_coded_secret(file: File, matches: list[Captures]) -> Iterator[Hit]:
    """Hits for string literals that are a secret by their format, or by their name and their randomness."""
    source, seen = file.scan.source, set()
    for found in _ANY_FORMAT.finditer(source):
        if not _in_comment(file.outline, found.start()) and b"EXAMPLE" not in found[0]:
            seen.add(file.outline.lines.number(found.start()))
            yield Hit(found.start(), found.end(), {"what": list(_FORMATS)[(found.lastindex or 1) - 1]})
    for captures in matches:
        literal = captures["value"][0]
        named = _named(literal)
        name = text_of(named, source) if named else ""
        value = text_of(literal, source).lstrip("br#").strip('"#')
        if _SECRET_NAME.fullmatch(name) and _is_random(value) and file.outline.lines.number(literal.start_byte) not in seen:
            yield Hit(literal.start_byte, literal.end_byte, {"what": f"the value of `{name}`"})


def _named(literal: Node) -> Node | None:
    """The name that a literal is given to, as it is or made into a string: of a variable, a constant or a field."""
    string = _string(literal)
    holder = string.parent
    function = string.child_by_field_name("function")
    if holder is None or (function and function.type not in {"scoped_identifier", "field_expression"}):
        return None
    key, given = _HOLDERS.get(holder.type, ("", ""))
    name = holder.child_by_field_name(key) if key and holder.child_by_field_name(given) == string else None
    if name and name.type == "field_expression":
        return name.child_by_field_name("field")
    return name if name and name.type in {"identifier", "field_identifier"} else None


def _in_comment(outline: Outline, byte: int) -> bool:
    return any(start <= byte < end for start, end in outline.comments)


def _is_random(text: str) -> bool:
    """Whether a text is mixed enough to be a secret, and not words, a path, a template or an example."""
    if _NO_SECRET.search(text) or _WORDS.fullmatch(text):
        return False
    counts = Counter(text)
    entropy = -sum(count / len(text) * log2(count / len(text)) for count in counts.values())
    return entropy >= _LEAST_ENTROPY and any(letter.isdigit() for letter in text) and any(letter.isalpha() for letter in text)


def gather_unvalidated_requests(file: File, matches: list[Captures]) -> Iterator[tuple[Hit, bool]]:
    """The handlers that take a body and never validate it (False), and the places by which a file shows that it uses `validator` (True)."""
    outline, source = file.outline, file.scan.source
    for attribute in outline.attributes if b"Validate" in source else ():
        if "Validate" in attribute.text and outline.names.resolve("Validate", attribute.start).startswith("validator::"):
            yield Hit(attribute.start, attribute.end), True
    for captures in matches:
        extractor, body, block, name = (captures[key][0] for key in ("extractor", "type", "block", "name"))
        if outline.names.one_of(text_of(extractor, source), extractor.start_byte, _EXTRACTORS) is None:
            continue
        if outline.names.resolve(text_of(body, source), body.start_byte) in _FREE_FORM or _VALIDATES.search(
            source, block.start_byte, block.end_byte
        ):
            continue
        yield Hit(name.start_byte, name.end_byte, {"name": text_of(name, source), "type": text_of(body, source)}), False


def unvalidated_requests(crate: Crate, facts: Sequence[Fact]) -> Reduced:
    """The handlers, if the crate depends on `validator`; without a manifest, if one of its files derives `Validate`."""
    uses = _depends_on(crate.manifest, "validator") if crate.manifest else any(fact.data for fact in facts)
    return ((fact, {}) for fact in facts if uses and not fact.data)


def _depends_on(manifest: Manifest, name: str) -> bool:
    """Whether a package names `name` under its dependencies, also for some platforms alone."""
    targets = manifest.table.get("target")
    tables = [manifest.table, *(targets.values() if isinstance(targets, dict) else ())]
    return any(name in table["dependencies"] for table in tables if isinstance(table, dict) and isinstance(table.get("dependencies"), dict))
