"""Groups that know mistyped commands, and help with sections of options and examples."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from rustgate.errors import suggestion


class HelpfulGroup(click.Group):
    """A group that answers a mistyped command with the nearest one."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Raise `UsageError` for a command that there is not."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            raise click.UsageError(f'there is no command "{args[0]}"{self.hint(args[0]) or suggestion(args[0], known)}', ctx)
        return super().resolve_command(ctx, args)

    def hint(self, name: str) -> str:
        """Return what to type instead of `name`, if that is known."""
        return ""


class SectionedCommand(click.Command):
    """A command whose help lists options by what they are about.

    `sections` names the options of each section by their parameters, and the rest has one of its own; `examples` are command lines,
    each with what it does.
    """

    def __init__(self, *given: Any, examples: Mapping[str, str], sections: Mapping[str, Sequence[str]] | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        self._sections = sections or {}
        self._examples = examples

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections, then the examples."""
        options = (parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option))
        records = {option.name: record for option in options if (record := option.get_help_record(ctx))}
        for title, names in self._sections.items():
            with formatter.section(title):
                formatter.write_dl([records.pop(name) for name in names])
        with formatter.section("Other options" if self._sections else "Options"):
            formatter.write_dl(list(records.values()))
        with formatter.section("Examples"):
            formatter.write_dl(list(self._examples.items()))
