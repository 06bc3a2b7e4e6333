"""What several commands share: the configuration that the options and the environment make."""

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
from rustgate.errors import RustgateError
from rustgate.execution.options import ExecutorOptions
from rustgate.model.rule import Profile, Rule
from rustgate.rules.catalog import merged_catalogs
from rustgate.rules.lookup import unknown_rule
from rustgate.rules.packs import installed

if TYPE_CHECKING:
    from rustgate.engine.check import Engine
    from rustgate.project.project import Project

Configs = Callable[[Path], Config]
_NO_SETTINGS = frozenset({FOLDER_VARIABLE, SIZE_VARIABLE, "RUSTGATE_VERSION"})
"""Environment variables that are no keys of the configuration: where results are remembered, and what many CI files install."""


def _a_number(_context: click.Context, _parameter: click.Parameter, value: float) -> float:
    if isnan(value):  # which is in every range, and no time is longer
        raise click.BadParameter("nan is no number of seconds")
    return value


_CONFIG = click.option(
    "--config", "config", multiple=True, metavar="FILE|KEY=VALUE", help="Another configuration file, or one value to override (repeatable)."
)
_ISOLATED = click.option("--isolated", is_flag=True, help="Read no configuration file, and no environment variable but those of the cache.")
_PROFILE = click.option(
    "--profile", type=click.Choice([profile.value for profile in Profile]), help="How strict to be; overrides the configuration."
)
_JOBS = click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes (default: one for each core).")
_FILE_TIMEOUT = click.option(
    "--file-timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=ExecutorOptions().file_timeout,
    metavar="SECONDS",
    callback=_a_number,
    help=f"Give up a file that takes longer to read (default: {ExecutorOptions().file_timeout:g}).",
)


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--config`, `--isolated` and `--profile`."""
    return _CONFIG(_ISOLATED(_PROFILE(command)))


def executor_options_of_command(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--jobs` and `--file-timeout`."""
    return _JOBS(_FILE_TIMEOUT(command))


def configurations(catalog: Mapping[str, Rule], config: Sequence[str], profile: str | None) -> Configs:
    """The configuration for a home folder, read once for each; raises `ConfigError`."""
    environment = list(environment_edits(os.environ, _NO_SETTINGS))
    edits, file = _given(config, profile)
    return cache(lambda config_root: _usable(load_config(config_root, catalog, [*environment, *edits], file)))


def isolated_configurations(catalog: Mapping[str, Rule], config: Sequence[str], profile: str | None) -> Configs:
    """The same without the files that lie in a home folder and without the environment."""
    edits, file = _given(config, profile)
    return cache(lambda config_root: _usable(defaults(config_root, catalog, edits, file)))


@cache
def installed_rules() -> Mapping[str, Rule]:
    """The shipped rules and those of the installed packs; raises `PageError` for a rule of a pack that cannot be used."""
    _require_usable(rule for rule in installed().values() if rule.pack)
    return installed()


def _usable(config: Config) -> Config:
    """The same configuration; raises `PageError` where one of its own rules cannot be used."""
    _require_usable(config.repository_rules.values())
    return config


def _require_usable(rules: Iterable[Rule]) -> None:
    untested = list(rules)
    if untested:
        from rustgate.engine.ruleset import require_usable  # it needs tree-sitter, which the commands that list rules do without

        require_usable(untested)


def _given(config: Sequence[str], profile: str | None) -> tuple[list[Edit], Path | None]:
    """The values of `--config` and `--profile`, and the file that `--config` names."""
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
    """The project that the PATHs of a command make, and what knows its settings; raises `RustgateError` where there is no file to read."""
    from rustgate.engine.check import Engine, Options  # the help of a command needs none of these modules
    from rustgate.project.project import Project

    project = Project([Path(path) for path in paths or (".",)])
    engine = Engine(installed_rules(), configurations(installed_rules(), (), None), Options())
    files = engine.selected(project)
    if not files:
        raise nothing_to_read(paths, project)
    project.require_read_configurations(files)
    return engine, project


def nothing_to_read(paths: Sequence[str], project: "Project") -> RustgateError:
    """Why no file of a project is read."""
    looked = ", ".join(paths) or "the working folder"
    if project.files:
        return RustgateError(f"every Rust file in {looked} is excluded by the configuration; name another folder, or change `exclude`")
    return RustgateError(f"no Rust file found in {looked}; name a folder that holds .rs files which git does not ignore")


def catalog_of(configs: Configs, config_roots: Iterable[Path]) -> Mapping[str, Rule]:
    """Every rule of a run: installed ones, and those of the pages of each home; raises `PageError` for two with one name."""
    return merged_catalogs([installed_rules(), *(configs(config_root).repository_rules for config_root in config_roots)])


def catalog_here() -> Mapping[str, Rule]:
    """Every rule that a run in the working folder has."""
    from rustgate.project.project import Project  # `explain` mostly does without

    configs = configurations(installed_rules(), (), None)
    return catalog_of(configs, [Project([Path()]).config_root])


def selection(catalog: Mapping[str, Rule], select: Sequence[str], ignore: Sequence[str]) -> Selection:
    """The rules that `--select` and `--ignore` name.

    Raises `RustgateError` with the nearest name for one that does not exist, and where the one leaves nothing of the other.
    """
    selected, ignored = frozenset(_rules(catalog, select)), frozenset(_rules(catalog, ignore))
    if selected and selected <= ignored:
        raise RustgateError("no rule is left: --ignore names all that --select does; select another, or ignore fewer")
    return Selection(selected, ignored)


def _rules(catalog: Mapping[str, Rule], names: Sequence[str]) -> Iterator[str]:
    """Rules by name or by category, also several joined by commas."""
    categories = {rule.category for rule in catalog.values()}
    for name in (part.strip() for value in names for part in value.split(",")):
        if name in categories:
            yield from (rule.name for rule in catalog.values() if rule.category == name)
        elif name in catalog:
            yield name
        else:
            raise RustgateError(unknown_rule(name, catalog, categories))
