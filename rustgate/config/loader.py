"""Load the configuration from all of its sources.

These are rustgate.toml or metadata in Cargo.toml, the environment and the command line.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from rustgate.cargo.manifest_reader import read_manifest
from rustgate.config.files import configuration_files
from rustgate.config.rule_options import check_names, check_rules
from rustgate.config.tables import flat_keys, merged_tables, nested, value_of
from rustgate.errors import ConfigError
from rustgate.filesystem.containment import leads_out, repository_of
from rustgate.filesystem.overlay import DISK, Overlay
from rustgate.filesystem.reading import require_regular
from rustgate.filesystem.toml import read_toml
from rustgate.model.finding import Severity
from rustgate.model.rule import Profile, Rule
from rustgate.rules.catalog import REPOSITORY_PAGES, merged_catalogs, repository_rules
from rustgate.rules.strict_decoder import decode, described

ENVIRONMENT_PREFIX = "RUSTGATE_"
MEBIBYTE = 1024 * 1024
_DEEPEST = 20

Patterns = Annotated[list[str], described("a list of gitignore patterns")]
Rules = Annotated[dict[str, Any], described("a table of rules and categories by name")]
BaselinePath = Annotated[
    str, described("the name of a file", description="Baseline of accepted findings, relative to the file that names it.")
]
Names = Annotated[list[str], described("a list of rules and categories")]
Size = Annotated[int, described("a whole number, 1 or more", ge=1)]
PageFolders = Annotated[
    list[str], described("a list of folders", description="Folders of rule pages, relative to the file that names them.")
]


class OverrideTable(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Entry of `[[overrides]]`: profile and rule settings for some paths."""

    paths: Patterns
    profile: Profile | None = None
    rules: Rules = {}


class MetricsTable(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Table `[metrics]`: the engine that measures complexity and function length."""

    engine: Literal["rustgate", "lizard"] = "rustgate"


class ConfigTable(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Keys of a configuration file, with their defaults.

    Patterns are gitignore patterns, relative to the config root.
    """

    profile: Profile = Profile.PRODUCTION
    fail_on: Severity = Severity.ERROR
    exclude: Patterns = []
    select: Names = []
    ignore: Names = []
    respect_clippy: bool = True
    max_file_size: Size = 4 * MEBIBYTE
    baseline: BaselinePath | None = None
    rule_paths: PageFolders = []
    rules: Rules = {}
    overrides: Annotated[list[OverrideTable], described("a list of tables, each under [[overrides]]")] = []
    metrics: MetricsTable = MetricsTable()


class Edit(msgspec.Struct, frozen=True):
    """A value that was set outside of files.

    `key` is dotted, `value` is text, and `origin` is where it was given.
    """

    key: str
    value: str
    origin: str


class Config(msgspec.Struct, frozen=True):
    """Configuration of the files below `root`.

    `origins` maps each dotted key that was set to where that was; all others are defaults. `repository_rules` holds the rules of the
    repository's own pages by name, `baseline` the file that the key of that name means.
    """

    root: Path
    table: ConfigTable
    origins: dict[str, str]
    repository_rules: dict[str, Rule] = {}
    baseline: Path | None = None


class _Layer(msgspec.Struct, frozen=True):
    """A table of keys from one source.

    Its paths are relative to `folder`. They may not lead out of `bound`, which is None for what the user gave, not the repository.
    """

    origin: str
    table: Any
    folder: Path
    bound: Path | None = None


def load_config(
    root: Path, catalog: Mapping[str, Rule], edits: Sequence[Edit] = (), file: Path | None = None, overlay: Overlay = DISK
) -> Config:
    """Load the configuration in `root`, or in `file`.

    `edits` come on top; `overlay` is the version of the files. Raises `ConfigError`, and `PageError` for the repository's own pages.
    """
    pages = root / REPOSITORY_PAGES
    exists = os.path.lexists(pages)
    if exists and leads_out(pages, _bound(root)):
        raise ConfigError(f"{pages}: the folder is a link that leads out of {_bound(root)}; put the pages themselves there")
    first = _layer_of_file(file) if file else _find(root, overlay)
    folders = [pages] if exists and not _is_empty(pages) else []  # it is empty when its last page was removed
    return _assembled(root, catalog, [first, *map(_layer_of_edit, edits)], folders)


def defaults(root: Path, catalog: Mapping[str, Rule], edits: Sequence[Edit] = (), file: Path | None = None) -> Config:
    """Load the configuration without files of the repository (`--isolated`)."""
    first = _layer_of_file(file) if file else _Layer("default", {}, root)
    return _assembled(root, catalog, [first, *map(_layer_of_edit, edits)], [])


def environment_edits(environment: Mapping[str, str], known: Iterable[str] = ()) -> Iterator[Edit]:
    """Yield an edit for each variable like `RUSTGATE_FAIL_ON=warning`.

    `__` stands for the dot of a key. Names in `known` are no keys.
    """
    for name, value in sorted(environment.items()):
        if name.startswith(ENVIRONMENT_PREFIX) and name not in known:
            key = name.removeprefix(ENVIRONMENT_PREFIX).lower().replace("__", ".").replace("_", "-")
            yield Edit(key, value, f"environment variable {name}")


def _assembled(root: Path, catalog: Mapping[str, Rule], layers: Sequence[_Layer], page_folders: Sequence[Path]) -> Config:
    """Check and merge layers, later ones over earlier ones."""
    for layer in layers:
        _refuse_deep(layer)
        decode(layer.table, ConfigTable, layer.origin, ConfigError)
    folders = [*page_folders, *_named_page_folders(layers)]
    rules = repository_rules(folders, catalog, _bound(root))
    known = merged_catalogs([catalog, rules])
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer in layers:
        _check_rules(layer, known)
        table = _normal(layer.table)
        merged = merged_tables(merged, table)
        origins |= dict.fromkeys(flat_keys(table), layer.origin)
    return Config(root, msgspec.convert(merged, ConfigTable), origins, rules, _named_baseline(layers))


def _is_empty(folder: Path) -> bool:
    """Return whether `folder` is a folder without files.

    One that cannot be read may hold some.
    """
    try:
        return folder.is_dir() and not os.listdir(folder)
    except OSError:
        return False


def _refuse_deep(layer: _Layer) -> None:
    """Raise `ConfigError` for a table that nests too deeply.

    Such a table could exceed Python's recursion limit.
    """
    values = [layer.table]
    for _ in range(_DEEPEST):
        values = [inner for value in values for inner in _inside(value)]
    if values:
        raise ConfigError(f"{layer.origin}: the configuration nests more than {_DEEPEST} levels deep; no key goes that far")


def _inside(value: object) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _named_page_folders(layers: Sequence[_Layer]) -> list[Path]:
    """List the folders that the last layer with `rule-paths` names.

    Raises `ConfigError` for one that does not exist, or is outside of the repository.
    """
    layer = next((layer for layer in reversed(layers) if "rule-paths" in layer.table), None)
    folders = {path: Path(os.path.abspath(layer.folder / path)) for path in layer.table["rule-paths"]} if layer else {}
    for path, folder in folders.items():
        if layer and not os.path.isdir(folder):
            raise ConfigError(f'{layer.origin}: "rule-paths" names "{path}", and there is no folder {folder}; make it, or correct the path')
        if layer and layer.bound and leads_out(folder, layer.bound):
            raise ConfigError(f'{layer.origin}: "rule-paths" names "{path}", which lies outside of {layer.bound}; move the pages into it')
    return list(folders.values())


def _named_baseline(layers: Sequence[_Layer]) -> Path | None:
    """Return the file that the last layer with `baseline` names.

    Raises `ConfigError` for one outside of the repository.
    """
    layer = next((layer for layer in reversed(layers) if "baseline" in layer.table), None)
    if layer is None:
        return None
    file = Path(os.path.abspath(layer.folder / layer.table["baseline"]))
    if layer.bound and leads_out(file, layer.bound):
        raise ConfigError(f'{layer.origin}: "baseline" names {file}, which lies outside of {layer.bound}; move the file into it')
    return file


def _find(root: Path, overlay: Overlay) -> _Layer:
    bound = _bound(root)
    found = [_layer_of_file(path, bound, overlay.source(path)) for path in configuration_files(root, overlay)]
    if overlay.is_file(root / "Cargo.toml"):
        tables = read_manifest(root, root, overlay).metadata()
        found += [_Layer(f"{root / 'Cargo.toml'} [{key}]", table, root, bound) for key, table in tables]
    if len(found) > 1:
        raise ConfigError(f"two configurations for one tree: {found[0].origin} and {found[1].origin}; keep one of them")
    return found[0] if found else _Layer("default", {}, root)


def _layer_of_edit(edit: Edit) -> _Layer:
    return _Layer(edit.origin, nested(edit.key, value_of(edit.value)), Path.cwd())


def _bound(root: Path) -> Path:
    """Return the boundary of a configuration in `root`.

    None of its paths may lead out of that. It is the repository, or `root` itself without one.
    """
    folder = Path(os.path.realpath(root))
    return repository_of(folder) or folder


def _layer_of_file(path: Path, bound: Path | None = None, source: bytes | None = None) -> _Layer:
    if bound and source is None and leads_out(path, bound):
        raise ConfigError(f"{path}: the configuration is a link that leads out of {bound}; put the file itself there")
    try:
        if bound and source is None:  # what the user names may be a pipe
            require_regular(path)
        return _Layer(str(path), read_toml(path, source)[1], path.absolute().parent, bound)
    except OSError as error:
        raise ConfigError(f"{path}: the configuration cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error


def _normal(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table with rules in long form.

    The long form of a level is `{ level = .. }`.
    """
    if "rules" not in table:
        return dict(table)
    rules = {name: {"level": entry} if isinstance(entry, str) else entry for name, entry in table["rules"].items()}
    return {**table, "rules": rules}


def _check_rules(layer: _Layer, catalog: Mapping[str, Rule]) -> None:
    for key in ("select", "ignore"):
        check_names(layer.table.get(key, []), key, layer.origin, catalog)
    check_rules(layer.table.get("rules", {}), "rules", layer.origin, catalog)
    for index, override in enumerate(layer.table.get("overrides", [])):
        check_rules(override.get("rules", {}), f"overrides[{index}].rules", layer.origin, catalog)
