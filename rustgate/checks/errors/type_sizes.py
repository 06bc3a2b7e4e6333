"""Sizes of types as far as a file shows them, as bounds for a 64-bit target: what is not known is between nothing and infinity."""

import re
from collections.abc import Iterable, Iterator
from math import inf

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import Captures, File, Match

_THRESHOLD = 200
_DEEPEST = 12
_NUMBER = re.compile(r"(0x[\da-fA-F_]+|0o[0-7_]+|0b[01_]+|\d[\d_]*)(?:usize)?")
_BASES = {"0x": 16, "0o": 8, "0b": 2}
_BEYOND_USIZE = 2**64
_RESIZED = re.compile(r"\brepr\b.*\b(?:C|align|packed|simd)\b", re.DOTALL)
_NOT_A_FIELD = frozenset({"block_comment", "line_comment", "visibility_modifier"})


class Size(Struct, frozen=True):
    """At least `low` and at most `high` bytes, on a multiple of at most `align`."""

    low: float
    high: float
    align: int


class Variant(Struct, frozen=True):
    """A variant of an enum and the size of its fields together."""

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
    **dict.fromkeys(["String", "string::String", "Vec", "vec::Vec", "path::PathBuf", "ffi::OsString"], Size(24, 24, 8)),
    **dict.fromkeys(["collections::BTreeMap", "collections::BTreeSet"], Size(24, 24, 8)),
    **dict.fromkeys(["collections::HashMap", "collections::HashSet"], Size(32, 64, 8)),
    **dict.fromkeys(["Box", "boxed::Box", "rc::Rc", "sync::Arc"], _EITHER),
    **dict.fromkeys(["time::Duration", "time::Instant", "time::SystemTime"], Size(8, 16, 8)),
    "marker::PhantomData": Size(0, 0, 1),
}


def large_enum_variant(file: File, matches: list[Captures]) -> Iterator[Match]:
    """The enums whose largest variant is certain to be more than 200 bytes larger than every other."""
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
    """Sizes of the types that a file writes down; what a name stands for is worked out once."""

    def __init__(self, file: File, matches: Iterable[Captures]) -> None:
        self._file = file
        self._definitions: dict[str, Node | None] = {}
        self._known: dict[str, Size] = {}
        for captures in matches:
            name = self._text(captures["name"][0])
            node = (captures.get("enum") or captures["definition"])[0]
            self._definitions[name] = None if name in self._definitions else node

    def variants(self, enum: Node, depth: int = 0) -> Iterator[Variant]:
        """The variants of an enum; one under a `cfg` may be missing and counts as nothing at least."""
        body = enum.child_by_field_name("body")
        for variant, optional in self._members(body):
            name, fields = variant.child_by_field_name("name"), variant.child_by_field_name("body")
            size = self._together(self._members(fields), depth) if fields else Size(0, 0, 1)
            if name:
                yield Variant(self._text(name), Size(0, size.high, size.align) if optional else size)

    def of(self, node: Node | None, depth: int) -> Size:
        """The size of a type."""
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
                size = self._tuple(node, depth)
            case "function_type":
                size = _POINTER
        return size

    def _text(self, node: Node) -> str:
        return "".join(self._file.scan.source[node.start_byte : node.end_byte].decode(errors="replace").split())

    def _members(self, body: Node | None) -> Iterator[tuple[Node, bool]]:
        """The variants, fields or types in a list, each with whether a `cfg` stands on it."""
        optional = False
        for child in body.named_children if body else ():
            if child.type == "attribute_item":
                optional = optional or "cfg" in self._text(child)
            elif child.type not in _NOT_A_FIELD:
                yield child, optional
                optional = False

    def _together(self, members: Iterable[tuple[Node, bool]], depth: int) -> Size:
        """The sum of fields, which is what rustc needs for them but for padding at the end."""
        low, high, align = 0.0, 0.0, 1
        for member, optional in members:
            size = self.of(member.child_by_field_name("type") if member.type == "field_declaration" else member, depth + 1)
            low, high, align = low + (0 if optional else size.low), high + size.high, max(align, size.align)
        return Size(low, high, align)

    def _array(self, node: Node, depth: int) -> Size:
        length = self._length(node.child_by_field_name("length"), depth)
        element = self.of(node.child_by_field_name("element"), depth + 1)
        if length is None:
            return _UNKNOWN
        return Size(element.low * length, element.high * length if length else 0, element.align)

    def _length(self, node: Node | None, depth: int) -> int | None:
        """The value of a literal, of a product of them, or of a constant of the file that is one."""
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
        target = node.child_by_field_name("type")
        if target is None or self._text(target) == "str" or target.type in {"dynamic_type", "bounded_type"}:
            return _WIDE
        if target.type == "array_type" and target.child_by_field_name("length") is None:
            return _WIDE
        return _POINTER if self.of(target, depth + 1).high < inf else _EITHER

    def _tuple(self, node: Node, depth: int) -> Size:
        return _padded(self._together(self._members(node), depth))

    def _named(self, node: Node, depth: int) -> Size:
        path = self._text(node)
        full = self._file.outline.names.resolve(path, node.start_byte)
        name = full.removeprefix("self::")
        if name in self._definitions:
            return self._defined(name, depth)
        return _LIBRARY.get(re.sub(r"^(?:std|core|alloc)::", "", full), _UNKNOWN) if full == path or "::" in full else _UNKNOWN

    def _generic(self, node: Node, depth: int) -> Size:
        holder, arguments = node.child_by_field_name("type"), node.child_by_field_name("type_arguments")
        if holder is None or arguments is None:
            return _UNKNOWN
        path = self._text(holder)
        full = self._file.outline.names.resolve(path, node.start_byte)
        if full in {"Option", "std::option::Option", "core::option::Option"}:
            inner = self.of(next(iter(arguments.named_children), None), depth + 1)
            return Size(inner.low, inner.high + inner.align, inner.align)
        return self._named(holder, depth)

    def _defined(self, name: str, depth: int) -> Size:
        """The size of a type of the file; unknown while it is being worked out, and where two have the same name."""
        if name not in self._known:
            self._known[name] = _UNKNOWN
            definition = self._definitions[name]
            self._known[name] = self._definition(definition, depth) if definition else _UNKNOWN
        return self._known[name]

    def _definition(self, node: Node, depth: int) -> Size:
        if node.type == "type_item":
            return self.of(node.child_by_field_name("type"), depth + 1)
        if node.type == "enum_item":
            sizes = [variant.size for variant in self.variants(node, depth + 1)] or [Size(0, 0, 1)]
            return Size(max(size.low for size in sizes), max(size.high for size in sizes) + 32, 16)
        size = _padded(self._together(self._members(node.child_by_field_name("body")), depth))
        return Size(size.low, inf, 16) if self._has_other_layout(node) else size

    def _has_other_layout(self, node: Node) -> bool:
        before = node.prev_named_sibling
        while before is not None and before.type in {"attribute_item", "block_comment", "line_comment"}:
            if before.type == "attribute_item" and _RESIZED.search(self._text(before)):
                return True
            before = before.prev_named_sibling
        return False


def _padded(size: Size) -> Size:
    """The size of a struct or tuple with such fields."""
    return Size(size.low, size.high if size.high == inf else -(-size.high // size.align) * size.align, size.align)


def _value(literal: str) -> int:
    """The value of an integer literal; beyond any `usize` for one that Python does not read, such as ten thousand digits."""
    try:
        return int(literal.replace("_", ""), _BASES.get(literal[:2], 10))
    except ValueError:
        return _BEYOND_USIZE


def _usize(value: int) -> int | None:
    """A length that an array can have; None for a greater one, which rustc refuses."""
    return value if value < _BEYOND_USIZE else None
