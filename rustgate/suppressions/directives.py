"""Suppressions in comments and clippy attributes, with their lines."""

import re
from collections.abc import Iterable, Iterator

from msgspec import structs
from tree_sitter import Node

from rustgate.model.finding import Suppression
from rustgate.model.rule import Rule
from rustgate.suppressions.lint_names import Equivalents
from rustgate.syntax.attribute_targets import NextItems
from rustgate.syntax.attributes import Attribute, LintLevel
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import COMMENTS, Scan

_COMMENT = re.compile(r"(?://|/\*)\s*rustgate\s*(?::(?!:)|(?=allow(?:-file)?\s*\())")
_WRONG_CASE = re.compile(r"(?://|/\*)\s*(?:Rustgate|RustGate|RUSTGATE)(?i:\s*:\s*allow(?:-file)?\s*\()")
_IN_DOCUMENTATION = re.compile(rb"(?://[/!]|/\*[*!])\s*rustgate\s*:\s*allow(?:-file)?\s*\([^\n]*")
_NAMES = (b"rustgate", b"Rustgate", b"RustGate", b"RUSTGATE")
_DIRECTIVE = re.compile(r"(allow|allow-file)\s*\(([^()]*)\)\s*(?:--\s*(.*))?", re.DOTALL)
_INTERPRETER = re.compile(rb"#!(?!\s*\[)[^\n]*")


def read_suppressions(scan: Scan, outline: Outline, rules: Iterable[Rule]) -> Iterator[Suppression]:
    """Read every suppression of a file, comments first.

    Clippy attributes count if they name the clippy equivalent of one of `rules`.
    """
    if any(name in scan.source for name in _NAMES):
        next_items = NextItems()
        for node in scan.events["comment"]:
            yield from _of_comment(node, outline, next_items)
        yield from _in_documentation(outline)
    if outline.lint_levels:
        yield from _of_attributes(outline, Equivalents(rules))


def parse_directive(comment: str) -> tuple[str, tuple[str, ...], str] | str | None:
    """Parse the text of a comment as a suppression.

    Returns (`allow` or `allow-file`, rules, reason); a sentence that says what is wrong if it cannot be read; None for any other comment.
    """
    found = _COMMENT.match(comment)
    if not found:
        return "it must be in lower case; write `rustgate: allow(..)`" if _WRONG_CASE.match(comment) else None
    # no regular expression looks for the end: on a comment full of blanks its time would be quadratic
    directive = found[0].endswith(":") and _DIRECTIVE.fullmatch(comment[found.end() :].strip().removesuffix("*/").strip())
    rules = tuple(name.strip() for name in directive[2].split(",") if name.strip()) if directive else ()
    if not directive or not rules:
        return "its syntax is wrong; write `rustgate: allow(rule-name) -- reason`"
    return directive[1], rules, " ".join((directive[3] or "").split())


def _of_comment(node: Node, outline: Outline, next_items: NextItems) -> Iterator[Suppression]:
    """Yield a comment's suppression, if it is one."""
    comment = outline.source[node.start_byte : node.end_byte].decode().rstrip()
    directive = parse_directive(comment)
    if directive is None:
        return
    found = _suppression_at(outline, node.start_byte, comment)
    if isinstance(directive, str):
        yield structs.replace(found, problem=directive)
        return
    word, rules, reason = directive
    found = structs.replace(found, rules=rules, reason=reason)
    if word == "allow":
        first, last = _covered(node, outline, next_items)
        yield structs.replace(found, first=first, last=last)
    elif _in_first_comments(outline, node.start_byte):
        yield structs.replace(found, first=1, last=max(1, outline.lines.count))
    else:
        yield structs.replace(found, problem="`allow-file` must be in the first comment of the file; move it there, or use `allow`")


def _in_documentation(outline: Outline) -> Iterator[Suppression]:
    """Yield doc comments that look like suppressions.

    They cannot suppress, and have a problem that says so.
    """
    for found in _IN_DOCUMENTATION.finditer(outline.source):
        comment = outline.comment_at(found.start())
        if comment and comment[0] == found.start():
            problem = "doc comments cannot suppress findings; write `// rustgate: allow(..)`"
            text = found[0].decode(errors="replace").rstrip()
            yield structs.replace(_suppression_at(outline, found.start(), text), problem=problem)


def _suppression_at(outline: Outline, start: int, comment: str) -> Suppression:
    """Return a suppression of nothing for a comment.

    It covers the line where the comment begins.
    """
    line, column = outline.lines.position(start)
    return Suppression((), line, column, line, line, "", end_column=column + len(comment.partition("\n")[0]))


def _covered(node: Node, outline: Outline, next_items: NextItems) -> tuple[int, int]:
    """Return the first and last line of an `allow`.

    At the end of code it covers its line; otherwise also the item or statement that follows.
    """
    line = outline.lines.number(node.start_byte)
    if outline.source[outline.lines.start(line) : node.start_byte].strip():
        return line, line
    target = next_items.of(node)
    last = _last_line(outline, target.start_byte, target.end_byte) if target else line
    return line, max(last, _last_line_in_macro(node, outline), _last_line_of_comment_below(node, outline))


def _last_line_of_comment_below(node: Node, outline: Outline) -> int:
    """Return the last line of a comment below.

    It begins on the next line; at the end of a block nothing else may follow. 0 if there is none.
    """
    below = node.next_named_sibling
    if below is None or below.type not in COMMENTS or outline.source.count(b"\n", node.end_byte - 1, below.start_byte) != 1:
        return 0
    return _last_line(outline, below.start_byte, below.end_byte)


def _last_line_in_macro(node: Node, outline: Outline) -> int:
    """Return the last line of what follows a comment.

    That is the item or block right after it, which in a macro body is no node but tokens. 0 if there is none.
    """
    outline_node = outline.first_from(node.end_byte)
    if outline_node is None or outline.source[node.end_byte : outline_node.start].strip():
        return 0
    return outline.lines.number(outline_node.end - 1)


def _last_line(outline: Outline, start: int, end: int) -> int:
    """Return the line of the byte before `end`.

    If nothing is between `start` and `end`, that of `start`.
    """
    return outline.lines.number(max(start, end - 1))


def _in_first_comments(outline: Outline, byte: int) -> bool:
    """Return whether only comments precede `byte`.

    A `#!` line may be above them.
    """
    source = outline.source
    interpreter = _INTERPRETER.match(source)
    position = interpreter.end() if interpreter else 0
    for start, end in outline.comments:
        if start > byte or source[position:start].strip():
            break
        position = end
    return position > byte


def _of_attributes(outline: Outline, equivalents: Equivalents) -> Iterator[Suppression]:
    """Yield the attributes that set the level of an equivalent.

    What a group allows suppresses nothing; what it warns of or denies counts. A group can forbid nothing for good.
    """
    for attribute, level in outline.lint_levels:
        by_lint = {lint: [*equivalents.of_lint(lint)] for lint in level.lints}
        lints = [lint for lint, keys in by_lint.items() if keys]
        groups = () if level.silences else [key for lint in level.lints for key in equivalents.of_group(lint)]
        keys = dict.fromkeys(key for lint in lints for key in by_lint[lint])
        reason = level.reason or f"#{'!' * attribute.inner}[{level.word}({', '.join(lints)})]"
        word = "allow" if level.silences else "forbid" if level.word == "forbid" else "warn"
        yield from _on_target(outline, attribute, level, _level_of(tuple(keys), word, reason))
        yield from _on_target(outline, attribute, level, _level_of(tuple(groups), "warn", reason))


def _level_of(keys: tuple[tuple[str, str], ...], level: str, reason: str) -> Suppression:
    """Return a level of lints that covers no line."""
    return Suppression(tuple(dict.fromkeys(rule for rule, _ in keys)), 0, 0, 0, 0, reason, "clippy", level=level, lints=keys)


def _on_target(outline: Outline, attribute: Attribute, level: LintLevel, found: Suppression) -> Iterator[Suppression]:
    """Yield a level for the lines that its attribute covers.

    A level for tests alone covers the test code among them.
    """
    if not found.rules:
        return
    first, last = outline.beginning(attribute.target_start), attribute.target_end
    ranges = [(first, last)]
    if level.only_in_tests and not outline.whole_file_is_test:
        ranges = [(max(first, start), min(last, end)) for start, end in outline.test_ranges if start < last and first < end]
    for start, end in ranges:
        yield structs.replace(
            found,
            line=outline.lines.number(attribute.start),
            column=outline.lines.column(attribute.start),
            first=outline.lines.number(start),
            last=_last_line(outline, start, end),
            columns=(outline.lines.column(start), outline.lines.column(max(start, end - 1))),
        )
