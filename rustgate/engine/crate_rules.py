"""Files grouped into crates, for the rules that must see more than one file."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, structs

from rustgate.cargo.manifest import Manifest, workspace_of
from rustgate.engine.check_loader import load_check
from rustgate.model.file import FileResult, Target
from rustgate.model.finding import Fact, Finding
from rustgate.model.rule import Rule, Scope
from rustgate.project.coverage import Coverage
from rustgate.project.crate import Crate, Reduced, Whole
from rustgate.project.module_files import declared_files
from rustgate.project.module_tree import build_tree
from rustgate.project.project import Project, SourceFile


class RunResults(Struct, frozen=True):
    """Results of a run by path: of its own files, and of files outside that were read because they may declare those."""

    project: Project
    inside: Mapping[str, FileResult]
    outside: Mapping[str, FileResult]
    coverage: Coverage | None = None


def crate_findings(catalog: Mapping[str, Rule], files: Iterable[SourceFile], known: RunResults) -> dict[str, list[Finding]]:
    """Apply the rules of a scope wider than a file to the facts of all files; returns their findings by path."""
    rules = [rule for rule in catalog.values() if rule.gather and any(result.facts.get(rule.name) for result in known.inside.values())]
    crates = crates_of(files, known) if rules else ()
    found: dict[str, list[Finding]] = {}
    for finding in (finding for rule in rules for finding in reduce_facts(rule, crates)):
        found.setdefault(finding.path, []).append(finding)
    return found


def crates_of(files: Iterable[SourceFile], known: RunResults) -> tuple[Crate, ...]:
    """The crates that `files` belong to, sorted by name."""
    groups: dict[tuple[str, Target], list[str]] = {}
    packages: dict[str, Manifest] = {}
    alone: list[str] = []
    tree = known.project.tree
    for file in files:
        package = tree.package_of(file.absolute)
        if package and package.is_package and file.context.target:
            packages[str(package.folder)] = package
            groups.setdefault((str(package.folder), file.context.target), []).append(file.path)
        else:
            alone.append(file.path)
    packaged = [_packaged(packages[folder], target, paths, known) for (folder, target), paths in groups.items()]
    return tuple(sorted([*packaged, *_alone(alone, known)], key=lambda crate: (crate.name, crate.target)))


def reduce_facts(rule: Rule, crates: Sequence[Crate]) -> Iterator[Finding]:
    """The findings of a rule of a wider scope, from the facts that its files contributed."""
    check: Callable[..., Reduced] = load_check(rule, rule.check or "")
    if rule.scope is Scope.WORKSPACE:
        results = [check(Whole(tuple(crates)), _facts(rule, crates))]
    else:
        results = [check(crate, _facts(rule, [crate])) for crate in crates]
    for fact, values in (entry for result in results for entry in result):
        yield structs.replace(fact.finding, message=rule.message.format_map({**fact.values, **values}))


def _facts(rule: Rule, crates: Sequence[Crate]) -> list[Fact]:
    return [fact for crate in crates for path in sorted(crate.files) for fact in crate.files[path].facts.get(rule.name, ())]


def _packaged(package: Manifest, target: Target, paths: list[str], known: RunResults) -> Crate:
    name = known.project.relative(str(package.folder))
    prefix = "" if name == "." else f"{name}/"
    results = {path: result for path, result in known.outside.items() if path.startswith(prefix)}
    results |= {path: known.inside[path] for path in paths}
    root = known.project.relative(str(package.library_root)) if target is Target.LIBRARY else None
    tree = known.project.tree
    workspace = tree.manifest(workspace_of(package, tree.manifest, tree.root))
    return Crate(name, target, root if root in results else None, package, results, workspace, known.coverage)


def _alone(paths: list[str], known: RunResults) -> Iterator[Crate]:
    """Files of no package: each that no other declares is the root of a crate."""
    inside = {path: known.inside[path] for path in paths}
    declared = {child for path, result in inside.items() for child in declared_files(path, result.modules, inside)}
    taken: set[str] = set()
    for root in [*(path for path in paths if path not in declared), *paths]:
        if root not in taken:
            own = {path: inside[path] for path in build_tree(root, inside).paths if path not in taken}
            taken.update(own)  # `|=` with keys makes a new set
            fragment = known.project.is_nameless(root)
            yield Crate(root, Target.LIBRARY, root, None, own, coverage=known.coverage, fragment=fragment)
