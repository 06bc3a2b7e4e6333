"""The rules that read Cargo.toml files: what their checks see of a workspace, and what becomes of what they find."""

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

from msgspec import Struct, structs

from rustgate.fingerprints import Fingerprints
from rustgate.foreign import imported
from rustgate.lines import Lines
from rustgate.model import FileReport, Finding, Rule, Setting, Suppression
from rustgate.suppressions import parse_directive
from rustgate.toml_positions import Key, Positions

_KINDS = ("dependencies", "dev-dependencies", "dev_dependencies", "build-dependencies", "build_dependencies")


class Dependency(Struct, frozen=True):
    """One entry of a table of dependencies; `package` is the name on the registry, `table` what the entry says (a version alone, too)."""

    key: Key
    package: str
    table: Mapping[str, Any]

    @property
    def inherited(self) -> bool:
        """Whether it takes what the workspace says."""
        return self.table.get("workspace") is True


class ManifestFile(Struct, frozen=True, dict=True):
    """A Cargo.toml; `path` is relative to the root of the run.

    `beside` holds the names of what lies in its folder, `has_program` says whether Cargo builds a program from it.
    """

    path: str
    text: str
    table: Mapping[str, Any]
    beside: frozenset[str] = frozenset()
    has_program: bool = False

    @property
    def folder(self) -> str:
        """Its folder, relative to the root of the run; empty for the root itself."""
        return posixpath.dirname(self.path)

    @cached_property
    def positions(self) -> Positions:
        """Where its keys and comments stand."""
        return Positions(self.text.encode())

    @property
    def package(self) -> Mapping[str, Any]:
        """The table `[package]`, which old manifests call `[project]`; empty when there is none."""
        return self.at("package") or self.at("project")

    @property
    def name(self) -> str:
        """The name of the package, or of its folder."""
        return str(self.package.get("name") or posixpath.basename(self.folder))

    def at(self, *key: str) -> Mapping[str, Any]:
        """The table at `key`; empty when there is none."""
        found: Any = self.table
        for name in key:
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def dependencies(self) -> Iterator[Dependency]:
        """All that the package depends on, for whichever purpose and platform."""
        for kind in _KINDS:
            yield from self.listed(kind)
        for platform in self.at("target"):
            for kind in _KINDS:
                yield from self.listed("target", platform, kind)

    def listed(self, *key: str) -> Iterator[Dependency]:
        """The dependencies in the table at `key`."""
        for name, value in self.at(*key).items():
            table = {"version": value} if isinstance(value, str) else value
            if isinstance(table, dict):
                yield Dependency((*key, name), str(table.get("package", name)), table)


class Workspace(Struct, frozen=True):
    """What the check of a page that reads manifests sees: a workspace, or a package that is in none.

    `members` are its packages, also the one at the root. `around` holds the names of what lies in the root's folder and the folders above
    it up to the root of the run, and below `.cargo` there; `cargo_profiles` are those of `.cargo/config.toml`. `ci` maps the paths of the
    files that tell a server what to run, and of the scripts that they name, to their texts. `nested` is true for one that stands apart
    below another: what is said of the whole repository is said there. `options` are those of the rule.
    """

    root: ManifestFile
    members: tuple[ManifestFile, ...]
    around: frozenset[str] = frozenset()
    cargo_profiles: Mapping[str, Any] = {}
    ci: Mapping[str, str] = {}
    lock_ignored: bool = False
    nested: bool = False
    options: Mapping[str, Any] = {}

    @property
    def manifests(self) -> tuple[ManifestFile, ...]:
        """The root and the members, each once."""
        return (self.root, *(member for member in self.members if member.path != self.root.path))

    @property
    def programs(self) -> tuple[ManifestFile, ...]:
        """The members that are there for a program; none in a workspace that stands apart below another, as helpers and fixtures do."""
        return () if self.nested else tuple(member for member in self.members if member.has_program)

    @property
    def is_virtual(self) -> bool:
        """Whether there is no package at the root."""
        return not self.root.package

    @property
    def head(self) -> Key:
        """The table of the root that stands for the whole."""
        return ("workspace",) if "workspace" in self.root.table else ("package",)

    def inherited(self, member: ManifestFile, key: str) -> tuple[ManifestFile, Key, Any]:
        """The value of a key of `[package]`, with the place where it is written: the workspace's if the package takes it from there."""
        value = member.package.get(key)
        if isinstance(value, dict) and value.get("workspace") is True:
            return self.root, ("workspace", "package", key), self.root.at("workspace", "package").get(key)
        return member, ("package", key), value

    def resolved(self, dependency: Dependency) -> Dependency:
        """The dependency as the workspace states it, if it is inherited."""
        for stated in self.root.listed("workspace", "dependencies") if dependency.inherited else ():
            if stated.key[-1] == dependency.key[-1]:
                return stated
        return dependency


Fault: TypeAlias = tuple[ManifestFile, Key, dict[str, object]]
"""What a check of manifests gives back: the file, the key where the fault stands or what is missing belongs, values for the message."""

ManifestCheck = Callable[[Workspace], Iterator[Fault]]
SettingsOf = Callable[[str], Mapping[str, Setting]]


def judge_manifests(workspace: Workspace, rules: Sequence[Rule], settings_of: SettingsOf) -> Iterator[FileReport]:
    """A report for each manifest of a workspace that has findings or suppressions; `settings_of` gives the settings for a path."""
    faults: dict[str, list[tuple[Rule, Key, dict[str, object]]]] = {}
    for rule in rules:
        check: ManifestCheck = imported(rule, rule.check or "")
        setting = settings_of(workspace.root.path).get(rule.name)
        options = setting.options if setting else {name: values[-1] for name, values in rule.options.items()}
        for manifest, key, values in check(structs.replace(workspace, options=options)):
            faults.setdefault(manifest.path, []).append((rule, key, values))
    for manifest in workspace.manifests:
        found = faults.get(manifest.path, [])
        suppressions = tuple(_suppressions(manifest)) if "rustgate" in manifest.text else ()
        if found or suppressions:
            settings = settings_of(manifest.path)
            writer = _Writer(manifest)
            findings = [writer.finding(fault, settings[fault[0].name]) for fault in found if fault[0].name in settings]
            yield FileReport(manifest.path, 0, tuple(sorted(findings, key=lambda one: one.order)), suppressions)


class _Writer:
    """Turns the faults of one manifest into findings."""

    def __init__(self, manifest: ManifestFile) -> None:
        self._manifest = manifest
        self._lines = Lines(manifest.text.encode())
        self._fingerprints = Fingerprints(manifest.path)

    def finding(self, fault: tuple[Rule, Key, dict[str, object]], setting: Setting) -> Finding:
        """The finding at the key of a fault, or at the nearest table around it that is written, or on the first line."""
        rule, key, values = fault
        above = (key[:length] for length in range(len(key), 0, -1))
        start, end = next((place for one in above if (place := self._manifest.positions.key(one))), (0, 0))
        line, item = self._lines.number(start), ".".join(map(str, key))
        if setting.severity is None:
            raise ValueError(f"{rule.name} is off for {self._manifest.path}")
        return Finding(
            rule=rule.name,
            category=rule.category,
            severity=setting.severity,
            path=self._manifest.path,
            line=line,
            column=self._lines.column(start),
            end_line=line,
            end_column=self._lines.column(end),
            message=rule.message.format_map(values),
            item=item,
            value=None,
            limit=None,
            fingerprint=self._fingerprints.next(rule.name, item, self._lines.text(line)),
        )


def _suppressions(manifest: ManifestFile) -> Iterator[Suppression]:
    """The comments that mute findings: on a line of its own for the key or table below it, at the end of a line for that line."""
    source = manifest.text.encode()
    lines = Lines(source)
    in_first_comments, position = True, 0
    for start, end, about in manifest.positions.comments:
        in_first_comments = in_first_comments and not source[position:start].strip()
        position = end
        directive = parse_directive("//" + source[start + 1 : end].decode().rstrip())
        if directive is None:
            continue
        line, column = lines.position(start)
        last = line if source[lines.start(line) : start].strip() else lines.number(about - 1)
        if isinstance(directive, str):
            yield Suppression((), line, column, line, line, "", problem=directive)
        elif directive[0] == "allow":
            yield Suppression(directive[1], line, column, line, last, directive[2])
        elif in_first_comments:
            yield Suppression(directive[1], line, column, 1, max(1, lines.count), directive[2])
        else:
            problem = "`allow-file` must be in the first comment of the file; move it there, or use `allow`"
            yield Suppression(directive[1], line, column, line, line, directive[2], problem=problem)
