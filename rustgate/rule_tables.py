"""What a configuration may say of rules: a level for each, or a table with the options that its page gives it."""

from collections.abc import Iterable, Mapping, Sequence

from rustgate.errors import ConfigError, suggestion
from rustgate.model import Rule, Severity

LEVELS = ("off", *Severity)


def check_rules(rules: object, key: str, origin: str, catalog: Mapping[str, Rule]) -> None:
    """Refuse a table of rules that names an unknown rule or option, or a value of the wrong kind; `key` is where it stands in `origin`."""
    if not isinstance(rules, dict):
        raise ConfigError(f'{origin}: "{key}" is {rules!r}; it must be a table of rules by name')
    for name, entry in rules.items():
        if name not in catalog:
            raise ConfigError(f'{origin}: in "{key}": {unknown_rule(name, catalog)}')
        table = {"level": entry} if isinstance(entry, str) else entry
        if not isinstance(table, dict):
            raise ConfigError(f'{origin}: "{key}.{name}" is {entry!r}; it must be a level ({", ".join(LEVELS)}) or a table')
        for option, value in table.items():
            _check_option(catalog[name], option, value, f'{origin}: "{key}.{name}.{option}"')


def unknown_rule(name: str, catalog: Mapping[str, Rule], others: Iterable[str] = ()) -> str:
    """What is wrong with a name that no rule of `catalog` has, and what to write instead: a rule, or one of `others`."""
    members = sorted(rule.name for rule in catalog.values() if rule.category == name)
    if members:
        return f'"{name}" is a category; name its rules one by one ({", ".join(members)})'
    twin = by_twin(name, catalog)
    if twin:
        return f'"{name}" is a clippy lint; the rustgate rule is "{twin.name}"'
    return f'unknown rule "{name}"{suggestion(name, [*catalog, *others]) or "; `rustgate rules` lists them all"}'


def by_twin(lint: str, catalog: Mapping[str, Rule]) -> Rule | None:
    """The rule of `catalog` that has a clippy lint, with or without `clippy::`, for its twin."""
    name = lint.removeprefix("clippy::")
    return next((rule for rule in catalog.values() if name in rule.clippy), None)


def _check_option(rule: Rule, option: str, value: object, where: str) -> None:
    limits = ("limit", "soft") if rule.measure else ()
    known = ["level", *limits, *rule.options]
    if option not in known:
        raise ConfigError(f"{where}: the rule has no such option{suggestion(option, known)} (allowed: {', '.join(known)})")
    if option == "level":
        check_choice(value, LEVELS, where)
    elif option in limits:
        if type(value) is not int or value < 0:
            raise ConfigError(f"{where} is {value!r}; it must be a whole number, 0 or more")
    elif option in rule.choices:
        check_choice(value, rule.choices[option], where)
    elif type(value) is not type(rule.options[option][-1]):
        default = rule.options[option][-1]
        raise ConfigError(f"{where} is {value!r}; it must be of type {type(default).__name__}, like its default {default!r}")


def check_choice(value: object, allowed: Sequence[str], where: str) -> None:
    """Refuse a value that is none of those `allowed`; `where` begins the sentence."""
    if value not in allowed:
        raise ConfigError(f"{where} is {value!r}{suggestion(str(value), allowed)} (allowed: {', '.join(allowed)})")
