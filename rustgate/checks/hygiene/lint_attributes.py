"""Attributes that silence lints without reason or by group."""

import re
from collections.abc import Iterator

from rustgate.api import CLIPPY_GROUPS, Attribute, Captures, File, LintLevel, Match

_COMMON = re.compile(r"clippy::\w+|warnings|unused\w*|dead_code")
"""The lints that are usually silenced to get on with something else."""
_GROUPS = re.compile(
    r"warnings|unused|nonstandard_style|bad_style|future_incompatible|let_underscore|keyword_idents|refining_impl_trait|deprecated_safe"
    r"|rust_20\d\d_(?:compatibility|idioms)|rustdoc::all"
    rf"|clippy::(?:{'|'.join(CLIPPY_GROUPS)})"
)

_INCLUDES = re.compile(rb"\s*(?:(?:\w+\s*::\s*)*include\w*\s*!\s*(?:\([^;]*\)\s*;|\[[^;]*\]\s*;|\{[^{}]*\}\s*;?)\s*)+")
"""Nothing but macros that include files."""


def allow_without_reason(file: File, _matches: list[Captures]) -> Iterator[Match]:
    """Report each `allow` and `expect` without `reason`.

    Only those of the usual lints, unless the option `lints` is `every`.
    """
    for attribute, level in _levels(file):
        silenced = [lint for lint in level.lints if file.options["lints"] == "every" or _COMMON.fullmatch(lint)]
        if silenced and level.reason is None:
            yield _match(attribute, level, silenced)


def blanket_allow(file: File, _matches: list[Captures]) -> Iterator[Match]:
    """Report lint groups that a whole module allows.

    An `expect` counts too, and so does a whole file. Modules of generated code are left out.
    """
    for attribute, level in _levels(file):
        groups = [lint for lint in level.lints if _GROUPS.fullmatch(lint)]
        if groups and _covers_module(file, attribute) and not _holds_generated_code(file, attribute):
            yield _match(attribute, level, groups)


def _levels(file: File) -> Iterator[tuple[Attribute, LintLevel]]:
    """Yield what silences lints outside test builds."""
    for attribute, level in file.outline.lint_levels:
        if level.silences and not level.only_in_tests:
            yield attribute, level


def _match(attribute: Attribute, level: LintLevel, lints: list[str]) -> Match:
    """Return the match of an attribute's lint level.

    It is the whole attribute, but of a `cfg_attr` only the level in it.
    """
    values: dict[str, object] = {"level": level.word, "lints": ", ".join(lints)}
    if attribute.name != "cfg_attr":
        return Match(attribute.start, attribute.end, values)
    start, end = (attribute.start + len(attribute.text[:offset].encode()) for offset in (level.start, level.end))
    return Match(start, end, values)


def _holds_generated_code(file: File, attribute: Attribute) -> bool:
    """Return whether a module has only an `include..!` of generated code."""
    source = file.scan.source
    start, end = (0, len(source)) if attribute.inner else (attribute.target_start, attribute.target_end)
    around = next(file.outline.ancestors(attribute.start if attribute.inner else start), None)
    if around and around.kind == "mod":
        start, end = source.index(b"{", around.head_end, around.end) + 1 if around.body else around.end, around.end - 1
    comments = ((first, last) for first, last in file.outline.comments if start <= first < end)
    text = bytearray(source[start:end])
    for first, last in (*comments, *((one.start, one.end) for one in file.outline.attributes if start <= one.start < end)):
        text[first - start : last - start] = b" " * (last - first)
    return _INCLUDES.fullmatch(bytes(text)) is not None


def _covers_module(file: File, attribute: Attribute) -> bool:
    """Return whether an attribute covers a whole module.

    It is inside or on a module, or inside a file.
    """
    start = attribute.start if attribute.inner else attribute.target_start
    innermost = next(file.outline.ancestors(start), None)
    if innermost is None:
        return attribute.inner
    return innermost.kind == "mod" and (attribute.inner or innermost.start == start)
