"""Find a rule by name or by clippy lint, and say what a wrong name may have meant."""

from collections.abc import Iterable, Mapping

from rustgate.errors import suggestion
from rustgate.model.rule import Rule


def unknown_rule(name: str, catalog: Mapping[str, Rule], others: Iterable[str] = ()) -> str:
    """What is wrong with a name that no rule of `catalog` has, and what to write instead: a rule, or one of `others`."""
    members = sorted(rule.name for rule in catalog.values() if rule.category == name)
    if members:
        return f'"{name}" is a category; name its rules one by one ({", ".join(members)})'
    equivalent = by_clippy_lint(name, catalog)
    if equivalent:
        return f'"{name}" is a clippy lint; the rustgate rule is "{equivalent.name}"'
    return f'unknown rule "{name}"{suggestion(name, [*catalog, *others]) or "; `rustgate rules` lists them all"}'


def by_clippy_lint(lint: str, catalog: Mapping[str, Rule]) -> Rule | None:
    """The rule of `catalog` that has a clippy lint, with or without `clippy::`, for its twin."""
    name = lint.removeprefix("clippy::")
    return next((rule for rule in catalog.values() if name in rule.clippy), None)
