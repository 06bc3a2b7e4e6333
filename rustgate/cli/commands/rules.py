"""`rustgate rules`: list the rules."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import click

from rustgate.cli.options import catalog_here
from rustgate.cli.sections import SectionedCommand
from rustgate.model.rule import Profile, Rule
from rustgate.reports.json_document import json_text
from rustgate.reports.sanitize import escape_commands, escape_controls, escape_lines
from rustgate.reports.terminal import wrapped
from rustgate.rules.catalog import shipped
from rustgate.rules.urls import rule_url

if TYPE_CHECKING:
    from rich.table import Table

_HANGING = "      "
_WIDE_ENOUGH = 110
"""Columns from which all columns of the table fit beside each other."""
_LEGEND = "Levels: mvp/production/enterprise/hyperscale; e error, w warning, n note, - off. Limits: mvp / production."
_SHORT = {"error": "e", "warning": "w", "note": "n", None: "-"}


@click.command(
    "rules",
    cls=SectionedCommand,
    examples={
        "rustgate rules": "List all rules.",
        "rustgate rules -o json": "Write them with levels, limits, options and addresses, for programs.",
    },
)
@click.option("-o", "--output", type=click.Choice(["table", "json", "markdown"]), default="table", help="Output format (default: table).")
def rules_command(output: str) -> None:
    """List the rules with their levels in each profile.

    These are the rules of rustgate, of installed packs, and of pages in the working folder.
    """
    rules = list(catalog_here().values())
    if output == "json":
        click.echo(json_text([described(rule) for rule in rules]), nl=False)
    elif output == "markdown":
        click.echo(escape_lines(markdown_table(rules)), nl=False)
    else:
        print_table(rules)


def described(rule: Rule) -> dict[str, object]:
    """Return a rule as an object of the JSON list."""
    return {
        "name": rule.name,
        "category": rule.category,
        "title": rule.title,
        "levels": {profile: rule.severity[profile.rank] or "off" for profile in Profile},
        "limits": {profile: rule.limit[profile.rank] for profile in Profile} if rule.measure else None,
        "soft_limits": {profile: rule.soft[profile.rank] for profile in Profile} if rule.measure else None,
        "applies": rule.applies,
        "scope": rule.scope,
        "clippy": rule.clippy,
        "tags": rule.tags,
        "options": {name: steps[Profile.PRODUCTION.rank] for name, steps in rule.options.items()},
        "since": rule.since,
        "url": rule_url(rule),
        "pack": rule.pack or None,
    }


def markdown_table(rules: list[Rule]) -> str:
    """Return the rule table of docs/rules.md."""
    lines = ["| rule | what it finds | levels | limit | clippy |", "| --- | --- | --- | --- | --- |"]
    for rule in rules:
        equivalents = ", ".join(f"`{equivalent}`" for equivalent in rule.clippy)
        name = f"[`{rule.name}`](../rules/{rule.category}/{rule.name}.md)" if rule.name in shipped() else f"`{rule.name}`"
        lines.append(f"| {name} | {rule.title} | {levels(rule)} | {limits(rule)} | {equivalents} |")
    return "\n".join(lines) + "\n"


def levels(rule: Rule) -> str:
    """Return the level in each profile, like `-/w/e/e`.

    `-` is off.
    """
    return "/".join(_SHORT[severity] for severity in rule.severity)


def limits(rule: Rule) -> str:
    """Return the limits in mvp and production, if any."""
    return " / ".join("-" if limit is None else str(limit) for limit in rule.limit[:2]) if rule.measure else ""


def print_table(rules: list[Rule]) -> None:
    """Print the rules for people, as wide as the terminal."""
    from rich.console import Console  # only a table needs rich

    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    with console.capture() as printed:
        if console.width < _WIDE_ENOUGH:
            for line in _stacked(rules, console.width):
                console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            console.print(_table(rules))
        console.print(f"{len(rules)} rules. {_LEGEND}")
    click.echo(escape_commands(printed.get()), nl=False)  # a line break in a title can put any of its words first


def _table(rules: list[Rule]) -> "Table":
    from rich import box  # see `print_table`
    from rich.table import Table

    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("rule", "what it finds", "levels", "limit", "clippy"):
        table.add_column(column, no_wrap=column in {"rule", "levels", "limit"})
    for category, members in groupby(rules, key=lambda rule: rule.category):
        table.add_section()
        table.add_row(f"[bold]{escape_controls(category)}[/bold]")
        for rule in members:
            table.add_row(f"  {rule.name}", _title(rule), levels(rule), limits(rule), ", ".join(rule.clippy))
    return table


def _stacked(rules: list[Rule], width: int) -> Iterator[str]:
    """Yield the table for a narrow terminal: what a rule finds stands below its name."""
    names = max(len(rule.name) for rule in rules)
    for category, members in groupby(rules, key=lambda rule: rule.category):
        yield escape_controls(category)
        for rule in members:
            yield f"  {rule.name:{names}}  {levels(rule)}  {limits(rule)}".rstrip()
            title = f"{_title(rule)} (clippy: {', '.join(rule.clippy)})" if rule.clippy else _title(rule)
            yield from (f"{_HANGING}{line}" for line in wrapped(title, width - len(_HANGING)))
        yield ""


def _title(rule: Rule) -> str:
    return escape_controls(rule.title).replace("`", "")
