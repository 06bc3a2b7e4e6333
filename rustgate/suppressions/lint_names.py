"""Names of clippy lints: old ones, and the groups that hold them."""

from collections.abc import Iterable, Iterator, Mapping

from rustgate.model.rule import Rule

_RENAMED = {
    "option_expect_used": "expect_used",
    "option_unwrap_used": "unwrap_used",
    "result_expect_used": "expect_used",
    "result_unwrap_used": "unwrap_used",
    "static_mut_ref": "static_mut_refs",
}
"""Old names of lints that have an equivalent, as `renamed_and_removed_lints` of clippy 1.95 tells them."""
_GROUPS = {
    "clippy::all": ("await_holding_lock", "large_enum_variant", "lint_groups_priority", "missing_safety_doc", "too_many_arguments"),
    "clippy::complexity": ("too_many_arguments",),
    "clippy::correctness": ("lint_groups_priority",),
    "clippy::nursery": ("needless_collect", "redundant_clone"),
    "clippy::pedantic": (
        *("fn_params_excessive_bools", "ignore_without_reason", "missing_errors_doc", "missing_panics_doc", "too_many_lines"),
        "wildcard_imports",
    ),
    "clippy::perf": ("large_enum_variant",),
    "clippy::restriction": (
        *("allow_attributes_without_reason", "dbg_macro", "expect_used", "indexing_slicing", "panic", "print_stderr", "print_stdout"),
        *(
            "string_slice",
            "todo",
            "undocumented_unsafe_blocks",
            "unimplemented",
            "unnecessary_safety_comment",
            "unreachable",
            "unwrap_used",
        ),
    ),
    "clippy::style": ("missing_safety_doc",),
    "clippy::suspicious": ("await_holding_lock",),
    "rust_2024_compatibility": ("static_mut_refs",),
}
"""Lints that have an equivalent, by the groups that hold them in clippy 1.95 (`clippy-driver -W help`)."""


class Equivalents:
    """Finds the rules that lints are the clippy equivalents of."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rule_of_lint: Mapping[str, str] = {equivalent: rule.name for rule in rules for equivalent in rule.clippy}

    def of_lint(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield the rule of a lint with the lint's name of today.

        `name` may be an old one, and has `clippy::` or not.
        """
        lint = name.removeprefix("clippy::")
        lint = _RENAMED.get(lint, lint)
        if lint in self._rule_of_lint:
            yield self._rule_of_lint[lint], lint

    def of_group(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield the rules of the lints in a group, each with its lint."""
        for lint in _GROUPS.get(name, ()):
            yield from self.of_lint(lint)
