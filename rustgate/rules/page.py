"""Parse a rule page strictly."""

import re
from collections.abc import Sequence
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from rustgate.cargo.rust_version import parse_rust_version
from rustgate.errors import PageError, suggestion
from rustgate.filesystem.toml import parse_toml
from rustgate.model.file import Target
from rustgate.model.finding import Severity
from rustgate.model.rule import Applies, Conditions, Enclosure, Profile, Rule, Scope
from rustgate.rules.examples import fences, require_examples
from rustgate.rules.strict_decoder import decode, described

Precision: TypeAlias = Literal["very-high", "high", "medium", "low"]
_BY_PROFILE = described("a table, such as { production = .. }")
_SCORE = described('a number from 0.0 to 10.0 in quotes, such as "7.5"', pattern=r"^([0-9](\.[0-9])?|10(\.0)?)\Z")
_RUST_VERSION = described('a version of Rust in quotes, such as "1.81"', pattern=r"^[0-9]{1,9}(\.[0-9]{1,9}){0,2}\Z")

PREDICATES = frozenset(
    {"eq?", "not-eq?", "any-eq?", "any-not-eq?", "match?", "not-match?", "any-match?", "any-not-match?", "any-of?", "not-any-of?"}
)
"""Predicates that the tree-sitter bindings evaluate; all others they ignore silently."""

_PREDICATE = re.compile(r'"(?:[^"\\]|\\.)*"|;[^\n]*|\(\s*#([^\s()]+)')
_PROFILES = tuple(Profile)
_LISTS = frozenset({"clippy", "inside", "not_inside", "targets"})
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_LONGEST_QUERY = 10_000
"""Characters; tree-sitter crashes on a query that nests some ten thousand levels deep."""


class FrontMatter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Front matter, between the `+++` lines of a page."""

    severity: Annotated[dict[Profile, Severity], _BY_PROFILE]
    message: str
    since: str
    help: str = ""
    applies: Applies = Applies.EVERYWHERE
    scope: Scope = Scope.FILE
    clippy: list[str] = []
    tags: list[str] = []
    precision: Precision = "high"
    security_severity: Annotated[str, _SCORE] | None = None
    measure: str | None = None
    limit: Annotated[dict[Profile, int], _BY_PROFILE] = {}
    soft: Annotated[dict[Profile, int], _BY_PROFILE] = {}
    check: str | None = None
    gather: str | None = None
    raised_by: Literal["linter", "suppressions"] | None = None
    yields_to: str = ""
    reads: Literal["manifest", "coverage"] | None = None
    inside: list[Enclosure] = []
    not_inside: list[Enclosure] = []
    targets: list[Target] = []
    rust: Annotated[str, _RUST_VERSION] = ""
    options: dict[str, Any] = {}
    choices: dict[str, list[str]] = {}


def read_page(path: Path, category: str = "") -> Rule:
    """Read the rule page at `path`.

    The category is the name of its folder, if none is given. Raises `PageError` if the page cannot be used.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PageError(f"{path}: the rule page cannot be read ({error}); it must be a UTF-8 text file") from error
    return parse_page(text, str(path), name=path.stem, category=category or path.parent.name)


def parse_page(text: str, path: str, name: str, category: str) -> Rule:
    """Parse a rule page, or raise `PageError`."""
    text = text.replace("\r\n", "\n")
    _require_rule_name(name, path)
    head, body = _split(text, path)
    matter = _front_matter(head, path)
    title = _title(body, path)
    markdown, markdown_line = body.strip() + "\n", text.count("\n", 0, len(text) - len(body.lstrip())) + 1
    blocks = fences(markdown)
    query = _query_block(blocks, path)
    _require_one_way(matter, query, path)
    _require_plain_placeholders(matter, path)
    rule = Rule(
        name=name,
        category=category,
        path=path,
        title=title[1].strip(),
        why=_why(body, title.end(), path),
        markdown=markdown,
        severity=_ladder(matter.severity),
        message=matter.message,
        help=matter.help,
        since=matter.since,
        applies=matter.applies,
        scope=matter.scope,
        clippy=tuple(matter.clippy),
        tags=tuple(matter.tags),
        precision=matter.precision,
        security_severity=matter.security_severity,
        query=query and query[3],
        query_line=markdown_line + markdown.count("\n", 0, query.start(3)) if query else 0,
        measure=matter.measure,
        limit=_ladder(matter.limit),
        soft=_ladder(matter.soft),
        check=matter.check,
        gather=matter.gather,
        raised_by=matter.raised_by,
        yields_to=matter.yields_to,
        reads=matter.reads,
        conditions=Conditions(tuple(matter.inside), tuple(matter.not_inside), tuple(matter.targets), parse_rust_version(matter.rust)),
        options={key: _option(key, value, path) for key, value in matter.options.items()},
        choices={key: tuple(values) for key, values in matter.choices.items()},
        markdown_line=markdown_line,
    )
    require_examples(rule, blocks)
    return rule


def _require_rule_name(name: str, path: str) -> None:
    if not _NAME.fullmatch(name):
        raise PageError(f'{path}: "{name}" is not a rule name; use lower-case words joined by dashes')


def _split(text: str, path: str) -> tuple[str, str]:
    parts = text.split("+++\n", 2)
    match parts:
        case [before, head, body] if not before.strip():
            return head, body
    raise PageError(f"{path}: the page must begin with its front matter between two lines of `+++`")


def _front_matter(head: str, path: str) -> FrontMatter:
    try:
        table = parse_toml(head)
    except ValueError as error:
        raise PageError(f"{path}: the front matter is not TOML: {error}") from error
    for key in _LISTS & table.keys():
        table[key] = [table[key]] if isinstance(table[key], str) else table[key]
    return decode(table, FrontMatter, f"{path}: front matter", PageError)


def _query_block(blocks: Sequence[re.Match[str]], path: str) -> re.Match[str] | None:
    """Return the query block of a page, if any."""
    queries = [block for block in blocks if block[2].strip() == "query" and block[3].strip()]
    if len(queries) > 1:
        raise PageError(f"{path}: the page has {len(queries)} query blocks; join them into one")
    for query in queries:
        if len(query[3]) > _LONGEST_QUERY:
            raise PageError(f"{path}: the query has {len(query[3])} characters, more than {_LONGEST_QUERY}; write a shorter one")
        for predicate in filter(None, _PREDICATE.findall(query[3])):
            if predicate not in PREDICATES:
                raise PageError(
                    f"{path}: unknown predicate `#{predicate}` in the query{suggestion(predicate, PREDICATES)}"
                    f" (known: {', '.join(sorted(PREDICATES))})"
                )
    return queries[0] if queries else None


def _require_one_way(matter: FrontMatter, query: re.Match[str] | None, path: str) -> None:
    """Raise `PageError` unless there is one way to find."""
    if matter.measure and (query or matter.check):
        raise PageError(f"{path}: a page with `measure` can have neither a query nor a `check`; keep one of them")
    if matter.raised_by and (matter.measure or query or matter.check):
        raise PageError(f"{path}: a page with `raised_by` can have neither a query nor `measure` nor `check`; keep one of them")
    if not (matter.measure or query or matter.check or matter.raised_by):
        raise PageError(f"{path}: nothing says how the rule is found; add a ```query block, `measure`, `check` or `raised_by`")
    if bool(matter.measure) != bool(matter.limit):
        raise PageError(f"{path}: `measure` and `limit` belong together; one of them is missing")
    if matter.reads == "manifest":
        if query or matter.gather or matter.measure or not matter.check or matter.scope is not Scope.WORKSPACE:
            raise PageError(f'{path}: a page that reads manifests has a `check` and `scope = "workspace"`, and nothing else that finds')
        return
    if (matter.scope is not Scope.FILE) != bool(matter.gather and matter.check):
        raise PageError(
            f"{path}: a `scope` wider than a file goes with `gather` (what each file contributes) and `check` (what they mean together)"
        )
    if matter.soft and not matter.measure:
        raise PageError(f"{path}: `soft` is a limit of a `measure`, and there is none; remove it")
    if not matter.severity:
        raise PageError(f"{path}: `severity` is empty; give at least one profile a severity")


def _require_plain_placeholders(matter: FrontMatter, path: str) -> None:
    for key, text in (("message", matter.message), ("help", matter.help)):
        _require_plain_placeholders_in(key, text, path)


def _require_plain_placeholders_in(key: str, text: str, path: str) -> None:
    try:
        fields = [field for field in Formatter().parse(text) if field[1] is not None]
    except ValueError as error:
        raise PageError(f"{path}: the {key} cannot be used: {error}; write a brace that is no placeholder twice") from error
    for _, name, form, conversion in fields:
        if form or conversion or not (name or "").isidentifier():
            raise PageError(f'{path}: the {key} holds "{{{name}}}", which is no plain placeholder; write a name alone between the braces')


def _title(body: str, path: str) -> re.Match[str]:
    title = _TITLE.search(body)
    if not title:
        raise PageError(f"{path}: the page has no title; add a line that begins with `# `")
    return title


def _why(body: str, start: int, path: str) -> str:
    why = re.split(r"^(?:```|#)", body[start:], maxsplit=1, flags=re.MULTILINE)[0].strip()
    if not why:
        raise PageError(f"{path}: nothing under the title says why the rule matters; add a paragraph there")
    return why


def _ladder(steps: dict[Profile, Any]) -> tuple[Any, ...]:
    """Return a value for each profile, or None.

    A profile without a value has that of the next lower one.
    """
    values: list[Any] = []
    for profile in _PROFILES:
        values.append(steps.get(profile, values[-1] if values else None))
    return tuple(values)


def _option(name: str, value: object, path: str) -> tuple[Any, ...]:
    if not isinstance(value, dict):
        return (value,) * len(_PROFILES)
    return _ladder(decode(value, dict[Profile, Any], f"{path}: front matter", PageError, f"options.{name}"))
