"""Which rules have a say in a file, by what is known of it before anything in it is looked at."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from rustgate.model import Applies, Rule, Setting, Severity, Target
from rustgate.prefilter import can_hold
from rustgate.scan import Scan

Entry = tuple[Rule, Setting, Severity]


class Agenda(Struct, frozen=True):
    """The rules for one kind of file: those that look at `each` of them, and those that need a match of their query, by name."""

    each: tuple[Entry, ...]
    on_match: dict[str, Entry]

    def of(self, scan: Scan) -> Iterator[Entry]:
        """The rules that have something to look at in a file."""
        yield from self.each
        for name, entry in self.on_match.items():
            if scan.matches_of(name) and can_hold(entry[0].conditions.inside, scan.source):
                yield entry


def agenda(rules: Mapping[str, Rule], settings: Mapping[str, Setting], target: Target | None, *, test: bool) -> Agenda:
    """What `settings` leave on of `rules`, for files of a target that are test code from end to end, or are not."""
    entries = [
        (rules[name], setting, setting.severity)
        for name, setting in settings.items()
        if name in rules and setting.severity is not None and _looks_at(rules[name], target, test=test)
    ]
    return Agenda(
        each=tuple(entry for entry in entries if entry[0].gather or not entry[0].query),
        on_match={entry[0].name: entry for entry in entries if entry[0].query and not entry[0].gather},
    )


def _looks_at(rule: Rule, target: Target | None, *, test: bool) -> bool:
    """Whether anything in such a file can count for the rule."""
    if rule.raised_by or (rule.conditions.targets and target not in rule.conditions.targets):
        return False
    return rule.applies is not Applies.PRODUCTION or not test
