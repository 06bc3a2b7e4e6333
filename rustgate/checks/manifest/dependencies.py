"""What manifests say of dependencies: where they are stated, which versions are allowed, what is pinned, what is logged with."""

import posixpath
import re
from collections.abc import Iterator

from rustgate.api import Dependency, Fault, Manifest, Workspace

_ANY_VERSION = re.compile(r"\s*(\*|>=\s*0(\.0)*)\s*")
_SHOWN = 3
_LOGGING = re.compile(
    r"(tracing|log|slog|defmt|opentelemetry|log4rs|env_logger|fern|flexi_logger|simplelog|emit|fastrace|logforth)([-_].*)?"
)


def workspace_dependencies(workspace: Workspace) -> Iterator[Fault]:
    """Each package that several members give a version for, at the first of these."""
    stated: dict[str, dict[str, tuple[Manifest, Dependency]]] = {}
    for member in workspace.members:
        for dependency in member.dependencies:
            if "version" in dependency.table and "path" not in dependency.table:
                stated.setdefault(dependency.package, {}).setdefault(member.path, (member, dependency))
    for package, places in stated.items():
        if len(places) > 1:
            first, dependency = next(iter(places.values()))
            names = [f"`{member.name}`" for member, _ in places.values()]
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            yield first, dependency.key, {"name": package, "members": ", ".join(names[:_SHOWN]) + more}


def wildcard_dependencies(workspace: Workspace) -> Iterator[Fault]:
    """Dependencies on any version of a package at all."""
    for manifest, dependency in _all_stated(workspace):
        version = dependency.table.get("version")
        if isinstance(version, str) and _ANY_VERSION.fullmatch(version) and "path" not in dependency.table:
            yield manifest, dependency.key, {"name": dependency.package, "version": version.strip()}


def unpinned_git_dependencies(workspace: Workspace) -> Iterator[Fault]:
    """Dependencies on whatever a repository holds on the day of the build."""
    for manifest, dependency in _all_stated(workspace):
        table = dependency.table
        if "git" in table and not (table.get("rev") or table.get("tag")):
            branch = f"the branch `{table['branch']}`" if "branch" in table else "the default branch"
            yield manifest, dependency.key, {"name": dependency.package, "branch": branch}


def _all_stated(workspace: Workspace) -> Iterator[tuple[Manifest, Dependency]]:
    """What the manifests state, for members, for the workspace, and in place of other packages."""
    root = workspace.root
    yield from ((root, dependency) for dependency in root.listed("workspace", "dependencies"))
    for registry in root.at("patch"):
        yield from ((root, dependency) for dependency in root.listed("patch", registry))
    for member in workspace.members:
        yield from ((member, dependency) for dependency in member.dependencies)


def lockfile(workspace: Workspace) -> Iterator[Fault]:
    """A workspace that builds a program, without a Cargo.lock for others to find."""
    names = [member.name for member in workspace.programs]
    if not names:
        return
    if workspace.lock_ignored:
        yield workspace.root, workspace.head, {"name": names[0], "problem": "Cargo.lock is ignored by git"}
    elif "Cargo.lock" not in workspace.root.beside:
        yield workspace.root, workspace.head, {"name": names[0], "problem": "Cargo.lock is missing"}


def observability(workspace: Workspace) -> Iterator[Fault]:
    """Programs that depend on nothing to log with, by themselves or through another member."""
    members = {_folder(member): member for member in workspace.members}
    for member in workspace.programs:
        if member.name != "xtask" and not _logs(workspace, members, member):
            yield member, ("package",), {"name": member.name}


def _logs(workspace: Workspace, members: dict[str, Manifest], program: Manifest) -> bool:
    """Whether a program, or a member that it depends on, depends on a package for logging."""
    pending, seen = [program], set[str]()
    while pending:
        member = pending.pop()
        seen.add(_folder(member))
        for dependency in member.dependencies:
            stated = workspace.resolved(dependency)
            if _LOGGING.fullmatch(stated.package):
                return True
            home = _folder(workspace.root if dependency.inherited else member)
            folder = posixpath.normpath(posixpath.join(home, str(stated.table.get("path", ""))))
            if "path" in stated.table and folder in members and folder not in seen:
                pending.append(members[folder])
    return False


def _folder(manifest: Manifest) -> str:
    return posixpath.dirname(manifest.path) or "."
