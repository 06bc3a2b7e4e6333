"""Resolve the settings of rules for each file.

They come from the configuration and the pages.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from rustgate.config.loader import Config
from rustgate.errors import ConfigError
from rustgate.filesystem.gitignore import patterns
from rustgate.model.finding import Severity
from rustgate.model.rule import UNREADABLE, Profile, Rule, Setting
from rustgate.rules.catalog import merged_catalogs

if TYPE_CHECKING:
    from pathspec import PathSpec

ALWAYS_SELECTED = frozenset({"syntax-error", UNREADABLE})
"""Rules that `--select` leaves on: a file that could not be checked must not look clean.

Only `--ignore` and the configuration turn off `syntax-error`; nothing turns off the other.
"""


class Selection(Struct, frozen=True):
    """Rules of `--select` and `--ignore`.

    With an empty `select`, the configuration decides.
    """

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()


class Value(Struct, frozen=True):
    """Value that applies to a file, and its origin."""

    value: Any
    origin: str


class Resolver:
    """Settings by path, for one configuration.

    Files that the same overrides match share one dictionary. `catalog` holds all rules that the configuration knows, including those of
    the repository's own pages.
    """

    def __init__(self, config: Config, catalog: Mapping[str, Rule], selection: Selection) -> None:
        self.config = config
        self.catalog = merged_catalogs([catalog, config.repository_rules])
        self._selection = selection
        self._known: dict[tuple[int, ...], dict[str, Setting]] = {}

    def excluded(self, path: str) -> bool:
        """Return whether the configuration excludes `path`, relative to its root."""
        return self._excludes is not None and self._excludes.match_file(path)

    def settings(self, path: str) -> dict[str, Setting]:
        """Return the settings of active rules for `path`.

        They are in the order of the catalogue; `path` is relative to the config root.
        """
        matched = self._matched(path)
        if matched not in self._known:
            resolved = ((rule, self.resolve(rule, matched)) for rule in self.catalog.values())
            on = {rule.name: _setting(values | self._engine(rule)) for rule, values in resolved if values["level"].value != "off"}
            self._known[matched] = on
        return self._known[matched]

    def idle_overrides(self) -> Iterator[str]:
        """Yield a sentence for each unused override.

        That is one which has matched none of the paths whose settings were asked for.
        """
        busy = set[int]().union(*self._known)
        for index, override in enumerate(self.config.table.overrides):
            if index not in busy:
                yield f"{self._origin}: overrides[{index}] matches no file; check its paths ({', '.join(override.paths)})"

    def profile(self, path: str) -> Value:
        """Return the profile of a file."""
        return self._profile(self._matched(path))

    def values(self, path: str) -> Iterator[tuple[str, dict[str, Value]]]:
        """Return the values of each rule for a file."""
        matched = self._matched(path)
        return ((name, self.resolve(rule, matched)) for name, rule in self.catalog.items())

    def resolve(self, rule: Rule, matched: Sequence[int]) -> dict[str, Value]:
        """Resolve level, limits and options of a rule.

        `matched` are the numbers of the overrides that apply.
        """
        profile = self._profile(matched)
        origin = f"profile {profile.value}"
        values = _of_page(rule, Profile(profile.value), origin)
        values |= self._selected(rule, Profile(profile.value), values["level"])
        values |= self._configured(rule, matched)
        if rule.measure and values["soft"].origin == origin != values["limit"].origin:  # the page's soft limit belongs to the page's limit
            values["soft"] = Value(None, values["limit"].origin)
        if rule.options.get("unpublished") and values["unpublished"].origin == origin != values["level"].origin:
            values["unpublished"] = Value("same", values["level"].origin)  # who sets a level means it
        values["level"] = self._ignored_or_asked_for(rule, Profile(profile.value), values["level"])
        if rule.measure and values["limit"].value is None and values["level"].value != "off":
            values["limit"] = Value(next(limit for limit in rule.limit if limit is not None), "the first profile with a limit")
        return values

    def _configured(self, rule: Rule, matched: Sequence[int]) -> dict[str, Value]:
        """Return what `[rules]` and the overrides set, each a category before a rule."""
        values: dict[str, Value] = {}
        for name, entry in _entries(self.config.table.rules, rule):
            values |= {key: Value(value, self.config.origins[f"rules.{name}.{key}"]) for key, value in entry.items()}
        for index in matched:
            for _, entry in _entries(self.config.table.overrides[index].rules, rule):
                values |= {key: Value(value, f"{self._origin} overrides[{index}]") for key, value in entry.items()}
        return values

    def _ignored_or_asked_for(self, rule: Rule, profile: Profile, level: Value) -> Value:
        """Return the level after `ignore` of the configuration, and `--select` and `--ignore` over all."""
        if rule.name in self._selection.ignore:
            return Value("off", "--ignore")
        if _names(self.config.table.ignore, rule) and rule.name != UNREADABLE:
            level = Value("off", f"{self.config.origins['ignore']} ignore")
        if not self._selection.select:
            return level
        if rule.name in self._selection.select:
            return Value(_lowest(rule, profile), "--select") if level.value == "off" else level
        return level if rule.name in ALWAYS_SELECTED else Value("off", "--select")

    def _selected(self, rule: Rule, profile: Profile, level: Value) -> dict[str, Value]:
        """Return the level that `select` in the configuration gives a rule; `--select` replaces it."""
        selected = self.config.table.select
        if not selected or self._selection.select:
            return {}
        origin = f"{self.config.origins['select']} select"
        if not _names(selected, rule):
            return {} if rule.name in ALWAYS_SELECTED else {"level": Value("off", origin)}
        return {"level": Value(_lowest(rule, profile), origin)} if level.value == "off" else {}

    def _engine(self, rule: Rule) -> dict[str, Value]:
        """Return the engine of a rule, unless it is rustgate.

        `[metrics]` sets it for all rules.
        """
        engine = self.config.table.metrics.engine
        if rule.measure is None or engine == "rustgate":
            return {}
        return {"engine": Value(engine, self.config.origins["metrics.engine"])}

    def _profile(self, matched: Sequence[int]) -> Value:
        for index in reversed(matched):
            profile = self.config.table.overrides[index].profile
            if profile:
                return Value(profile, f"{self._origin} overrides[{index}]")
        return Value(self.config.table.profile, self.config.origins.get("profile", "default"))

    def _matched(self, path: str) -> tuple[int, ...]:
        return tuple(index for index, spec in enumerate(self._override_specs) if spec.match_file(path))

    @property
    def _origin(self) -> str:
        return self.config.origins.get("overrides", "default")

    @cached_property
    def _override_specs(self) -> list["PathSpec[Any]"]:
        overrides = enumerate(self.config.table.overrides)
        return [self._patterns(f"overrides[{index}].paths", override.paths) for index, override in overrides]

    @cached_property
    def _excludes(self) -> "PathSpec[Any] | None":
        return self._patterns("exclude", self.config.table.exclude) if self.config.table.exclude else None

    def _patterns(self, key: str, lines: Sequence[str]) -> "PathSpec[Any]":
        try:
            return patterns(lines)
        except ValueError as error:
            origin = self.config.origins[key.partition("[")[0]]
            raise ConfigError(f'{origin}: "{key}" holds what is no gitignore pattern: {error}') from error


def _of_page(rule: Rule, profile: Profile, origin: str) -> dict[str, Value]:
    index = profile.rank
    values = {"level": Value(rule.severity[index] or "off", origin)}
    if rule.measure:
        values |= {"limit": Value(rule.limit[index], origin), "soft": Value(rule.soft[index], origin)}
    return values | {name: Value(steps[index], origin) for name, steps in rule.options.items()}


def _entries(rules: Mapping[str, Any], rule: Rule) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the entries for a rule: that of its category, then its own.

    The file that could not be read stays an error, whatever its category is.
    """
    names = (rule.name,) if rule.name == UNREADABLE else (rule.category, rule.name)
    for name in dict.fromkeys(names):
        entry = rules.get(name, {})
        yield name, {"level": entry} if isinstance(entry, str) else entry


def _names(names: Sequence[str], rule: Rule) -> bool:
    """Return whether a list of rules and categories names a rule."""
    return rule.name in names or rule.category in names


def _lowest(rule: Rule, profile: Profile) -> Severity:
    """Return the level of a selected rule: that of the profile, or of the first one that has the rule on."""
    return rule.severity[profile.rank] or next(level for level in rule.severity if level)


def _setting(values: Mapping[str, Value]) -> Setting:
    plain = {key: value.value for key, value in values.items()}
    level, limit, soft = plain.pop("level"), plain.pop("limit", None), plain.pop("soft", None)
    return Setting(Severity(level), limit, soft, plain)
