"""`rustgate test-rules`: test the examples of rule pages."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import click
from msgspec import Struct

from rustgate.cli.sections import SectionedCommand
from rustgate.engine.page_trial import unusable_page
from rustgate.errors import PageError, RustgateError
from rustgate.execution.executor import map_unordered
from rustgate.execution.options import ExecutorOptions
from rustgate.model.rule import Rule
from rustgate.reports.sanitize import escape_controls
from rustgate.rules.catalog import pages_in, refuse_python, refuse_taken, shipped, shipped_pages
from rustgate.rules.examples import examples
from rustgate.rules.packs import packages_of_packs
from rustgate.rules.page import read_page
from rustgate.testing import Mark, Outcome, does_not_parse, outcomes


@click.command("test-rules", cls=SectionedCommand, examples={"rustgate test-rules .rustgate/rules": "Test the rules of your repository."})
@click.argument("folders", nargs=-1, required=True, metavar="DIR...", type=click.Path(path_type=Path))
def test_rules_command(folders: tuple[Path, ...]) -> None:
    """Test the examples of the rule pages in DIR.

    Lines with a `//~ rule-name` mark must be found, and no others. The exit code is 0 if all pages pass, 1 if some fail, and 2 if some
    cannot be used. A page may name a `check` only of an installed pack.
    """
    failed: list[Path] = []
    unusable: list[Path] = []
    pages = [page for folder in folders for page in _pages(folder)]
    results = {result.number: result for result in map_unordered(_PageJob(), [(one, 1) for one in enumerate(pages)], ExecutorOptions())}
    for number, page in enumerate(pages):
        result = results[number]
        if result.problem:
            unusable.append(page)
            click.echo(f"ERROR {_shown(page)}")
            click.echo(f"rustgate: {escape_controls(result.problem)}", err=True)
        elif result.differences:
            failed.append(page)
            click.echo("\n".join([f"FAIL  {_shown(page)}", *(f"      line {line}: {text}" for line, text in result.differences)]))
        else:
            click.echo(f"pass  {_shown(page)}  {result.examples} examples")
    passed = len(pages) - len(failed) - len(unusable)
    counted = f"{len(pages)} page{'s' * (len(pages) != 1)}"
    click.echo(f"{counted}: {passed} pass, {len(failed)} fail, {len(unusable)} cannot be used")
    sys.exit(2 if unusable else int(bool(failed)))


class _PageResult(Struct, frozen=True):
    """What came of a page: differences, or why it cannot be used."""

    number: int
    differences: tuple[tuple[int, str], ...] = ()
    examples: int = 0
    problem: str = ""


class _PageJob(Struct, frozen=True):
    """Tests numbered pages, whose queries may take for ever."""

    harmless_bytes: ClassVar[int] = 0

    def prepare(self) -> Callable[[tuple[int, Path]], _PageResult]:
        """Return the function that tests one page."""
        return _test

    def failed(self, item: tuple[int, Path], problem: str) -> _PageResult:
        """Return the result of a page that ended its process."""
        return _PageResult(item[0], problem=unusable_page(str(item[1]), problem))


def _test(item: tuple[int, Path]) -> _PageResult:
    number, page = item
    try:
        rule = _rule(page)
        return _PageResult(number, tuple(_differences(rule)), len(list(examples(rule))))
    except PageError as error:
        return _PageResult(number, problem=str(error))


def _pages(folder: Path) -> Sequence[Path]:
    if not os.path.lexists(folder):
        raise RustgateError(f"{folder}: there is no such folder; check the path")
    return [folder] if folder.is_file() else pages_in(folder)


def _rule(page: Path) -> Rule:
    """Return the rule of a page as in a run.

    Only shipped pages may take the names of shipped rules.
    """
    rule = read_page(page)
    if shipped_pages() not in page.resolve().parents:
        refuse_taken(rule, shipped())
        refuse_python(rule, trusted=packages_of_packs())
    return rule


def _differences(rule: Rule) -> Iterator[tuple[int, str]]:
    """Yield (line of the page, sentence), sorted by line."""
    yield from sorted(difference for outcome in outcomes(rule) for difference in (*_mismatches(outcome), *_unparsed(rule, outcome)))


def _unparsed(rule: Rule, outcome: Outcome) -> Iterator[tuple[int, str]]:
    for example in outcome.examples:
        if does_not_parse(rule, example):
            yield example.line, "the example does not parse, so not all of it is checked; write valid Rust"


def _mismatches(outcome: Outcome) -> Iterator[tuple[int, str]]:
    expected, found = {*outcome.expected}, {*outcome.found}
    if outcome.examples[0].bad and not expected:
        yield outcome.examples[0].line, "a bad example without a `//~` mark; mark each line that must be found"
    for mark in expected ^ found:
        yield _line(mark, outcome), f"expected {mark[1]}, found nothing" if mark in expected else f"found {mark[1]}, expected nothing"


def _line(mark: Mark, outcome: Outcome) -> int:
    """Return the line of a mark in the page.

    If no example has its path, that is counted from the first.
    """
    path, _, line = mark
    example = next((example for example in outcome.examples if example.path == path), outcome.examples[0])
    return example.line + line - 1


def _shown(page: Path) -> str:
    return escape_controls(str(page))
