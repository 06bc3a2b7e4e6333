"""Mask valid Rust that the grammar rejects, by a table of workarounds.

A mask has as many bytes as what it covers. The table is tried only on files that did not parse.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain

from msgspec import Struct
from tree_sitter import Node

_ROUNDS = 3
"""One mask can uncover what another is for; three passes over the table are enough for every file seen."""

_REACH = 4_096
_UP_TO_REACH = rf"{{0,{_REACH}}}+"
"""A bound, without which hostile input could be searched again and again."""
_PUB = r"\bpub(?:\s*\([^()]*\))?\s+"
_NAME = r"\w+(?:\s*::\s*\w+)*"
_ATTRIBUTES = r"(?:#\s*\[(?:[^\[\]]|\[[^\[\]]*\])*+\]\s*)++"
_GENERICS = r"<(?:[^<>]|->|<(?:[^<>]|->|<(?:[^<>]|->)*+>)*+>)*+>"
_PARENTHESES = r"\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\))*+\)"
_PREDICATE = r"(?:(?!\bwhere\b)[^,:{}]|::)*+"
_MODIFIER = r"(?:async|auto|const|default|extern|safe|unsafe|\"+)"
_ITEM = r"(?:async|const|enum|extern|fn|impl|let|macro_rules|mod|pub|static|struct|trait|type|union|unsafe|use)\b"
_NUMBER = r"\b(?!0[box])\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?[\d_]+)?"


class Workaround(Struct, frozen=True):
    """Rust that the grammar lacks, and the mask that hides it.

    `name` says which syntax it is; `example` parses with the mask and not without.

    The mask writes `text` and then blanks over what `pattern` matches, or over its first group if it has one. To a pattern comments look
    like blanks, which stay, and literals look like quotes, which are masked only together with what surrounds them. A `raw` pattern sees
    both as they are.
    """

    name: str
    pattern: re.Pattern[bytes]
    text: bytes
    example: str
    raw: bool = False


def _workaround(name: str, pattern: str, example: str, text: bytes = b"") -> Workaround:
    return Workaround(name, re.compile(pattern.encode()), text, example)


WORKAROUNDS = (
    # tokens and macros
    Workaround("NUL in a comment", re.compile(rb"//[^\n\0]*+(\0[^\n]*)?"), b"", "// \0\nfn f() {}", raw=True),
    Workaround(
        "the manifest of a script",
        re.compile(rb"\A(?:#!.*\n)?\s*(-{3,}+(?s:.)*?^-{3,}+$)", re.MULTILINE),
        b"",
        '#!/usr/bin/env cargo\n---\n[dependencies]\nserde = "1" # don\'t\n---\nfn f() {}',
        raw=True,
    ),
    Workaround("`_` in an escape", re.compile(rb"\\u\{[0-9a-fA-F]+(_)(?=[0-9a-fA-F]+\})"), b"0", r"fn f() { '\u{1_F600}' }", raw=True),
    Workaround("a raw string for an ABI", re.compile(rb'\bextern\s+(r)(?="[\w-]*")'), b"", 'unsafe extern r"C" fn f() {}', raw=True),
    _workaround("blanks beyond ASCII", "\u0085|\u200e|\u200f|\u2028|\u2029", "fn f() { [0,\u2028 1]; }"),
    _workaround("suffixes of numbers", rf"{_NUMBER}(?!(?:[iu](?:8|16|32|64|128|size)|f32|f64)\b)([a-zA-Z]\w*)", "fn f() { m(1x, 1.5f16) }"),
    _workaround(
        "macros named like types", r"\b(?=(?:str|char|bool|try|[iuf]\d+|[iu]size)\s*!\s*[(\[{])\w(\w)", "fn f() { str![name] }", b"_"
    ),
    _workaround("a blank in `macro_rules!`", r"\bmacro_rules\s+!", "macro_rules ! m { () => {} }", b"macro_rules!"),
    # `quote!` is a macro whose body is not read as code
    _workaround("`macro`", rf"(?:{_PUB})?\bmacro\s+\w+\s*(?:{_PARENTHESES}\s*)?(?={{)", "pub macro ready($e:expr) { $e }", b"quote!"),
    _workaround("`~` in a macro", r"~(?!\s*const\b)", "fn f() { Token![~] }", b"!"),
    _workaround("`$` before no name", r"\$(?!\w|\s*\()", "macro_rules! m { ($ x:ident) => { ${count($x)} } }", b"_"),
    # items
    _workaround("modifiers of traits", rf"\b(?:auto|const)\s+(?=(?:{_MODIFIER}\s+){{0,4}}trait\b)", "pub const unsafe auto trait T {}"),
    _workaround("modifiers of impls", rf"(?:{_PUB}|\b(?:default|const)\s+)(?=(?:{_MODIFIER}\s+){{0,4}}impl\b)", "default impl T for S {}"),
    _workaround(
        "modifiers of functions", rf"\b(?:safe|final|gen)\s+(?=(?:{_MODIFIER}\s+){{0,4}}fn\b)", "unsafe extern { pub safe fn f(); }"
    ),
    _workaround(
        "modifiers of other items",
        rf"\b(?:safe|unsafe)\s+(?=static\b|mod\b)|\bdefault\s+(?=type\b|const\b)|\bsuper\s+(?=let\b)|{_PUB}(?=type\s+\w+\s*;)",
        "unsafe mod m {} extern { pub type T; safe static A: B; } impl T for S { default type A = B; }",
    ),
    _workaround("trait aliases", rf"\btrait(?=[^{{}};=]{_UP_TO_REACH}=[^{{}};]{_UP_TO_REACH};)", "pub trait A<T> = B<T> + C;", b"type"),
    _workaround(
        "bounds and a type",
        rf"\btype\s+\w+\s*+(?:{_GENERICS}\s*+)?(:(?:(?!\b(?:where|type)\b)[^<>=;{{}}]|{_GENERICS}){_UP_TO_REACH})(?:where\b[^;={{}}]{_UP_TO_REACH})?=",
        "type A: B<C = D> = E;",
    ),
    # types and bounds
    _workaround(
        "const bounds",
        r"(?:[:+>(]|\bimpl|\bdyn)\s*(~\s*const\b|\[\s*const\s*\]|\?\s*const\b|const\b(?=\s+(?:::|\w)))",
        "impl<T: ~const A + [const] B> const C for S {}",
    ),
    _workaround("async bounds", r"\basync\s+(?=(?:\w+\s*::\s*)*Fn(?:Mut|Once)?\b)", "fn f(g: impl async Fn()) {}"),
    _workaround("a lifetime first", r"\bdyn\s+('\w+\s*\+)", "fn f(x: &(dyn 'a + T)) {}"),
    _workaround("`for` of closures and later bounds", rf"\bfor\s*{_GENERICS}", "fn f(x: &(dyn A + for<'a> B)) { for<'a> |y: &'a u8| y; }"),
    _workaround(
        "bounds that end in nothing",
        rf"(?:\btrait\s+\w+\s*(?:{_GENERICS}\s*)?(?=:\s*\{{)|(?=[:+]\s*>)|(?=:\s*\)\s*=>))([:+])",
        "trait T: {} fn f<A:>() {} fn g<A: B +>() {} macro_rules! m { ($x:) => {} }",
    ),
    _workaround("no parameters", r"(?:\bfor\s*|::\s*)?<\s*>", "trait T<> {}"),
    _workaround(
        "types inferred in types", r"[&*\[]\s*+(?:'\w+\s++)?(?:(?:mut|const)\s++)?(_)(?=\s*[,;)\]])", "fn f() { g as fn(&_) }", b"T"
    ),
    _workaround("negative arguments", r"[<,]\s*(-)(?=\s*\d\w*\s*[,>])", "fn f(x: A<-1>) {}"),
    _workaround("`::` in a type", rf"::\s*{_GENERICS}", "fn f(x: A::<B>) { let C::<D> { e } = x; }"),
    _workaround("the type that a function returns", r"\(\s*\.\.\s*\)", "fn f() where T::g(..): Send {}"),
    _workaround("a type named raw", r"(?:[<:&]|->)\s*r(a)w\b", "fn f() { let x: Option<raw>; }", b"_"),
    # where
    _workaround("where before a semicolon", rf"(?:=\s*)?\bwhere\b[^{{}};]{_UP_TO_REACH}(?=;)", "struct S where A: B;"),
    _workaround("where with the unit type", r"(?:\bwhere|,)\s*(\(\s*\))(?=\s*:)", "fn f() where (): T {}", b"__"),
    _workaround("where with types of other kinds", r"(?:\bwhere|,)\s*(fn|dyn|impl)\b(?=[^,{};]*:)", "fn f() where fn(A): T {}"),
    _workaround(
        "where without bounds", rf"\bwhere(?:\b[^{{}};]{{0,1024}}?,)?({_PREDICATE}:\s*(?:,|(?=[{{;=])))", "fn f() where A: B, C:, D: {}"
    ),
    # patterns
    _workaround("box patterns", r"\bbox\b", "fn f() { let box x = y; }"),
    _workaround("never patterns", r"!(?=\s*(?:=>|[,)|]))", "fn f() { match x { Err(!) => y } }", b"_"),
    _workaround("numbers of fields", r"[{,]\s*(\d)\d*\s*:", "fn f(S { 0: a, 1: b }: S) {}", b"n"),
    _workaround("a comma after the last of a closure", r",(?=\s*\|)", "fn f() { |a, b,| a }"),
    # expressions
    _workaround("`..` without a base", r"\.\.(?=\s*\})", "fn f() { S { a, .. } = b; }"),
    _workaround(
        "variants by trait", rf"<{_NAME}\s+as\b(?:[^<>]|{_GENERICS})*+>\s*::(?=\s*{_NAME}\s*\{{)", "fn f() { <S as T>::U { a: 1 } }"
    ),
    _workaround("async gen blocks", r"\basync\s+(gen)\b", "fn f() { async gen { yield 1 } }"),
    _workaround(
        "attributes before an expression", rf"(?:=>?|\||\breturn|[&:+*/-])\s*({_ATTRIBUTES})", "fn f() { let x = #[inline] || 1; }"
    ),
    _workaround(
        "attributes in a list", rf"(?:[(,|{{]|\bwhere)\s*({_ATTRIBUTES})(?!{_ITEM})", "fn f(#[a] #[b] x: A) { |#[c] y: B, #[d] z: C| y; }"
    ),
)

CONFLICT = re.compile(rb"^(?:<{7}|\|{7}|={7}|>{7})(?:[ \t][^\n]*|\r?$)", re.MULTILINE)
"""The marker lines that git writes where it could not merge; no line of Rust begins like that."""
_BOTH_ENDS = (b"<<<<<<<", b">>>>>>>")
_UNREADABLE = b"\\"
"""A byte that is an error wherever it stands, and disturbs nothing around it."""

_OPAQUE = re.compile(
    rb"""//[^\n]*|/\*|(?<!\w)[bc]?r(\#*)".*?(?:"\1|\Z)|"(?:[^"\\]|\\.)*+(?:"|\Z)|'(?:\\[^\n]+?|[^\\'][\x80-\xbf]*)'""",
    re.DOTALL | re.VERBOSE,
)
_COMMENT_MARK = re.compile(rb"/\*|\*/")
_BLANK = b" \t\r\n"
_AS_BLANKS = bytes(byte if byte in _BLANK else ord(" ") for byte in range(256))
_AS_QUOTES = bytes(byte if byte in b"\n" else ord('"') for byte in range(256))


def mask_unsupported_syntax(source: bytes, root: Node, parse: Callable[[bytes], Node]) -> tuple[bytes, Node]:
    """Mask unsupported syntax in a source with errors; return source and tree.

    Positions in the masked source are positions in `source`.

    Of a merge conflict only the marker lines are errors then, and both sides are read as code. A mask is tried on the lines of the errors
    only, and kept if it leaves fewer of them or shrinks them by more bytes than it hides.
    """
    isolated = _isolate_conflict_markers(source)
    source, root = (source, root) if isolated == source else (isolated, parse(isolated))
    for _ in range(_ROUNDS):
        before = source
        source, root = _try_each(source, root, parse)
        if source == before or not root.has_error:
            break
    return source, root


def _isolate_conflict_markers(source: bytes) -> bytes:
    """Turn each merge conflict marker into an error of one byte.

    Without both ends of a conflict, such a line is some other mistake and stays as it is.
    """
    if not all(mark in source for mark in _BOTH_ENDS):
        return source
    marks = [match.span() for match in CONFLICT.finditer(_without_comments_and_literals(source))]
    if not all(any(source.startswith(mark, start) for start, _ in marks) for mark in _BOTH_ENDS):
        return source
    return _replace(source, [(start, _UNREADABLE.ljust(end - start)) for start, end in marks])


def _try_each(source: bytes, root: Node, parse: Callable[[bytes], Node]) -> tuple[bytes, Node]:
    """Try each workaround of the table once."""
    code, marks = _without_comments_and_literals(source), _error_line_marks(source, root)
    for workaround in WORKAROUNDS:
        replacements = list(_replacements(workaround, source, source if workaround.raw else code, marks))
        if not replacements:
            continue
        masked = _replace(source, replacements)
        tree = parse(masked)
        if _is_improvement(_errors_and_bytes(root), _errors_and_bytes(tree), sum(len(new) for _, new in replacements)):
            source, root = masked, tree
            code, marks = _without_comments_and_literals(source), _error_line_marks(source, root)
    return source, root


def _is_improvement(before: tuple[int, int], after: tuple[int, int], hidden: int) -> bool:
    fewer = after[0] < before[0] and after[1] <= before[1]
    return fewer or after[1] + hidden < before[1]


def _replacements(workaround: Workaround, source: bytes, code: bytes, marks: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield where a workaround matches near an error, and its replacement.

    Line ends and comments, which `code` shows as blanks, stay.
    """
    group, length = min(workaround.pattern.groups, 1), len(workaround.text)
    for match in chain.from_iterable(workaround.pattern.finditer(code, *window) for window in _search_windows(marks)):
        start, end = match.span(group)
        head = code[start : start + length]
        if b"\1" in marks[start:end] and b"\n" not in head and source.startswith(head, start):
            rest = zip(code[start + length : end], source[start + length : end], strict=True)
            yield start, workaround.text + bytes(old if shown in _BLANK else ord(" ") for shown, old in rest)


def _replace(source: bytes, replacements: list[tuple[int, bytes]]) -> bytes:
    masked = bytearray(source)
    for start, new in replacements:
        masked[start : start + len(new)] = new
    return bytes(masked)


def _error_line_marks(source: bytes, root: Node) -> bytes:
    """Mark the bytes of every line that an error touches.

    The result is as long as the source: 1 for a marked byte, 0 for any other.
    """
    marks = bytearray(len(source))
    end = -1
    for node in _errors(root):
        if node.end_byte > end:
            start = source.rfind(b"\n", 0, node.start_byte) + 1
            end = source.find(b"\n", node.end_byte)
            end = len(source) if end < 0 else end
            marks[start:end] = b"\1" * (end - start)
    return bytes(marks)


def _search_windows(marks: bytes) -> Iterator[tuple[int, int]]:
    """Yield the ranges within `_REACH` bytes of a marked line.

    Each byte is in one range only. A match that would reach further is given up.
    """
    end = marks.find(b"\1")
    while end >= 0:
        start = end
        while (marked := marks.find(b"\1", end, end + 2 * _REACH)) >= 0:
            after = marks.find(b"\0", marked)
            end = after if after >= 0 else len(marks)
        yield max(0, start - _REACH), min(len(marks), end + _REACH)
        end = marks.find(b"\1", end)


def _errors_and_bytes(root: Node) -> tuple[int, int]:
    """Return the number of errors in a tree, and their bytes."""
    spans = [node.end_byte - node.start_byte for node in _errors(root)]
    return len(spans), sum(spans)


def _errors(root: Node) -> Iterator[Node]:
    """Yield the outermost ERROR and MISSING nodes."""
    cursor = root.walk()
    while node := cursor.node:
        if node.is_error or node.is_missing:
            yield node
        elif node.has_error and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _without_comments_and_literals(source: bytes) -> bytes:
    """Replace comments by blanks and literals by quotes."""
    code = bytearray(source)
    for start, end in _comments_and_literals(source):
        code[start:end] = source[start:end].translate(_AS_BLANKS if source[start] == ord("/") else _AS_QUOTES)
    return bytes(code)


def _comments_and_literals(source: bytes) -> Iterator[tuple[int, int]]:
    """Yield the byte ranges of comments, strings and characters.

    They are read from the bytes, because a tree with errors cannot be trusted with this.
    """
    position = 0
    while match := _OPAQUE.search(source, position):
        position = match.end() if match.group() != b"/*" else _end_of_comment(source, match.start())
        yield match.start(), position


def _end_of_comment(source: bytes, start: int) -> int:
    depth = 0
    for mark in _COMMENT_MARK.finditer(source, start):
        depth += 1 if mark.group() == b"/*" else -1
        if not depth:
            return mark.end()
    return len(source)
