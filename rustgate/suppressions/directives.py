"""Comments and attributes that mute findings: what they say, and which lines they cover."""

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from rustgate.model.finding import Suppression
from rustgate.model.rule import Rule
from rustgate.syntax.attribute_targets import NextItems
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import COMMENTS, Scan

_COMMENT = re.compile(r"(?://|/\*)\s*rustgate\s*(?::(?!:)|(?=allow(?:-file)?\s*\())")
_IN_OTHER_LETTERS = re.compile(r"(?://|/\*)\s*(?:Rustgate|RustGate|RUSTGATE)(?i:\s*:\s*allow(?:-file)?\s*\()")
_IN_DOCUMENTATION = re.compile(rb"(?://[/!]|/\*[*!])\s*rustgate\s*:\s*allow(?:-file)?\s*\([^\n]*")
_NAMES = (b"rustgate", b"Rustgate", b"RustGate", b"RUSTGATE")
_DIRECTIVE = re.compile(r"(allow|allow-file)\s*\(([^()]*)\)\s*(?:--\s*(.*))?", re.DOTALL)
_INTERPRETER = re.compile(rb"#!(?!\s*\[)[^\n]*")


def read_suppressions(scan: Scan, outline: Outline, rules: Iterable[Rule]) -> Iterator[Suppression]:
    """Every suppression of a file: comments first, then clippy attributes for the rules that have a twin."""
    if any(name in scan.source for name in _NAMES):
        following = NextItems()
        for node in scan.events["comment"]:
            yield from _of_comment(node, outline, following)
        yield from _in_documentation(outline)
    if outline.lint_levels:
        yield from _of_attributes(outline, {equivalent: rule.name for rule in rules for equivalent in rule.clippy})


def parse_directive(comment: str) -> tuple[str, tuple[str, ...], str] | str | None:
    """(`allow` or `allow-file`, rules, reason) of a comment's text; a sentence when it cannot be read; None for any other comment."""
    found = _COMMENT.match(comment)
    if not found:
        return "it must be in lower case; write `rustgate: allow(..)`" if _IN_OTHER_LETTERS.match(comment) else None
    # no regular expression looks for the end: one that does takes the square of the time on a comment full of blanks
    directive = found[0].endswith(":") and _DIRECTIVE.fullmatch(comment[found.end() :].strip().removesuffix("*/").strip())
    rules = tuple(name.strip() for name in directive[2].split(",") if name.strip()) if directive else ()
    if not directive or not rules:
        return "its syntax is wrong; write `rustgate: allow(rule-name) -- reason`"
    return directive[1], rules, " ".join((directive[3] or "").split())


def _of_comment(node: Node, outline: Outline, following: NextItems) -> Iterator[Suppression]:
    comment = outline.source[node.start_byte : node.end_byte].decode().rstrip()
    directive = parse_directive(comment)
    if directive is None:
        return
    if isinstance(directive, str):
        yield _mistake(outline, node.start_byte, comment, directive)
        return
    line, column = outline.lines.position(node.start_byte)
    end_column = column + len(comment.partition("\n")[0])
    word, rules, reason = directive
    if word == "allow-file" and not _in_first_comments(outline, node.start_byte):
        problem = "`allow-file` must be in the first comment of the file; move it there, or use `allow`"
        yield Suppression(rules, line, column, line, line, reason, problem=problem, end_column=end_column)
        return
    first, last = (1, max(1, outline.lines.count)) if word == "allow-file" else _covered(node, outline, following)
    yield Suppression(rules, line, column, first, last, reason, end_column=end_column)


def _in_documentation(outline: Outline) -> Iterator[Suppression]:
    """What reads like a suppression, but is documentation."""
    for found in _IN_DOCUMENTATION.finditer(outline.source):
        comment = outline.comment_at(found.start())
        if comment and comment[0] == found.start():
            problem = "doc comments cannot suppress findings; write `// rustgate: allow(..)`"
            yield _mistake(outline, found.start(), found[0].decode(errors="replace").rstrip(), problem)


def _mistake(outline: Outline, start: int, comment: str, problem: str) -> Suppression:
    line, column = outline.lines.position(start)
    return Suppression((), line, column, line, line, "", problem=problem, end_column=column + len(comment.partition("\n")[0]))


def _covered(node: Node, outline: Outline, following: NextItems) -> tuple[int, int]:
    """The lines that an `allow` covers: its own at the end of code, otherwise also the item or statement that follows."""
    line = outline.lines.number(node.start_byte)
    if outline.source[outline.lines.start(line) : node.start_byte].strip():
        return line, line
    target = following.of(node)
    last = outline.lines.number(max(target.start_byte, target.end_byte - 1)) if target else line
    return line, max(last, _last_line_in_macro(node, outline), _last_line_of_comment_below(node, outline))


def _last_line_of_comment_below(node: Node, outline: Outline) -> int:
    """The last line of the comment that begins on the line below, which at the end of a block is all that follows; 0 if there is none."""
    below = node.next_named_sibling
    if below is None or below.type not in COMMENTS or outline.source.count(b"\n", node.end_byte - 1, below.start_byte) != 1:
        return 0
    return outline.lines.number(max(below.start_byte, below.end_byte - 1))


def _last_line_in_macro(node: Node, outline: Outline) -> int:
    """The last line of the item or block right after a comment, which in a macro body is not a node but tokens; 0 if there is none."""
    outline_node = outline.first_from(node.end_byte)
    if outline_node is None or outline.source[node.end_byte : outline_node.start].strip():
        return 0
    return outline.lines.number(outline_node.end - 1)


def _in_first_comments(outline: Outline, byte: int) -> bool:
    """Whether nothing but comments (and a `#!` line) stands before `byte`."""
    source = outline.source
    interpreter = _INTERPRETER.match(source)
    position = interpreter.end() if interpreter else 0
    for start, end in outline.comments:
        if start > byte or source[position:start].strip():
            break
        position = end
    return position > byte


def _of_attributes(outline: Outline, rule_of_twin: dict[str, str]) -> Iterator[Suppression]:
    for attribute, level in outline.lint_levels:
        lints = [lint for lint in level.lints if lint.removeprefix("clippy::") in rule_of_twin]
        rules = [rule_of_twin[lint.removeprefix("clippy::")] for lint in lints]
        if rules:
            yield Suppression(
                rules=tuple(dict.fromkeys(rules)),
                line=outline.lines.number(attribute.start),
                column=outline.lines.column(attribute.start),
                first=outline.lines.number(outline.beginning(attribute.target_start)),
                last=outline.lines.number(max(attribute.target_start, attribute.target_end - 1)),
                reason=level.reason or f"#{'!' * attribute.inner}[{level.word}({', '.join(lints)})]",
                origin="clippy",
            )
