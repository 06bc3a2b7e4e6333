"""Files in, findings out: reads and judges every file of a project, then looks at what only all of them together tell."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct, structs

from rustgate.cache.store import Cache
from rustgate.config.loader import Config
from rustgate.config.resolver import Resolver, Selection
from rustgate.engine.cached_results import reporting
from rustgate.engine.crate_rules import Reports, crates_of, reduce_facts
from rustgate.engine.declaring_files import declaring_results
from rustgate.engine.linter import unreadable_result
from rustgate.engine.ruleset import build_rule_set
from rustgate.engine.tasks import LintJob, Task
from rustgate.execution.options import ExecutorOptions
from rustgate.model.file import FileResult
from rustgate.model.finding import Finding, Suppression
from rustgate.model.rule import UNREADABLE, Rule, Setting
from rustgate.project.coverage import Coverage
from rustgate.project.module_files import test_files
from rustgate.project.project import Project, SourceFile
from rustgate.rules.catalog import merged_catalogs
from rustgate.suppressions.apply import SuppressOptions, suppress
from rustgate.suppressions.inherited import inherited

OnReport = Callable[[FileResult], None]

_TEST_NAME = re.compile(r"(?:^|[/_])tests?(?:/|\.rs$)")


class Options(Struct, frozen=True):
    """How to run, beside the configuration."""

    selection: Selection = Selection()
    jobs: int = 1
    suppress: bool = True
    force_exclude: bool = False
    coverage: Coverage | None = None
    file_timeout: float = ExecutorOptions().file_timeout
    cache: Cache | None = None


class Run(Struct, frozen=True):
    """What a run found, in order, and what it read; `rules` counts those that were on for some file.

    `remarks` are sentences about the configuration.
    """

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    lines: int
    rules: int
    remarks: tuple[str, ...] = ()


class Engine:
    """Runs the rules of a catalogue over projects, each file by the configuration of its home."""

    def __init__(self, catalog: Mapping[str, Rule], configs: Callable[[Path], Config], options: Options) -> None:
        self._catalog = catalog
        self._configs = configs
        self._options = options
        self._resolvers: dict[Path, Resolver] = {}

    def resolver(self, config_root: Path) -> Resolver:
        """The settings below a home, by path."""
        if config_root not in self._resolvers:
            self._resolvers[config_root] = Resolver(self._configs(config_root), self._catalog, self._options.selection)
        return self._resolvers[config_root]

    def selected(self, project: Project) -> tuple[SourceFile, ...]:
        """The files of a project that are not excluded; a file that was named is excluded only under `force_exclude`."""
        return tuple(file for file in project.files if not self._excluded(file))

    def run(self, project: Project, on_report: OnReport | None = None) -> Run:
        """Judge a project; `on_report` is told of each file when it has been judged."""
        files = self.selected(project)
        settings = _SettingsTable()
        tasks = {file.path: self._task(file, settings) for file in files}
        work = LintJob(self._used_rules(settings), tuple(settings.rows), tuple(tasks.values()))
        reports, around = self._linted(project, work, tasks, on_report)
        more = self._reduced(Reports(project, reports, around, self._options.coverage), files)
        reports = _without_facts(reports, more)
        allowed = inherited({**around, **reports})
        whole = ((file, _with(reports[file.path], allowed)) for file in files)
        findings = [finding for file, report in whole for finding in self._marked(project, file.config_root, file.local, report)]
        findings += self._of_manifests(project, files, settings)
        findings += self._problems(project)
        return Run(
            findings=tuple(sorted(findings, key=lambda finding: finding.order)),
            files=tuple(file.path for file in files),
            lines=sum(report.lines for report in reports.values()),
            rules=sum(any(name in row and row[name].severity for row in settings.rows) for name in (rule.name for rule in work.rules)),
            remarks=tuple(self._remarks(project)),
        )

    def _linted(
        self, project: Project, work: LintJob, tasks: Mapping[str, Task], on_report: OnReport | None
    ) -> tuple[dict[str, FileResult], dict[str, FileResult]]:
        """The reports of all files by path, and those of the files around them.

        That a file is test code is known for certain only when all have been read that may declare it. So files are first judged by what
        their names suggest, and those of which that was wrong once more: half as much is asked of tests, and most names are right.
        """
        executor_options = ExecutorOptions(self._options.jobs, self._options.file_timeout)
        reports_of = reporting(work, self._options.cache, executor_options)
        around = declaring_results(project, tasks, work.rules, executor_options)
        unmarked = {path for path, task in tasks.items() if not task.place.test}
        as_tests = {path for path in unmarked if _TEST_NAME.search(path)}
        wrong, reports = {*tasks}, dict[str, FileResult]()
        while wrong:  # first the files whose names promised too much, then those that are tests without saying so
            todo = [_as_test(tasks[path]) if path in as_tests else tasks[path] for path in tasks if path in wrong]
            for report in reports_of(todo):
                if on_report and report.path not in reports:
                    on_report(report)
                reports[report.path] = report
            only_tests = test_files({path: report.modules for path, report in [*around.items(), *reports.items()]}) & reports.keys()
            unmarked &= {path for path in unmarked if reports[path].lines}  # what has ended a worker would end another
            wrong = (as_tests - only_tests) & unmarked or (only_tests - as_tests) & unmarked
            as_tests ^= wrong
        return reports, around

    def _excluded(self, file: SourceFile) -> bool:
        if file.named and not self._options.force_exclude:
            return False
        return self.resolver(file.config_root).excluded(file.local)

    def _task(self, file: SourceFile, settings: "_SettingsTable") -> Task:
        resolver = self.resolver(file.config_root)
        number = settings.number(resolver.settings(file.local))
        return Task(file.path, file.absolute, file.place, number, resolver.config.table.max_file_size, file.source)

    def _used_rules(self, settings: "_SettingsTable") -> tuple[Rule, ...]:
        known = merged_catalogs([self._catalog, *(resolver.config.repository_rules for resolver in self._resolvers.values())])
        used = (rule for name, rule in known.items() if any(name in row for row in settings.rows))
        return tuple(rule for rule in used if rule.reads != "coverage" or self._options.coverage is not None)

    def _reduced(self, known: Reports, files: Sequence[SourceFile]) -> dict[str, list[Finding]]:
        """What the rules of a wider scope find, by path."""
        reports = known.inside
        rules = [rule for rule in self._catalog.values() if rule.gather and any(report.facts.get(rule.name) for report in reports.values())]
        crates = crates_of(files, known) if rules else ()
        found: dict[str, list[Finding]] = {}
        for finding in (finding for rule in rules for finding in reduce_facts(rule, crates)):
            found.setdefault(finding.path, []).append(finding)
        return found

    def _of_manifests(self, project: Project, files: Sequence[SourceFile], settings: "_SettingsTable") -> Iterator[Finding]:
        """What is found in the manifests of the workspaces that a run over folders touches."""
        rules = [rule for rule in self._used_rules(settings) if rule.reads_manifests]
        if not (project.is_full and rules):
            return
        from rustgate.engine.manifest_rules import lint_manifests  # noqa: PLC0415  # another grammar, which a run on one file does without
        from rustgate.project.workspace_reader import read_workspace, workspace_folders  # noqa: PLC0415  # see above

        for folder in workspace_folders(project.tree, files):
            config_root = project.tree.config_root(folder)
            workspace = read_workspace(project.tree, folder)
            for report in lint_manifests(workspace, rules, partial(self._settings_at, project.root, config_root)) if workspace else ():
                local = os.path.relpath(project.root / report.path, config_root)
                if not self.resolver(config_root).excluded(local):
                    yield from self._marked(project, config_root, local, report)

    def _settings_at(self, root: Path, config_root: Path, path: str) -> dict[str, Setting]:
        return self.resolver(config_root).settings(os.path.relpath(root / path, config_root))

    def _marked(self, project: Project, config_root: Path, local: str, report: FileResult) -> Iterator[Finding]:
        """The findings of a report after the steps, by the configuration of its home, from which its file is `local`."""
        if not (self._options.suppress and report.suppressions):
            return iter(report.findings)
        resolver = self.resolver(config_root)
        options = SuppressOptions(resolver.config.table.respect_clippy, full=project.is_full and self._looks_for_all)
        return suppress(report, resolver.settings(local), resolver.catalog, options)

    @property
    def _looks_for_all(self) -> bool:
        """Whether every rule of the configuration had its say."""
        return not (self._options.selection.select or self._options.selection.ignore)

    def _remarks(self, project: Project) -> Iterator[str]:
        """What is odd about the configurations, as far as a run tells that has looked at all of their files."""
        for manifest in [*filter(None, project.tree.manifests.values())]:  # a home that is asked for may bring more
            self._settings_at(project.root, project.tree.config_root(manifest.folder), manifest.path)
        for config_root, resolver in self._resolvers.items():
            if project.covers(config_root) and self._looks_for_all:
                yield from resolver.idle_overrides()

    def _problems(self, project: Project) -> Iterator[Finding]:
        if not project.problems:
            return
        rule_set = build_rule_set(rule for name, rule in self._catalog.items() if name == UNREADABLE)
        for problem in project.problems:
            absolute = project.root / problem.path
            config_root = project.tree.config_root(absolute.parent)
            path = os.path.relpath(absolute, config_root) + "/" * os.path.isdir(absolute)
            if not self.resolver(config_root).excluded(path):
                yield from unreadable_result(problem.path, problem.sentence, rule_set, self.resolver(config_root).settings(path)).findings


def _without_facts(reports: Mapping[str, FileResult], more: Mapping[str, Sequence[Finding]]) -> dict[str, FileResult]:
    """The reports with what their facts have come to, by path, instead of the facts: these take as much memory as the findings."""
    whole = {path: structs.replace(report, facts={}) for path, report in reports.items()}
    for path, findings in more.items():
        whole[path] = structs.replace(whole[path], findings=(*whole[path].findings, *findings))
    return whole


def _with(report: FileResult, allowed: Mapping[str, tuple[Suppression, ...]]) -> FileResult:
    """A report with what other files allow in its file."""
    more = allowed.get(report.path)
    return structs.replace(report, suppressions=report.suppressions + more) if more else report


class _SettingsTable:
    """Every set of settings once, told apart by identity: a resolver gives the same dictionary for the same overrides."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Setting]] = []
        self._numbers: dict[int, int] = {}

    def number(self, settings: dict[str, Setting]) -> int:
        """The row of `settings`."""
        if id(settings) not in self._numbers:
            self._numbers[id(settings)] = len(self.rows)
            self.rows.append(settings)
        return self._numbers[id(settings)]


def _as_test(task: Task) -> Task:
    return structs.replace(task, place=structs.replace(task.place, test=True))
