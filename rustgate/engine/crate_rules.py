"""Group files into crates for wider-scope rules.

These rules must see more than one file.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, structs

from rustgate.cargo.manifest import Manifest, workspace_of
from rustgate.engine.check_loader import load_check
from rustgate.model.file import FileResult, Target
from rustgate.model.finding import Fact, Finding, Severity
from rustgate.model.finding_builder import worded
from rustgate.model.rule import Rule, Scope
from rustgate.project.coverage import Coverage
from rustgate.project.crate import Crate, CrateSet, Reduced
from rustgate.project.module_files import declared_files
from rustgate.project.module_tree import build_tree
from rustgate.project.project import Project, SourceFile


class RunResults(Struct, frozen=True):
    """Results of files inside and outside a run.

    Both are held by path: `inside` the files of the run, `outside` those that were read because they may declare them.
    """

    project: Project
    inside: Mapping[str, FileResult]
    outside: Mapping[str, FileResult]
    coverage: Coverage | None = None


def crate_findings(catalog: Mapping[str, Rule], files: Iterable[SourceFile], results: RunResults) -> dict[str, list[Finding]]:
    """Apply wider-scope rules to the facts of files.

    Returns their findings by path.
    """
    rules = [rule for rule in catalog.values() if rule.gather and any(result.facts.get(rule.name) for result in results.inside.values())]
    crates = crates_of(files, results) if rules else ()
    found: dict[str, list[Finding]] = {}
    for finding in (finding for rule in rules for finding in reduce_facts(rule, crates)):
        found.setdefault(finding.path, []).append(finding)
    return found


def crates_of(files: Iterable[SourceFile], results: RunResults) -> tuple[Crate, ...]:
    """Return the crates of `files`, sorted by name."""
    groups: dict[tuple[str, Target], list[str]] = {}
    packages: dict[str, Manifest] = {}
    unpackaged: list[str] = []
    tree = results.project.tree
    for file in files:
        package = tree.package_of(file.absolute)
        if package and package.is_package and file.context.target:
            packages[str(package.folder)] = package
            groups.setdefault((str(package.folder), file.context.target), []).append(file.path)
        else:
            unpackaged.append(file.path)
    crates = [_crate_of_package(packages[folder], target, paths, results) for (folder, target), paths in groups.items()]
    return tuple(sorted([*crates, *_crates_without_package(unpackaged, results)], key=lambda crate: (crate.name, crate.target)))


def reduce_facts(rule: Rule, crates: Sequence[Crate]) -> Iterator[Finding]:
    """Turn the facts of a wider-scope rule into findings.

    The facts are those that the files of `crates` contributed.
    """
    check: Callable[..., Reduced] = load_check(rule, rule.check or "")
    if rule.scope is Scope.WORKSPACE:
        reduced = [(check(CrateSet(tuple(crates)), _facts(rule, crates)), False)]
    else:
        reduced = [(check(crate, _facts(rule, [crate])), crate.is_unpublished) for crate in crates]
    for fact, values, unpublished in ((*entry, unpublished) for result, unpublished in reduced for entry in result):
        severity = Severity.NOTE if unpublished and fact.noted else fact.finding.severity
        problem, remedy = worded(rule, {**fact.values, **values})
        yield structs.replace(fact.finding, severity=severity, problem=problem, help=remedy)


def _facts(rule: Rule, crates: Sequence[Crate]) -> list[Fact[object]]:
    return [fact for crate in crates for path in sorted(crate.files) for fact in crate.files[path].facts.get(rule.name, ())]


def _crate_of_package(package: Manifest, target: Target, paths: list[str], results: RunResults) -> Crate:
    name = results.project.relative(str(package.folder))
    prefix = "" if name == "." else f"{name}/"
    members = {path: result for path, result in results.outside.items() if path.startswith(prefix)}
    members |= {path: results.inside[path] for path in paths}
    root = results.project.relative(str(package.library_root)) if target is Target.LIBRARY else None
    tree = results.project.tree
    workspace = tree.manifest(workspace_of(package, tree.manifest, tree.root))
    return Crate(name, target, root if root in members else None, package, members, workspace, results.coverage)


def _crates_without_package(paths: list[str], results: RunResults) -> Iterator[Crate]:
    """Yield the crates of files without a package.

    Each file that no other declares is the root of a crate.
    """
    inside = {path: results.inside[path] for path in paths}
    declared = {child for path, result in inside.items() for child in declared_files(path, result.modules, inside)}
    assigned: set[str] = set()
    for root in [*(path for path in paths if path not in declared), *paths]:
        if root not in assigned:
            members = {path: inside[path] for path in build_tree(root, inside).paths if path not in assigned}
            assigned.update(members)  # `|=` with keys makes a new set
            fragment = results.project.is_nameless(root)
            yield Crate(root, Target.LIBRARY, root, None, members, coverage=results.coverage, fragment=fragment)
