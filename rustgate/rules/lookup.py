"""Look rules up by name or clippy lint."""

from collections.abc import Iterable, Mapping

from rustgate.errors import suggestion
from rustgate.model.rule import Rule


def unknown_rule(name: str, catalog: Mapping[str, Rule], others: Iterable[str] = ()) -> str:
    """Return a sentence about an unknown rule.

    It says what to write instead: a rule, or one of `others`.
    """
    members = sorted(rule.name for rule in catalog.values() if rule.category == name)
    if members:
        return f'"{name}" is a category; name its rules one by one ({", ".join(members)})'
    equivalent = by_clippy_lint(name, catalog)
    if equivalent:
        return f'"{name}" is a clippy lint; the rustgate rule is "{equivalent.name}"'
    return f'unknown rule "{name}"{suggestion(name, [*catalog, *others]) or "; `rustgate rules` lists them all"}'


def by_clippy_lint(lint: str, catalog: Mapping[str, Rule]) -> Rule | None:
    """Find the rule whose equivalent is a clippy lint.

    The lint may be given with or without `clippy::`.
    """
    name = lint.removeprefix("clippy::")
    return next((rule for rule in catalog.values() if name in rule.clippy), None)
