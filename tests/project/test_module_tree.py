"""The module tree of a crate: which file is which module, and what users of the crate can name."""

import pytest

from rustgate.model.file import FileResult
from rustgate.project.macro_calls import macro_calls, macro_definitions
from rustgate.project.module_tree import ModuleTree, build_tree
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import scan_source

JOINED = join_queries([])


def tree(files: dict[str, str], root: str | None = "src/lib.rs") -> ModuleTree:
    return build_tree(root, {path: report(path, text) for path, text in files.items()})


def report(path: str, text: str) -> FileResult:
    scan = scan_source(text.encode(), JOINED)
    outline = Outline(scan, test=False)
    return FileResult(
        path,
        outline.lines.count,
        modules=outline.modules,
        exports=outline.exports,
        types=outline.types,
        macros=macro_definitions(scan),
        macro_calls=macro_calls(scan, outline),
    )


def lib(text: str, **others: str) -> dict[str, str]:
    """A crate of `src/lib.rs` and files named by their module, `__` for a folder."""
    return {"src/lib.rs": text, **{f"src/{name.replace('__', '/')}.rs": body for name, body in others.items()}}


@pytest.mark.parametrize(
    ("files", "file", "module"),
    [
        pytest.param(lib("mod a;", a=""), "src/a.rs", ("a",), id="mod"),
        pytest.param(lib("mod a;", a__mod=""), "src/a/mod.rs", ("a",), id="mod.rs"),
        pytest.param(lib("mod a;", a="mod b;", a__b=""), "src/a/b.rs", ("a", "b"), id="nested"),
        pytest.param(lib("mod a { mod b; }", a__b=""), "src/a/b.rs", ("a", "b"), id="in an inline module"),
        pytest.param(lib('#[path = "unix.rs"] mod a;', unix=""), "src/unix.rs", ("a",), id="path"),
        pytest.param(lib("cfg_net! { mod a; }", a=""), "src/a.rs", ("a",), id="in a macro"),
        pytest.param(lib("macro_rules! m { () => { mod a; } } m!();", a=""), "src/a.rs", ("a",), id="by a macro"),
        pytest.param(
            lib("mod m; m!();", m="macro_rules! m { () => { mod a; } }", a=""), "src/a.rs", ("a",), id="by a macro of another file"
        ),
        pytest.param(
            lib("macro_rules! m { () => { mod a; } } mod b;", b="m!();", b__a=""), "src/b/a.rs", ("b", "a"), id="by a macro, further down"
        ),
        pytest.param(
            lib("macro_rules! m { () => { n!(); } } macro_rules! n { () => { mod a; } } m!();", a=""),
            "src/a.rs",
            ("a",),
            id="by two macros",
        ),
    ],
)
def test_a_file_is_the_module_that_a_mod_makes_it(files: dict[str, str], file: str, module: tuple[str, ...]) -> None:
    assert tree(files).paths[file] == module


@pytest.mark.parametrize(
    ("files", "file", "inline", "public"),
    [
        pytest.param(lib(""), "src/lib.rs", (), True, id="the root"),
        pytest.param(lib("mod a;", a=""), "src/a.rs", (), False, id="mod"),
        pytest.param(lib("pub mod a;", a=""), "src/a.rs", (), True, id="pub mod"),
        pytest.param(lib("pub(crate) mod a;", a=""), "src/a.rs", (), False, id="pub(crate) mod"),
        pytest.param(lib("mod a;", a="pub mod b;", a__b=""), "src/a/b.rs", (), False, id="pub mod in a private one"),
        pytest.param(lib("pub mod a { mod b {} }"), "src/lib.rs", ("a", "b"), False, id="inline and private"),
        pytest.param(lib("pub mod a { pub mod b {} }"), "src/lib.rs", ("a", "b"), True, id="inline and public"),
        pytest.param(lib('#[path = "unix.rs"] pub mod a;', unix=""), "src/unix.rs", (), True, id="path"),
        pytest.param(lib("#[cfg(x)] pub mod a;\n#[cfg(not(x))] mod a;", a=""), "src/a.rs", (), True, id="public in some configuration"),
        pytest.param(lib("mod a;\npub use a::Item;", a=""), "src/a.rs", (), True, id="pub use of the item"),
        pytest.param(lib("mod a;\npub use self::a::Item;", a=""), "src/a.rs", (), True, id="self"),
        pytest.param(lib("mod a;\npub use crate::a::Item;", a=""), "src/a.rs", (), True, id="crate"),
        pytest.param(lib("mod a;\nuse a::Item;", a=""), "src/a.rs", (), False, id="use without pub"),
        pytest.param(lib("mod a;\npub(crate) use a::Item;", a=""), "src/a.rs", (), False, id="pub(crate) use"),
        pytest.param(lib("mod a;\npub use a::Other;", a=""), "src/a.rs", (), False, id="pub use of another item"),
        pytest.param(lib("mod a;\npub use a::Item as Other;", a=""), "src/a.rs", (), True, id="as"),
        pytest.param(lib("mod a;\npub use a::Other as Item;", a=""), "src/a.rs", (), False, id="as the name of another"),
        pytest.param(lib("mod a;\npub use a::{Other, Item};", a=""), "src/a.rs", (), True, id="list"),
        pytest.param(lib("mod a;\npub use a::{b::{Item as I, Other}};", a="pub mod b;", a__b=""), "src/a/b.rs", (), True, id="nested list"),
        pytest.param(lib("mod a;\npub use a::*;", a=""), "src/a.rs", (), True, id="glob"),
        pytest.param(lib("mod a;\npub use a::*;", a="mod b;", a__b=""), "src/a/b.rs", (), False, id="glob of the module around"),
        pytest.param(lib("mod a;\npub use a::*;", a="pub mod b;", a__b=""), "src/a/b.rs", (), True, id="pub mod through a glob"),
        pytest.param(lib("mod a;\npub use a::b;", a="pub mod b;", a__b=""), "src/a/b.rs", (), True, id="pub use of the module"),
        pytest.param(lib("mod a;\npub use a::b::{self};", a="pub mod b;", a__b=""), "src/a/b.rs", (), True, id="self in a list"),
        pytest.param(lib("mod a;\npub use a as c;", a=""), "src/a.rs", (), True, id="module under another name"),
        pytest.param(
            lib("mod a { pub use super::b as c; }\nmod b;\npub use a::c::Item;", b=""), "src/b.rs", (), True, id="through a renamed module"
        ),
        pytest.param(lib("mod a;\nmod b;\npub use a::Item;", a="pub use crate::b::Item;", b=""), "src/b.rs", (), True, id="chain"),
        pytest.param(
            lib("mod a;\nmod b;\npub use a::New;", a="pub use crate::b::Item as New;", b=""), "src/b.rs", (), True, id="chain, as"
        ),
        pytest.param(lib("mod a;\nmod b;\npub use a::Item;", a="pub use super::b::*;", b=""), "src/b.rs", (), True, id="chain, glob"),
        pytest.param(lib("mod a;\nmod b;\npub use a::*;", a="pub use crate::b::*;", b=""), "src/b.rs", (), True, id="glob of a glob"),
        pytest.param(lib("mod a;\nmod b;", a="pub use crate::b::Item;", b=""), "src/b.rs", (), False, id="chain that nobody reaches"),
        pytest.param(lib("pub mod a { pub use super::*; }\nmod b;", b=""), "src/b.rs", (), False, id="super alone"),
        pytest.param(lib("cfg_net! { pub mod a; }", a=""), "src/a.rs", (), True, id="in a macro"),
        pytest.param(
            lib("pub mod a;\npub use a::b as a;", a="pub use c as b;\npub use b as c;"),
            "src/lib.rs",
            (),
            True,
            id="circle",
        ),
        pytest.param(lib(""), "src/orphan.rs", (), True, id="orphan"),
    ],
)
def test_users_can_name_what_is_public_all_the_way(files: dict[str, str], file: str, inline: tuple[str, ...], *, public: bool) -> None:
    assert tree(files).is_public(file, inline, "Item") is public


@pytest.mark.parametrize(
    ("files", "path", "module", "public"),
    [
        pytest.param(lib("pub struct Item;"), "self::Item", (), True, id="public"),
        pytest.param(lib("struct Item;"), "self::Item", (), False, id="private"),
        pytest.param(lib("mod a;\npub use a::Item;", a="pub struct Item;"), "crate::a::Item", (), True, id="exported"),
        pytest.param(lib("mod a;", a="pub struct Item;"), "super::Item", ("a", "b"), False, id="super"),
        pytest.param(lib("pub enum Item {}\nmod a;", a="pub enum Item {}"), "self::Item", ("a",), False, id="the one of this module"),
        pytest.param(lib("pub enum Item {}\nmod a;", a="pub enum Item {}"), "Item", ("c",), True, id="one of the name"),
        pytest.param(lib("mod a;", a="pub trait Item {}"), "b::Item", (), False, id="none of the name"),
        pytest.param(lib(""), "Vec", (), True, id="not declared here"),
        pytest.param(lib("mod a;", a="pub union Item { x: u8 }"), "Item", None, False, id="by its name alone"),
    ],
)
def test_a_type_is_found_where_its_path_leads(files: dict[str, str], path: str, module: tuple[str, ...] | None, *, public: bool) -> None:
    assert tree(files).is_public_type(path, module) is public


def test_a_file_that_no_mod_leads_to_is_not_declared() -> None:
    assert [tree(lib("mod a;", a="", orphan="")).declares(f"src/{name}.rs") for name in ("lib", "a", "orphan")] == [True, True, False]


def test_without_a_root_everything_is_declared_and_public() -> None:
    rootless = tree(lib("mod a;", a=""), root=None)
    assert rootless.declares("src/a.rs")
    assert rootless.is_public("src/a.rs", (), "Item")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(lib("macro_rules! m { () => {} } m!();"), {()}, id="at the root"),
        pytest.param(lib("macro_rules! m { () => {} } mod a { m!(); } mod b { self::m! {} }"), {("a",), ("b",)}, id="twice"),
        pytest.param(lib("macro_rules! m { () => {} } fn f() { m!(); }"), set(), id="in a function"),
        pytest.param(lib("macro_rules! m { () => {} } const X: u8 = m!();"), set(), id="in a constant"),
        pytest.param(lib("macro_rules! m { () => {} } #[cfg(test)] mod a { m!(); }"), set(), id="in tests"),
        pytest.param(lib("macro_rules! m { () => { m!(); } }"), set(), id="by itself alone"),
        pytest.param(lib("macro_rules! m { () => { mod a { m!(); } } } m!();"), {("a",) * n for n in range(17)}, id="without end"),
        pytest.param(lib("macro_rules! m { () => {} } cfg_net! { mod a { m!(); } }"), {("a",)}, id="in the arguments of another"),
    ],
)
def test_a_macro_writes_where_it_is_called(files: dict[str, str], expected: set[tuple[str, ...]]) -> None:
    assert {site.module for site in tree(files).calls.get("m", ())} == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("pub enum $n:ident { $($v:ident),* }", {"enum"}, id="an item spelled out"),
        pytest.param("$(pub fn $n:ident($($a:tt)*) $b:block)*", {"fn"}, id="only its arguments are tokens"),
        pytest.param("[$($a:tt)*] struct $n:ident $($rest:tt)*", set(), id="its body is tokens"),
        pytest.param("$($i:item)*", set(), id="items"),
        pytest.param("@fn $n:ident", {"fn"}, id="a mark of its own"),
    ],
)
def test_the_keywords_of_a_macro_are_those_of_items_that_it_takes_apart(pattern: str, expected: set[str]) -> None:
    assert tree(lib(f"macro_rules! m {{ ({pattern}) => {{}} }}")).keywords["m"] == expected
