"""Mark the findings that an older version has, too."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import structs

from rustgate.engine.check import Engine, Run
from rustgate.model.finding import Finding, Suppressed
from rustgate.model.rule import Rule, Scope
from rustgate.project.project import Project
from rustgate.project.versions import Versions


def mark_since(run: Run, old: Run, versions: Versions, catalog: Mapping[str, Rule]) -> Run:
    """Mark the findings of `run` that `old` has, too.

    In files that have not changed, only rules about a whole crate or workspace can find something new.
    """
    reason = versions.sentence
    findings = {id(finding): finding for finding in run.findings if not finding.muted}
    unchanged = {key for key, finding in findings.items() if finding.path not in versions.changed and _is_of_file(finding, catalog)}
    known = {id(finding) for finding in _matched([one for key, one in findings.items() if key not in unchanged], old.findings, versions)}
    marked = (
        structs.replace(finding, muted=Suppressed("since", reason)) if id(finding) in unchanged or id(finding) in known else finding
        for finding in run.findings
    )
    return structs.replace(run, findings=tuple(marked))


def old_run(engine: Engine, project: Project, versions: Versions) -> Run:
    """Check the older version of what `project` holds.

    A file that was moved in from elsewhere is looked for where it was.
    """
    given = project.given
    moved = [project.root / old for new, old in versions.renamed.items() if _is_below(project.root / new, given)]
    inside = all(_is_below(path, given) for path in moved)
    return engine.run(Project(given if inside else [project.root], versions.old))


def _is_below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path == folder or folder in path.parents for folder in folders)


def _is_of_file(finding: Finding, catalog: Mapping[str, Rule]) -> bool:
    rule = catalog.get(finding.rule)
    return rule is not None and rule.scope is Scope.FILE and not rule.reads_manifests


def _matched(new: Sequence[Finding], old: Sequence[Finding], versions: Versions) -> Iterator[Finding]:
    """Yield the findings of `new` that have a counterpart in `old`, each of which counts once.

    A measured one must not have grown. The same line is looked for first.
    """
    values = {_key(finding, finding.path): finding.value for finding in old if finding.value is not None}
    lines = Counter(finding.fingerprint for finding in old if finding.value is None)
    alike = Counter(_key(finding, finding.path) for finding in old if finding.value is None)
    free: list[Finding] = []
    for finding in new:
        key = _key(finding, versions.renamed.get(finding.path, finding.path))
        if finding.value is not None:
            if key in values and finding.value <= (values[key] or 0):
                yield finding
        elif lines[finding.fingerprint] and alike[key]:
            lines[finding.fingerprint] -= 1
            alike[key] -= 1
            yield finding
        else:
            free.append(finding)
    for finding in free:
        key = _key(finding, versions.renamed.get(finding.path, finding.path))
        if alike[key]:
            alike[key] -= 1
            yield finding


def _key(finding: Finding, path: str) -> tuple[str, str, str, str]:
    return finding.rule, path, finding.item, finding.message if finding.value is None else ""
