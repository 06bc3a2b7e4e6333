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
_BRACKETS = r"\[(?:[^\[\]]|\[[^\[\]]*+\])*+\]"
_PREDICATE = rf"(?:{_GENERICS}|{_PARENTHESES}|{_BRACKETS}|(?!\bwhere\b)[^,:;={{}}]|::)*+"
_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+\}"
_BUILTIN = r"(?:str|char|bool|[iuf](?:8|16|32|64|128)|[iu]size)\b"
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
        re.compile(rb"\A(?:#!.*\n)?\s*(-{3,}+(?s:.)*?^-{3,}+[ \t]*\r?$)", re.MULTILINE),
        b"",
        '#!/usr/bin/env cargo\n---\n[dependencies]\nserde = "1" # don\'t\n---\nfn f() {}',
        raw=True,
    ),
    Workaround(
        "an attribute like a shebang",
        re.compile(rb"\A(#!(?!\n)(?:\s|//(?![/!]).*\n|/\*(?![*!])(?s:.)*?\*/)*+)\[(?s:.){0,4096}+"),
        b"# !",
        "#!// Hello\n[allow(dead_code)]\nfn f() {}",
        raw=True,
    ),
    # there is no room to keep it an inner attribute
    Workaround(
        "an attribute like a shebang alone on its line",
        re.compile(rb"\A(#!)\n(?:\s|//(?![/!]).*\n|/\*(?![*!])(?s:.)*?\*/)*+\[(?s:.){0,4096}+"),
        b"#",
        "#!\n[allow(dead_code)]\nfn f() {}",
        raw=True,
    ),
    Workaround(
        "`_` in an escape",
        re.compile(rb"\\u\{[\da-fA-F]+" + rb"(?:(_)[\da-fA-F]*)?" * 12 + rb"\}"),
        b"0",
        r"fn f() { '\u{1_F_6__00_}' }",
        raw=True,
    ),
    Workaround(
        "a raw string for an ABI",
        re.compile(rb'\bextern\s+(r#*+)(?:"[\w-]*"(#*+))'),
        b"",
        'unsafe extern r"C" fn f() {} extern r#"C"# fn g() {}',
        raw=True,
    ),
    _workaround("blanks beyond ASCII", "\u0085|\u200e|\u200f|\u2028|\u2029", "fn f() { [0,\u2028 1]; }"),
    _workaround("suffixes of numbers", rf"{_NUMBER}(?!(?:[iu](?:8|16|32|64|128|size)|f32|f64)\b)([a-zA-Z]\w*)", "fn f() { m(1x, 1.5f16) }"),
    _workaround("macros named like types", rf"\b(?=(?:{_BUILTIN}|try\b)\s*!\s*[(\[{{])\w(\w)", "fn f() { str![name] }", b"_"),
    _workaround("a blank in `macro_rules!`", r"\bmacro_rules\s+!", "macro_rules ! m { () => {} }", b"macro_rules!"),
    # `macro!` is what `is_macro_2` knows
    _workaround("`macro`", rf"(?:{_PUB})?\bmacro\s+\w+\s*(?:{_PARENTHESES}\s*)?(?={{)", "pub macro ready($e:expr) { $e }", b"macro!"),
    _workaround("`~` in a macro", r"~(?!\s*const\b)", "fn f() { Token![~] }", b"!"),
    _workaround("`$` before no name", r"\$(?!\w|\s*\()", "macro_rules! m { ($ x:ident) => { ${count($x)} } }", b"_"),
    _workaround("`macro_rules!` without a name", r"\b(m)acro_rules\s*!\s*(?=[(\[{])", "fn f() { macro_rules! {} }", b"_"),
    _workaround("kinds of fragments", r"\$(?:r#)?\w+\s*:\s*(?!ty\b)([a-z]\w+)", "macro_rules! m { ($x:foo) => {} }", b"tt"),
    # words that are keywords in some places only, or since some edition
    _workaround(
        "keywords as names",
        rf"(?<!['\"])\b(?:(u)nion\b(?!\s++\w)|(r)aw\b(?!\s++(?:const|mut)\b)|(d)efault\b(?!\s++{_MODIFIER}\b|\s++(?:fn|impl|type)\b)"
        rf"|(g)en\b(?!\s++(?:fn|move)\b)|(a)sync\b(?!\s*+(?:\{{\s*+\}}?\w|\||(?:{_MODIFIER}|fn|gen|move|use|Fn)))"
        rf"|(d)yn\b(?!\s*+['(\w?])|(t)ry\b(?!\s*+\{{)|(y)eet\b(?!\s++\w))",
        "fn f() { match n { raw @ 1 => raw, _ => union { a: default } } } const default: gen = try(); fn async(dyn: dyn) {}",
        b"_",
    ),
    _workaround(
        "keywords of paths as names", r"\blet\s+(?:(s)elf|(s)uper|(c)rate)\b|\b(s)uper(?=\s*\()", "fn f() { let crate = super(); }", b"_"
    ),
    _workaround(
        "types as names",
        rf"\b(?={_BUILTIN}\s*(?:@|\{{\s*(?:\}}|\.\.|\w+\s*[:,}}])))(\w)|\b(?:impl|let|dyn)\s+(?={_BUILTIN})(\w)|\bimpl\s*<\s*(?={_BUILTIN})(\w)",
        "impl<bool> A<bool> for bool {} impl u8 for A {} fn f() { match x { str @ 1 => u8 { x }, _ => y } }",
        b"_",
    ),
    _workaround(
        "arguments of builtin types", rf"\b{_BUILTIN}\s*({_GENERICS})|:\s*{_BUILTIN}\s*(\(\s*\))", "fn f(x: u8<i32>, y: usize()) {}"
    ),
    _workaround(
        "rules of macros without brackets",
        rf"\b(macro_rules!\s*\w+)\s*[(\[{{](?s:(?!\n\S|macro_rules).){{0,{REACH}}}?(?:=>\s*[^\s(\[{{]|[{{(;]\s*\w+\s*=>)",
        "macro_rules! m { () => 0; }",
        b"quote!",
    ),
    # items
    _workaround("modifiers of traits", rf"\b(?:auto|const)\s+(?=(?:{_MODIFIER}\s+){{0,4}}trait\b)", "pub const unsafe auto trait T {}"),
    _workaround("modifiers of impls", rf"(?:{_PUB}|\b(?:default|const)\s+)(?=(?:{_MODIFIER}\s+){{0,4}}impl\b)", "default impl T for S {}"),
    _workaround(
        "modifiers of functions", rf"\b(?:safe|final|gen)\s+(?=(?:{_MODIFIER}\s+){{0,4}}fn\b)", "unsafe extern { pub safe fn f(); }"
    ),
    _workaround(
        "modifiers of other items",
        rf"\b(?:safe|unsafe)\s+(?=static\b|mod\b)|\bdefault\s+(?=type\b|const\b)|\bsuper\s+(?=let\b)|{_PUB}(?=type\s+\w+\s*;|extern\b[\s\"]*\{{)",
        'unsafe mod m {} pub extern "C" { pub type T; safe static A: B; } impl T for S { default type A = B; }',
    ),
    _workaround("trait aliases", rf"\btrait(?=[^{{}};=]{_UP_TO_REACH}=[^{{}};]{_UP_TO_REACH};)", "pub trait A<T> = B<T> + C;", b"type"),
    _workaround("an alias of a lifetime", r"=\s*('\w+)(?=\s*(?:;|where\b))", "type A = 'static;", b"T"),
    _workaround(
        "default values of fields",
        rf"[{{,]\s*(?:{_ATTRIBUTES}\s*)?(?:{_PUB})?\w+\s*:\s*(?:(?!::)[^=;,{{}}<>()\[\]]|::|{_GENERICS}|{_PARENTHESES}|{_BRACKETS})++"
        rf"(=(?!=)(?:[^,;{{}}()\[\]<]|<|{_GENERICS}|{_PARENTHESES}|{_BRACKETS}|{_BRACES}){_UP_TO_REACH})(?=[,}}])",
        "struct S { a: u8 = 3, pub b: Vec<A> = vec![1, g(2)] }",
    ),
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
    _workaround("only a lifetime", r"\b(?:dyn|impl)\s+('\w+(?:\s*\+)?)(?=\s*[>,;{})=])", "fn f() -> impl 'static {}", b"T"),
    _workaround("optional bounds of `dyn`", r"\bdyn\s*(\?)", "type A = dyn ?Sized + B;"),
    _workaround("negative bounds", r"[:+]\s*(!)(?=\s*(?:\w|::))", "trait A: !B + !C {}"),
    _workaround(
        "`+` after the last bound",
        rf"(\+)(?=\s*[,{{>])|[<,]\s*\w+\s*:[^<>=;{{}}()]{_UP_TO_REACH}(\+)(?=\s*=)",
        "fn f<T: A +, U>() where T: B + {}",
    ),
    _workaround("values of associated constants", r"[<,]\s*(\w+\s*=)(?=\s*(?:-?\s*\d|{))", "fn f<A: T<N = 32>>() {}"),
    _workaround(
        "arguments of `Fn` as a trait that is implemented", rf"\bFn(?:Mut|Once)?\s*({_PARENTHESES})(?=\s*for\b)", "impl Fn(&u8) for A {}"
    ),
    _workaround(
        "parentheses within a path",
        rf"((?:::\s*)?{_PARENTHESES})(?=\s*::\s*\w)|(::\s*{_PARENTHESES})(?=\s*\()",
        "fn f(x: a()::B) { C::(u8, u8)::new(); }",
    ),
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
    _workaround("`::` in a type", rf"::\s*(?:{_GENERICS}|<\s*{_BRACES}\s*>)", "fn f(x: A::<B>) { let C::<D> { e } = x; }"),
    _workaround("the type that a function returns", r"\(\s*\.\.\s*\)", "fn f() where T::g(..): Send {}"),
    # where
    _workaround(
        "where before a semicolon",
        rf"(?:=\s*)?\bwhere\b(?:[^{{}};\[\]w]|w(?!here\b)|{_BRACKETS}){_UP_TO_REACH}(?=;)",
        "struct S where A: B;",
    ),
    _workaround("where with the unit type", r"(?:\bwhere|,)\s*(\(\s*\))(?=\s*:)", "fn f() where (): T {}", b"__"),
    _workaround(
        "where with types of other kinds",
        rf"(?:\bwhere|,)\s*((?:for\s*{_GENERICS}\s*)?(?:unsafe|extern|fn|dyn|impl)\b{_PREDICATE})(?=:)",
        'fn f() where fn(A, B) -> C: T, unsafe extern "C" fn(A): T, dyn A + B: T {}',
        b"__",
    ),
    _workaround("where with `=`", rf"(?:\bwhere|,)\s*{_PREDICATE}(==?)", "fn f() where A::B = C {}", b":"),
    _workaround(
        "where without bounds",
        rf"\bwhere(?:\b(?:(?!\bwhere\b)[^{{}};]){{0,1024}}?,)?({_PREDICATE}:\s*(?:,|(?=[{{;=])))",
        "fn f() where A: B, C:, D: {}",
    ),
    # patterns
    _workaround("box patterns", r"\bbox\b", "fn f() { let box x = y; }"),
    _workaround("`&&` that begins an arm", r"\}\s*(&&)(?=[^;{}=]{0,256}=>)", "fn f() { match x { &&A => {} &&B => {} } }", b"&"),
    _workaround("never patterns", r"!(?=\s*(?:=>|[,)|]))", "fn f() { match x { Err(!) => y } }", b"_"),
    _workaround("numbers of fields", r"[{,]\s*(\d)(?:x[\da-fA-F]+|\d*)\s*:", "fn f(S { 0: a, 1: b }: S) {}", b"n"),
    _workaround("a comma after the last of a closure", r",(?=\s*\|)", "fn f() { |a, b,| a }"),
    # expressions
    _workaround("labels of loops left in their condition", r"\b(?:break|continue)\s+('\w+)(?=\s*\{)", "fn f() { 'a: while break 'a {} }"),
    _workaround("`do yeet`", r"\bdo\s+yeet\b", "fn f() { do yeet 1 }", b"return"),
    _workaround("`become`", r"\bbecome\b(?=\s+[\w:(&*<])", "fn f() { become g(1) }", b"return"),
    _workaround("`for await`", r"\bfor\s+(await)\b(?=\s)", "async fn f() { for await x in s {} }"),
    _workaround("`..` without a base", r"\.\.(?=\s*\})", "fn f() { S { a, .. } = b; }"),
    _workaround(
        "variants by trait", rf"<{_NAME}\s+as\b(?:[^<>]|{_GENERICS})*+>\s*::(?=\s*{_NAME}\s*\{{)", "fn f() { <S as T>::U { a: 1 } }"
    ),
    _workaround("async gen blocks", r"\basync\s+(gen)\b", "fn f() { async gen { yield 1 } }"),
    _workaround(
        "attributes before an expression", rf"(?:=>?|\||\b(?:return|mut)|[&:+*/-])\s*({_ATTRIBUTES})", "fn f() { let x = #[inline] || 1; }"
    ),
    _workaround(
        "attributes in a list", rf"(?:[(,|{{]|\bwhere)\s*({_ATTRIBUTES})(?!{_ITEM})", "fn f(#[a] #[b] x: A) { |#[c] y: B, #[d] z: C| y; }"
    ),
)
