"""The command line.

The module of a command is imported when the command is used.
"""

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import NoReturn

import click

from rustgate import __version__
from rustgate.cli.exit_codes import INTERRUPTED, PIPE_CLOSED, open_closed_streams, output_failed
from rustgate.cli.habits import hint_for_command, hint_for_option
from rustgate.errors import RustgateError, suggestion
from rustgate.execution.time_limits import collect_rarely
from rustgate.reports.sanitize import escape_controls, escape_lines

_COMMANDS = {
    "baseline": "Accept the findings of today.",
    "cache": "Show or clear the cache.",
    "check": "Check Rust code.",
    "completions": "Print the completions of a shell.",
    "config": "Show the configuration of a file.",
    "explain": "Explain a rule.",
    "metrics": "Measure functions and files.",
    "rules": "List the rules.",
    "test-rules": "Test the examples of rule pages.",
    "unsafe": "List unsafe code and its justifications.",
}


class _Commands(click.Group):
    """Group that loads the module of a command on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"rustgate.cli.commands.{module}"), f"{module}_command")
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f'there is no command "{args[0]}"{hint_for_command(args[0]) or suggestion(args[0], _COMMANDS)}')
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except OSError as error:
            sentence = output_failed(error)
            if sentence is None:
                sys.exit(PIPE_CLOSED)
            raise RustgateError(sentence) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands, invoke_without_command=True, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-V", "--version", is_flag=True, help="Show the version and exit; with --verbose also those of the parts.")
@click.option("--verbose", is_flag=True, hidden=True)
@click.pass_context
def cli(context: click.Context, *, version: bool, verbose: bool) -> None:
    """Lint Rust repositories without a compiler.

    `rustgate check crates/` checks every Rust file below a folder. The exit code is 0 without findings, 1 with some, and 2 for a usage or
    configuration error.
    """
    if version:
        click.echo(f"rustgate, version {__version__}")
        if verbose:
            click.echo("".join(_versions()), nl=False)
        context.exit()
    if verbose:
        raise click.UsageError("--verbose goes with --version, or behind the name of a command")
    if context.invoked_subcommand is None:
        raise click.UsageError("name a command, such as `rustgate check`; `rustgate --help` lists them")


def _versions() -> Iterator[str]:
    """Yield a line for each part that decides what is found."""
    import platform  # only this needs them
    from importlib.metadata import version

    yield f"Python {platform.python_version()}\n"
    yield from (f"{name} {version(name)}\n" for name in ("tree-sitter", "tree-sitter-rust", "tree-sitter-toml", "lizard"))


def main() -> NoReturn:
    """Run the command line, and end the process at once.

    Freeing node by node what a run has read would take a tenth of the run.
    """
    collect_rarely()
    open_closed_streams()
    os.environ["PYTHONSAFEPATH"] = "1"  # a Python process that we start must not import `multiprocessing` from the working folder
    code = run()
    for stream in filter(None, (sys.stdout, sys.stderr)):  # a closed one is None
        stream.flush()
    os._exit(code)


def run() -> int:
    """Run the command line, and return the exit code.

    An error of the user is a sentence on stderr and 2; for a bug in rustgate, the traceback stands before it. Ctrl-C is 130.
    """
    try:
        return int(cli.main(prog_name="rustgate", standalone_mode=False) or 0)
    except SystemExit as end:
        return int(end.code or 0)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (click.ClickException, RustgateError, OSError) as error:  # `--help` writes before any command is invoked
        sentence = _sentence(error)
        if sentence is None:
            return PIPE_CLOSED
        click.echo(f"rustgate: {escape_controls(sentence)}", err=True)
        return 2
    except Exception:  # noqa: BLE001  # Python would exit with 1, which means findings
        import traceback  # 2 ms that only a bug in rustgate costs

        click.echo(escape_lines(traceback.format_exc()), err=True, nl=False)
        click.echo("rustgate: this is a mistake in rustgate itself; please report it with the lines above", err=True)
        return 2


def _sentence(error: click.ClickException | RustgateError | OSError) -> str | None:
    """Return what a mistake says; None for a pipe that was closed."""
    if isinstance(error, RustgateError):
        return f"{error}{''.join(f' ({note})' for note in getattr(error, '__notes__', ()))}"
    if isinstance(error, OSError):
        return output_failed(error)
    if isinstance(error, click.NoSuchOption):
        near = hint_for_option(error.option_name) or suggestion(error.option_name, error.possibilities or ())
        said = f"there is no option {error.option_name}{near}"
    else:
        said = error.format_message().rstrip(".")
        said = said[:1].lower() + said[1:]
    context = getattr(error, "ctx", None)
    return said if "; " in said or context is None else f"{said}; see `{context.command_path} --help`"
