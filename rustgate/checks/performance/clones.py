"""Copies that nobody needs: of what is not used again, of what was only lent, and the same one in every turn of a loop."""

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import Captures, File, Match, function_at, line_of

_RUNS_AGAIN = frozenset({"async", "closure", "const", "for", "function", "loop", "while"})
_LOOPS = frozenset({"for", "loop", "while"})
_NO_USE = frozenset({"block_comment", "field_identifier", "line_comment", "type_identifier"})
_TEXTS = frozenset({"string_content", "string_literal", "raw_string_literal"})

# what is owned for certain: types by their names, and expressions that make a value
_PRIMITIVES = frozenset(
    {"bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize"}
)
_VIEWS = re.compile(r"[&*'!]|\bdyn\b|\bimpl\b|^fn\b|(?:Guard|Ref|RefMut|Mut)(?:<|$)")
_MAKES = re.compile(
    r"(?:(?:std::\w+::)?(?:String|Vec|VecDeque|HashMap|HashSet|BTreeMap|BTreeSet|PathBuf|OsString|Box|Arc|Rc)(?:::<[^()]*>)?"
    r"::(?:new|from|with_capacity)\s*\(|(?:format|vec)!\s*[(\[])",
)
_MAKERS = re.compile(r"format|vec|to_string|to_vec|into_owned|String::(?:from|new)|Vec::new")
_LITERALS = frozenset({"string_literal", "raw_string_literal", "char_literal", "integer_literal", "float_literal", "struct_expression"})
_NAMED = frozenset({"identifier", "self", "field_expression"})
_AND_VALUE = 2
"""The children of `&x`; `&mut x` has one more."""
_MADE = re.compile(r"\.(?:to_string|to_vec|to_path_buf|into_owned|into_string)\(\)$")

# earlier uses that leave nothing borrowed behind
_LEAVES_NOTHING = frozenset({
    "capacity", "clear", "clone", "contains", "contains_key", "dedup", "ends_with", "extend", "extend_from_slice", "insert", "is_empty",
    "is_err", "is_none", "is_ok", "is_some", "len", "push", "push_back", "push_front", "push_str", "remove", "reserve", "retain", "reverse",
    "sort", "sort_unstable", "starts_with", "to_string", "to_vec", "truncate",
})  # fmt: skip
_COMPARES = frozenset({"==", "!=", "<", ">", "<=", ">="})
_PRINTS = re.compile(
    rb"(?:\w+::)*(?:assert|assert_eq|assert_ne|debug_assert|debug_assert_eq|println|print|eprintln|eprint|trace|debug|info|warn|error)!"
)


class Binding(Struct, frozen=True):
    """What binds a name, which may stand for an `owned` value of the function rather than a view of another, or for one `lent` by `&`.

    `mutable` says that the name is bound with `mut`. What the declaration does not show counts as neither owned nor lent.
    """

    declaration: Node
    owned: bool
    lent: bool
    mutable: bool


def needless_clone(file: File, matches: list[Captures]) -> Iterator[Match]:
    """The clones of variables that are not used again, of what is only lent, and of values that nobody else has."""
    seen = set()
    for captures in matches:
        clone = captures["clone"][0]
        if clone.start_byte in seen:
            continue
        what = _needless(file, captures)
        if what:
            seen.add(clone.start_byte)
            yield Match(clone.start_byte, clone.end_byte, {"what": what})


def _needless(file: File, captures: Captures) -> str | None:
    """Why a clone is not needed; None when it may be."""
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
    """Whether an expression makes a value: a literal, or a call or macro that is known to."""
    if value.type in _LITERALS:
        return True
    maker = value.child_by_field_name("macro") if value.type == "macro_invocation" else value.child_by_field_name("function")
    if maker is None or value.type not in {"call_expression", "macro_invocation"}:
        return False
    maker = maker.child_by_field_name("field") if maker.type == "field_expression" else maker
    return maker is not None and _MAKERS.fullmatch(line_of(maker, file.scan.source)) is not None


def _lent_to(copy: Node) -> Node | None:
    """The call that a copy is lent to as an argument, `f(&x.clone())`."""
    reference = copy.parent
    arguments = reference.parent if reference and reference.type == "reference_expression" and reference.child_count == _AND_VALUE else None
    return arguments.parent if arguments and arguments.type == "arguments" else None


def _is_last_use(file: File, variable: Node) -> bool:
    """Whether a variable is the function's own, nothing uses it after this place, and nothing can still be borrowing it."""
    function = function_at(file.outline, variable.start_byte)
    if function is None:
        return False
    name = file.scan.source[variable.start_byte : variable.end_byte]
    if next(uses(file, name, variable.end_byte, function.end), None):
        return False
    binding, *others = [*uses(file, name, function.head_end, variable.start_byte)] or [variable]
    bound = _binding(file, binding)
    if bound is None or not bound.owned or _runs_again(file, bound.declaration, variable):
        return False
    return all(_leaves_nothing(file, use, variable) and not _runs_again(file, bound.declaration, use) for use in others)


def _can_be_lent(file: File, lent: Node, call: Node) -> bool:
    """Whether `&x.clone()` can be `&x` or `x` in a call of a path: nothing else in the call may touch or change what it is a part of."""
    function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if function is None or arguments is None or function.type not in {"identifier", "scoped_identifier"}:
        return False
    given = [child for child in arguments.named_children if not child.is_extra]
    if len(given) == 1:
        return True
    root = root_of(lent)
    holder = function_at(file.outline, lent.start_byte)
    if root is None or root.type != "identifier" or holder is None:
        return False
    name = file.scan.source[root.start_byte : root.end_byte]
    used = [*uses(file, name, holder.head_end, arguments.end_byte)]
    bound = _binding(file, used[0]) if used else None
    if bound is None or not (bound.owned or bound.lent) or bound.mutable:
        return False
    return [use.start_byte for use in used if use.start_byte > call.start_byte] == [root.start_byte]


def _binding(file: File, name: Node) -> Binding | None:
    """What binds a name, if that is a parameter or a `let` with nothing around the name; None for patterns and anything else."""
    holder = name.parent
    if holder is None or holder.type not in {"parameter", "let_declaration"} or holder.child_by_field_name("pattern") != name:
        return None
    given, value = holder.child_by_field_name("type"), holder.child_by_field_name("value")
    mutable = any(child.type == "mutable_specifier" for child in holder.children)
    if given:
        text = line_of(given, file.scan.source)
        lent = holder.type == "parameter" and text.startswith("&") and not re.match(r"&\s*(?:'\w+\s+)?mut\b", text)
        return Binding(holder, text not in _PRIMITIVES and not _VIEWS.search(text), lent, mutable)
    text = line_of(value, file.scan.source) if value else ""
    owned = value is not None and (
        value.type == "struct_expression"
        or (value.type in {"call_expression", "macro_invocation"} and bool(_MAKES.match(text)) and _is_one_call(value))
        or (value.type == "call_expression" and bool(_MADE.search(text)))
    )
    return Binding(holder, owned, lent=False, mutable=mutable)


def _is_one_call(value: Node) -> bool:
    """Whether an expression is a macro or the call of a path, not a method called on what these give."""
    function = value.child_by_field_name("function")
    return function is None or function.type == "scoped_identifier"


def uses(file: File, name: bytes, start: int, end: int) -> Iterator[Node]:
    """The nodes from `start` to `end` that may be uses of the variable `name`, also in macros and format strings."""
    source, root = file.scan.source, file.scan.root
    for found in re.compile(rb"(?<![\w'])" + re.escape(name) + rb"\b").finditer(source, start, end):
        node = root.descendant_for_byte_range(found.start(), found.end())
        if node is None or node.type in _NO_USE or (node.type in _TEXTS and source[found.start() - 1 : found.start()] != b"{"):
            continue
        yield node


def _leaves_nothing(file: File, use: Node, variable: Node) -> bool:
    """Whether an earlier use of a variable is over before `variable` is evaluated."""
    parent = use.parent
    if parent is None or use.end_byte > variable.start_byte:
        return False
    if parent.type == "token_tree":
        while parent is not None and parent.type == "token_tree":
            parent = parent.parent
        return parent is not None and bool(_PRINTS.match(file.scan.source, parent.start_byte)) and parent.end_byte <= variable.start_byte
    if parent.type == "binary_expression":
        operator = parent.child_by_field_name("operator")
        return operator is not None and operator.type in _COMPARES and parent.end_byte <= variable.start_byte
    call = parent.parent
    if parent.type != "field_expression" or call is None or call.type != "call_expression" or call.end_byte > variable.start_byte:
        return False
    field = parent.child_by_field_name("field")
    return call.child_by_field_name("function") == parent and field is not None and line_of(field, file.scan.source) in _LEAVES_NOTHING


def _runs_again(file: File, binding: Node, use: Node) -> bool:
    """Whether a loop, a closure or an async block stands around a use but not around its binding."""
    own = function_at(file.outline, use.start_byte)
    for outline_node in file.outline.ancestors(use.start_byte):
        if outline_node is own or outline_node.start <= binding.start_byte:
            return False
        if outline_node.kind in _RUNS_AGAIN:
            return True
    return True


def root_of(node: Node) -> Node | None:
    """The variable that a chain of fields begins with."""
    while node.type == "field_expression":
        value = node.child_by_field_name("value")
        if value is None:
            return None
        node = value
    return node
