"""Where a public item stands, as a fact that travels, and whether users of its crate can name it."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import Crate, Fact, FunctionNode, Match, Outline, OutlineNode

Gathered: TypeAlias = Iterator[tuple[Match, object]]
"""What a page's `gather` contributes: hits, each with data for the reduce."""


class ItemPath(Struct, frozen=True):
    """An item of a file: the inline modules around it, its name, and the type or trait whose member it is, if any.

    `owner` is a path as the module sees it: `self::Slab` for a type of this module, `crate::slab::Slab` for one that is imported.
    """

    modules: tuple[str, ...]
    name: str
    owner: str | None


class Hidden(Struct, frozen=True):
    """A module or type under `#[doc(hidden)]`: `kind` is `mod` or `type`."""

    kind: str
    path: ItemPath


def item_path(outline: Outline, start: int) -> ItemPath | None:
    """The path of the item whose frame begins at `start`; None when it is not public, or part of a trait's `impl` or of a function."""
    own = next((outline_node for outline_node in outline.ancestors(start) if outline_node.start == start and outline_node.name), None)
    if own is None:
        return None
    public = own.public if isinstance(own, FunctionNode) else "pub" in own.words
    holder = own.parent
    if holder and holder.kind == "extern":
        return None
    return _path(outline, start, own.name, holder) if public or (holder and holder.kind == "trait") else None


def member_path(outline: Outline, item: Node, name: str) -> ItemPath | None:
    """The path of `item`, which is `pub` or as public as what it is a member of; None in a trait's `impl` or a function."""
    start, end = item.start_byte, item.end_byte
    holder = next(
        (outline_node for outline_node in outline.ancestors(start) if (outline_node.start, outline_node.end) != (start, end)), None
    )
    while holder and holder.kind == "extern":
        holder = holder.parent
    return _path(outline, start, name, holder)


def _path(outline: Outline, start: int, name: str, holder: OutlineNode | None) -> ItemPath | None:
    owner = None
    if holder and holder.kind in {"trait", "type", "impl"}:
        if "trait" in holder.words or (holder.kind != "impl" and holder.parent and holder.parent.kind != "mod"):
            return None
        owner = outline.names.resolve(holder.name, holder.start)
    elif holder and holder.kind != "mod":
        return None
    modules = outline.modules_around(start)
    return ItemPath(modules[:-1] if modules[-1:] == (name,) and _is_module(outline, start) else modules, name, owner)


def _is_module(outline: Outline, start: int) -> bool:
    return any(outline_node.start == start and outline_node.kind == "mod" for outline_node in outline.ancestors(start))


def is_visible(crate: Crate, fact: Fact) -> bool:
    """Whether users of `crate` can name the item of a fact whose data is an `ItemPath`."""
    path: ItemPath = fact.data
    file = fact.finding.path
    if path.owner is not None:
        module = (*crate.tree.paths[file], *path.modules) if file in crate.tree.paths else None
        return crate.tree.is_public_type(path.owner, module)
    return crate.tree.is_public(file, path.modules, path.name)


def is_hidden(outline: Outline, start: int) -> bool:
    """Whether the item at `start`, or one around it, is under `#[doc(hidden)]`."""
    return any(attribute.target_start <= start < attribute.target_end for attribute in outline.hiding)


def shown(crate: Crate, facts: Sequence[Fact]) -> Iterator[Fact]:
    """The facts about items that users of the crate can name and find in its documentation."""
    modules = {_absolute(crate, fact, fact.data.path) for fact in facts if isinstance(fact.data, Hidden) and fact.data.kind == "mod"}
    types = {fact.data.path.name for fact in facts if isinstance(fact.data, Hidden) and fact.data.kind != "mod"}
    for fact in facts:
        if not isinstance(fact.data, ItemPath) or not crate.tree.declares(fact.finding.path) or not is_visible(crate, fact):
            continue
        place = _absolute(crate, fact, fact.data)
        owner = (fact.data.owner or "").rpartition("::")[2]
        if owner not in types and not any(place[:length] in modules for length in range(1, len(place) + 1)):
            yield fact


def _absolute(crate: Crate, fact: Fact, path: ItemPath) -> tuple[str, ...]:
    return (*crate.tree.paths.get(fact.finding.path, ()), *path.modules, *(() if path.owner else (path.name,)))


def hidden_items(outline: Outline) -> Gathered:
    """Hits for the hidden modules and types, which may have their items and methods in other files."""
    for attribute in outline.hiding:
        outline_nodes = (
            outline_node for outline_node in outline.ancestors(attribute.target_start) if outline_node.start == attribute.target_start
        )
        for outline_node in outline_nodes:
            if not attribute.inner and outline_node.kind in {"mod", "type", "trait"}:
                modules = outline.modules_around(outline_node.start)
                path = ItemPath(modules[:-1] if outline_node.kind == "mod" else modules, outline_node.name, None)
                yield Match(outline_node.head_start, outline_node.head_end), Hidden(outline_node.kind, path)
