"""Tools in CI, benchmarks, property tests and fuzzing."""

import re
from collections.abc import Iterator, Sequence

from rustgate.api import Fault, Manifest, Workspace
from rustgate.checks.manifest.wording import enumerated

_TOOLS = {
    "cargo fmt": (r"fmt", r"rustfmt\s+-|uses:\s*\S*rustfmt|cargo-fmt"),
    "cargo clippy": (r"clippy", r"uses:\s*\S*clippy|cargo-clippy|clippy-driver"),
    "cargo test": (r"(?:test|nextest|llvm-cov|tarpaulin|miri)", r"cross\s+test|cargo-nextest|uses:\s*\S*tarpaulin"),
}
"""Each tool with its subcommand of `cargo`, and with other ways to run it."""
_AUDITS = re.compile(r"cargo[\s-]+(?:audit|deny|vet)|audit-check|osv-scanner|trivy|dependency-review|\bsnyk\b|\bgrype\b")
_AUDIT_FILES = frozenset({"deny.toml", ".deny.toml", "audit.toml", ".cargo/audit.toml", ".cargo/deny.toml", "osv-scanner.toml"})
_ELSEWHERE = re.compile(r"uses:\s*['\"]?[\w-]+/[\w.-]+/\.github/workflows/|^[ ]*(?:-[ ]*)?(?:project|remote|component):[ ]", re.MULTILINE)
"""Calls of workflows in other repositories, whose commands are not known."""
_COMMENT = re.compile(r"^[ \t]*(?:#(?!!)|//).*$", re.MULTILINE)
_CARGO_WITH_VARIABLE = re.compile(r"(?i:cargo)['\"}) ]{0,8}[ ](?:\+\S{1,80}[ ])?['\"]?(?:\$|\{\{)")

_BENCHMARKS = frozenset({"criterion", "criterion2", "divan", "iai", "iai-callgrind", "gungraun", "brunch", "tango-bench", "bencher"})
_PROPERTIES = frozenset(
    {"proptest", "quickcheck", "bolero", "arbtest", "hegeltest", "test-strategy", "proptest-derive", "quickcheck_macros"}
)
_FUZZERS = frozenset({"libfuzzer-sys", "afl", "honggfuzz", "bolero", "cargo-fuzz", "ziggy"})


def ci_workflow(workspace: Workspace) -> Iterator[Fault]:
    """Report CI without formatter, linter or tests."""
    if workspace.nested:
        return
    texts = _commands(workspace)
    missing = [f"`{tool}`" for tool in _TOOLS if not _runs(tool, texts)]
    if not texts:
        yield workspace.root, workspace.head, {"problem": f"no CI configuration found; add one that runs {enumerated(missing)}"}
    elif missing and not any(map(_ELSEWHERE.search, texts)):
        yield workspace.root, workspace.head, {"problem": f"CI does not run {enumerated(missing)}; add what is missing"}


def _commands(workspace: Workspace) -> list[str]:
    """Return the CI files and scripts without comments."""
    return [_COMMENT.sub("", text) for text in workspace.ci.values()]


def _runs(tool: str, texts: Sequence[str]) -> bool:
    """Return whether one of the texts runs a tool.

    Where `cargo` is given a variable, the name of the subcommand is enough.
    """
    subcommand, others = _TOOLS[tool]
    after_cargo = rf"(?i:cargo)\b[^\n]{{0,200}}[^\n\w-]{subcommand}\b"  # bounded, or its time would be quadratic on a long line
    named = rf"(?:command|id):[ ]*(?:cargo-)?{subcommand}\b|\"{subcommand}\b"
    alone = rf"\b{subcommand}\b" if any(map(_CARGO_WITH_VARIABLE.search, texts)) else after_cargo
    runs = re.compile(f"{alone}|{named}|{others}")
    return any(map(runs.search, texts))


def dependency_audit(workspace: Workspace) -> Iterator[Fault]:
    """Report dependencies that nothing checks for known flaws."""
    external = any("path" not in workspace.resolved(one).table for member in workspace.members for one in member.dependencies)
    if workspace.nested or not external or not workspace.around.isdisjoint(_AUDIT_FILES):
        return
    texts = _commands(workspace)
    if not any(map(_AUDITS.search, texts)) and not any(map(_ELSEWHERE.search, texts)):
        yield workspace.root, workspace.head, {}


def benchmarks(workspace: Workspace) -> Iterator[Fault]:
    """Report a workspace without benchmarks."""
    benched = any(
        "bench" in member.table or "benches" in member.beside or _depends(workspace, member, _BENCHMARKS) for member in workspace.members
    )
    if not (workspace.nested or benched):
        yield workspace.root, workspace.head, {}


def property_tests(workspace: Workspace) -> Iterator[Fault]:
    """Report a workspace without property tests."""
    if not workspace.nested and not any(_depends(workspace, member, _PROPERTIES) for member in workspace.members):
        yield workspace.root, workspace.head, {}


def fuzzing(workspace: Workspace) -> Iterator[Fault]:
    """Report a workspace without fuzz targets."""
    fuzzed = any("fuzz" in file.beside or "fuzz" in file.path.split("/") for file in workspace.manifests)
    if not (workspace.nested or fuzzed) and not any(_depends(workspace, member, _FUZZERS) for member in workspace.members):
        yield workspace.root, workspace.head, {}


def _depends(workspace: Workspace, member: Manifest, packages: frozenset[str]) -> bool:
    """Return whether a member depends on one of `packages`."""
    return any(workspace.resolved(dependency).package in packages for dependency in member.dependencies)
