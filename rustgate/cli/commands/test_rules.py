"""`rustgate test-rules`: the examples of rule pages, run, and where they say something else than the rule finds."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from rustgate.errors import PageError, RustgateError
from rustgate.model.rule import Rule
from rustgate.reports.sanitize import escape_controls
from rustgate.rules.catalog import pages_in, refuse_python, refuse_taken, shipped, shipped_pages
from rustgate.rules.examples import examples
from rustgate.rules.packs import packages_of_packs
from rustgate.rules.page import read_page
from rustgate.testing import Mark, Outcome, does_not_parse, outcomes


@click.command("test-rules")
@click.argument("folders", nargs=-1, required=True, metavar="DIR...", type=click.Path(path_type=Path))
def test_rules_command(folders: tuple[Path, ...]) -> None:
    """Run the examples of the rule pages in DIR.

    Every line with a `//~ rule-name` mark must be found, and no other. The exit code is 0 when that holds for all pages, 1 when it does not
    for some, 2 for a page that cannot be used at all. A `check` that a page names must be one of an installed pack.
    """
    failed: list[Path] = []
    unusable: list[Path] = []
    pages = [page for folder in folders for page in _pages(folder)]
    for page in pages:
        try:
            rule = _rule(page)
            differences = list(_differences(rule))
        except PageError as error:
            unusable.append(page)
            click.echo(f"ERROR {_shown(page)}")
            click.echo(f"rustgate: {escape_controls(str(error))}", err=True)
            continue
        if differences:
            failed.append(page)
            click.echo("\n".join([f"FAIL  {_shown(page)}", *(f"      line {line}: {text}" for line, text in differences)]))
        else:
            click.echo(f"pass  {_shown(page)}  {len(list(examples(rule)))} examples")
    passed = len(pages) - len(failed) - len(unusable)
    counted = f"{len(pages)} page{'s' * (len(pages) != 1)}"
    click.echo(f"{counted}: {passed} pass, {len(failed)} fail, {len(unusable)} cannot be used")
    sys.exit(2 if unusable else int(bool(failed)))


def _pages(folder: Path) -> Sequence[Path]:
    if not os.path.lexists(folder):
        raise RustgateError(f"{folder}: there is no such folder; check the path")
    return [folder] if folder.is_file() else pages_in(folder)


def _rule(page: Path) -> Rule:
    """The rule of a page as a run would have it; the shipped pages may stand for themselves."""
    rule = read_page(page)
    if shipped_pages() not in page.resolve().parents:
        refuse_taken(rule, shipped())
        refuse_python(rule, trusted=packages_of_packs())
    return rule


def _differences(rule: Rule) -> Iterator[tuple[int, str]]:
    """(line of the page, what is wrong there), by line."""
    yield from sorted(difference for outcome in outcomes(rule) for difference in (*_unlike(outcome), *_unread(rule, outcome)))


def _unread(rule: Rule, outcome: Outcome) -> Iterator[tuple[int, str]]:
    for example in outcome.examples:
        if does_not_parse(rule, example):
            yield example.line, "the example does not parse, so that not all of it is judged; write it as Rust"


def _unlike(outcome: Outcome) -> Iterator[tuple[int, str]]:
    expected, found = {*outcome.expected}, {*outcome.found}
    if outcome.examples[0].bad and not expected:
        yield outcome.examples[0].line, "a bad example without a `//~` mark; mark each line that must be found"
    for mark in expected ^ found:
        yield _line(mark, outcome), f"expected {mark[1]}, found nothing" if mark in expected else f"found {mark[1]}, expected nothing"


def _line(mark: Mark, outcome: Outcome) -> int:
    """The line of the page that a mark or a finding stands on; the first of the examples where none has its path."""
    path, _, line = mark
    example = next((example for example in outcome.examples if example.path == path), outcome.examples[0])
    return example.line + line - 1


def _shown(page: Path) -> str:
    return escape_controls(str(page))
