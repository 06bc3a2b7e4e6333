"""`rustgate cache`: show or clear the cache of results."""

from pathlib import Path

import click
import msgspec

from rustgate.cli.cache_options import cache_folder_option, named_cache
from rustgate.cli.sections import HelpfulGroup


class Info(msgspec.Struct, frozen=True):
    """State of the cache; sizes in bytes.

    `problem` says why nothing can be cached, if that is so.
    """

    folder: str
    entries: int
    size: int
    limit: int
    problem: str | None = None


@click.group("cache", cls=HelpfulGroup)
def cache_command() -> None:
    """Show or clear the cache."""


@cache_command.command("info")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="Output format (default: text).")
@cache_folder_option
def info_command(output: str, cache_dir: Path | None) -> None:
    """Show the folder and the size of the cache."""
    cache = named_cache(cache_dir)
    info = Info(cache.folder, cache.count(), cache.size(), cache.limit, cache.problem)
    cache.close()
    click.echo(msgspec.json.format(msgspec.json.encode(info), indent=2).decode() if output == "json" else _text(info))


@cache_command.command("clean")
@cache_folder_option
def clean_command(cache_dir: Path | None) -> None:
    """Clear the cache."""
    cache = named_cache(cache_dir)
    size = cache.size()
    cache.clean()
    click.echo(f"{_mebibytes(size)} freed in {cache.folder}" if size else f"the cache in {cache.folder} is empty")


def _text(info: Info) -> str:
    lines = [("folder", info.folder), ("entries", f"{info.entries:,}"), ("size", _mebibytes(info.size)), ("limit", _mebibytes(info.limit))]
    lines += [("problem", info.problem)] if info.problem else []
    return "\n".join(f"{name:8} {value}" for name, value in lines)


def _mebibytes(size: int) -> str:
    return f"{size / 1024 / 1024:,.1f} MiB"
