"""Which cache a run may use."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from rustgate.cache.location import FOLDER_VARIABLE, folder_of, size_limit
from rustgate.cache.store import Cache
from rustgate.errors import RustgateError

_OUTSIDE = "name a folder outside, because what is checked must not bring its own results"

cache_folder_option = click.option(
    "--cache-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=f"The folder of the cache (default: {FOLDER_VARIABLE}).",
)


def cache_for(trees: Iterable[Path], given: Path | None) -> Cache:
    """The cache of a run on `trees`; raises `RustgateError` for a folder that was named and lies in one of them."""
    cache = named_cache(given)
    for root in (tree for tree in trees if _lies_in(cache.folder, tree)):
        named = "--cache-dir" if given else FOLDER_VARIABLE if os.environ.get(FOLDER_VARIABLE) else ""
        if named:
            raise RustgateError(f"{named}: {cache.folder} lies in {root}, which is checked; {_OUTSIDE}")
        cache.problem = f"{cache.folder}: lies in {root}, which is checked; {_OUTSIDE}"
    return cache


def named_cache(given: Path | None) -> Cache:
    """The cache in the folder that the command line names, or the environment, or the platform."""
    return Cache(folder_of(str(given) if given else None, os.environ), size_limit(os.environ))


def _lies_in(folder: str, root: Path) -> bool:
    """Whether a folder lies below `root`, as it is written or where links lead."""
    resolve: tuple[Callable[[Any], str], ...] = (os.path.abspath, os.path.realpath)
    return any(Path(place(folder)).is_relative_to(place(root)) for place in resolve)
