"""`rustgate completions`: print the completions of a shell."""

import click
from click.shell_completion import get_completion_class

from rustgate.cli.sections import SectionedCommand

_HOW = {
    "bash": "add `source <(rustgate completions bash)` to ~/.bashrc",
    "zsh": "add `source <(rustgate completions zsh)` to ~/.zshrc",
    "fish": "save as ~/.config/fish/completions/rustgate.fish",
}


@click.command(
    "completions", cls=SectionedCommand, examples={"source <(rustgate completions bash)": "Complete in this shell; in ~/.bashrc, in all."}
)
@click.argument("shell", type=click.Choice(list(_HOW)), metavar="SHELL")
@click.pass_context
def completions_command(context: click.Context, shell: str) -> None:
    """Print the completions of SHELL, to be read by it.

    SHELL is bash, zsh or fish. Commands, options and the names of rules are completed.
    """
    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"click has no completions for {shell}")
    program = context.find_root().command
    click.echo(f"# {_HOW[shell]}")
    click.echo(completion(program, {}, "rustgate", "_RUSTGATE_COMPLETE").source())
