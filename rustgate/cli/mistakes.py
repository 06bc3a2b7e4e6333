"""Sentences on mistakes, in one voice."""

import click

from rustgate.cli.exit_codes import output_failed
from rustgate.cli.habits import hint_for_option
from rustgate.errors import RustgateError, suggestion


def sentence_of(error: click.ClickException | RustgateError | OSError) -> str | None:
    """Return what a mistake says; None for a pipe that was closed."""
    if isinstance(error, RustgateError):
        return f"{error}{''.join(f' ({note})' for note in getattr(error, '__notes__', ()))}"
    if isinstance(error, OSError):
        return output_failed(error)
    said = _usage(error)
    context = getattr(error, "ctx", None)
    return said if "; " in said or context is None else f"{said}; see `{context.command_path} --help`"


def _usage(error: click.ClickException) -> str:
    """Return a mistake in options and arguments as a sentence without capital and full stop."""
    if isinstance(error, click.NoSuchOption):
        near = hint_for_option(error.option_name) or suggestion(error.option_name, error.possibilities or ())
        return f"there is no option {error.option_name}{near}"
    if isinstance(error, click.BadParameter) and error.param is not None and isinstance(error.param.type, click.Choice):
        value, found, _ = error.message.partition(" is not one of ")
        if found:
            return _unknown_word(error.param, value.strip("'"))
    said = error.format_message().rstrip(".")
    return said[:1].lower() + said[1:]


def _unknown_word(parameter: click.Parameter, value: str) -> str:
    words = [str(word) for word in parameter.type.choices] if isinstance(parameter.type, click.Choice) else []
    name = parameter.opts[-1] if isinstance(parameter, click.Option) else parameter.human_readable_name
    return f'{name}: unknown value "{value}"{suggestion(value, words)} (known: {", ".join(words)})'
