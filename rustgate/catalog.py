"""Finds the pages and reads them into one catalogue of rules; an empty catalogue is an error."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from rustgate.errors import PageError, RustgateError, suggestion
from rustgate.model import Rule
from rustgate.page import read_page

_PACKAGE = Path(__file__).parent


def shipped_pages() -> Path:
    """The folder of the pages that come with rustgate: inside the wheel, or beside the package in a checkout."""
    for folder in (_PACKAGE / "_rules", _PACKAGE.parent / "rules"):
        if folder.is_dir():
            return folder
    raise RustgateError(f"no rule pages beside {_PACKAGE}; the installation is incomplete: reinstall rustgate")


def read_catalog(folders: Iterable[Path]) -> dict[str, Rule]:
    """Every rule in `folders` by name, sorted by category and name.

    Raises `PageError` for a name that is taken or a folder without pages.
    """
    rules: dict[str, Rule] = {}
    for folder in folders:
        pages = sorted(folder.rglob("*.md"))
        if not pages:
            raise PageError(f"{folder}: no rule pages (*.md) here; point to a folder that holds some")
        for page in pages:
            rule = read_page(page)
            if rule.name in rules:
                raise PageError(f'{page}: the rule "{rule.name}" is already defined in {rules[rule.name].path}; rename one of them')
            rules[rule.name] = rule
    return dict(sorted(rules.items(), key=lambda entry: (entry[1].category, entry[0])))


@cache
def shipped() -> Mapping[str, Rule]:
    """The catalogue of the shipped pages, read once."""
    return read_catalog([shipped_pages()])


def named(catalog: Mapping[str, Rule], name: str) -> Rule:
    """The rule called `name`; raises `RustgateError` with the nearest name."""
    try:
        return catalog[name]
    except KeyError:
        raise RustgateError(f'unknown rule "{name}"{suggestion(name, catalog)}; `rustgate rules` lists them all') from None
