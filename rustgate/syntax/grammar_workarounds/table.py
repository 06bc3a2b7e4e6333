"""The table of grammar workarounds.

Each is Rust that the grammar rejects, and the mask for it.
"""

import re

from msgspec import Struct

REACH = 4_096
"""Bytes that a match may reach beyond the line of an error."""
_UP_TO_REACH = rf"{{0,{REACH}}}+"
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
