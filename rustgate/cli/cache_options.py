"""Choose the cache of a run."""

import os
from collections.abc import Iterable
from os.path import abspath, realpath
from pathlib import Path

import click

from rustgate.cache.location import FOLDER_VARIABLE, folder_of, size_limit
from rustgate.cache.store import Cache
from rustgate.errors import RustgateError

_OUTSIDE = "name a folder outside, because a checked repository must not bring its own results"

cache_folder_option = click.option(
    "--cache-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=f"Cache folder (default: ${FOLDER_VARIABLE}, or that of the platform).",
)


def cache_for(trees: Iterable[Path], given: Path | None) -> Cache:
    """Return the cache of a run on `trees`.

    Raises `RustgateError` for a folder that was named and is in one of them.
    """
    cache = named_cache(given)
    for root in (tree for tree in trees if _is_in(cache.folder, tree)):
        named = "--cache-dir" if given else FOLDER_VARIABLE if os.environ.get(FOLDER_VARIABLE) else ""
        if named:
            raise RustgateError(f"{named}: {cache.folder} lies in {root}, which is checked; {_OUTSIDE}")
        cache.problem = f"{cache.folder}: lies in {root}, which is checked; {_OUTSIDE}"
    return cache


def named_cache(given: Path | None) -> Cache:
    """Return the cache in a given or the default folder."""
    return Cache(folder_of(str(given) if given else None, os.environ), size_limit(os.environ))


def _is_in(folder: str, root: Path) -> bool:
    """Return whether a folder is below `root`.

    It may be so as written, or with links resolved.
    """
    return any(Path(one).is_relative_to(other) for one, other in ((abspath(folder), abspath(root)), (realpath(folder), realpath(root))))
