"""Options of several commands, and the configuration that they make."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rustgate.cache.location import FOLDER_VARIABLE, SIZE_VARIABLE
from rustgate.config.loader import Config, Edit, defaults, environment_edits, load_config
from rustgate.config.resolver import Selection
from rustgate.config.rule_options import ALWAYS_ERROR
from rustgate.errors import RustgateError
from rustgate.execution.options import ExecutorOptions
from rustgate.filesystem.overlay import DISK, Overlay
from rustgate.model.rule import UNREADABLE, Profile, Rule
from rustgate.rules.catalog import merged_catalogs
from rustgate.rules.lookup import unknown_rule
from rustgate.rules.packs import installed

if TYPE_CHECKING:
    from rustgate.engine.check import Engine
    from rustgate.project.project import Project

Configs = Callable[[Path], Config]
_NO_SETTINGS = frozenset({FOLDER_VARIABLE, SIZE_VARIABLE, "RUSTGATE_VERSION"})
"""Variables that are no configuration keys: those of the cache, and the version that CI files install."""


def _refuse_nan(_context: click.Context, _parameter: click.Parameter, value: float) -> float:
    if isnan(value):  # it is in every range, and no time is longer
        raise click.BadParameter("nan is not a number of seconds")
    return value


_CONFIG = click.option(
    "--config", "config", multiple=True, metavar="FILE|KEY=VALUE", help="Configuration file to use, or value to override (repeatable)."
)
_ISOLATED = click.option(
    "--isolated", is_flag=True, help="Ignore configuration files and environment variables, except those of the cache."
)
_PROFILE = click.option(
    "--profile", type=click.Choice([profile.value for profile in Profile]), help="Profile to use; overrides the configuration."
)
_JOBS = click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Number of worker processes (default: one per core).")
_FILE_TIMEOUT = click.option(
    "--file-timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=ExecutorOptions().file_timeout,
    metavar="SECONDS",
    callback=_refuse_nan,
    help=f"Give up on a file after this CPU time (default: {ExecutorOptions().file_timeout:g}).",
)


def complete_rules(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the rules and categories that complete the last of joined names."""
    before, comma, begun = incomplete.rpartition(",")
    names = {name for rule in installed_rules().values() for name in (rule.name, rule.category)}
    return [f"{before}{comma}{name}" for name in sorted(names) if name.startswith(begun)]


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--config`, `--isolated` and `--profile` to a command."""
    return _CONFIG(_ISOLATED(_PROFILE(command)))


def executor_options_of_command(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--jobs` and `--file-timeout` to a command."""
    return _JOBS(_FILE_TIMEOUT(command))


def configurations(catalog: Mapping[str, Rule], config: Sequence[str], profile: str | None, overlay: Overlay = DISK) -> Configs:
    """Return a cached loader of the configuration in a folder.

    `overlay` is the version of the files. The loader raises `ConfigError`.
    """
    environment = list(environment_edits(os.environ, _NO_SETTINGS))
    edits, file = _given(config, profile)
    return cache(lambda config_root: _usable(load_config(config_root, catalog, [*environment, *edits], file, overlay)))


def isolated_configurations(catalog: Mapping[str, Rule], config: Sequence[str], profile: str | None) -> Configs:
    """Return a loader for `--isolated`.

    It ignores files in the folder, and the environment.
    """
    edits, file = _given(config, profile)
    return cache(lambda config_root: _usable(defaults(config_root, catalog, edits, file)))


@cache
def installed_rules() -> Mapping[str, Rule]:
    """Return the shipped rules and those of packs.

    Raises `PageError` for a rule of a pack that cannot be used.
    """
    untested = [rule for rule in installed().values() if rule.pack]
    if untested:
        from rustgate.engine.ruleset import require_usable  # see `_usable`

        require_usable(untested)
    return installed()


def _usable(config: Config) -> Config:
    """Return the configuration, if its rules are usable.

    Raises `PageError` for one of its rules that is not.
    """
    if config.repository_rules:
        from rustgate.engine.page_trial import require_harmless  # needs tree-sitter, and commands that list rules do not

        require_harmless(config.repository_rules.values())
    return config


def _given(config: Sequence[str], profile: str | None) -> tuple[list[Edit], Path | None]:
    """Return the edits and the file of the options."""
    edits, files = [], []
    for value in config:
        key, equals, text = value.partition("=")
        if equals and not os.path.isfile(value):
            edits.append(Edit(key.strip(), text.strip(), f"--config {key.strip()}"))
        else:
            files.append(Path(value))
    if len(files) > 1:
        raise RustgateError(f"two configuration files: {files[0]} and {files[1]}; name one")
    if profile:
        edits.append(Edit("profile", profile, "--profile"))
    return edits, files[0] if files else None


def project_of(paths: Sequence[str]) -> "tuple[Engine, Project]":
    """Return engine and project for the PATHs of a command.

    Raises `RustgateError` if there is no file to read.
    """
    from rustgate.engine.check import Engine, Options  # `--help` does without
    from rustgate.project.project import Project

    project = Project([Path(path) for path in paths or (".",)])
    engine = Engine(installed_rules(), configurations(installed_rules(), (), None), Options())
    files = engine.selected(project)
    if not files:
        raise nothing_to_read(paths, project)
    project.require_read_configurations(files)
    return engine, project


def nothing_to_read(paths: Sequence[str], project: "Project") -> RustgateError:
    """Return the error for a project without files."""
    looked = ", ".join(paths) or "the working folder"
    if project.files:
        return RustgateError(f"every Rust file in {looked} is excluded by the configuration; name another folder, or change `exclude`")
    return RustgateError(f"no Rust file found in {looked}; name a folder that holds .rs files which git does not ignore")


def catalog_of(configs: Configs, config_roots: Iterable[Path]) -> Mapping[str, Rule]:
    """Return all rules of a run.

    These are the installed ones, and those of pages in the config roots. Raises `PageError` for two rules with one name.
    """
    return merged_catalogs([installed_rules(), *(configs(config_root).repository_rules for config_root in config_roots)])


def catalog_here() -> Mapping[str, Rule]:
    """Return all rules of a run in the working folder."""
    configs = configurations(installed_rules(), (), None)
    return catalog_of(configs, [configured_root(Path())])


def configured_root(path: Path) -> Path:
    """Return the folder whose configuration applies to a file or folder.

    Raises `ConfigError` if it is in a member of a workspace that has a configuration of its own.
    """
    from rustgate.project.project import Project  # `explain` mostly does without

    project = Project([path])
    folder = path if path.is_dir() else path.parent
    project.tree.require_read_configuration(Path(os.path.abspath(folder)))
    return project.config_root


def selection(catalog: Mapping[str, Rule], select: Sequence[str], ignore: Sequence[str]) -> Selection:
    """Return the rules that `--select` and `--ignore` name.

    Ignoring a category leaves `unreadable-file` on. Raises `RustgateError` for an unknown rule, with the nearest name, for
    `unreadable-file` in `--ignore`, and if no rule is left.
    """
    selected, ignored = frozenset(_rules(catalog, select)), frozenset(_rules(catalog, ignore))
    if UNREADABLE in _names(ignore):
        raise RustgateError(f"--ignore: {ALWAYS_ERROR}")
    if selected and selected <= ignored:
        raise RustgateError("no rule is left: --ignore names all that --select does; select another, or ignore fewer")
    return Selection(selected, ignored - {UNREADABLE})


def _names(values: Sequence[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",")]


def _rules(catalog: Mapping[str, Rule], names: Sequence[str]) -> Iterator[str]:
    """Yield the rules that names or categories mean.

    Commas separate several.
    """
    categories = {rule.category for rule in catalog.values()}
    for name in _names(names):
        if name in categories:
            yield from (rule.name for rule in catalog.values() if rule.category == name)
        elif name in catalog:
            yield name
        else:
            raise RustgateError(unknown_rule(name, catalog, categories))
