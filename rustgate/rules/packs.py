"""Find the rules of installed packs by their entry points."""

import os
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rustgate.errors import PageError
from rustgate.model.rule import Rule
from rustgate.rules.catalog import add_rule, merged_catalogs, pages_in, refuse_taken, shipped
from rustgate.rules.page import read_page

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

PACKS = "rustgate.packs"
"""Entry point group; each entry names a package with the pages of a pack in its folder."""


@cache
def installed() -> Mapping[str, Rule]:
    """Read the shipped rules and those of installed packs, once."""
    packs: dict[str, Rule] = {}
    for point in _entry_points():
        folder, pages = _pages_of_pack(point)
        for page in pages:
            rule = replace(read_page(page, point.name if page.parent == folder else ""), pack=point.name)
            refuse_taken(rule, shipped())
            add_rule(packs, rule)
    return merged_catalogs([shipped(), packs])


def packages_of_packs() -> frozenset[str]:
    """Return the top-level packages of the installed packs."""
    return frozenset(point.module.partition(".")[0] for point in _entry_points())


def _entry_points() -> "Iterator[EntryPoint]":
    """Yield the entry points of packs.

    They come in the order of `sys.path`, each name once. Raises `PageError` if two packs have one name.
    """
    folders = [folder for entry in sys.path if not _is_working_folder(entry) for folder in _mentioning_packs(entry)]
    if not folders:
        return
    from importlib.metadata import Distribution  # noqa: PLC0415  # slower than reading all pages, and few installations have a pack

    values: dict[str, str] = {}
    for folder in folders:
        for point in Distribution.at(folder).entry_points.select(group=PACKS):
            if point.name not in values:
                values[point.name] = point.value
                yield point
            elif values[point.name] != point.value:
                raise PageError(f'two packs are called "{point.name}": {values[point.name]} and {point.value}; uninstall one of them')


def _is_working_folder(entry: str) -> bool:
    """Return whether an entry of `sys.path` is the working folder.

    `python -m` makes that importable, and often it is the checked repository: nothing in it is an installed pack.
    """
    return os.path.realpath(entry) == os.path.realpath(os.curdir)


def _mentioning_packs(entry: str) -> Iterator[str]:
    """Yield the metadata folders that mention packs.

    `entry` is one of `sys.path`.
    """
    try:
        names = sorted(name for name in os.listdir(entry) if name.endswith((".dist-info", ".egg-info")))
    except OSError:  # an archive, or nothing at all
        return
    for name in names:
        try:
            with open(os.path.join(entry, name, "entry_points.txt"), "rb") as file:
                if PACKS.encode() in file.read():
                    yield os.path.join(entry, name)
        except OSError:  # most distributions have no entry points
            continue


def _pages_of_pack(point: "EntryPoint") -> tuple[Path, list[Path]]:
    """Return the folder and the pages of a pack.

    Raises `PageError` with the name of the pack.
    """
    try:
        loaded = point.load()
    except (Exception, SystemExit) as error:  # importing it runs what others wrote
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise PageError(f'the pack "{point.name}" ({point.value}) cannot be loaded: {what}; repair or uninstall it') from error
    folders = list(getattr(loaded, "__path__", ()))
    if not folders:
        raise PageError(f'the pack "{point.name}" ({point.value}) is not a package; its entry point must name one with pages in it')
    try:
        return Path(folders[0]), pages_in(Path(folders[0]))
    except PageError as error:
        raise PageError(f'the pack "{point.name}" ({point.value}) cannot be used: {error}') from error
