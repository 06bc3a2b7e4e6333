"""Which rules have a say in a file, by what kind of file it is and which words it holds."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from rustgate.model.file import FileContext
from rustgate.model.finding import Severity
from rustgate.model.rule import Applies, Rule, Setting
from rustgate.syntax.parse import Scan
from rustgate.syntax.prefilter import can_hold


class ActiveRule(Struct, frozen=True):
    """A rule that is on, with its setting, and the severity that this gives it."""

    rule: Rule
    setting: Setting
    severity: Severity


class ActiveRules(Struct, frozen=True):
    """The rules for one kind of file: those that look at `each` of them, and those that need a match of their query."""

    each: tuple[ActiveRule, ...]
    on_match: tuple[ActiveRule, ...]

    def of(self, scan: Scan) -> Iterator[ActiveRule]:
        """The rules that have something to look at in a file."""
        yield from self.each
        for entry in self.on_match:
            if scan.matches_of(entry.rule.name) and can_hold(entry.rule.conditions.inside, scan.source):
                yield entry


def active_rules(rules: Mapping[str, Rule], settings: Mapping[str, Setting], context: FileContext) -> ActiveRules:
    """What `settings` leave on of `rules` for files with this context."""
    entries = [
        ActiveRule(rules[name], setting, _severity(rules[name], setting.severity, context))
        for name, setting in settings.items()
        if name in rules and setting.severity is not None and _looks_at(rules[name], context)
    ]
    return ActiveRules(
        each=tuple(entry for entry in entries if entry.rule.gather or not entry.rule.query),
        on_match=tuple(entry for entry in entries if entry.rule.query and not entry.rule.gather),
    )


def _severity(rule: Rule, severity: Severity, context: FileContext) -> Severity:
    """That of the setting; but no more than a note where the package promises to work with a Rust that does not know what is asked for."""
    return Severity.NOTE if context.rust and context.rust < rule.conditions.rust else severity


def _looks_at(rule: Rule, context: FileContext) -> bool:
    """Whether anything in such a file can count for the rule."""
    if rule.raised_by or (rule.conditions.targets and context.target not in rule.conditions.targets):
        return False
    return rule.applies is not Applies.PRODUCTION or not context.test
