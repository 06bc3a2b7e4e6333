"""`rustgate explain`: show the page of a rule."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from rustgate.cli.options import catalog_here, complete_rules, configurations, configured_root, installed_rules
from rustgate.cli.sections import SectionedCommand
from rustgate.config.resolver import Resolver, Selection
from rustgate.config.rule_options import LEVELS
from rustgate.errors import RustgateError
from rustgate.model.rule import UNREADABLE, Applies, Profile, Rule
from rustgate.reports.sanitize import escape_lines
from rustgate.rules.catalog import named
from rustgate.rules.lookup import by_clippy_lint

_CODE = {Applies.PRODUCTION: "production code", Applies.TESTS: "test code", Applies.EVERYWHERE: "all code"}
_RUSTC_LINTS = frozenset({"missing_docs", "static_mut_refs", "unsafe_code"})
_FOR_AUTHORS = "\n## For rule authors\n"
_FENCE = re.compile(r"^```(\w+) (bad|good)[^\n]*$", re.MULTILINE)
_MARK = re.compile(r"(//|#)~ *[a-z][a-z0-9, -]*$", re.MULTILINE)
_MARK_ABOVE = re.compile(r"^ *(?://|#)~\^+ *[a-z][a-z0-9, -]*\n", re.MULTILINE)


@click.command(
    "explain",
    cls=SectionedCommand,
    examples={
        "rustgate explain unwrap-used": "Explain a rule.",
        "rustgate explain clippy::unwrap_used": "Explain the rule that is equivalent to a lint.",
    },
)
@click.argument("rule", shell_complete=complete_rules)
def explain_command(rule: str) -> None:
    """Explain a rule.

    Shows why it matters, what to do instead, how to configure and suppress it, and the level that applies here. RULE is the name of a
    rule, or of a clippy lint with an equivalent rule.
    """
    known = installed_rules().get(rule) or by_clippy_lint(rule, installed_rules())
    page = known or named(catalog_here(), rule)  # an invalid configuration must not keep an installed rule from being explained
    text = escape_lines("\n\n".join([explained(page).rstrip("\n"), *_here(page)]) + "\n")
    if not sys.stdout.isatty():
        click.echo(text, nl=False)
        return
    from rich.console import Console  # only a terminal shows formatted Markdown
    from rich.markdown import Markdown
    from rich.theme import Theme

    theme = Theme({"markdown.code": "bold cyan"})  # rich's own suit only dark terminals; these are the terminal's
    Console(theme=theme).print(Markdown(text, code_theme="ansi_dark"))


def _here(rule: Rule) -> Iterator[str]:
    """Yield the level that applies in the working folder, and why.

    A configuration that cannot be used is said, and keeps nothing else from being explained.
    """
    yield "## Here"
    try:
        config_root = configured_root(Path())
        resolver = Resolver(configurations(installed_rules(), (), None)(config_root), installed_rules(), Selection())
    except RustgateError as error:
        yield f"The configuration cannot be read: {error}"
        return
    values = resolver.resolve(resolver.catalog[rule.name], ())
    said = [f"{key} `{_cell(value.value)}` ({value.origin})" for key, value in values.items() if value.value is not None]
    overrides = " `rustgate config FILE` says what holds for a file under [[overrides]]." if resolver.config.table.overrides else ""
    yield f"In this folder: {', '.join(said)}.{overrides}"


def for_people(page: str) -> str:
    """Remove test syntax from a page.

    Examples are headed "Found" or "Fine", and a mark says that its line is found.
    """
    page = _MARK.sub(r"\1 <- found", _MARK_ABOVE.sub("", page))
    return _FENCE.sub(lambda fence: f"*{'Found' if fence[2] == 'bad' else 'Fine'}:*\n\n```{fence[1]}", page)


def explained(rule: Rule) -> str:
    """Return the page of a rule with its settings.

    Without its part for rule authors, and without the marks of tests.
    """
    reader = for_people(rule.markdown.partition(_FOR_AUTHORS)[0])
    return "\n\n".join([reader.rstrip("\n"), *_levels(rule), *_configuration(rule), *_suppressing(rule)]) + "\n"


def _levels(rule: Rule) -> Iterator[str]:
    level = tuple(severity or "off" for severity in rule.severity)
    ladders = {"level": level, "limit": rule.limit, "warning limit": rule.soft} | {f"`{name}`": rule.options[name] for name in rule.options}
    columns = {name: values for name, values in ladders.items() if any(value is not None for value in values)}
    rows = [("profile", *columns), ("---",) * (len(columns) + 1)]
    rows += [(profile, *(_cell(values[profile.rank]) for values in columns.values())) for profile in Profile]
    yield "## Levels"
    yield "\n".join(f"| {' | '.join(row)} |" for row in rows)
    code = "Cargo.toml" if rule.reads_manifests else _CODE[rule.applies]
    pack = f" From the pack `{rule.pack}`." if rule.pack else ""
    equivalents = f" Equivalent lint: {', '.join(map('`{}`'.format, _lints(rule)))}." if rule.clippy else ""
    yield f"Category: {rule.category}. Looks at {code}. Since {rule.since}.{pack}{equivalents}"


def _lints(rule: Rule) -> list[str]:
    """Return the equivalent lints as written in an attribute."""
    return [lint if lint in _RUSTC_LINTS else f"clippy::{lint}" for lint in rule.clippy]


def _cell(value: object) -> str:
    return "-" if value is None else str(value).lower()


def _configuration(rule: Rule) -> Iterator[str]:
    """Yield a table for rustgate.toml.

    It has the values of production, or of the first profile where the rule is on.
    """
    profile = next((profile for profile in (Profile.PRODUCTION, *Profile) if rule.severity[profile.rank]), Profile.PRODUCTION)
    ladders = {"level": rule.severity, "limit": rule.limit, "soft": rule.soft, **rule.options}
    values = {key: ladder[profile.rank] for key, ladder in ladders.items() if any(value is not None for value in ladder)}
    remarks = {"level": () if rule.name == UNREADABLE else LEVELS, "soft": ("warning limit",), **rule.choices}
    lines = [f"{key} = {json.dumps(value)}".ljust(20) + _remark(remarks.get(key)) for key, value in values.items() if value is not None]
    yield "## How to configure"
    yield f"In `rustgate.toml`, here with the values of `{profile}`:"
    yield "\n".join(["```toml", f"[rules.{rule.name}]", *(line.rstrip() for line in lines), "```"])


def _remark(words: tuple[str, ...] | None) -> str:
    return f" # {' | '.join(words)}" if words else ""


def _suppressing(rule: Rule) -> Iterator[str]:
    yield "## How to suppress a finding"
    if rule.raised_by == "suppressions" or rule.name == UNREADABLE:
        yield "A comment cannot suppress this rule."
        return
    language, sign, what = ("toml", "#", "key or table") if rule.reads_manifests else ("rust", "//", "item or statement")
    yield f"```{language}\n{sign} rustgate: allow({rule.name}) -- the reason\n```"
    yield (
        f"On a line of its own, the comment covers the {what} that follows; at the end of a line, that line.\n"
        "`allow-file(..)` in the first comment of a file covers the whole file."
    )
    if rule.clippy and not rule.reads_manifests:
        attributes = " or ".join(f"`#[allow({lint})]`" for lint in _lints(rule))
        yield f"{attributes} suppresses it too, unless `respect-clippy` is `false`."
