"""Files in, findings out: reads and judges every file of a project, then looks at what only all of them together tell."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct, structs

from rustgate.catalog import together
from rustgate.config import Config
from rustgate.coverage import Coverage
from rustgate.crates import Sources, crates_of, reduce_facts
from rustgate.judge import judge, unreadable
from rustgate.model import FileReport, Finding, ModuleDeclaration, Place, Rule, Setting
from rustgate.modules import test_files
from rustgate.plan import Plan, build_plan
from rustgate.pool import Crew
from rustgate.project import Project, SourceFile
from rustgate.settings import Resolver, Selection
from rustgate.steps import SuppressOptions, suppress
from rustgate.surroundings import read_source, reports_around, size_of
from rustgate.workers import work_on

OnReport = Callable[[FileReport], None]

_TEST_NAME = re.compile(r"(?:^|[/_])tests?(?:/|\.rs$)")
_FEW = 30
"""Files for which reading them twice costs less than compiling the queries of rules that none of them has a word of."""


class Options(Struct, frozen=True):
    """How to run, beside the configuration."""

    selection: Selection = Selection()
    jobs: int = 1
    suppress: bool = True
    force_exclude: bool = False
    coverage: Coverage | None = None
    file_timeout: float = Crew().file_timeout


class Run(Struct, frozen=True):
    """What a run found, in order, and what it read."""

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    lines: int


class Job(Struct, frozen=True):
    """One file to judge; `settings` is its place in the table that the workers hold, `source` its bytes if they are not on disk."""

    path: str
    absolute: str
    place: Place
    settings: int
    max_size: int
    source: bytes | None = None


class Judging:
    """What a worker needs before its first file: the rules, and every set of settings that some file has."""

    def __init__(self, rules: tuple[Rule, ...], settings: tuple[dict[str, Setting], ...], sources: tuple[bytes, ...] | None = None) -> None:
        """Where only a few files will be judged, `sources` holds all of them."""
        self.rules = rules
        self.settings = settings
        self.sources = sources
        self._plan: Plan | None = None

    def __reduce__(self) -> tuple[object, ...]:
        """A plan does not travel between processes: each builds its own."""
        return Judging, (self.rules, self.settings, self.sources)

    def prepare(self) -> Callable[[Job], FileReport]:
        """The function that judges one file; the plan is built here, once for each process."""
        self._plan = self._plan or build_plan(self.rules, self.sources)
        return partial(_judge_job, self._plan, self.settings)

    def failed(self, item: Job, problem: str) -> FileReport:
        """The report of a file that a worker could not judge, made in the first process."""
        plan = self._plan or build_plan(rule for rule in self.rules if rule.name == "unreadable-file")
        return unreadable(item.path, problem, plan, self.settings[item.settings])


class Engine:
    """Runs the rules of a catalogue over projects, each file by the configuration of its home."""

    def __init__(self, catalog: Mapping[str, Rule], configs: Callable[[Path], Config], options: Options) -> None:
        self._catalog = catalog
        self._configs = configs
        self._options = options
        self._resolvers: dict[Path, Resolver] = {}

    def resolver(self, home: Path) -> Resolver:
        """The settings below a home, by path."""
        if home not in self._resolvers:
            self._resolvers[home] = Resolver(self._configs(home), self._catalog, self._options.selection)
        return self._resolvers[home]

    def selected(self, project: Project) -> tuple[SourceFile, ...]:
        """The files of a project that are not excluded; a file that was named is excluded only under `force_exclude`."""
        return tuple(file for file in project.files if not self._excluded(file))

    def run(self, project: Project, on_report: OnReport | None = None) -> Run:
        """Judge a project; `on_report` is told of each file when it has been judged."""
        files = self.selected(project)
        settings = _SettingsTable()
        jobs = {file.path: self._job(file, settings) for file in files}
        work = Judging(self._used_rules(settings), tuple(settings.rows), _sources_of(jobs.values()) if len(jobs) <= _FEW else None)
        reports, around = self._judged(project, work, jobs, on_report)
        self._reduce(Sources(project, reports, around, self._options.coverage), files, reports)
        findings = [finding for file in files for finding in self._marked(project, file.home, reports[file.path])]
        findings += self._of_manifests(project, files, settings)
        findings += self._problems(project)
        return Run(
            findings=tuple(sorted(findings, key=lambda finding: finding.order)),
            files=tuple(file.path for file in files),
            lines=sum(report.lines for report in reports.values()),
        )

    def _judged(
        self, project: Project, work: Judging, jobs: Mapping[str, Job], on_report: OnReport | None
    ) -> tuple[dict[str, FileReport], dict[str, FileReport]]:
        """The reports of all files by path, and those of the files around them.

        That a file is test code is known for certain only when all have been read that may declare it. So files are first judged by what
        their names suggest, and those of which that was wrong once more: half as much is asked of tests, and most names are right.
        """
        crew = Crew(self._options.jobs, self._options.file_timeout)
        around = reports_around(project.root, jobs, project.named_roots, crew)
        as_tests = {path for path, job in jobs.items() if not job.place.test and _TEST_NAME.search(path)}
        wrong, reports = {*jobs}, dict[str, FileReport]()
        while wrong:
            todo = [_as_test(jobs[path]) if path in as_tests else jobs[path] for path in jobs if path in wrong]
            for report in work_on(work, _sized(todo), crew):
                if on_report and report.path not in reports:
                    on_report(report)
                reports[report.path] = report
            only_tests = test_files({path: report.modules for path, report in [*around.items(), *reports.items()]}) & reports.keys()
            wrong = as_tests - only_tests or {path for path in only_tests - as_tests if not jobs[path].place.test}
            wrong = {path for path in wrong if reports[path].lines}  # what has ended a worker would end another
            as_tests ^= wrong
        return reports, around

    def _excluded(self, file: SourceFile) -> bool:
        if file.named and not self._options.force_exclude:
            return False
        return self.resolver(file.home).excluded(file.local)

    def _job(self, file: SourceFile, settings: "_SettingsTable") -> Job:
        resolver = self.resolver(file.home)
        number = settings.number(resolver.settings(file.local))
        return Job(file.path, file.absolute, file.place, number, resolver.config.table.max_file_size, file.source)

    def _used_rules(self, settings: "_SettingsTable") -> tuple[Rule, ...]:
        known = together([self._catalog, *(resolver.config.own for resolver in self._resolvers.values())])
        return tuple(rule for name, rule in known.items() if any(name in row for row in settings.rows))

    def _reduce(self, sources: Sources, files: Sequence[SourceFile], reports: dict[str, FileReport]) -> None:
        """Add to `reports` what the rules of a wider scope find in all of them together."""
        rules = [rule for rule in self._catalog.values() if rule.gather and any(report.facts.get(rule.name) for report in reports.values())]
        crates = crates_of(files, sources) if rules else ()
        found: dict[str, list[Finding]] = {}
        for finding in (finding for rule in rules for finding in reduce_facts(rule, crates)):
            found.setdefault(finding.path, []).append(finding)
        for path, findings in found.items():
            reports[path] = structs.replace(reports[path], findings=(*reports[path].findings, *findings))

    def _of_manifests(self, project: Project, files: Sequence[SourceFile], settings: "_SettingsTable") -> Iterator[Finding]:
        """What is found in the manifests of the workspaces that a run over folders touches."""
        rules = [rule for rule in self._used_rules(settings) if rule.reads]
        if not (project.is_full and rules):
            return
        from rustgate.manifests import judge_manifests  # noqa: PLC0415  # another grammar, which a run on one file does without
        from rustgate.workspaces import read_workspace, workspace_folders  # noqa: PLC0415  # see above

        for folder in workspace_folders(project.tree, files):
            home = project.tree.home(folder)
            workspace = read_workspace(project.tree, folder)
            for report in judge_manifests(workspace, rules, partial(self._settings_at, project.root, home)) if workspace else ():
                if not self.resolver(home).excluded(os.path.relpath(project.root / report.path, home)):
                    yield from self._marked(project, home, report)

    def _settings_at(self, root: Path, home: Path, path: str) -> dict[str, Setting]:
        return self.resolver(home).settings(os.path.relpath(root / path, home))

    def _marked(self, project: Project, home: Path, report: FileReport) -> Iterator[Finding]:
        """The findings of a report after the steps, by the configuration of its home."""
        if not self._options.suppress:
            return iter(report.findings)
        selection, resolver = self._options.selection, self.resolver(home)
        options = SuppressOptions(
            respect_clippy=resolver.config.table.respect_clippy,
            full=project.is_full and not selection.select and not selection.ignore,
        )
        return suppress(report, self._settings_at(project.root, home, report.path), resolver.catalog, options)

    def _problems(self, project: Project) -> Iterator[Finding]:
        if not project.problems:
            return
        plan = build_plan(rule for name, rule in self._catalog.items() if name == "unreadable-file")
        for problem in project.problems:
            absolute = project.root / problem.path
            home = project.tree.home(absolute.parent)
            path = os.path.relpath(absolute, home) + "/" * os.path.isdir(absolute)
            if not self.resolver(home).excluded(path):
                yield from unreadable(problem.path, problem.sentence, plan, self.resolver(home).settings(path)).findings


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


def declared_as_tests(project: Project, modules: Mapping[str, Sequence[ModuleDeclaration]], crew: Crew) -> set[str]:
    """The files of a run that are only ever declared as test code; `modules` holds what each file declares, by its path."""
    around = reports_around(project.root, modules, project.named_roots, crew)
    return test_files({**{path: report.modules for path, report in around.items()}, **modules}) & modules.keys()


def _sources_of(jobs: Iterable[Job]) -> tuple[bytes, ...]:
    """What can be read of the files of `jobs`."""
    sources = (read_source(job.absolute, job.max_size) if job.source is None else job.source for job in jobs)
    return tuple(source for source in sources if isinstance(source, bytes))


def _judge_job(plan: Plan, settings: Sequence[dict[str, Setting]], job: Job) -> FileReport:
    source = read_source(job.absolute, job.max_size) if job.source is None else job.source
    if isinstance(source, str):
        return unreadable(job.path, source, plan, settings[job.settings])
    try:
        return judge(job.path, source, job.place, plan, settings[job.settings])
    except Exception as error:
        error.add_note(f"while {job.path} was judged")
        raise


def _as_test(job: Job) -> Job:
    return Job(job.path, job.absolute, Place(job.place.target, test=True), job.settings, job.max_size, job.source)


def _sized(jobs: Iterable[Job]) -> list[tuple[Job, int]]:
    return [(job, size_of(job.absolute) if job.source is None else len(job.source)) for job in jobs]
