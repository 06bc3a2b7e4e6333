"""Where a public item stands, as a fact that travels, and whether users of its crate can name it."""

from msgspec import Struct

from rustgate.crates import Crate
from rustgate.model import Fact
from rustgate.outline import Outline
from rustgate.sweep import FunctionFrame


class ItemPath(Struct, frozen=True):
    """An item of a file: the inline modules around it, its name, and the type or trait whose member it is, if any."""

    modules: tuple[str, ...]
    name: str
    owner: str | None


def item_path(outline: Outline, start: int) -> ItemPath | None:
    """The path of the item whose frame begins at `start`; None when it is not public, or part of a trait's `impl` or of a function."""
    own = next((frame for frame in outline.around(start) if frame.start == start and frame.name), None)
    if own is None:
        return None
    holder = own.parent
    public = own.public if isinstance(own, FunctionFrame) else "pub" in own.words
    owner = None
    if holder and holder.kind == "trait":
        owner, public = holder.name, True
    elif holder and holder.kind == "impl":
        owner, public = holder.name.rpartition("::")[2], public and "trait" not in holder.words
    elif holder and holder.kind != "mod":
        return None
    return ItemPath(outline.modules_around(start), own.name, owner) if public else None


def is_visible(crate: Crate, fact: Fact) -> bool:
    """Whether users of `crate` can name the item of a fact whose data is an `ItemPath`."""
    path: ItemPath = fact.data
    if path.owner is not None:
        return crate.tree.is_public_type(path.owner)
    return crate.tree.is_public(fact.finding.path, path.modules, path.name)
