"""Check the levels and options of rules in a configuration."""

from collections.abc import Mapping, Sequence
from typing import Any

from rustgate.errors import ConfigError, suggestion
from rustgate.model.finding import Severity
from rustgate.model.rule import UNREADABLE, Rule
from rustgate.rules.lookup import unknown_rule
from rustgate.rules.strict_decoder import wrong_word

LEVELS = ("off", *Severity)
ALWAYS_ERROR = f'"{UNREADABLE}" is always an error, because a file that was not checked must not look clean; name the file in `exclude`'


def check_names(names: Sequence[str], key: str, origin: str, catalog: Mapping[str, Rule]) -> None:
    """Refuse names that are neither rules nor categories, and what `ignore` may not turn off.

    `key` is `select` or `ignore`. Raises `ConfigError`.
    """
    categories = {rule.category for rule in catalog.values()}
    for name in names:
        if name not in catalog and name not in categories:
            raise ConfigError(f'{origin}: in "{key}": {unknown_rule(name, catalog, categories)}')
        if key == "ignore" and name == UNREADABLE:
            raise ConfigError(f"{origin}: {ALWAYS_ERROR}")


def check_rules(rules: Mapping[str, Any], key: str, origin: str, catalog: Mapping[str, Rule]) -> None:
    """Refuse unknown rules, categories and options, and wrong values.

    A category has only a level. `key` is where the table stands in `origin`. Raises `ConfigError`.
    """
    categories = {rule.category for rule in catalog.values()}
    for name, entry in rules.items():
        if name not in catalog and name not in categories:
            raise ConfigError(f'{origin}: in "{key}": {unknown_rule(name, catalog, categories)}')
        table = {"level": entry} if isinstance(entry, str) else entry
        if not isinstance(table, dict):
            raise ConfigError(f'{origin}: "{key}.{name}" is {entry!r}; it must be a level ({", ".join(LEVELS)}) or a table')
        for option, value in table.items():
            where = f"{key}.{name}.{option}"
            mistake = _mistake(catalog[name], option, value, where) if name in catalog else _mistake_of_category(option, value, where)
            if mistake:
                raise ConfigError(f"{origin}: {mistake}")


def _mistake_of_category(option: str, value: object, key: str) -> str | None:
    if option != "level":
        return f'"{key}": a category has only a `level`; set options rule by rule'
    return None if value in LEVELS else wrong_word(key, value, LEVELS)


def _mistake(rule: Rule, option: str, value: object, key: str) -> str | None:
    """Return a sentence on a wrong option, or None."""
    limits = ("limit", "soft") if rule.measure else ()
    known = ["level", *limits, *rule.options]
    if option not in known:
        return f'"{key}": the rule has no such option{suggestion(option, known)} (allowed: {", ".join(known)})'
    words = LEVELS if option == "level" else rule.choices.get(option, ())
    if words and value not in words:
        return wrong_word(key, value, words)
    if words:
        return f'"{key}" is "{value}"; {ALWAYS_ERROR}' if rule.name == UNREADABLE and value != Severity.ERROR else None
    if option in limits:
        return None if type(value) is int and value >= 0 else f'"{key}" is {value!r}; it must be a whole number, 0 or more'
    default = rule.options[option][-1]
    if type(value) is not type(default):
        return f'"{key}" is {value!r}; it must be of type {type(default).__name__}, like its default {default!r}'
    return None
