"""`rustgate config`: show the configuration of a file."""

import os
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from rustgate.cli.options import catalog_of, config_options, configurations, configured_root, installed_rules, isolated_configurations
from rustgate.cli.sections import SectionedCommand
from rustgate.config.loader import ConfigTable
from rustgate.config.resolver import Resolver, Selection, Value
from rustgate.reports.json_document import json_text
from rustgate.reports.sanitize import escape_controls


@click.command(
    "config",
    cls=SectionedCommand,
    examples={
        "rustgate config src/lib.rs": "Show which values apply to a file, and where each comes from.",
        "rustgate config --schema > rustgate.schema.json": "Write the schema for an editor.",
    },
)
@click.argument("file", default=".", metavar="[FILE]")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of rustgate.toml, for editors.")
@config_options
def config_command(file: str, *, schema: bool, config: tuple[str, ...], isolated: bool, profile: str | None) -> None:
    """Show the configuration of FILE.

    Each value is shown with its origin. FILE is a file or folder (default: the working folder).
    """
    config_root = configured_root(Path(file))
    configs = (isolated_configurations if isolated else configurations)(installed_rules(), config, profile)
    if schema:
        from rustgate.config.json_schema import config_schema  # only this command needs it

        click.echo(json_text(config_schema(catalog_of(configs, [config_root]))), nl=False)
        return
    resolver = Resolver(configs(config_root), installed_rules(), Selection())
    rows = list(_rows(resolver, os.path.relpath(os.path.abspath(file), config_root)))
    width = max(len(f"{key} = {text}") for key, text, _ in rows)
    for key, text, origin in rows:
        click.echo(escape_controls(f"{f'{key} = {text}':{width}}  # {origin}"))


def _rows(resolver: Resolver, path: str) -> Iterator[tuple[str, str, str]]:
    """Yield (key, value as TOML, origin), general keys first."""
    table, origins = resolver.config.table, resolver.config.origins
    yield _row("profile", resolver.profile(path))
    for field in msgspec.structs.fields(ConfigTable):
        if field.name not in {"profile", "rules", "overrides", "metrics"}:
            yield _row(field.encode_name, Value(getattr(table, field.name), origins.get(field.encode_name, "default")))
    yield _row("metrics.engine", Value(table.metrics.engine, origins.get("metrics.engine", "default")))
    for rule, values in resolver.values(path):
        for key, value in values.items():
            if value.value is not None:
                yield _row(f"rules.{rule}.{key}", value)


def _row(key: str, value: Value) -> tuple[str, str, str]:
    return key, msgspec.json.encode(value.value).decode(), value.origin
