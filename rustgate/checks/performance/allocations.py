"""Checks of avoidable allocations, locks and indirect calls."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from rustgate.api import Captures, File, FunctionNode, Match, ancestors, function_at, last_of, line_of, match_of, method_of

_SHARED = {
    "Arc": ("Mutex", "makes threads wait for one lock", "consider one owner that receives messages over a channel"),
    "Rc": ("RefCell", "checks borrows only at run time and can panic", "consider one owner that lends the value"),
}
_LOCKS = tuple(lock.encode() for lock, _, _ in _SHARED.values())
_INTERFACES = frozenset({"field_declaration", "function_item", "function_signature_item", "ordered_field_declaration_list", "parameter"})
_TYPES = frozenset({
    "array_type", "bounded_type", "dynamic_type", "generic_type", "reference_type", "scoped_type_identifier", "tuple_type",
    "type_arguments", "type_binding",
})  # fmt: skip
_BOXES = frozenset({"std::boxed::Box"})
_SEQUENCES = frozenset({"std::vec::Vec", "std::collections::VecDeque", "VecDeque"})
_INSTEAD = {
    "iter": "remove `collect` and continue the iterator chain",
    "into_iter": "remove `collect` and continue the iterator chain",
    "len": "use `.count()`",
    "is_empty": "use `.next().is_none()`",
}
_NEEDS_ALL = frozenset({"as_slice", "len", "next_back", "nth_back", "rev", "rfind", "rfold", "rposition"})
"""Methods of a vector's iterator that need both ends or a known length, so that other iterators lack them."""
_ALL_AT_ONCE = re.compile(r"spawn|\bpar_|\bdrain\b")
_WAITS = re.compile(r"\b(?:join|recv|wait|wait_with_output)\s*\(\s*\)|::\s*(?:join|recv|wait)\b|\b(?:await|block_on)\b")
_LENDING = re.compile(
    r"as_\w+|borrow|bytes|char_indices|chars|deref|first|get|iter|keys|last|lines|split\w*|strip_(?:pre|suf)fix|trim\w*|values|windows"
)
"""Methods whose result borrows from what they are called on."""
_RETURNS_FROM_CLOSURE = frozenset({"filter_map", "find_map", "flat_map", "map", "map_while"})
_KEEPS_BORROW = frozenset({"expect", "unwrap", "unwrap_or", "unwrap_or_default"})
_LAZY = frozenset({"chain", "cloned", "copied", "enumerate", "filter", "filter_map", "map", "rev", "skip", "take", "zip"})
"""Methods of iterators that keep borrowing what the iterator before them borrows."""
_WORD = re.compile(r"[A-Za-z_]\w*")


def arc_mutex(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find `Arc<Mutex<..>>` and `Rc<RefCell<..>>` in fields and signatures.

    Signatures that a trait dictates are left out.
    """
    source = file.scan.source
    if not any(lock in source for lock in _LOCKS):
        return
    names = file.outline.names
    for captures in matches:
        outer, inner = (names.resolve(line_of(captures[part][0], source), captures[part][0].start_byte) for part in ("outer", "inner"))
        shared, lock = (path.rpartition("::")[2] for path in (outer, inner))
        expected, cost, instead = _SHARED.get(shared, ("", "", ""))
        if lock == "RefCell" and not file.options["ref-cell"]:
            continue
        if outer.startswith("self::") or inner.startswith("self::") or lock != expected:
            continue
        found = captures["finding"][0]
        if _is_interface(file, found):
            yield match_of(found, type=f"{shared}<{lock}<..>>", cost=cost, instead=instead)


def boxed_trait_objects(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find parameters and results `Box<dyn Trait>` of private functions.

    Functions of traits and of their implementations are left out.
    """
    for captures in matches:
        found, box, start = captures["finding"][0], captures["box"][0], captures["function"][0].start_byte
        function = function_at(file.outline, start)
        in_trait = function and function.parent and function.parent.kind == "trait"  # as an object it cannot have generic methods
        if function is None or function.start != start or function.public or function.fixed_signature or in_trait:
            continue
        if file.outline.names.resolves_to(line_of(box, file.scan.source), box.start_byte, _BOXES):
            yield match_of(found, type=line_of(found, file.scan.source))


def needless_collects(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find vectors collected only for their iterator or length."""
    source = file.scan.source
    for captures in matches:
        finding, written = captures["collect"][0], captures["collection"][0]
        path = line_of(written, source).partition("<")[0].strip()
        collection = file.outline.names.resolves_to(path, finding.start_byte, _SEQUENCES)
        method = line_of(captures["method"][0], source)
        if collection and (method not in {"iter", "into_iter"} or _only_iterates(captures, source)):
            values = {"collection": collection.rpartition("::")[2], "method": method, "instead": _INSTEAD.get(method, "remove it")}
            yield match_of(finding, **values)


def _only_iterates(captures: Captures, source: bytes) -> bool:
    """Return whether a method chain can do without its collection.

    The methods behind the iterator decide.
    """
    made_from = line_of(captures["source"][0], source)
    node, methods = captures["chain"][0].parent, []
    start = node.end_byte if node else 0
    while node is not None and node.parent is not None and node.parent.type in {"field_expression", "call_expression", "try_expression"}:
        node = node.parent
        field = node.child_by_field_name("field")
        methods += [line_of(field, source)] if field else []
        if _returns_borrow(node, captures, source):
            return False
    if node is None or not methods or _NEEDS_ALL & set(methods) or _ALL_AT_ONCE.search(made_from):
        return False
    if node.parent is not None and node.parent.type == "for_expression":
        return False
    root, rest = _WORD.search(made_from), source[start : node.end_byte].decode(errors="replace")
    return not _WAITS.search(rest) and (root is None or root[0] not in _WORD.findall(rest))


def _returns_borrow(call: Node, captures: Captures, source: bytes) -> bool:
    """Return whether a call returns a borrow from the collection.

    The call is part of the chain, and the collection owns its elements. An example is `.map(|name| name.as_str())`.
    """
    if line_of(captures["method"][0], source) != "iter" or "&" in line_of(captures["collection"][0], source):
        return False
    method, arguments = method_of(call), call.child_by_field_name("arguments")
    name = line_of(method, source) if method else ""
    if arguments is None or name not in _RETURNS_FROM_CLOSURE:
        return False
    passing = _KEEPS_BORROW | (_LAZY if name == "flat_map" else set())
    return any(_borrows(argument, passing, source) for argument in arguments.named_children)


def _borrows(function: Node, passing: frozenset[str], source: bytes) -> bool:
    """Return whether a closure or named function returns a borrow.

    Borrows in tuples and behind the methods `passing` count.
    """
    if function.type == "scoped_identifier":
        return _LENDING.fullmatch(line_of(function, source).rpartition("::")[2]) is not None
    body = function.child_by_field_name("body") if function.type == "closure_expression" else None
    values = [body] if body else []
    while values:
        names = (line_of(method, source) for method in map(method_of, values) if method)
        if any(value.type == "reference_expression" for value in values) or any(map(_LENDING.fullmatch, names)):
            return True
        values = [part for value in values for part in _parts(value, passing, source)]
    return False


def _parts(value: Node, passing: frozenset[str], source: bytes) -> list[Node]:
    """Return the expressions that a value is made of.

    They are the end of a block, the parts of a tuple or `Some(..)`, and what is unwrapped.
    """
    if value.type in {"block", "expression_statement", "try_expression"}:
        return [*filter(None, [last_of(value)])]
    if value.type == "tuple_expression":
        return value.named_children
    function, arguments, method = value.child_by_field_name("function"), value.child_by_field_name("arguments"), method_of(value)
    if function and method and line_of(method, source) in passing:
        return function.named_children[:1]
    return arguments.named_children if function and arguments and line_of(function, source) in {"Ok", "Some"} else []


def _is_interface(file: File, found: Node) -> bool:
    """Return whether a type is part of a field or signature.

    The field is one of a struct; the signature is not dictated by a trait.
    """
    node = next((ancestor for ancestor in ancestors(found) if ancestor.type not in _TYPES), None)
    if node is None or node.type not in _INTERFACES:
        return False
    if node.type in {"field_declaration", "ordered_field_declaration_list"}:
        holder = node if node.type.startswith("ordered") else node.parent
        return holder is not None and holder.parent is not None and holder.parent.type == "struct_item"
    function = next((outline_node for outline_node in file.outline.ancestors(found.start_byte) if outline_node.kind != "mod"), None)
    return isinstance(function, FunctionNode) and not function.fixed_signature
