"""Checks of type sizes, as far as a file shows them.

Sizes are bounds in bytes for a 64-bit target; an unknown type has from zero to infinitely many.
"""

import re
from collections.abc import Iterable, Iterator
from math import inf

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import COMMENTS, Captures, File, Match, std_path

_THRESHOLD = 200
"""Bytes, the default of clippy's `enum-variant-size-threshold`."""
_DEEPEST = 12
"""Types in one another: no hand-written type nests deeper, and constants that are products of constants take twice the time per level."""
_NUMBER = re.compile(r"(0x[\da-fA-F_]+|0o[0-7_]+|0b[01_]+|\d[\d_]*)(?:usize)?")
_BASES = {"0x": 16, "0o": 8, "0b": 2}
_BEYOND_USIZE = 2**64
_RESIZED = re.compile(r"\brepr\b.*\b(?:C|align|packed|simd)\b", re.DOTALL)
_NOT_A_FIELD = COMMENTS | {"visibility_modifier"}


class Size(Struct, frozen=True):
    """A size of `low` to `high` bytes, and the greatest possible alignment."""

    low: float
    high: float
    align: int


class Variant(Struct, frozen=True):
    """A variant of an enum and the size of its fields."""

    name: str
    size: Size


_UNKNOWN = Size(0, inf, 16)
_POINTER, _WIDE, _EITHER = Size(8, 8, 8), Size(16, 16, 8), Size(8, 16, 8)
_WIDTHS = {
    1: ("bool", "i8", "u8"),
    2: ("i16", "u16"),
    4: ("char", "f32", "i32", "u32"),
    8: ("f64", "i64", "isize", "u64", "usize"),
    16: ("i128", "u128"),
}
_PRIMITIVES = {name: Size(width, width, width) for width, names in _WIDTHS.items() for name in names}
_LIBRARY = {
    **dict.fromkeys(["std::string::String", "std::vec::Vec", "std::path::PathBuf", "std::ffi::OsString"], Size(24, 24, 8)),
    **dict.fromkeys(["std::collections::BTreeMap", "std::collections::BTreeSet"], Size(24, 24, 8)),
    **dict.fromkeys(["std::collections::HashMap", "std::collections::HashSet"], Size(32, 64, 8)),
    **dict.fromkeys(["std::boxed::Box", "std::rc::Rc", "std::sync::Arc"], _EITHER),
    **dict.fromkeys(["std::time::Duration", "std::time::Instant", "std::time::SystemTime"], Size(8, 16, 8)),
    "std::marker::PhantomData": Size(0, 0, 1),
}


def large_enum_variant(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find enums whose largest variant dwarfs all others.

    It is certain to be more than 200 bytes larger than each of them.
    """
    sizes = Sizes(file, matches)
    for captures in matches:
        if "enum" not in captures:
            continue
        enum, name = captures["enum"][0], captures["name"][0]
        variants = sorted(sizes.variants(enum), key=lambda variant: variant.size.low)
        if len(variants) > 1:
            largest, others = variants[-1], max(variant.size.high for variant in variants[:-1])
            if largest.size.low - others > _THRESHOLD:
                values: dict[str, object] = {"variant": largest.name, "size": int(largest.size.low), "others": int(others)}
                yield Match(enum.start_byte, name.end_byte, values)


class Sizes:
    """Sizes of the types in a file.

    That of each definition is computed once.
    """

    def __init__(self, file: File, matches: Iterable[Captures]) -> None:
        self._file = file
        self._definitions: dict[str, Node | None] = {}
        self._known: dict[str, Size] = {}
        for captures in matches:
            name = self._text(captures["name"][0])
            node = (captures.get("enum") or captures["definition"])[0]
            self._definitions[name] = None if name in self._definitions else node

    def variants(self, enum: Node, depth: int = 0) -> Iterator[Variant]:
        """Yield the variants of an enum with their sizes.

        A variant under a `cfg` may be missing, so that it has zero bytes at least.
        """
        body = enum.child_by_field_name("body")
        for variant, is_optional in self._members(body):
            name, fields = variant.child_by_field_name("name"), variant.child_by_field_name("body")
            size = self._sum_of(self._members(fields), depth) if fields else Size(0, 0, 1)
            if name:
                yield Variant(self._text(name), Size(0, size.high, size.align) if is_optional else size)

    def of(self, node: Node | None, depth: int) -> Size:
        """Return the size of a type.

        It is unknown beyond a depth of `_DEEPEST`.
        """
        size = _UNKNOWN
        if node is None or depth > _DEEPEST:
            return size
        match node.type:
            case "primitive_type":
                size = _PRIMITIVES.get(self._text(node), _UNKNOWN)
            case "type_identifier" | "scoped_type_identifier":
                size = self._named(node, depth)
            case "generic_type":
                size = self._generic(node, depth)
            case "reference_type" | "pointer_type":
                size = self._pointer(node, depth)
            case "array_type":
                size = self._array(node, depth)
            case "tuple_type" | "unit_type":
                size = _padded(self._sum_of(self._members(node), depth))
            case "function_type":
                size = _POINTER
        return size

    def _text(self, node: Node) -> str:
        return "".join(self._file.scan.source[node.start_byte : node.end_byte].decode(errors="replace").split())

    def _members(self, body: Node | None) -> Iterator[tuple[Node, bool]]:
        """Yield the members of a list of variants, fields or types.

        The flag is True for a member under a `cfg`.
        """
        is_optional = False
        for child in body.named_children if body else ():
            if child.type == "attribute_item":
                is_optional = is_optional or "cfg" in self._text(child)
            elif child.type not in _NOT_A_FIELD:
                yield child, is_optional
                is_optional = False

    def _sum_of(self, members: Iterable[tuple[Node, bool]], depth: int) -> Size:
        """Return the sum of the sizes of fields.

        That is what rustc needs for them, except for padding at the end.
        """
        low, high, align = 0.0, 0.0, 1
        for member, is_optional in members:
            size = self.of(member.child_by_field_name("type") if member.type == "field_declaration" else member, depth + 1)
            low, high, align = low + (0 if is_optional else size.low), high + size.high, max(align, size.align)
        return Size(low, high, align)

    def _array(self, node: Node, depth: int) -> Size:
        """Return the size of an array, unknown without a length."""
        length = self._length(node.child_by_field_name("length"), depth)
        element = self.of(node.child_by_field_name("element"), depth + 1)
        if length is None:
            return _UNKNOWN
        return Size(element.low * length, element.high * length if length else 0, element.align)

    def _length(self, node: Node | None, depth: int) -> int | None:
        """Return the length that an expression gives, if known.

        It is a literal, a product of lengths, or a constant of the file.
        """
        if node is None or depth > _DEEPEST:
            return None
        if node.type == "identifier":
            definition = self._definitions.get(self._text(node))
            return self._length(definition.child_by_field_name("value"), depth + 1) if definition else None
        if node.type == "binary_expression" and (operator := node.child_by_field_name("operator")) and operator.type == "*":
            left, right = (self._length(node.child_by_field_name(side), depth + 1) for side in ("left", "right"))
            return None if left is None or right is None else _usize(left * right)
        number = _NUMBER.fullmatch(self._text(node))
        return _usize(_value(number[1])) if number else None

    def _pointer(self, node: Node, depth: int) -> Size:
        """Return the size of a pointer or reference.

        It has two words for slices, strings and trait objects, else one.
        """
        target = node.child_by_field_name("type")
        if target is None or self._text(target) == "str" or target.type in {"dynamic_type", "bounded_type"}:
            return _WIDE
        if target.type == "array_type" and target.child_by_field_name("length") is None:
            return _WIDE
        return _POINTER if self.of(target, depth + 1).high < inf else _EITHER

    def _named(self, node: Node, depth: int) -> Size:
        """Return the size of the type at a path."""
        path = self._text(node)
        full = self._file.outline.names.resolve(path, node.start_byte)
        name = full.removeprefix("self::")
        if name in self._definitions:
            return self._defined(name, depth)
        in_std = f"std::{std_path(full).removeprefix('std::')}"  # `sync::Arc` too: a glob may import `sync`
        return _LIBRARY.get(in_std, _UNKNOWN) if full == path or "::" in full else _UNKNOWN

    def _generic(self, node: Node, depth: int) -> Size:
        """Return the size of a type with arguments.

        `Option` has room for a tag.
        """
        holder, arguments = node.child_by_field_name("type"), node.child_by_field_name("type_arguments")
        if holder is None or arguments is None:
            return _UNKNOWN
        if std_path(self._file.outline.names.resolve(self._text(holder), node.start_byte)) == "std::option::Option":
            inner = self.of(next(iter(arguments.named_children), None), depth + 1)
            return Size(inner.low, inner.high + inner.align, inner.align)
        return self._named(holder, depth)

    def _defined(self, name: str, depth: int) -> Size:
        """Return the size of a type of the file.

        It is unknown while it is being computed, and if two types have the same name.
        """
        if name not in self._known:
            self._known[name] = _UNKNOWN
            definition = self._definitions[name]
            self._known[name] = self._definition(definition, depth) if definition else _UNKNOWN
        return self._known[name]

    def _definition(self, node: Node, depth: int) -> Size:
        """Compute the size of a struct, enum or alias."""
        if node.type == "type_item":
            return self.of(node.child_by_field_name("type"), depth + 1)
        if node.type == "enum_item":
            sizes = [variant.size for variant in self.variants(node, depth + 1)] or [Size(0, 0, 1)]
            return Size(max(size.low for size in sizes), max(size.high for size in sizes) + 32, 16)
        size = _padded(self._sum_of(self._members(node.child_by_field_name("body")), depth))
        return Size(size.low, inf, 16) if self._has_other_layout(node) else size

    def _has_other_layout(self, node: Node) -> bool:
        """Return whether a `repr` changes a type's layout."""
        before = node.prev_named_sibling
        while before is not None and before.type in {"attribute_item", "block_comment", "line_comment"}:
            if before.type == "attribute_item" and _RESIZED.search(self._text(before)):
                return True
            before = before.prev_named_sibling
        return False


def _padded(size: Size) -> Size:
    """Return the size of fields with padding at the end."""
    return Size(size.low, size.high if size.high == inf else -(-size.high // size.align) * size.align, size.align)


def _value(literal: str) -> int:
    """Return the value of an integer literal.

    One that Python refuses to read, such as ten thousand digits, is beyond any `usize`.
    """
    try:
        return int(literal.replace("_", ""), _BASES.get(literal[:2], 10))
    except ValueError:
        return _BEYOND_USIZE


def _usize(value: int) -> int | None:
    """Return a length, or None if rustc refuses it."""
    return value if value < _BEYOND_USIZE else None
