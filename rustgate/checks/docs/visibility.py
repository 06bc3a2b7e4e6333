"""Visibility of items: paths, and what users can name.

A file gives the paths of its items as facts; the module tree of the crate decides.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar, cast

from msgspec import Struct
from tree_sitter import Node

from rustgate.api import Crate, Fact, FunctionNode, Match, Outline, OutlineNode, Reduced
from rustgate.checks.docs.result_types import ResultAlias

Kind = TypeVar("Kind")


class ItemPath(Struct, frozen=True, tag=True):
    """An item's inline modules, name and owner.

    `owner` is the type or trait whose member it is, if any, as a path that the module sees: `self::Slab` for a type of this module,
    `crate::slab::Slab` for one that is imported.
    """

    modules: tuple[str, ...]
    name: str
    owner: str | None


class Hidden(Struct, frozen=True, tag=True):
    """A module, type or trait under `#[doc(hidden)]`.

    `kind` is `mod`, `type` or `trait`.
    """

    kind: str
    path: ItemPath


class UndocumentedFile(Struct, frozen=True, tag=True):
    """A file without documentation of its own."""


DocFact: TypeAlias = ItemPath | Hidden | UndocumentedFile | ResultAlias
"""What a file contributes to the rules about documentation."""
Gathered: TypeAlias = Iterator[tuple[Match, DocFact]]


def public_path(outline: Outline, start: int) -> ItemPath | None:
    """Return the path of a public item, unless hidden."""
    path = item_path(outline, start)
    return None if path is None or is_hidden(outline, start) else path


def item_path(outline: Outline, start: int) -> ItemPath | None:
    """Return the path of the public item at `start`.

    None if it is not public, if it is foreign, or if it is in a trait's `impl` or in a function.
    """
    item = next((outline_node for outline_node in _nodes_from(outline, start) if outline_node.name), None)
    if item is None:
        return None
    public = item.public if isinstance(item, FunctionNode) else "pub" in item.words
    holder = item.parent
    if holder and holder.kind == "extern":
        return None
    return _path(outline, start, item.name, holder) if public or (holder and holder.kind == "trait") else None


def member_path(outline: Outline, item: Node, name: str) -> ItemPath | None:
    """Return the path of a public item or member.

    It is `pub`, or as public as what it is a member of. None in a trait's `impl` or a function.
    """
    start, end = item.start_byte, item.end_byte
    holder = next(
        (outline_node for outline_node in outline.ancestors(start) if (outline_node.start, outline_node.end) != (start, end)), None
    )
    while holder and holder.kind == "extern":
        holder = holder.parent
    return _path(outline, start, name, holder)


def _path(outline: Outline, start: int, name: str, holder: OutlineNode | None) -> ItemPath | None:
    """Return the path of an item in `holder`.

    None if users can never name it there.
    """
    owner = None
    if holder and holder.kind in {"trait", "type", "impl"}:
        if "trait" in holder.words or (holder.kind != "impl" and holder.parent and holder.parent.kind != "mod"):
            return None
        owner = _owner(outline, holder)
        if owner is None:
            return None
    elif holder and holder.kind != "mod":
        return None
    modules = outline.modules_around(start)
    is_module = any(outline_node.kind == "mod" for outline_node in _nodes_from(outline, start))
    return ItemPath(modules[:-1] if is_module and modules[-1:] == (name,) else modules, name, owner)


def _owner(outline: Outline, holder: OutlineNode) -> str | None:
    """Return the path of the type or trait that `holder` defines or implements.

    None if it is defined in the body of a function or constant, where no user can name it. What the module defines wins over an import of
    the same name, which is there under another `cfg`: only a type of the crate can have an `impl` without a trait.
    """
    scope = outline.names.definition_scope(holder.name, holder.start)
    if scope == "body":
        return None
    return f"self::{holder.name}" if scope == "mod" or holder.kind != "impl" else outline.names.resolve(holder.name, holder.start)


def _nodes_from(outline: Outline, start: int) -> Iterator[OutlineNode]:
    """Yield outline nodes that begin at `start`, innermost first."""
    return (outline_node for outline_node in outline.ancestors(start) if outline_node.start == start)


def is_visible(crate: Crate, fact: Fact[ItemPath]) -> bool:
    """Return whether users can name the item of a fact."""
    path = fact.data
    file = fact.finding.path
    if path.owner is not None:
        module = (*crate.tree.paths[file], *path.modules) if file in crate.tree.paths else None
        return crate.tree.is_public_type(path.owner, module)
    return crate.tree.is_public(file, path.modules, path.name)


def is_hidden(outline: Outline, start: int) -> bool:
    """Return whether `#[doc(hidden)]` covers the item at `start`."""
    return any(attribute.target_start <= start < attribute.target_end for attribute in outline.hiding)


def hidden_items(outline: Outline) -> Gathered:
    """Gather hidden modules, types and traits.

    Their items and methods may be in other files.
    """
    for attribute in outline.hiding:
        for outline_node in () if attribute.inner else _nodes_from(outline, attribute.target_start):
            if outline_node.kind in {"mod", "type", "trait"}:
                modules = outline.modules_around(outline_node.start)
                path = ItemPath(modules[:-1] if outline_node.kind == "mod" else modules, outline_node.name, None)
                yield Match(outline_node.head_start, outline_node.head_end), Hidden(outline_node.kind, path)


def nameable(crate: Crate, facts: Sequence[Fact[DocFact]]) -> Iterator[Fact[ItemPath]]:
    """Yield facts about items that users can name.

    Hidden items and all in them are left out, because the documentation does not show them; so are facts about anything else.
    """
    hidden = of_kind(facts, Hidden)
    modules = {_absolute(crate, fact, fact.data.path) for fact in hidden if fact.data.kind == "mod"}
    types = {fact.data.path.name for fact in hidden if fact.data.kind != "mod"}
    for fact in of_kind(facts, ItemPath):
        if not crate.tree.declares(fact.finding.path) or not is_visible(crate, fact):
            continue
        path = _absolute(crate, fact, fact.data)
        owner = (fact.data.owner or "").rpartition("::")[2]
        if owner not in types and not any(path[:length] in modules for length in range(1, len(path) + 1)):
            yield fact


def of_kind(facts: Iterable[Fact[object]], kind: type[Kind]) -> list[Fact[Kind]]:
    """Return the facts whose data are of one type."""
    return [cast("Fact[Kind]", fact) for fact in facts if isinstance(fact.data, kind)]


def nameable_items(crate: Crate, facts: Sequence[Fact[DocFact]]) -> Reduced:
    """Report all gathered items that users can name."""
    return ((fact, {}) for fact in nameable(crate, facts))


def _absolute(crate: Crate, fact: Fact[object], path: ItemPath) -> tuple[str, ...]:
    """Return an item's path from the crate's root.

    The name of an item is left out if it has an owner.
    """
    return (*crate.tree.paths.get(fact.finding.path, ()), *path.modules, *(() if path.owner else (path.name,)))
