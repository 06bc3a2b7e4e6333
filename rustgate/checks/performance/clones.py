"""Checks of needless clones: of values not used again, only borrowed, or just created."""

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import (
    FIELDS,
    STRINGS,
    Captures,
    File,
    Match,
    ancestors,
    bytes_of,
    chain_start,
    children_of,
    declaration_of,
    function_at,
    is_mutable,
    line_of,
    match_of,
    method_of,
    uses_of,
)

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
_MAKERS = re.compile(r"format|vec|to_string|to_vec|into_owned|String::(?:from|new)|Vec::new")
_FRESH = STRINGS | {"char_literal", "integer_literal", "float_literal", "struct_expression"}
_NAMED = frozenset({"identifier", "self", "field_expression"})
_AND_VALUE = 2
"""Children of `&x`; `&mut x` has one more."""
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


def needless_clone(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find clones of variables not used again, of borrowed arguments and of fresh values."""
    seen = set()
    for captures in matches:
        clone = captures["clone"][0]
        if clone.start_byte in seen:
            continue
        what = _needless(file, captures)
        if what:
            seen.add(clone.start_byte)
            yield match_of(clone, what=what)


def _needless(file: File, captures: Captures) -> str | None:
    """Return why a clone is needless; None if it may be needed."""
    value, copy = captures["value"][0], captures["copy"][0]
    if _is_fresh(file, value):
        return "the value has just been created; use it directly"
    call = _lent_to(copy) if value.type in _NAMED else None
    if call and _can_be_lent(file, value, call):
        return f"`{line_of(value, file.scan.source)}` is only borrowed here; pass a reference to it"
    if value.type == "identifier" and _is_last_use(file, value):
        return f"`{line_of(value, file.scan.source)}` is not used again; move it"
    return None


def _is_fresh(file: File, value: Node) -> bool:
    """Return whether an expression is a literal, or a call or macro that creates a value."""
    if value.type in _FRESH:
        return True
    maker = value.child_by_field_name("macro") if value.type == "macro_invocation" else value.child_by_field_name("function")
    if maker is None or value.type not in {"call_expression", "macro_invocation"}:
        return False
    maker = maker.child_by_field_name("field") if maker.type == "field_expression" else maker
    return maker is not None and _MAKERS.fullmatch(line_of(maker, file.scan.source)) is not None


def _lent_to(copy: Node) -> Node | None:
    """Return the call that borrows a clone as an argument, in `f(&x.clone())`."""
    reference = copy.parent
    arguments = reference.parent if reference and reference.type == "reference_expression" and reference.child_count == _AND_VALUE else None
    return arguments.parent if arguments and arguments.type == "arguments" else None


def _is_last_use(file: File, variable: Node) -> bool:
    """Return whether a variable can be moved: it is owned, and neither used later nor still borrowed."""
    function = function_at(file.outline, variable.start_byte)
    if function is None:
        return False
    name = bytes_of(variable, file.scan.source)
    if next(uses_of(file.scan, name, variable.end_byte, function.end), None):
        return False
    first, *others = [*uses_of(file.scan, name, function.head_end, variable.start_byte)] or [variable]
    found = _ownership(file, first)
    if found is None or not found.owned or _runs_again(file, found.declaration, variable):
        return False
    return all(_ends_borrow(file, use, variable) and not _runs_again(file, found.declaration, use) for use in others)


def _can_be_lent(file: File, lent: Node, call: Node) -> bool:
    """Return whether `&x.clone()` can be `&x` or `x` in a call of a path.

    No other argument of the call may use or change the variable that `x` belongs to.
    """
    function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if function is None or arguments is None or function.type not in {"identifier", "scoped_identifier"}:
        return False
    if len(children_of(arguments)) == 1:
        return True
    root = chain_start(lent, FIELDS)
    holder = function_at(file.outline, lent.start_byte)
    if root.type != "identifier" or holder is None:
        return False
    used = [*uses_of(file.scan, bytes_of(root, file.scan.source), holder.head_end, arguments.end_byte)]
    found = _ownership(file, used[0]) if used else None
    if found is None or not (found.owned or found.lent) or found.mutable:
        return False
    return [use.start_byte for use in used if use.start_byte > call.start_byte] == [root.start_byte]


def _ownership(file: File, name: Node) -> Ownership | None:
    """Return the ownership of a variable at its declaration; None for patterns with more than the name."""
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
    """Return whether an expression is a macro or a call of a path, not of a method."""
    function = value.child_by_field_name("function")
    return function is None or function.type == "scoped_identifier"


def _ends_borrow(file: File, use: Node, variable: Node) -> bool:
    """Return whether an earlier use of a variable borrows nothing any more at `variable`."""
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
    """Return whether a loop, closure or async block holds a use but not its declaration."""
    function = function_at(file.outline, use.start_byte)
    for outline_node in file.outline.ancestors(use.start_byte):
        if outline_node is function or outline_node.start <= declaration.start_byte:
            return False
        if outline_node.kind in _RUNS_AGAIN:
            return True
    return True
