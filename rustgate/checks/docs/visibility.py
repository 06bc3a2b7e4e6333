"""Items that the documentation shows: those that users can name, without hidden ones."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar, cast

from msgspec import Struct

from rustgate.api import Crate, Fact, ItemPath, Match, Outline, Reduced, is_visible, nodes_from
from rustgate.checks.docs.result_types import ResultAlias

Kind = TypeVar("Kind")


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


def hidden_items(outline: Outline) -> Gathered:
    """Gather hidden modules, types and traits.

    Their items and methods may be in other files.
    """
    for attribute in outline.hiding:
        for outline_node in () if attribute.inner else nodes_from(outline, attribute.target_start):
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
