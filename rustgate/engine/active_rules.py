"""Select the rules enabled for a file.

This depends on the kind of file, and on what its text holds.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from rustgate.model.file import FileContext
from rustgate.model.finding import Severity
from rustgate.model.rule import Applies, Rule, Setting
from rustgate.syntax.parse import Scan
from rustgate.syntax.prefilter import can_hold


class ActiveRule(Struct, frozen=True):
    """An enabled rule with setting and effective severity."""

    rule: Rule
    setting: Setting
    severity: Severity


class ActiveRules(Struct, frozen=True):
    """The enabled rules for files of one kind.

    Those in `each` look at every such file, those in `on_match` need a match of their query.
    """

    each: tuple[ActiveRule, ...]
    on_match: tuple[ActiveRule, ...]

    def of(self, scan: Scan) -> Iterator[ActiveRule]:
        """Yield the rules that can match in a file."""
        yield from self.each
        for entry in self.on_match:
            if scan.matches_of(entry.rule.name) and can_hold(entry.rule.conditions.inside, scan.source):
                yield entry


def active_rules(rules: Mapping[str, Rule], settings: Mapping[str, Setting], context: FileContext) -> ActiveRules:
    """Select the enabled rules for files with this context."""
    entries = [
        ActiveRule(rules[name], setting, _severity(rules[name], setting.severity, context))
        for name, setting in settings.items()
        if name in rules and setting.severity is not None and _applies_to(rules[name], context)
    ]
    return ActiveRules(
        each=tuple(entry for entry in entries if entry.rule.gather or not entry.rule.query),
        on_match=tuple(entry for entry in entries if entry.rule.query and not entry.rule.gather),
    )


def _severity(rule: Rule, severity: Severity, context: FileContext) -> Severity:
    """Return the severity of the setting, lowered for old Rust versions.

    It is at most a note where the package promises to work with a Rust version that lacks what the rule asks for.
    """
    return Severity.NOTE if context.rust and context.rust < rule.conditions.rust else severity


def _applies_to(rule: Rule, context: FileContext) -> bool:
    """Return whether the rule can match in such files."""
    if rule.raised_by or (rule.conditions.targets and context.target not in rule.conditions.targets):
        return False
    return rule.applies is not Applies.PRODUCTION or not context.test
