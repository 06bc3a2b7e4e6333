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
from rustgate.cli.habits import hint_for_command
from rustgate.cli.mistakes import sentence_of
from rustgate.cli.sections import HelpfulGroup
from rustgate.errors import RustgateError
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


class _Commands(HelpfulGroup):
    """Group that loads the module of a command on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"rustgate.cli.commands.{module}"), f"{module}_command")
        return command

    def hint(self, name: str) -> str:
        return hint_for_command(name)

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
        sentence = sentence_of(error)
        if sentence is None:
            return PIPE_CLOSED
        click.echo(f"rustgate: {escape_controls(sentence)}", err=True)
        return 2
    except Exception:  # noqa: BLE001  # Python would exit with 1, which means findings
        import traceback  # 2 ms that only a bug in rustgate costs

        click.echo(escape_lines(traceback.format_exc()), err=True, nl=False)
        click.echo("rustgate: this is a mistake in rustgate itself; please report it with the lines above", err=True)
        return 2
