"""Finds the pages and reads them into one catalogue of rules: shipped, of installed packs, and a repository's own."""

import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rustgate.errors import PageError, RustgateError
from rustgate.filesystem.containment import leads_out
from rustgate.model.rule import Rule
from rustgate.rules.lookup import unknown_rule
from rustgate.rules.page import read_page

if TYPE_CHECKING:
    pass

REPOSITORY_PAGES = ".rustgate/rules"
"""Where a repository keeps its own pages, beside its configuration; `rule-paths` names other folders."""
REPOSITORY_CATEGORY = "own"
"""The category of a repository's page that lies in no folder of a category."""

_PACKAGE = Path(__file__).parent.parent
_NO_PAGE = "README.md"
_LARGEST_PAGE = 100_000


def shipped_pages() -> Path:
    """The folder of the pages that come with rustgate: inside the wheel, or beside the package in a checkout."""
    for folder in (_PACKAGE / "_rules", _PACKAGE.parent / "rules"):
        if folder.is_dir():
            return folder
    raise RustgateError(f"no rule pages beside {_PACKAGE}; the installation is incomplete: reinstall rustgate")


def pages_in(folder: Path) -> list[Path]:
    """The pages in `folder` and the folders below, sorted; a README.md is none. Raises `PageError` where there are none."""
    pages = sorted(page for page in folder.rglob("*.md") if page.name != _NO_PAGE)
    if not pages:
        raise PageError(f"{folder}: no rule pages (*.md) here; point to a folder that holds some")
    for page in pages:
        if not page.is_file():
            raise PageError(f"{page}: not a file that can be read; remove it, or put a rule page in its place")
    return pages


def read_catalog(folders: Iterable[Path]) -> dict[str, Rule]:
    """Every rule in `folders` by name, sorted by category and name.

    Raises `PageError` for a name that is taken or a folder without pages.
    """
    rules: dict[str, Rule] = {}
    for page in (page for folder in folders for page in pages_in(folder)):
        add_rule(rules, read_page(page))
    return _sorted(rules)


@cache
def shipped() -> Mapping[str, Rule]:
    """The catalogue of the shipped pages, read once."""
    return read_catalog([shipped_pages()])


def repository_rules(folders: Iterable[Path], catalog: Mapping[str, Rule], bound: Path | None = None) -> dict[str, Rule]:
    """The rules of a repository's own pages, beside those of `catalog`; raises `PageError` for a page that asks for Python.

    No page in a folder below `bound` may be a link that leads out of it.
    """
    rules: dict[str, Rule] = {}
    seen: set[str] = set()
    for folder in folders:
        for page in pages_in(folder):
            if os.path.realpath(page) in seen:
                continue
            seen.add(os.path.realpath(page))
            _refuse_foreign(page, bound if bound and not leads_out(folder, bound) else folder)
            rule = read_page(page, REPOSITORY_CATEGORY if page.parent == folder else "")
            refuse_python(rule)
            refuse_taken(rule, catalog)
            add_rule(rules, rule)
    return rules


def merged_catalogs(catalogs: Iterable[Mapping[str, Rule]]) -> Mapping[str, Rule]:
    """The rules of several catalogues as one; raises `PageError` where two of them mean different things by a name."""
    filled = [catalog for catalog in catalogs if catalog]
    if len(filled) == 1:
        return filled[0]
    rules: dict[str, Rule] = {}
    for rule in (rule for catalog in filled for rule in catalog.values()):
        if rules.setdefault(rule.name, rule).path != rule.path:
            raise PageError(
                f'two configurations of this run have different rules "{rule.name}": {rules[rule.name].path} and {rule.path};'
                " rename one of them, or check the two trees one after the other"
            )
    for rule in rules.values():
        if rule.category in rules:
            raise PageError(f'"{rule.category}" is a category ({rule.path}) and a rule ({rules[rule.category].path}); rename one of them')
    return _sorted(rules)


def named(catalog: Mapping[str, Rule], name: str) -> Rule:
    """The rule called `name`; raises `RustgateError` with the nearest name."""
    try:
        return catalog[name]
    except KeyError:
        raise RustgateError(unknown_rule(name, catalog)) from None


def refuse_taken(rule: Rule, catalog: Mapping[str, Rule]) -> None:
    """Raise `PageError` for a page that would stand for another rule of `catalog`, or that speaks for a step of rustgate itself."""
    taken = catalog.get(rule.name)
    if taken:
        owner = f'the pack "{taken.pack}"' if taken.pack else "rustgate"
        remedy = "give this page another name, or set the level of the other in [rules]"
        raise PageError(f'{rule.path}: {owner} has a rule "{rule.name}" already; {remedy}')
    if rule.raised_by:
        raise PageError(f"{rule.path}: `raised_by` is for rustgate's own pages; find the rule by a query or `measure`")
    for other in catalog.values():
        for lint in set(rule.clippy) & set(other.clippy):
            raise PageError(f'{rule.path}: the clippy lint "{lint}" is the twin of "{other.name}" already; remove it here')


def refuse_python(rule: Rule, trusted: frozenset[str] = frozenset()) -> None:
    """Raise `PageError` for a page that would run Python, unless that is of a package in `trusted`."""
    functions = {"check": rule.check, "gather": rule.gather}
    python = [key for key, name in functions.items() if name and name.partition(":")[0].partition(".")[0] not in trusted]
    for key in [*python, *(["reads"] if rule.reads and not trusted else [])]:
        raise PageError(
            f"{rule.path}: a repository's own page cannot have `{key}`, which would run Python of its choice;"
            " find the rule by a query or `measure`, or move the page to an installed pack"
        )


def _refuse_foreign(page: Path, bound: Path) -> None:
    if leads_out(page, bound):
        raise PageError(f"{page}: the page is a link that leads out of {bound}; put the file itself there")
    if os.path.getsize(page) > _LARGEST_PAGE:
        raise PageError(f"{page}: the page has more than {_LARGEST_PAGE:,} bytes; write a shorter one")


def add_rule(rules: dict[str, Rule], rule: Rule) -> None:
    """Add `rule` to `rules`; raises `PageError` for a name that is taken."""
    if rule.name in rules:
        raise PageError(f'{rule.path}: the rule "{rule.name}" is already defined in {rules[rule.name].path}; rename one of them')
    rules[rule.name] = rule


def _sorted(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    return dict(sorted(rules.items(), key=lambda entry: (entry[1].category, entry[0])))
