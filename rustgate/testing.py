"""Runs the examples of rule pages; public, so that people who write their own pages can test them the same way."""

from collections.abc import Iterator
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from rustgate.cargo import conventional_target
from rustgate.catalog import shipped
from rustgate.judge import judge
from rustgate.model import Example, Finding, Place, Profile, Rule, Setting
from rustgate.page import examples
from rustgate.plan import Plan, build_plan
from rustgate.steps import SuppressOptions, suppress

Mark = tuple[str, int]


class Outcome(Struct, frozen=True):
    """What an example's marks expect, and what was found in it: (rule name, 1-based line of the block), sorted."""

    example: Example
    expected: tuple[Mark, ...]
    found: tuple[Mark, ...]

    @property
    def ok(self) -> bool:
        """Whether every mark was found and nothing else."""
        return self.expected == self.found


def outcomes(rule: Rule) -> Iterator[Outcome]:
    """The outcome of every example of a page; raises `PageError` when the page's query does not compile."""
    plan = build_plan({**shipped(), rule.name: rule}.values() if rule.raised_by else [rule])  # what a suppression mutes, other rules find
    for example in examples(rule):
        found = {(finding.rule, finding.line) for finding in findings(rule, example, plan)}
        yield Outcome(example, tuple(sorted(set(example.expected))), tuple(sorted(found)))


def findings(rule: Rule, example: Example, plan: Plan) -> list[Finding]:
    """What `rule` alone says of an example; suppressions in it count as they do in a run with all shipped rules."""
    others = {name: setting for name, setting in _production().items() if name in plan.rules}
    settings = {**others, rule.name: _limited(setting_of_examples(rule), example.limit)}
    source = example.text.encode(example.encoding)
    place = conventional_target(example.path)
    report = judge(example.path, source, Place(place, place is not None and place.is_test), plan, settings)
    options = SuppressOptions(respect_clippy=True, full=True)
    marked = suppress(report, {**_production(), **settings}, {**shipped(), rule.name: rule}, options)
    return [finding for finding in marked if finding.rule == rule.name and not finding.muted]


def setting_of_examples(rule: Rule) -> Setting:
    """The setting that examples are judged with: that of production if the rule is on there, otherwise of the first profile where it is."""
    on = [profile for profile in Profile if rule.severity[profile.rank]]
    return setting_in(rule, Profile.PRODUCTION if Profile.PRODUCTION in on else on[0])


def setting_in(rule: Rule, profile: Profile) -> Setting:
    """What a page says for a profile."""
    index = profile.rank
    options = {name: values[index] for name, values in rule.options.items()}
    return Setting(rule.severity[index], rule.limit[index], rule.soft[index], options)


def _limited(setting: Setting, limit: int | None) -> Setting:
    """The setting with the limit that an example asks for, and no soft one beside it."""
    return setting if limit is None else replace(setting, limit=limit, soft=None)


@cache
def _production() -> dict[str, Setting]:
    return {rule.name: setting_in(rule, Profile.PRODUCTION) for rule in shipped().values() if rule.severity[Profile.PRODUCTION.rank]}
