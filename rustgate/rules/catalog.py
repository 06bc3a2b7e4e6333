"""Read rule pages into a catalogue of rules."""

import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from rustgate.errors import PageError, RustgateError
from rustgate.filesystem.containment import leads_out
from rustgate.model.rule import Rule
from rustgate.rules.lookup import unknown_rule
from rustgate.rules.page import read_page

REPOSITORY_PAGES = ".rustgate/rules"
"""Folder of a repository's own pages, beside its configuration; `rule-paths` names others."""
REPOSITORY_CATEGORY = "own"
"""Category of a repository's page that is in no category folder."""

_PACKAGE = Path(__file__).parent.parent
_NO_PAGE = "README.md"
_LARGEST_PAGE = 100_000


def shipped_pages() -> Path:
    """Return the folder of the shipped pages.

    It is inside of the package in a wheel, and beside it in a checkout.
    """
    for folder in (_PACKAGE / "_rules", _PACKAGE.parent / "rules"):
        if folder.is_dir():
            return folder
    raise RustgateError(f"no rule pages beside {_PACKAGE}; the installation is incomplete: reinstall rustgate")


def pages_in(folder: Path) -> list[Path]:
    """List the pages in `folder` and below, sorted.

    A README.md is not a page. Raises `PageError` if there are no pages.
    """
    pages = sorted(page for page in folder.rglob("*.md") if page.name != _NO_PAGE)
    if not pages:
        raise PageError(f"{folder}: no rule pages (*.md) here; point to a folder that holds some")
    for page in pages:
        if not page.is_file():
            raise PageError(f"{page}: not a file that can be read; remove it, or put a rule page in its place")
    return pages


def read_catalog(folders: Iterable[Path]) -> dict[str, Rule]:
    """Read all rules in `folders`, sorted by category and name.

    Raises `PageError` for a name that is taken, or a folder without pages.
    """
    rules: dict[str, Rule] = {}
    for page in (page for folder in folders for page in pages_in(folder)):
        add_rule(rules, read_page(page))
    return _sorted(rules)


@cache
def shipped() -> Mapping[str, Rule]:
    """Read the catalogue of the shipped pages, once."""
    return read_catalog([shipped_pages()])


def repository_rules(folders: Iterable[Path], catalog: Mapping[str, Rule], bound: Path | None = None) -> dict[str, Rule]:
    """Read the rules of a repository's own pages.

    Raises `PageError` for a page that would run Python, one that takes a name in `catalog`, and, in a folder below `bound`, a link that
    leads out of that.
    """
    rules: dict[str, Rule] = {}
    seen: set[str] = set()
    for folder in folders:
        for page in pages_in(folder):
            if os.path.realpath(page) in seen:
                continue
            seen.add(os.path.realpath(page))
            _refuse_link_out(page, bound if bound and not leads_out(folder, bound) else folder)
            rule = read_page(page, REPOSITORY_CATEGORY if page.parent == folder else "")
            refuse_python(rule)
            refuse_taken(rule, catalog)
            add_rule(rules, rule)
    return rules


def merged_catalogs(catalogs: Iterable[Mapping[str, Rule]]) -> Mapping[str, Rule]:
    """Merge catalogues; raises `PageError` for two rules of one name."""
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
    """Return the rule `name`; raises `RustgateError` with the nearest name."""
    if name not in catalog:
        raise RustgateError(unknown_rule(name, catalog))
    return catalog[name]


def refuse_taken(rule: Rule, catalog: Mapping[str, Rule]) -> None:
    """Raise `PageError` for a rule that another in `catalog` excludes.

    That is one with the same name or the same clippy equivalent. `raised_by`, too, is only for rustgate's own pages.
    """
    taken = catalog.get(rule.name)
    if taken:
        owner = f'the pack "{taken.pack}"' if taken.pack else "rustgate"
        remedy = "give this page another name, or set the level of the other in [rules]"
        raise PageError(f'{rule.path}: {owner} has a rule "{rule.name}" already; {remedy}')
    if rule.raised_by:
        raise PageError(f"{rule.path}: `raised_by` is for rustgate's own pages; find the rule by a query or `measure`")
    for other in catalog.values():
        for lint in set(rule.clippy) & set(other.clippy):
            raise PageError(f'{rule.path}: the clippy lint "{lint}" is already the equivalent of "{other.name}"; remove it here')


def refuse_python(rule: Rule, trusted: frozenset[str] = frozenset()) -> None:
    """Raise `PageError` for a page that runs Python.

    Functions in `trusted` packages are allowed.
    """
    functions = {"check": rule.check, "gather": rule.gather}
    python = [key for key, name in functions.items() if name and name.partition(":")[0].partition(".")[0] not in trusted]
    for key in [*python, *(["reads"] if rule.reads and not trusted else [])]:
        raise PageError(
            f"{rule.path}: a repository's own page cannot have `{key}`, which would run Python of its choice;"
            " find the rule by a query or `measure`, or move the page to an installed pack"
        )


def _refuse_link_out(page: Path, bound: Path) -> None:
    """Raise `PageError` for a link or an oversized page.

    Only links that lead out of `bound` are refused.
    """
    if leads_out(page, bound):
        raise PageError(f"{page}: the page is a link that leads out of {bound}; put the file itself there")
    if os.path.getsize(page) > _LARGEST_PAGE:
        raise PageError(f"{page}: the page has more than {_LARGEST_PAGE:,} bytes; write a shorter one")


def add_rule(rules: dict[str, Rule], rule: Rule) -> None:
    """Add a rule; raises `PageError` for a taken name."""
    if rule.name in rules:
        raise PageError(f'{rule.path}: the rule "{rule.name}" is already defined in {rules[rule.name].path}; rename one of them')
    rules[rule.name] = rule


def _sorted(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    return dict(sorted(rules.items(), key=lambda entry: (entry[1].category, entry[0])))
