"""Help of a command with its options in sections, and examples."""

from collections.abc import Mapping, Sequence
from typing import Any

import click


class SectionedCommand(click.Command):
    """A command whose help lists options by what they are about.

    `sections` names the options of each section by their parameters; `examples` are command lines, each with what it does.
    """

    def __init__(self, *given: Any, sections: Mapping[str, Sequence[str]], examples: Mapping[str, str], **named: Any) -> None:
        super().__init__(*given, **named)
        self._sections = sections
        self._examples = examples

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections, then the examples."""
        options = (parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option))
        records = {option.name: record for option in options if (record := option.get_help_record(ctx))}
        for title, names in self._sections.items():
            with formatter.section(title):
                formatter.write_dl([records.pop(name) for name in names])
        with formatter.section("Other options"):
            formatter.write_dl(list(records.values()))
        with formatter.section("Examples"):
            formatter.write_dl(list(self._examples.items()))
