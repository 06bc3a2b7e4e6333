"""Valid Rust that the grammar rejects, written over with as many bytes that it accepts: one table, tried on files that failed to parse."""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct
from tree_sitter import Node

_ATTRIBUTE = r"#\s*\[(?:[^\[\]]|\[[^\[\]]*\])*+\]"
_GENERICS = r"<(?:[^<>]|->|<(?:[^<>]|->|<(?:[^<>]|->)*+>)*+>)*+>"
_PARENTHESES = r"\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\))*+\)"
_PREDICATE = r"(?:[^,:{}]|::)*+"


class Gap(Struct, frozen=True):
    """Some Rust that the grammar lacks: `name` says which, `example` holds it.

    The first group of `pattern`, or all of it where it has none, is written over with `text` and then with blanks. A pattern sees comments as
    blanks and literals as quotes, unless it is `raw`.
    """

    name: str
    pattern: re.Pattern[bytes]
    text: bytes
    example: str
    raw: bool = False


def _gap(name: str, pattern: str, example: str, text: bytes = b"") -> Gap:
    return Gap(name, re.compile(pattern.encode()), text, example)


GAPS = (
    Gap("NUL in a comment", re.compile(rb"\0"), b"", "// nothing \0 here\nfn f() {}", raw=True),
    Gap(
        "front matter",
        re.compile(rb"\A(?:#!.*\n)?\s*?(-{3,}[^-\n]*\n(?s:.)*?^-{3,}$)", re.MULTILINE),
        b"",
        "#!/usr/bin/env cargo\n---\n[dependencies]\nserde = \"1\" # don't\n---\nfn f() {}",
        raw=True,
    ),
    _gap("blanks beyond ASCII", r"\xc2\x85|\xe2\x80[\x8e\x8f\xa8\xa9]".encode().decode("unicode_escape") if 0 else "\u2028|\u2029|\u200e|\u200f|\u0085", "fn f() { [0,\u2028 1]; }"),
    _gap("macros named like types", r"\b(?=(?:try|str|char|bool|[iuf]\d+|[iu]size)\s*!\s*[(\[{])\w(\w)", "fn f() { str![name]; try!(name) }", b"_"),
    _gap("macro_rules and its `!` apart", r"\bmacro_rules\s+!", "macro_rules ! m { () => {} }", b"macro_rules!"),
    _gap("macros by `macro`", rf"(?:\bpub(?:\s*\([^()]*\))?\s+)?\bmacro\s+\w+\s*(?:{_PARENTHESES}\s*)?(?={{)", "pub macro ready($e:expr) { $e }", b"quote!"),
    _gap("`~` in a macro", r"~(?!\s*const\b)", "fn f() { Token![~] }", b"!"),
    _gap("`$` before no name", r"\$(?!\w|\s*\()", "macro_rules! m { ($ x:ident) => { ${count($x)} } }", b"_"),
    # modifiers of items
    _gap("modifiers of traits", r"\b(?:auto|const)\s+(?=(?:unsafe\s+|auto\s+)*trait\b)", "pub const unsafe auto trait T {}"),
    _gap("modifiers of impls", r"\b(?:pub(?:\s*\([^()]*\))?|default|const)\s+(?=(?:default\s+|const\s+|unsafe\s+)*impl\b)", "pub default unsafe impl T for S {}"),
    _gap("modifiers of functions", r"\b(?:safe|final|gen)\s+(?=(?:const\s+|unsafe\s+|async\s+|extern\s+(?:\"+\s*)?)*fn\b)", "unsafe extern { safe fn f(); }"),
    _gap("modifiers of other items", r"\b(?:safe|unsafe)\s+(?=static\b|mod\b)|\bdefault\s+(?=type\b|const\b)|\bpub\s+(?=type\s+\w+\s*;)", "unsafe mod m {}"),
    _gap("async gen blocks", r"\basync\s+(gen)\b", "fn f() { async gen { yield 1 } }"),
    # bounds and types
    _gap("const in bounds", r"(?:[:+>(]|\bimpl|\bdyn)\s*(~\s*const\b|\[\s*const\s*\]|\?\s*const\b|const\b(?=\s+(?:::|\w)))", "impl<T: ~const A + [const] B> const C for S {}"),
    _gap("async in bounds", r"\basync\s+(?=(?:\w+\s*::\s*)*Fn(?:Mut|Once)?\b)", "fn f(g: impl async Fn()) {}"),
    _gap("a lifetime first", r"\bdyn\s+('\w+\s*\+)", "fn f(x: &(dyn 'a + T)) {}"),
    _gap("no bounds", r":(?=\s*[,>={)])", "trait T: {} struct S<T:>(T);"),
    _gap("a trait alias", r"\btrait(?=[^{};]*=[^{};]*;)", "pub trait A<T> = B<T> + C;", b"type"),
    _gap("bounds beside a type", rf"\btype\s+\w+\s*(?:{_GENERICS})?\s*(:(?:[^<>=;{{}}]|{_GENERICS})*?)(?:\bwhere\b[^;{{}}]*)?=", "trait A { type B<T>: C<D = T> + E = F; }"),
    _gap("an anonymous type under a reference", r"[&*\[](?:\s*'\w+\b)?\s*(?:mut\b|const\b)?\s*\b(_)(?=\s*[,;)\]])", "fn f() { g as fn(&_) }", b"T"),
    _gap("a negative number as argument", r"[<,]\s*(-)\s*\d", "fn f() { g::<-1>() }"),
    _gap("no type parameters", r"(?:\bfor\b\s*|::\s*)?<\s*>", "trait T<> {}"),
    _gap("lifetimes of a closure or a later bound", rf"\bfor\s*{_GENERICS}", "fn f(x: impl A + for<'a> B<'a>) { for<'a> |y: &'a u8| y; }"),
    _gap("`::` before the arguments of a type", rf"::\s*(?={_GENERICS})", "fn f(x: A::<B>) {}"),
    _gap("the output of a function as a type", r"\(\s*\.\.\s*\)", "fn f() where T::g(..): Send {}"),
    _gap("raw as a name of a type", r"\br(a)w\b", "fn f() { let raw: Option<raw> = raw; }", b"_"),
    # where clauses
    _gap("where at the end", r"(?:=\s*)?\bwhere\b[^{};]*(?=;)", "struct S where A: B;"),
    _gap("predicates of the unit type", r"(?:\bwhere|,)\s*(\(\s*\))(?=\s*:)", "fn f() where (): T {}", b"__"),
    _gap("predicates of other types", r"(?:\bwhere|,)\s*(fn|dyn|impl)\b(?=[^,{};]*:)", "fn f() where fn(A): T {}"),
    _gap("predicates without bounds", rf"(?:\bwhere|,)\s{_PREDICATE}:\s*,?(?=\s*[{{;=])|,{_PREDICATE}:(?=\s*,)|(?<=\bwhere){_PREDICATE}:\s*,", "fn f() where A: {}"),
    # patterns and expressions
    _gap("box patterns", r"\bbox\b", "fn f() { let box x = y; }"),
    _gap("never patterns", r"!(?=\s*(?:=>|[,)|]))", "fn f() { match x { Err(!) => 1 } }", b"_"),
    _gap("numbers as fields of a pattern", r"[{,]\s*(\d)\d*\s*:", "fn f(S { 0: a, 1: b }: S) {}", b"n"),
    _gap("`..` without a base", r"\.\.(?=\s*\})", "fn f() { S { a, .. } = b; }"),
    _gap("a variant through a trait", r"<[^<>]*\bas\b[^<>]*>\s*::(?=[\w:\s]+\{)", "fn f() { <S as T>::U { a: 1 } }"),
    _gap("literals with other suffixes", r"\b(?!0[box])\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?[\d_]+)?([a-zA-Z]\w*)", "fn f() { 1x; 1.5f16 }"),
    _gap("attributes before an expression", rf"(?:=>?|\||\breturn|[&:+*/-])\s*((?:{_ATTRIBUTE}\s*)+)", "fn f() { let x = #[inline] || 1; }"),
    _gap("attributes in a list", rf"[(,|{{\]]\s*((?:{_ATTRIBUTE}\s*)+)", "fn f(#[a] #[b] x: A) { |#[c] y: B, #[d] z| y; }"),
)

_OPAQUE = re.compile(
    rb"""//[^\n]*|/\*|(?<!\w)[bc]?r(\#*)".*?(?:"\1|\Z)|"(?:[^"\\]|\\.)*+(?:"|\Z)|'(?:\\[^\n]+?|[^\\'][\x80-\xbf]*)'""", re.DOTALL | re.VERBOSE
)
_COMMENT_END = re.compile(rb"/\*|\*/")
_BLANKS = bytes(byte if byte == 10 else 32 for byte in range(256))
_QUOTES = bytes(byte if byte == 10 else 34 for byte in range(256))


def bridged(source: bytes, root: Node, parse: Callable[[bytes], Node]) -> tuple[bytes, Node]:
    damage = _damage(root)
    code = _code(source)
    for gap in GAPS * 2:
        if not damage[0]:
            break
        masked = _masked(source, source if gap.raw else code, gap, root)
        if masked == source:
            continue
        tree = parse(masked)
        hidden = sum(a != b for a, b in zip(masked, source))
        after = _damage(tree)
        if (after[0] < damage[0] and after[1] <= damage[1]) or after[1] + hidden < damage[1]:
            source, root, damage, code = masked, tree, after, _code(masked)
    return source, root


def _masked(source: bytes, code: bytes, gap: Gap, root: Node) -> bytes:
    near = bytearray(len(source) + 1)
    for node in _errors(root):
        start, end = source.rfind(b"\n", 0, node.start_byte) + 1, source.find(b"\n", node.end_byte)
        end = len(source) if end < 0 else end
        near[start:end] = b"\1" * (end - start)

    masked = bytearray(source)
    for match in gap.pattern.finditer(code):
        group = 1 if match.re.groups else 0
        start, end = match.span(group)
        if start < 0 or 1 not in near[start:end]: continue
        new = gap.text + match.group(group)[len(gap.text):].translate(_BLANKS)
        for i in range(start, end):
            if gap.raw or code[i] == source[i] or code[i] == 34:
                if source[i] != 10:
                    masked[i] = new[i - start]
    return bytes(masked)


def _code(source):
    code = bytearray(source)
    for a, b in _opaque(source):
        code[a:b] = source[a:b].translate(_BLANKS if source[a:a+1] == b"/" else _QUOTES)
    return bytes(code)


def _opaque(source):
    position = 0
    while match := _OPAQUE.search(source, position):
        position = match.end()
        if match.group() == b"/*":
            position = _end(source, position)
        yield match.start(), position

def _end(source, position):
    depth = 1
    for m in _COMMENT_END.finditer(source, position):
        depth += 1 if m.group() == b"/*" else -1
        if not depth: return m.end()
    return len(source)


def _damage(root):
    n = b = 0
    for node in _errors(root):
        n += 1
        b += node.end_byte - node.start_byte
    return n, b


def _errors(root: Node) -> Iterator[Node]:
    cursor = root.walk()
    while True:
        node = cursor.node
        if node.is_error or node.is_missing:
            yield node
        elif node.has_error and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
