"""Run `check` as a list of stages.

These are: find files, read declarations, lint, apply wider rules, suppress.
"""

import os
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct, structs

from rustgate.cache.file_index import FileIndex
from rustgate.cache.keys import program_key
from rustgate.cache.store import Cache
from rustgate.config.loader import Config
from rustgate.config.resolver import Resolver, Selection
from rustgate.engine.compilation.data_files import as_notes, files_of_crates, find_data_files
from rustgate.engine.compilation.declaring_file import DeclaringFile
from rustgate.engine.crate_rules import RunResults, crate_findings
from rustgate.engine.declarations import DeclarationOptions, Declarations, read_declarations
from rustgate.engine.file_settings import FileSettings, SettingsTable
from rustgate.engine.lint_files import lint_files
from rustgate.engine.linter import unreadable_result
from rustgate.engine.package_levels import PackageLevels
from rustgate.engine.ruleset import build_rule_set
from rustgate.engine.tasks import LintJob, Task
from rustgate.errors import RustgateError
from rustgate.execution.options import ExecutorOptions
from rustgate.model.file import FileResult, ModuleDeclaration, Problem
from rustgate.model.finding import Finding, Suppression
from rustgate.model.rule import UNREADABLE, Rule, Setting
from rustgate.project.coverage import Coverage
from rustgate.project.project import Project, SourceFile
from rustgate.suppressions.apply import SuppressOptions, suppress
from rustgate.suppressions.inherited import inherited

OnResult = Callable[[FileResult], None]


class Options(Struct, frozen=True):
    """Options of a run beside its configuration."""

    selection: Selection = Selection()
    jobs: int = 1
    suppress: bool = True
    force_exclude: bool = False
    coverage: Coverage | None = None
    file_timeout: float = ExecutorOptions().file_timeout
    cache: Cache | None = None

    @property
    def executor(self) -> ExecutorOptions:
        """Return worker count and time limit per file."""
        return ExecutorOptions(self.jobs, self.file_timeout)


class Run(Struct, frozen=True):
    """Sorted findings and figures of a run.

    `active` are the rules that were on for some file. `remarks` are sentences about the configuration. `data` are
    the files that no target reaches. `modules` holds what each file declares, by a name from which its declarations lead to files.
    """

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    lines: int
    remarks: tuple[str, ...] = ()
    data: frozenset[str] = frozenset()
    modules: Mapping[str, tuple[ModuleDeclaration, ...]] = {}
    active: frozenset[str] = frozenset()


class Engine:
    """Runs the rules of a catalogue over projects.

    Each file is linted by the configuration of its root.
    """

    def __init__(self, catalog: Mapping[str, Rule], configs: Callable[[Path], Config], options: Options) -> None:
        self._catalog = catalog
        self._options = options
        self.settings = FileSettings(catalog, configs, options.selection)

    def selected(self, project: Project) -> tuple[SourceFile, ...]:
        """Return the files that are not excluded.

        A file that was named by itself is excluded only under `force_exclude`.
        """
        force = self._options.force_exclude
        return tuple(file for file in project.files if (file.named and not force) or not self.settings.excludes(file))

    def run(self, project: Project, on_result: OnResult | None = None) -> Run:
        """Check a project, stage by stage.

        `on_result` is called with the result of each file once the file has been linted.
        """
        options, executor = self._options, self._options.executor
        files = self.selected(project)
        table = SettingsTable()
        rows = {file.path: table.row_of(self.settings.of(file)) for file in files}
        self._require_rules(files, self._rules_on(table))
        declared = self.declarations(project, files, self._rules_on(table))
        files = declared.compiled(files)
        rows |= {file.path: table.row_of(self.settings.of(file)) for file in declared.added}
        rules = self._rules_on(table)
        tasks = tuple(self._task(file, rows[file.path]) for file in files)
        installed_only = all(rule.name in self._catalog for rule in rules)
        job = LintJob(rules, tuple(table.rows), tasks, LintJob.harmless_bytes if installed_only else 0)
        results: dict[str, FileResult] = {}
        for result in lint_files(job, tasks, declared.digests, options.cache, executor):
            results[result.path] = result
            if on_result:
                on_result(result)
        run_results = RunResults(project, results, declared.outside, options.coverage)
        data = find_data_files(files, run_results, declared.links)
        wider_findings = crate_findings(self._catalog, files_of_crates(files, data), run_results)
        results = _with_findings(results, wider_findings)
        results |= {path: as_notes(results[path]) for path in data}
        allowed = inherited({**declared.outside, **results})
        levels = PackageLevels(project.tree, rules)
        linted = [
            _Linted(file.config_root, file.local, _within(results[file.path], (*levels.of(file.absolute), *allowed.get(file.path, ()))))
            for file in files
        ]
        linted += self._linted_manifests(project, files, rules)
        findings = [finding for one in linted for finding in self._suppressed(project, one)]
        unread = {finding.path for finding in findings if finding.rule == UNREADABLE}
        findings += self._problems(project, [*project.problems, *declared.problems_beside(unread)], data)
        return Run(
            findings=tuple(sorted(findings, key=lambda finding: finding.order)),
            files=tuple(file.path for file in files),
            lines=sum(result.lines for result in results.values()),
            active=frozenset(rule.name for rule in rules if any(rule.name in row and row[rule.name].severity for row in table.rows)),
            remarks=tuple(self._remarks(project)),
            data=data,
            modules=declared.by_name({path: result.modules for path, result in results.items() if result.modules}),
        )

    def declarations(self, project: Project, files: Sequence[SourceFile], rules: tuple[Rule, ...] = ()) -> Declarations:
        """Read what files declare, and what is allowed from outside.

        Files outside the run that may declare `files` can allow findings of `rules` in them.
        """
        declaring = [self._declaring(file) for file in files]
        reading = DeclarationOptions(rules, _index(self._options.cache), self._options.executor)
        declared = read_declarations(project, declaring, self._accepted, reading)
        return structs.replace(declared, problems=tuple(one for one in declared.problems if not self._excluded(project, one)))

    def _accepted(self, file: SourceFile) -> DeclaringFile | None:
        return None if self.settings.excludes(file) else self._declaring(file)

    def _declaring(self, file: SourceFile) -> DeclaringFile:
        return DeclaringFile(file.path, file.absolute, self.settings.max_size(file), file.context, file.source)

    def _rules_on(self, table: SettingsTable) -> tuple[Rule, ...]:
        """Return the rules that some file has settings for."""
        rules = (rule for name, rule in self.settings.catalog.items() if table.has_rule(name))
        return tuple(rule for rule in rules if rule.reads != "coverage" or self._options.coverage is not None)

    def _require_rules(self, files: Sequence[SourceFile], rules: Sequence[Rule]) -> None:
        """Raise `RustgateError` if nothing can be found in `files`.

        `unreadable-file` alone does not count: it is always on.
        """
        if files and all(rule.name == UNREADABLE for rule in rules):
            raise RustgateError("no rule is on for any file, so nothing would be checked; turn some on in [rules], or ignore fewer")

    def _task(self, file: SourceFile, row: int) -> Task:
        return Task(file.path, file.absolute, file.context, row, self.settings.max_size(file), file.source)

    def _linted_manifests(self, project: Project, files: Sequence[SourceFile], rules: Sequence[Rule]) -> Iterator["_Linted"]:
        """Lint the manifests of the workspaces that a run over folders touches."""
        rules = [rule for rule in rules if rule.reads_manifests]
        if not (project.is_full and rules):
            return
        from rustgate.engine.manifest_rules import lint_manifests  # noqa: PLC0415  # a second grammar, which runs on single files do without
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
        options = SuppressOptions(resolver.config.table.respect_clippy, full=project.is_full and self._applies_all_rules)
        return suppress(linted.result, resolver.settings(linted.local), resolver.catalog, options)

    @property
    def _applies_all_rules(self) -> bool:
        """Return whether all configured rules were applied."""
        return not (self._options.selection.select or self._options.selection.ignore)

    def _remarks(self, project: Project) -> Iterator[str]:
        """Yield sentences about odd configurations.

        An override that matches no file is told only by a run that has looked at all files of its configuration.
        """
        for manifest in [*filter(None, project.tree.manifests.values())]:  # a copy: asking for a config root may add manifests
            self._settings_at(project.root, project.tree.config_root(manifest.folder), manifest.path)
        if self._applies_all_rules:
            yield from self.settings.idle_overrides(project)

    def _problems(self, project: Project, problems: Sequence[Problem], data: Container[str]) -> Iterator[Finding]:
        """Yield a finding for each file or folder with a problem.

        It is a note in `data` files.
        """
        if not problems:
            return
        rule_set = build_rule_set(rule for name, rule in self._catalog.items() if name == UNREADABLE)
        for problem in problems:
            resolver, path = self._resolver_of(project, problem)
            if not resolver.excluded(path):
                result = unreadable_result(problem, rule_set, resolver.settings(path))
                yield from (as_notes(result) if problem.path in data else result).findings

    def _excluded(self, project: Project, problem: Problem) -> bool:
        resolver, path = self._resolver_of(project, problem)
        return resolver.excluded(path)

    def _resolver_of(self, project: Project, problem: Problem) -> tuple[Resolver, str]:
        """Return the resolver of the place of a problem, and its path there."""
        absolute = project.root / problem.path
        config_root = project.tree.config_root(absolute.parent)
        return self.settings.resolver(config_root), os.path.relpath(absolute, config_root) + "/" * os.path.isdir(absolute)


class _Linted(Struct, frozen=True):
    """The result of a file or manifest; `local` is its path relative to the root of its configuration."""

    config_root: Path
    local: str
    result: FileResult


def _index(cache: Cache | None) -> FileIndex | None:
    program = program_key() if cache else None
    return FileIndex(cache, program) if cache and program else None


def _with_findings(results: Mapping[str, FileResult], wider_findings: Mapping[str, Sequence[Finding]]) -> dict[str, FileResult]:
    """Replace facts by the findings made from them.

    Facts take as much memory as findings.
    """
    completed = {path: structs.replace(result, facts={}) for path, result in results.items()}
    for path, findings in wider_findings.items():
        completed[path] = structs.replace(completed[path], findings=(*completed[path].findings, *findings))
    return completed


def _within(result: FileResult, suppressions: Sequence[Suppression]) -> FileResult:
    """Put the suppressions that come from other files around a result's own."""
    return structs.replace(result, suppressions=(*suppressions, *result.suppressions)) if suppressions else result
