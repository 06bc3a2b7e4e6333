"""Files that no target reaches: fixtures, snapshots and templates, which are data.

Their findings are notes, and never change the exit code.
"""

import os
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from msgspec import structs

from rustgate.engine.crate_rules import RunResults
from rustgate.model.file import FileResult, ModuleDeclaration
from rustgate.model.finding import Finding, Severity
from rustgate.model.rule import UNREADABLE
from rustgate.project.compilation import reachable
from rustgate.project.project import Project, SourceFile

_ONCE = frozenset({"syntax-error", UNREADABLE})
"""Rules of which a data file has one finding at most."""


def find_data_files(files: Iterable[SourceFile], results: RunResults, links: Mapping[str, str]) -> frozenset[str]:
    """Return the paths of files that no target reaches.

    Only those count that lie in a folder of tests, or in no folder of a library or program. `links` leads from links to their files.
    """
    project, files = results.project, [*files]
    unsure = {file.path for file in files if project.may_be_data(file)}
    if not unsure:
        return frozenset()
    modules = {path: result.modules for path, result in {**results.outside, **results.inside}.items()}
    modules |= {link: modules[path] for link, path in links.items() if path in modules}
    roots = {link for link in links if project.tree.is_target_root(os.path.join(project.root, link))}
    declared = reachable((modules.keys() - unsure - links.keys()) | roots, modules, links)
    by_macro = {_package_of(project, file) for file in files if any(_is_named_by_call(one) for one in modules[file.path])}
    return frozenset(file.path for file in files if file.path in unsure - declared and _package_of(project, file) not in by_macro)


def files_of_crates(files: Iterable[SourceFile], data: Container[str]) -> list[SourceFile]:
    """Return the files that crates are made of.

    Data is in no crate; but data among tests, such as cases that a test compiles, still names what it tests.
    """
    return [file for file in files if file.context.test or file.path not in data]


def _package_of(project: Project, file: SourceFile) -> Path | None:
    manifest = project.tree.package_of(file.absolute)
    return manifest.folder if manifest else None


def _is_named_by_call(module: ModuleDeclaration) -> bool:
    """Return whether the call of a macro gives a module its name."""
    return "$" in module.name


def as_notes(result: FileResult) -> FileResult:
    """Return the result of a data file, with notes as findings."""
    seen: set[str] = set()
    findings: list[Finding] = []
    for finding in sorted(result.findings, key=lambda finding: finding.order):
        if not (finding.rule in _ONCE and finding.rule in seen):
            findings.append(structs.replace(finding, severity=Severity.NOTE))
        seen.add(finding.rule)
    return structs.replace(result, findings=tuple(findings))
