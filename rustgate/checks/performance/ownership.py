"""Ownership of local variables: owned or borrowed, last use."""

import re

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import File, ancestors, bytes_of, declaration_of, function_at, is_mutable, line_of, method_of, uses_of

_RUNS_AGAIN = frozenset({"async", "closure", "const", "for", "function", "loop", "while"})

# certain to be owned: types by name, and expressions that create a value
_PRIMITIVES = frozenset(
    {"bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize"}
)
_VIEWS = re.compile(r"[&*'!]|\bdyn\b|\bimpl\b|^fn\b|(?:Guard|Ref|RefMut|Mut)(?:<|$)")
_MAKES = re.compile(
    r"(?:(?:std::\w+::)?(?:String|Vec|VecDeque|HashMap|HashSet|BTreeMap|BTreeSet|PathBuf|OsString|Box|Arc|Rc)(?:::<[^()]*>)?"
    r"::(?:new|from|with_capacity)\s*\(|(?:format|vec)!\s*[(\[])",
)
_MADE = re.compile(r"\.(?:to_string|to_vec|to_path_buf|into_owned|into_string)\(\)$")

# earlier uses after which nothing is borrowed
_ENDS_BORROW = frozenset({
    "capacity", "clear", "clone", "contains", "contains_key", "dedup", "ends_with", "extend", "extend_from_slice", "insert", "is_empty",
    "is_err", "is_none", "is_ok", "is_some", "len", "push", "push_back", "push_front", "push_str", "remove", "reserve", "retain", "reverse",
    "sort", "sort_unstable", "starts_with", "to_string", "to_vec", "truncate",
})  # fmt: skip
_COMPARES = frozenset({"==", "!=", "<", ">", "<=", ">="})
_PRINTS = re.compile(
    rb"(?:\w+::)*(?:assert|assert_eq|assert_ne|debug_assert|debug_assert_eq|println|print|eprintln|eprint|trace|debug|info|warn|error)!"
)


class Ownership(Struct, frozen=True):
    """A variable's declaration, and what it shows about ownership.

    `owned` is an owned value of the function, `lent` a parameter with `&`; both are false if the declaration does not tell. `mutable` is
    a name with `mut`.
    """

    declaration: Node
    owned: bool
    lent: bool
    mutable: bool


def can_be_moved(file: File, variable: Node) -> bool:
    """Return whether a variable can be moved here.

    It is owned, not used later, and nothing can still borrow it.
    """
    function = function_at(file.outline, variable.start_byte)
    if function is None:
        return False
    name = bytes_of(variable, file.scan.source)
    if next(uses_of(file.scan, name, variable.end_byte, function.end), None):
        return False
    first, *others = [*uses_of(file.scan, name, function.head_end, variable.start_byte)] or [variable]
    found = ownership_of(file, first)
    if found is None or not found.owned or _runs_again(file, found.declaration, variable):
        return False
    return all(_ends_borrow(file, use, variable) and not _runs_again(file, found.declaration, use) for use in others)


def ownership_of(file: File, name: Node) -> Ownership | None:
    """Return the ownership that a declaration shows.

    None for a name in a larger pattern.
    """
    declaration = declaration_of(name)
    if declaration is None:
        return None
    written, value = declaration.child_by_field_name("type"), declaration.child_by_field_name("value")
    mutable = is_mutable(declaration)
    if written:
        text = line_of(written, file.scan.source)
        lent = declaration.type == "parameter" and text.startswith("&") and not re.match(r"&\s*(?:'\w+\s+)?mut\b", text)
        return Ownership(declaration, text not in _PRIMITIVES and not _VIEWS.search(text), lent, mutable)
    text = line_of(value, file.scan.source) if value else ""
    owned = value is not None and (
        value.type == "struct_expression"
        or (value.type in {"call_expression", "macro_invocation"} and bool(_MAKES.match(text)) and _is_one_call(value))
        or (value.type == "call_expression" and bool(_MADE.search(text)))
    )
    return Ownership(declaration, owned, lent=False, mutable=mutable)


def _is_one_call(value: Node) -> bool:
    """Return whether a value is a macro or call of a path.

    Methods called on the result may return something borrowed.
    """
    function = value.child_by_field_name("function")
    return function is None or function.type == "scoped_identifier"


def _ends_borrow(file: File, use: Node, variable: Node) -> bool:
    """Return whether an earlier use borrows nothing at `variable`."""
    parent = use.parent
    if parent is None or use.end_byte > variable.start_byte:
        return False
    if parent.type == "token_tree":
        macro = next((ancestor for ancestor in ancestors(parent) if ancestor.type != "token_tree"), None)
        return macro is not None and bool(_PRINTS.match(file.scan.source, macro.start_byte)) and macro.end_byte <= variable.start_byte
    if parent.type == "binary_expression":
        operator = parent.child_by_field_name("operator")
        return operator is not None and operator.type in _COMPARES and parent.end_byte <= variable.start_byte
    call = parent.parent
    if parent.type != "field_expression" or call is None or call.end_byte > variable.start_byte:
        return False
    method = method_of(call)
    return method is not None and line_of(method, file.scan.source) in _ENDS_BORROW


def _runs_again(file: File, declaration: Node, use: Node) -> bool:
    """Return whether a use may run more often than its declaration.

    A loop, closure or async block is around the use, but not around the declaration.
    """
    function = function_at(file.outline, use.start_byte)
    for outline_node in file.outline.ancestors(use.start_byte):
        if outline_node is function or outline_node.start <= declaration.start_byte:
            return False
        if outline_node.kind in _RUNS_AGAIN:
            return True
    return True
