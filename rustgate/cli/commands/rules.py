"""`rustgate rules`: list the rules."""

import click

from rustgate.cli.options import catalog_here
from rustgate.cli.sections import SectionedCommand
from rustgate.model.rule import Profile, Rule
from rustgate.reports.json_document import json_text
from rustgate.reports.sanitize import escape_commands, escape_controls, escape_lines
from rustgate.rules.catalog import shipped
from rustgate.rules.urls import rule_url

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
        _print_table(rules)


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
    """Return the rule table of the README."""
    lines = ["| rule | what it finds | levels | limit | clippy |", "| --- | --- | --- | --- | --- |"]
    for rule in rules:
        equivalents = ", ".join(f"`{equivalent}`" for equivalent in rule.clippy)
        name = f"[`{rule.name}`](rules/{rule.category}/{rule.name}.md)" if rule.name in shipped() else f"`{rule.name}`"
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


def _print_table(rules: list[Rule]) -> None:
    from rich import box  # only a table needs rich
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("rule", "what it finds", "levels", "limit", "clippy"):
        table.add_column(column, no_wrap=column in {"rule", "levels"})
    category = ""
    for rule in rules:
        if rule.category != category:
            category = rule.category
            table.add_section()
            table.add_row(f"[bold]{escape_controls(category)}[/bold]")
        table.add_row(f"  {rule.name}", escape_controls(rule.title).replace("`", ""), levels(rule), limits(rule), ", ".join(rule.clippy))
    with console.capture() as printed:
        console.print(table)
        console.print(f"{len(rules)} rules. {_LEGEND}")
    click.echo(escape_commands(printed.get()), nl=False)  # a line break in a title can put any of its words first
