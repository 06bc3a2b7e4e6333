"""What `#[allow]` and `#[expect]` silence: with which reason, and how much at once."""

import re
from collections.abc import Iterator

from rustgate.api import Attribute, Captures, File, LintLevel, Match

_COMMON = re.compile(r"clippy::\w+|warnings|unused\w*|dead_code")
_GROUPS = re.compile(
    r"warnings|unused|nonstandard_style|bad_style|future_incompatible|let_underscore|keyword_idents|refining_impl_trait|deprecated_safe"
    r"|rust_20\d\d_(?:compatibility|idioms)|rustdoc::all"
    r"|clippy::(?:all|cargo|complexity|correctness|nursery|pedantic|perf|restriction|style|suspicious)"
)


def allow_without_reason(file: File, _matches: list[Captures]) -> Iterator[Match]:
    """Every `allow` and `expect` without `reason`; unless the option `lints` is `every`, only those of the usual suspects."""
    for attribute, level in _levels(file):
        silenced = [lint for lint in level.lints if file.options["lints"] == "every" or _COMMON.fullmatch(lint)]
        if silenced and level.reason is None:
            yield _match(attribute, level, silenced)


def blanket_allow(file: File, _matches: list[Captures]) -> Iterator[Match]:
    """Every `allow` and `expect` of a group of lints for a whole file or module."""
    for attribute, level in _levels(file):
        groups = [lint for lint in level.lints if _GROUPS.fullmatch(lint)]
        if groups and _covers_module(file, attribute):
            yield _match(attribute, level, groups)


def _levels(file: File) -> Iterator[tuple[Attribute, LintLevel]]:
    """The levels in force outside test builds."""
    for attribute, level in file.outline.lint_levels:
        if not attribute.only_in_tests:
            yield attribute, level


def _match(attribute: Attribute, level: LintLevel, lints: list[str]) -> Match:
    """The attribute as a whole; of a `cfg_attr` only the level in it."""
    values: dict[str, object] = {"level": level.word, "lints": ", ".join(lints)}
    if attribute.name != "cfg_attr":
        return Match(attribute.start, attribute.end, values)
    start, end = (attribute.start + len(attribute.text[:offset].encode()) for offset in (level.start, level.end))
    return Match(start, end, values)


def _covers_module(file: File, attribute: Attribute) -> bool:
    """Whether the attribute stands inside or on a module, or inside a file."""
    place = attribute.start if attribute.inner else attribute.target_start
    outline_node = next(file.outline.ancestors(place), None)
    if attribute.inner:
        return outline_node is None or outline_node.kind == "mod"
    return outline_node is not None and outline_node.kind == "mod" and outline_node.start == place
