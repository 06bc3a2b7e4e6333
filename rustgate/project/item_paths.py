"""Paths of items, and whether users of a crate can name them.

A file gives the paths of its items; the module tree of the crate decides.
"""

import re
from collections.abc import Iterator

from msgspec import Struct, structs
from tree_sitter import Node

from rustgate.model.finding import Fact
from rustgate.project.crate import Crate
from rustgate.project.module_layout import CallSite
from rustgate.project.module_tree import ModuleTree
from rustgate.syntax.outline import Outline
from rustgate.syntax.outline_nodes import FunctionNode, OutlineNode

_GIVEN = re.compile(rb"\$\w+\s+[\w$]")
"""The start of an item whose visibility is a macro's argument."""
_LONGEST_BEGINNING = 80
"""Bytes in which the keyword of an item stands."""
_TRANSPARENT = frozenset({"mod", "macro-rules"})
_TYPES = frozenset({"trait", "type"})


class ItemPath(Struct, frozen=True, tag=True):
    """An item's inline modules, name and owner.

    `owner` is the type or trait whose member it is, if any, as a path that the module sees: `self::Slab` for a type of this module,
    `crate::slab::Slab` for one that is imported. `macro` is the `macro_rules!` that writes it, if any, whose calls then decide where it is;
    `called` the innermost macro in whose arguments it stands, and `keywords` those that a macro which reads it would spell out. `exported`
    is true for a macro that `#[macro_export]` puts at the root of the crate, `given` for an item whose visibility the macro is given.
    """

    modules: tuple[str, ...]
    name: str
    owner: str | None
    macro: str = ""
    called: str = ""
    keywords: frozenset[str] = frozenset()
    exported: bool = False
    given: bool = False

    def as_written(self) -> "ItemPath":
        """Return the path of an item that counts in the arguments of a macro too.

        Its documentation stands there, whatever the macro makes of it.
        """
        return structs.replace(self, called="")


def public_path(outline: Outline, start: int) -> ItemPath | None:
    """Return the path of a public item, unless hidden."""
    path = item_path(outline, start)
    return None if path is None or is_hidden(outline, start) else path


def item_path(outline: Outline, start: int) -> ItemPath | None:
    """Return the path of the public item at `start`.

    None if it is not public, if it is foreign, or if it is in a trait's `impl` or in a function.
    """
    item = next((outline_node for outline_node in nodes_from(outline, start) if outline_node.name), None)
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


def exported_macro_path(outline: Outline, start: int, name: str) -> ItemPath:
    """Return the path of a macro that `#[macro_export]` makes public."""
    return ItemPath((), name, None, macro=outline.macro_around(outline.beginning(start) - 1) if start else "", exported=True)


def _path(outline: Outline, start: int, name: str, holder: OutlineNode | None) -> ItemPath | None:
    """Return the path of an item in `holder`.

    None if users can never name it there.
    """
    owner = None
    if holder and (holder.kind in _TYPES or holder.kind == "impl"):
        if "trait" in holder.words or (holder.kind != "impl" and holder.parent and holder.parent.kind not in _TRANSPARENT):
            return None
        owner = _owner(outline, holder)
        if owner is None:
            return None
    elif holder and holder.kind not in _TRANSPARENT:
        return None
    modules = outline.modules_around(start)
    is_module = any(outline_node.kind == "mod" for outline_node in nodes_from(outline, start))
    return ItemPath(
        modules[:-1] if is_module and modules[-1:] == (name,) else modules,
        name,
        owner,
        macro=outline.macro_around(start),
        called=outline.macro_called_around(start),
        keywords=_keywords(outline, start, holder),
        given=any(_GIVEN.match(outline.source, first) for first in (start, *((holder.start,) if holder else ()))),
    )


def _keywords(outline: Outline, start: int, holder: OutlineNode | None) -> frozenset[str]:
    """Return the words with which an item begins, or the type whose variant or field it is."""
    first = holder.start if holder and holder.kind in _TYPES else start
    return frozenset(
        outline.source[first : first + _LONGEST_BEGINNING].decode(errors="replace").partition("{")[0].partition("(")[0].split()
    )


def _owner(outline: Outline, holder: OutlineNode) -> str | None:
    """Return the path of the type or trait that `holder` defines or implements.

    None if it is defined in the body of a function or constant, where no user can name it. What the module defines wins over an import of
    the same name, which is there under another `cfg`: only a type of the crate can have an `impl` without a trait.
    """
    scope = outline.names.definition_scope(holder.name, holder.start)
    if scope == "body":
        return None
    return f"self::{holder.name}" if scope == "mod" or holder.kind != "impl" else outline.names.resolve(holder.name, holder.start)


def nodes_from(outline: Outline, start: int) -> Iterator[OutlineNode]:
    """Yield outline nodes that begin at `start`, innermost first."""
    return (outline_node for outline_node in outline.ancestors(start) if outline_node.start == start)


def is_hidden(outline: Outline, start: int) -> bool:
    """Return whether `#[doc(hidden)]` covers the item at `start`."""
    return any(attribute.target_start <= start < attribute.target_end for attribute in outline.hiding)


def is_visible(crate: Crate, fact: Fact[ItemPath]) -> bool:
    """Return whether users can name the item of a fact."""
    path, file, tree = fact.data, fact.finding.path, crate.tree
    if path.called and path.keywords & tree.keywords.get(path.called, frozenset()):
        return False  # the macro writes it, and what it writes is another item
    if path.macro and file in tree.paths:
        return any(True for _ in visible_sites(crate, path))
    if path.exported:
        return True
    if path.owner is not None:
        module = (*tree.paths[file], *path.modules) if file in tree.paths else None
        return tree.is_public_type(path.owner, module)
    return tree.is_public(file, path.modules, path.name)


def visible_sites(crate: Crate, path: ItemPath) -> Iterator[CallSite]:
    """Yield the calls of a macro whose item users can name there."""
    tree = crate.tree
    for site in tree.calls.get(path.macro, ()):
        module = (*site.module, *path.modules)
        owner = path.owner if path.owner is not None else site.owner
        if owner is not None:
            visible = tree.is_public_type(owner, module)
        else:
            visible = path.exported or module in tree.public or (*module, path.name) in tree.exported
        if not visible and "$" in (owner or path.name):
            visible = _exports_more_than_types(tree, module)
        if visible and (site.public or not path.given):
            yield site


def _exports_more_than_types(tree: ModuleTree, module: tuple[str, ...]) -> bool:
    """Return whether users can name something in `module` that no file declares as a type.

    It may be what a macro has declared under a name that its call gives.
    """
    return any(path[:-1] == module and path not in tree.types and path not in tree.modules for path in tree.exported)
