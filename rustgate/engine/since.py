"""Mark the findings that an older version has, too."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, structs

from rustgate.engine.baseline import gone_from
from rustgate.engine.check import Engine, Run
from rustgate.model.finding import Finding, Suppressed
from rustgate.model.rule import Rule, Scope
from rustgate.project.project import Project
from rustgate.project.versions import Versions
from rustgate.reference.entry import entries_of
from rustgate.reference.matching import Matching, match


class Since(Struct, frozen=True):
    """The versions of a comparison, with the findings of the older one."""

    versions: Versions
    older: Sequence[Finding]
    root: Path


def old_run(engine: Engine, project: Project, versions: Versions) -> Run:
    """Check the older version of what `project` holds.

    A file that was moved in from elsewhere is looked for where it was.
    """
    moved = [project.root / old for new, old in versions.renamed.items() if _is_below(project.root / new, project.given)]
    inside = all(_is_below(path, project.given) for path in moved)
    return engine.run(Project(project.given if inside else [project.root], versions.old))


def mark(run: Run, since: Since, catalog: Mapping[str, Rule]) -> Run:
    """Mark the findings of `run` that the older version has, too; the others say whether they are new or have grown.

    In files that have not changed, only rules about a whole crate or workspace can find something new. What a baseline accepts uses up its
    counterpart as well: otherwise that would accept a new one.
    """
    numbers = [number for number, finding in enumerate(run.findings) if not _is_suppressed(finding)]
    new_paths = {old: new for new, old in since.versions.renamed.items()}
    older = (structs.replace(one, path=new_paths.get(one.path, one.path)) for one in since.older if not _is_suppressed(one))
    gone = gone_from(since.root, since.versions.checked)
    matching = match([run.findings[number] for number in numbers], entries_of(older), gone)
    findings = list(run.findings)
    for position, number in enumerate(numbers):
        finding = findings[number]
        if finding.muted is None:
            is_old = position in matching.old or (finding.path not in since.versions.changed and _is_of_file(finding, catalog))
            findings[number] = _old(finding, since.versions) if is_old else _new(finding, matching, position, since.versions)
    return structs.replace(run, findings=tuple(findings))


def _is_suppressed(finding: Finding) -> bool:
    return finding.muted is not None and finding.muted.by == "suppression"


def _old(finding: Finding, versions: Versions) -> Finding:
    return structs.replace(finding, muted=Suppressed("since", versions.sentence), state=None, baseline_value=None)


def _new(finding: Finding, matching: Matching, position: int, versions: Versions) -> Finding:
    if finding.state or position not in matching.grown:
        return structs.replace(finding, state=finding.state or "new")
    recorded = matching.grown[position].entry.value
    problem = f"{finding.problem} (was {recorded} at {versions.base.commit[:7]})"
    return structs.replace(finding, state="grown", baseline_value=recorded, problem=problem)


def _is_below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path == folder or folder in path.parents for folder in folders)


def _is_of_file(finding: Finding, catalog: Mapping[str, Rule]) -> bool:
    rule = catalog.get(finding.rule)
    return rule is not None and rule.scope is Scope.FILE and not rule.reads_manifests
