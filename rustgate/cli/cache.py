"""`rustgate cache`: what is remembered between runs, and where; and which of it a run may use."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import msgspec

from rustgate.cache import FOLDER_VARIABLE, Cache, folder_of, size_limit
from rustgate.errors import RustgateError

_OUTSIDE = "name a folder outside, because what is checked must not bring its own results"

cache_folder_option = click.option(
    "--cache-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=f"The folder of the cache (default: {FOLDER_VARIABLE}).",
)


class Info(msgspec.Struct, frozen=True):
    """What `rustgate cache info` says; sizes are in bytes, `problem` says why nothing is kept, if that is so."""

    folder: str
    entries: int
    size: int
    limit: int
    problem: str | None = None


@click.group("cache")
def cache_command() -> None:
    """Show or forget what is remembered between runs."""


@cache_command.command("info")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", help="How to show it (default: text).")
@cache_folder_option
def info_command(output: str, cache_dir: Path | None) -> None:
    """Show where the cache is, and how much it holds."""
    cache = _named(cache_dir)
    info = Info(cache.folder, cache.count(), cache.size(), cache.limit, cache.problem)
    cache.close()
    click.echo(msgspec.json.format(msgspec.json.encode(info), indent=2).decode() if output == "json" else _text(info))


@cache_command.command("clean")
@cache_folder_option
def clean_command(cache_dir: Path | None) -> None:
    """Forget everything."""
    _named(cache_dir).clean()


def cache_for(trees: Iterable[Path], given: Path | None) -> Cache:
    """The cache of a run on `trees`; raises `RustgateError` for a folder that was named and lies in one of them."""
    cache = _named(given)
    for root in (tree for tree in trees if _lies_in(cache.folder, tree)):
        named = "--cache-dir" if given else FOLDER_VARIABLE if os.environ.get(FOLDER_VARIABLE) else ""
        if named:
            raise RustgateError(f"{named}: {cache.folder} lies in {root}, which is checked; {_OUTSIDE}")
        cache.problem = f"{cache.folder}: lies in {root}, which is checked; {_OUTSIDE}"
    return cache


def _named(given: Path | None) -> Cache:
    """The cache in the folder that the command line names, or the environment, or the platform."""
    return Cache(folder_of(str(given) if given else None, os.environ), size_limit(os.environ))


def _lies_in(folder: str, root: Path) -> bool:
    """Whether a folder lies below `root`, as it is written or where links lead."""
    resolve: tuple[Callable[[Any], str], ...] = (os.path.abspath, os.path.realpath)
    return any(Path(place(folder)).is_relative_to(place(root)) for place in resolve)


def _text(info: Info) -> str:
    lines = [("folder", info.folder), ("entries", f"{info.entries:,}"), ("size", _mebibytes(info.size)), ("limit", _mebibytes(info.limit))]
    lines += [("problem", info.problem)] if info.problem else []
    return "\n".join(f"{name:8} {value}" for name, value in lines)


def _mebibytes(size: int) -> str:
    return f"{size / 1024 / 1024:,.1f} MiB"
