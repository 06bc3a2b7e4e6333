"""A run of `check`, as a list of stages: find files, read declarations, lint, apply wider rules, suppress."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct, structs

from rustgate.cache.file_index import FileIndex
from rustgate.cache.keys import program_key
from rustgate.cache.store import Cache
from rustgate.config.loader import Config
from rustgate.config.resolver import Selection
from rustgate.engine.cached_results import lint_files
from rustgate.engine.crate_rules import RunResults, crate_findings
from rustgate.engine.declarations import Declarations, DeclaringFile, read_declarations
from rustgate.engine.file_settings import FileSettings, SettingsTable
from rustgate.engine.linter import unreadable_result
from rustgate.engine.ruleset import build_rule_set
from rustgate.engine.tasks import LintJob, Task
from rustgate.execution.options import ExecutorOptions
from rustgate.model.file import FileResult
from rustgate.model.finding import Finding, Suppression
from rustgate.model.rule import UNREADABLE, Rule, Setting
from rustgate.project.coverage import Coverage
from rustgate.project.project import Project, SourceFile
from rustgate.suppressions.apply import SuppressOptions, suppress
from rustgate.suppressions.inherited import inherited

OnResult = Callable[[FileResult], None]


class Options(Struct, frozen=True):
    """How to run, beside the configuration."""

    selection: Selection = Selection()
    jobs: int = 1
    suppress: bool = True
    force_exclude: bool = False
    coverage: Coverage | None = None
    file_timeout: float = ExecutorOptions().file_timeout
    cache: Cache | None = None

    @property
    def executor(self) -> ExecutorOptions:
        """Who does the work."""
        return ExecutorOptions(self.jobs, self.file_timeout)


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
    """Runs the rules of a catalogue over projects, each file by the configuration of its root."""

    def __init__(self, catalog: Mapping[str, Rule], configs: Callable[[Path], Config], options: Options) -> None:
        self._catalog = catalog
        self._options = options
        self.settings = FileSettings(catalog, configs, options.selection)

    def selected(self, project: Project) -> tuple[SourceFile, ...]:
        """Return the files that are not excluded; a file that was named is excluded only under `force_exclude`."""
        always = self._options.force_exclude
        return tuple(file for file in project.files if (file.named and not always) or not self.settings.excludes(file))

    def run(self, project: Project, on_result: OnResult | None = None) -> Run:
        """Check a project, stage by stage; `on_result` is told of each file when it has been linted."""
        options, executor = self._options, self._options.executor
        files = self.selected(project)
        table = SettingsTable()
        numbers = {file.path: table.number(self.settings.of(file)) for file in files}
        rules = self._rules_on(table)
        declared = self.declarations(project, files, rules)
        tasks = tuple(self._task(file, numbers[file.path], test=file.path in declared.tests) for file in files)
        job = LintJob(rules, tuple(table.rows), tasks)
        results: dict[str, FileResult] = {}
        for result in lint_files(job, tasks, declared.digests, options.cache, executor):
            results[result.path] = result
            if on_result:
                on_result(result)
        wider = crate_findings(self._catalog, files, RunResults(project, results, declared.outside, options.coverage))
        results = _with_findings(results, wider)
        allowed = inherited({**declared.outside, **results})
        linted = [_Linted(file.config_root, file.local, _with(results[file.path], allowed.get(file.path, ()))) for file in files]
        linted += self._linted_manifests(project, files, rules)
        findings = [finding for one in linted for finding in self._suppressed(project, one)]
        findings += self._problems(project)
        return Run(
            findings=tuple(sorted(findings, key=lambda finding: finding.order)),
            files=tuple(file.path for file in files),
            lines=sum(result.lines for result in results.values()),
            rules=sum(any(rule.name in row and row[rule.name].severity for row in table.rows) for rule in rules),
            remarks=tuple(self._remarks(project)),
        )

    def declarations(self, project: Project, files: Sequence[SourceFile], rules: tuple[Rule, ...] = ()) -> Declarations:
        """Read what files declare, and what files around them allow of `rules`."""
        declaring = [
            DeclaringFile(file.path, file.absolute, self.settings.max_size(file), file.context.test, file.source) for file in files
        ]
        return read_declarations(project, declaring, rules, _index(self._options.cache), self._options.executor)

    def _rules_on(self, table: SettingsTable) -> tuple[Rule, ...]:
        """Return the rules that some file has settings for."""
        rules = (rule for name, rule in self.settings.catalog.items() if table.names(name))
        return tuple(rule for rule in rules if rule.reads != "coverage" or self._options.coverage is not None)

    def _task(self, file: SourceFile, number: int, *, test: bool) -> Task:
        context = structs.replace(file.context, test=True) if test else file.context
        return Task(file.path, file.absolute, context, number, self.settings.max_size(file), file.source)

    def _linted_manifests(self, project: Project, files: Sequence[SourceFile], rules: Sequence[Rule]) -> Iterator["_Linted"]:
        """Lint the manifests of the workspaces that a run over folders touches."""
        rules = [rule for rule in rules if rule.reads_manifests]
        if not (project.is_full and rules):
            return
        from rustgate.engine.manifest_rules import lint_manifests  # noqa: PLC0415  # another grammar, which a run on one file does without
        from rustgate.project.workspace_reader import read_workspace, workspace_folders  # noqa: PLC0415  # see above

        for folder in workspace_folders(project.tree, files):
            config_root = project.tree.config_root(folder)
            workspace = read_workspace(project.tree, folder)
            settings_at = partial(self._settings_at, project.root, config_root)
            for result in lint_manifests(workspace, rules, settings_at) if workspace else ():
                local = os.path.relpath(project.root / result.path, config_root)
                if not self.settings.resolver(config_root).excluded(local):
                    yield _Linted(config_root, local, result)

    def _settings_at(self, root: Path, config_root: Path, path: str) -> dict[str, Setting]:
        return self.settings.resolver(config_root).settings(os.path.relpath(root / path, config_root))

    def _suppressed(self, project: Project, linted: "_Linted") -> Iterator[Finding]:
        """Mark the findings of a file that suppressions cover."""
        if not (self._options.suppress and linted.result.suppressions):
            return iter(linted.result.findings)
        resolver = self.settings.resolver(linted.config_root)
        options = SuppressOptions(resolver.config.table.respect_clippy, full=project.is_full and self._looks_for_all)
        return suppress(linted.result, resolver.settings(linted.local), resolver.catalog, options)

    @property
    def _looks_for_all(self) -> bool:
        """Whether every rule of the configuration had its say."""
        return not (self._options.selection.select or self._options.selection.ignore)

    def _remarks(self, project: Project) -> Iterator[str]:
        """Yield what is odd about the configurations, as far as a run tells that has looked at all of their files."""
        for manifest in [*filter(None, project.tree.manifests.values())]:  # a root that is asked for may bring more
            self._settings_at(project.root, project.tree.config_root(manifest.folder), manifest.path)
        if self._looks_for_all:
            yield from self.settings.idle_overrides(project)

    def _problems(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each file or folder that could not be listed."""
        if not project.problems:
            return
        rule_set = build_rule_set(rule for name, rule in self._catalog.items() if name == UNREADABLE)
        for problem in project.problems:
            absolute = project.root / problem.path
            config_root = project.tree.config_root(absolute.parent)
            path = os.path.relpath(absolute, config_root) + "/" * os.path.isdir(absolute)
            resolver = self.settings.resolver(config_root)
            if not resolver.excluded(path):
                yield from unreadable_result(problem.path, problem.sentence, rule_set, resolver.settings(path)).findings


class _Linted(Struct, frozen=True):
    """The result of a file or manifest; `local` is its path relative to the root of its configuration."""

    config_root: Path
    local: str
    result: FileResult


def _index(cache: Cache | None) -> FileIndex | None:
    program = program_key() if cache else None
    return FileIndex(cache, program) if cache and program else None


def _with_findings(results: Mapping[str, FileResult], wider: Mapping[str, Sequence[Finding]]) -> dict[str, FileResult]:
    """Replace the facts of results by what these have come to: facts take as much memory as findings."""
    whole = {path: structs.replace(result, facts={}) for path, result in results.items()}
    for path, findings in wider.items():
        whole[path] = structs.replace(whole[path], findings=(*whole[path].findings, *findings))
    return whole


def _with(result: FileResult, allowed: Sequence[Suppression]) -> FileResult:
    """Add what other files allow in a file."""
    return structs.replace(result, suppressions=(*result.suppressions, *allowed)) if allowed else result
