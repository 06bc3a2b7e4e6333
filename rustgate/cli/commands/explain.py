"""`rustgate explain`: the page of a rule, rendered for the terminal or as it is."""

import re
import sys

import click

from rustgate.cli.options import catalog_here, installed_rules
from rustgate.model.rule import Applies, Profile, Rule
from rustgate.reports.sanitize import shown
from rustgate.rules.catalog import named
from rustgate.rules.lookup import by_clippy_lint

_CODE = {Applies.PRODUCTION: "production code", Applies.TESTS: "test code", Applies.EVERYWHERE: "all code"}
_FENCE = re.compile(r"^```(\w+) (bad|good)[^\n]*$", re.MULTILINE)
_MARK = re.compile(r"(//|#)~ *[a-z][a-z0-9, -]*$", re.MULTILINE)
_MARK_ABOVE = re.compile(r"^ *(?://|#)~\^+ *[a-z][a-z0-9, -]*\n", re.MULTILINE)


@click.command("explain")
@click.argument("rule")
def explain_command(rule: str) -> None:
    """Show the page of a rule: why it matters, what to do instead, and how it is found.

    RULE is its name, or that of its clippy twin.
    """
    known = installed_rules().get(rule) or by_clippy_lint(rule, installed_rules())
    page = known or named(catalog_here(), rule)  # a configuration with a mistake still lets the others be explained
    text = shown(f"{page.markdown}\n{facts(page)}")
    if not sys.stdout.isatty():
        click.echo(text, nl=False)
        return
    from rich.console import Console  # only a terminal shows Markdown as anything but text
    from rich.markdown import Markdown
    from rich.theme import Theme

    colours = Theme({"markdown.code": "bold cyan"})  # rich's own are for dark terminals only, and these are the terminal's
    Console(theme=colours).print(Markdown(for_people(text), code_theme="ansi_dark"))


def for_people(page: str) -> str:
    """A page without what its examples say to the test harness: bad ones are headed as such, a mark says that its line is found."""
    page = _MARK.sub(r"\1 <- found", _MARK_ABOVE.sub("", page))
    return _FENCE.sub(lambda fence: f"*{'Found' if fence[2] == 'bad' else 'Fine'}:*\n\n```{fence[1]}", page)


def facts(rule: Rule) -> str:
    """What the front matter of a page says, as Markdown."""
    lines = ["## Levels", "", "| profile | level | limit | soft limit |", "| --- | --- | --- | --- |"]
    for profile in Profile:
        cells = (rule.severity[profile.rank] or "off", rule.limit[profile.rank], rule.soft[profile.rank])
        lines.append(f"| {profile} | {' | '.join('-' if cell is None else str(cell) for cell in cells)} |")
    lines += ["", f"Category: {rule.category}. Looks at {_CODE[rule.applies]}. Since {rule.since}."]
    if rule.pack:
        lines.append(f"From the pack `{rule.pack}`.")
    if rule.clippy:
        lines.append(f"Clippy: {', '.join(f'`{lint}`' for lint in rule.clippy)}.")
    for name, steps in rule.options.items():
        choices = f" ({', '.join(rule.choices[name])})" if name in rule.choices else ""
        lines.append(f"\nOption `{name}`{choices}: default `{str(steps[Profile.PRODUCTION.rank]).lower()}`.")
    return "\n".join(lines) + "\n"
