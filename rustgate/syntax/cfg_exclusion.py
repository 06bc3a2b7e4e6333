"""Tell which `cfg` predicates exclude each other."""

import re
from collections.abc import Sequence

from rustgate.syntax.attributes import cfg_requires_test

_ONE_VALUE = frozenset(
    {"panic", "target_abi", "target_arch", "target_endian", "target_env", "target_os", "target_pointer_width", "target_vendor"}
)
"""Keys that have one value in each build."""
_SPACES = re.compile(r"\s+")
_ALIASES = {'target_family="unix"': "unix", 'target_family="windows"': "windows", 'target_os="windows"': "windows"}
_DEEPEST = 8
"""Levels of operators that are looked into."""


def most_together(conditional: Sequence[tuple[bytes, Sequence[str]]]) -> int:
    """Return how many of several parameters can be compiled together.

    Each comes with its name and its predicates, in parentheses. Those of one name count once, and so do those that exclude each other;
    those that only tests have do not count.
    """
    groups: list[list[tuple[bytes, list[str]]]] = []
    for name, predicates in conditional:
        if any(map(cfg_requires_test, predicates)):
            continue
        one = name, [part for predicate in predicates for part in _parts(_argument(predicate))]
        fitting = (group for group in groups if all(name == other or _exclude(one[1], parts) for other, parts in group))
        group = next(fitting, None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return len(groups)


def _exclude(parts: Sequence[str], others: Sequence[str], depth: int = 0) -> bool:
    """Return whether two predicates, as the parts of an `all(..)`, cannot both hold."""
    return any(_contradict(part, other, depth) for part in parts for other in others)


def _contradict(one: str, other: str, depth: int) -> bool:
    if one == f"not({other})" or other == f"not({one})" or {one, other} == {"unix", "windows"}:
        return True
    if depth < _DEEPEST:
        for first, second in ((one, other), (other, one)):
            if first.startswith("any("):
                return all(_exclude(_parts(alternative), _parts(second), depth + 1) for alternative in _arguments(first))
            if first.startswith("not(any("):
                return any(_contradict(f"not({alternative})", second, depth + 1) for alternative in _arguments(first[4:-1]))
    (key, _, value), (other_key, _, other_value) = one.partition("="), other.partition("=")
    if "windows" in {one, other}:
        return "target_os" in {key, other_key}
    return key == other_key in _ONE_VALUE and "(" not in one + other and value != other_value


def _parts(predicate: str) -> list[str]:
    """Split a predicate into what must hold together."""
    if not predicate.startswith("all("):
        return [_ALIASES.get(predicate, predicate)]
    return [part for argument in _arguments(predicate) for part in ([argument] if argument.startswith("all(") else _parts(argument))]


def _argument(predicate: str) -> str:
    """Return what is between the outer parentheses, without blanks."""
    return next(iter(_arguments(_SPACES.sub("", predicate))), "")


def _arguments(operator: str) -> list[str]:
    """Split the arguments of `all(..)`, `any(..)` or `(..)`."""
    found, depth, quoted = [""], 0, False
    for letter in operator.partition("(")[2]:
        quoted ^= letter == '"'
        depth += 0 if quoted else (letter == "(") - (letter == ")")
        if depth < 0:
            break
        if letter == "," and not (depth or quoted):
            found.append("")
        else:
            found[-1] += letter
    return [argument for argument in found if argument]
