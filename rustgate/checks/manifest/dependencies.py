"""Dependencies: versions, sources, lock file and logging."""

import posixpath
import re
from collections.abc import Iterator

from rustgate.api import Dependency, Fault, Manifest, Workspace

_ANY_VERSION = re.compile(r"\s*(\*|>=\s*0(\.0)*)\s*")
_MOST_NAMES = 3
"""Members that a message names before it counts the rest, so that it fits on a line."""
_LOGGING = re.compile(
    r"(tracing|log|slog|defmt|opentelemetry|log4rs|env_logger|fern|flexi_logger|simplelog|emit|fastrace|logforth)([-_].*)?"
)


def workspace_dependencies(workspace: Workspace) -> Iterator[Fault]:
    """Report packages that several members give a version for.

    The finding is at the first of these members.
    """
    stated: dict[str, dict[str, tuple[Manifest, Dependency]]] = {}
    for member in workspace.members:
        for dependency in member.dependencies:
            if "version" in dependency.table and "path" not in dependency.table:
                stated.setdefault(dependency.package, {}).setdefault(member.path, (member, dependency))
    for package, members in stated.items():
        if len(members) > 1:
            first, dependency = next(iter(members.values()))
            names = [f"`{member.name}`" for member, _ in members.values()]
            more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
            yield first, dependency.key, {"name": package, "members": ", ".join(names[:_MOST_NAMES]) + more}


def wildcard_dependencies(workspace: Workspace) -> Iterator[Fault]:
    """Report dependencies that accept any version of a package."""
    for manifest, dependency in _all_stated(workspace):
        version = dependency.table.get("version")
        if isinstance(version, str) and _ANY_VERSION.fullmatch(version) and "path" not in dependency.table:
            yield manifest, dependency.key, {"name": dependency.package, "version": version.strip()}


def unpinned_git_dependencies(workspace: Workspace) -> Iterator[Fault]:
    """Report git dependencies without a commit or tag."""
    for manifest, dependency in _all_stated(workspace):
        table = dependency.table
        if "git" in table and not (table.get("rev") or table.get("tag")):
            branch = f"the branch `{table['branch']}`" if "branch" in table else "the default branch"
            yield manifest, dependency.key, {"name": dependency.package, "branch": branch}


def _all_stated(workspace: Workspace) -> Iterator[tuple[Manifest, Dependency]]:
    """Yield every dependency that the manifests state.

    Members, the workspace and `[patch]` state some.
    """
    root = workspace.root
    yield from ((root, dependency) for dependency in root.listed("workspace", "dependencies"))
    for registry in root.at("patch"):
        yield from ((root, dependency) for dependency in root.listed("patch", registry))
    for member in workspace.members:
        yield from ((member, dependency) for dependency in member.dependencies)


def lockfile(workspace: Workspace) -> Iterator[Fault]:
    """Report programs without a committed Cargo.lock."""
    names = [member.name for member in workspace.programs]
    if not names:
        return
    if workspace.lock_ignored:
        yield workspace.root, workspace.head, {"name": names[0], "problem": "Cargo.lock is ignored by git"}
    elif "Cargo.lock" not in workspace.root.beside:
        yield workspace.root, workspace.head, {"name": names[0], "problem": "Cargo.lock is missing"}


def observability(workspace: Workspace) -> Iterator[Fault]:
    """Report programs that depend on no package for logging."""
    members = {_folder(member): member for member in workspace.members}
    for member in workspace.programs:
        if member.name != "xtask" and not _logs(workspace, members, member):
            yield member, ("package",), {"name": member.name}


def _logs(workspace: Workspace, members: dict[str, Manifest], program: Manifest) -> bool:
    """Return whether a program depends on logging.

    Other members that it depends on may do so for it.
    """
    pending, seen = [program], set[str]()
    while pending:
        member = pending.pop()
        seen.add(_folder(member))
        for dependency in member.dependencies:
            stated = workspace.resolved(dependency)
            if _LOGGING.fullmatch(stated.package):
                return True
            base = _folder(workspace.root if dependency.inherited else member)
            folder = posixpath.normpath(posixpath.join(base, str(stated.table.get("path", ""))))
            if "path" in stated.table and folder in members and folder not in seen:
                pending.append(members[folder])
    return False


def _folder(manifest: Manifest) -> str:
    return posixpath.dirname(manifest.path) or "."
