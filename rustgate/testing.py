"""Run the examples of rule pages.

Public, so that people who write their own pages can test them the same way.
"""

import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from msgspec.structs import replace

from rustgate.cargo.manifest import conventional_target
from rustgate.engine.crate_rules import reduce_facts
from rustgate.engine.linter import lint
from rustgate.engine.manifest_rules import lint_manifests
from rustgate.engine.ruleset import RuleSet, build_rule_set
from rustgate.errors import PageError
from rustgate.filesystem.containment import leads_out
from rustgate.model.file import FileContext, FileResult, Target
from rustgate.model.finding import Finding
from rustgate.model.rule import Profile, Rule, Scope, Setting
from rustgate.project.coverage import Coverage, parse_coverage
from rustgate.project.crate import Crate
from rustgate.project.project import Tree
from rustgate.project.workspace_reader import read_workspace
from rustgate.rules.catalog import shipped
from rustgate.rules.examples import Example, examples
from rustgate.suppressions.apply import SuppressOptions, suppress
from rustgate.syntax.joined_query import query_of_items
from rustgate.syntax.parse import scan_source

Mark = tuple[str, str, int]
"""(path, rule name, 1-based line of the block)"""


class Outcome(Struct, frozen=True):
    """Expected and found marks of examples, sorted.

    `examples` are one, or several that are linted together.
    """

    examples: tuple[Example, ...]
    expected: tuple[Mark, ...]
    found: tuple[Mark, ...]

    @property
    def ok(self) -> bool:
        """Return whether every mark was found and nothing else."""
        return self.expected == self.found


def outcomes(rule: Rule, rule_set: RuleSet | None = None) -> Iterator[Outcome]:
    """Yield the outcome of every example of a page.

    Raises `PageError` when the page's query does not compile.
    """
    rule_set = rule_set or rule_set_of(rule)
    for group in groups(rule):
        found = {(finding.path, finding.rule, finding.line) for finding in findings(rule, group, rule_set)}
        expected = {(example.path, name, line) for example in group for name, line in example.expected}
        yield Outcome(group, tuple(sorted(expected)), tuple(sorted(found)))


def does_not_parse(rule: Rule, example: Example) -> bool:
    """Return whether an example has a syntax error.

    Not everything around such an error is linted. Pages about such errors need some, so theirs do not count.
    """
    about_errors = "ERROR" in (rule.query or "") or "MISSING" in (rule.query or "")
    if about_errors or not example.path.endswith(".rs") or example.encoding != "utf-8":
        return False
    return scan_source(example.text.encode(), query_of_items()).root.has_error


def rule_set_of(rule: Rule) -> RuleSet:
    """Build the rule set for a page's examples.

    That is the rule alone, and for one about suppressions all rules that these can suppress.
    """
    return build_rule_set({**shipped(), rule.name: rule}.values() if rule.raised_by else [rule])


def groups(rule: Rule) -> Iterator[tuple[Example, ...]]:
    """Yield examples grouped as they are linted.

    For a rule about single files each is alone, otherwise neighbours with paths of their own are together.
    """
    group: list[Example] = []
    for example in examples(rule):
        same_group = rule.scope is not Scope.FILE and example.bad == group[0].bad if group else False
        if group and not (same_group and example.path not in {member.path for member in group}):
            yield tuple(group)
            group = []
        group.append(example)
    yield tuple(group)


def findings(rule: Rule, group: Sequence[Example], rule_set: RuleSet) -> list[Finding]:
    """Return the findings of `rule` alone in examples.

    Suppressions in them count as they do in a run with all shipped rules.
    """
    if rule.reads_manifests:
        return _findings_in_manifests(rule, group)
    others = {name: setting for name, setting in _production().items() if name in rule_set.rules}
    settings = {**others, rule.name: _with_changes(setting_of_examples(rule), group[0])}
    results = {example.path: _lint_example(example, rule_set, settings) for example in group}
    if rule.gather:
        target = conventional_target(group[0].path) or Target.LIBRARY
        crate = Crate(name=".", target=target, root=group[0].path, manifest=None, files=results, coverage=_coverage(group))
        for finding in reduce_facts(rule, [crate]):
            results[finding.path] = replace(results[finding.path], findings=(*results[finding.path].findings, finding))
    options = SuppressOptions(respect_clippy=True, full=True)
    catalog = {**shipped(), rule.name: rule}
    marked = [finding for result in results.values() for finding in suppress(result, {**_production(), **settings}, catalog, options)]
    return [finding for finding in marked if finding.rule == rule.name and not finding.muted]


def _findings_in_manifests(rule: Rule, group: Sequence[Example]) -> list[Finding]:
    """Return the findings of a rule about manifests in examples.

    The examples make a small workspace.
    """
    with TemporaryDirectory() as name:
        folder = Path(os.path.realpath(name))
        for example in group:
            file = folder / example.path
            if leads_out(file, folder):
                raise PageError(f"{rule.path}:{example.line}: `path={example.path}` leads out of the workspace; write one inside")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(example.text, encoding=example.encoding)
        workspace = read_workspace(Tree(folder), folder)
    if workspace is None:
        raise PageError(f"{rule.path}:{group[0].line}: a workspace needs a Cargo.toml that is TOML")
    catalog = {**shipped(), rule.name: rule}
    settings = {**_production(), rule.name: _with_changes(setting_of_examples(rule), group[0])}
    results = lint_manifests(workspace, [rule], lambda _path: settings)
    options = SuppressOptions(respect_clippy=True, full=True)
    marked = [finding for result in results for finding in suppress(result, settings, catalog, options)]
    return [finding for finding in marked if finding.rule == rule.name and not finding.muted]


def _lint_example(example: Example, rule_set: RuleSet, settings: dict[str, Setting]) -> FileResult:
    target = conventional_target(example.path)
    source = example.text.encode(example.encoding)
    return lint(example.path, source, FileContext(target, target is not None and target.is_test), rule_set, settings)


def _coverage(group: Sequence[Example]) -> Coverage | None:
    """Return the coverage that the examples give.

    It is in their ```` ```lcov ```` blocks, whose paths are those of the examples.
    """
    text = "".join(example.coverage for example in group)
    return parse_coverage(text, "the lcov blocks of the page") if text else None


def setting_of_examples(rule: Rule) -> Setting:
    """Return the setting that examples are linted with.

    That of production if the rule is on there, otherwise of the first profile where it is.
    """
    on = [profile for profile in Profile if rule.severity[profile.rank]]
    return setting_in(rule, Profile.PRODUCTION if Profile.PRODUCTION in on else on[0])


def setting_in(rule: Rule, profile: Profile) -> Setting:
    """Return the setting of a rule in a profile."""
    index = profile.rank
    options = {name: values[index] for name, values in rule.options.items()}
    return Setting(rule.severity[index], rule.limit[index], rule.soft[index], options)


def _with_changes(setting: Setting, example: Example) -> Setting:
    """Return the setting with what an example changes in it.

    The limit that it asks for has no warning limit beside it; its values for options are added.
    """
    setting = replace(setting, options={**setting.options, **example.options})
    return setting if example.limit is None else replace(setting, limit=example.limit, soft=None)


@cache
def _production() -> dict[str, Setting]:
    return {rule.name: setting_in(rule, Profile.PRODUCTION) for rule in shipped().values() if rule.severity[Profile.PRODUCTION.rank]}
