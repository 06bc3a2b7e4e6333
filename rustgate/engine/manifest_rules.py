"""Apply the rules that read Cargo.toml files.

Their checks see a workspace; the faults that they yield become findings of its manifests.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import structs

from rustgate.cargo.manifest import Manifest
from rustgate.cargo.toml_positions import Key
from rustgate.cargo.workspace import Fault, Workspace
from rustgate.engine.check_loader import load_check
from rustgate.model.file import FileResult
from rustgate.model.finding import Finding, Suppression
from rustgate.model.finding_builder import FindingBuilder, Region
from rustgate.model.rule import Rule, Setting
from rustgate.suppressions.directives import parse_directive
from rustgate.syntax.line_index import Lines

ManifestCheck = Callable[[Workspace], Iterator[Fault]]
SettingsOf = Callable[[str], Mapping[str, Setting]]


def lint_manifests(workspace: Workspace, rules: Sequence[Rule], settings_of: SettingsOf) -> Iterator[FileResult]:
    """Yield a result for each manifest with findings or suppressions.

    `settings_of` returns the settings for a path.
    """
    faults: dict[str, list[tuple[Rule, Key, dict[str, object]]]] = {}
    for rule in rules:
        check: ManifestCheck = load_check(rule, rule.check or "")
        setting = settings_of(workspace.root.path).get(rule.name)
        options = setting.options if setting else {name: values[-1] for name, values in rule.options.items()}
        for manifest, key, values in check(structs.replace(workspace, options=options)):
            faults.setdefault(manifest.path, []).append((rule, key, values))
    for manifest in workspace.manifests:
        found = faults.get(manifest.path, [])
        suppressions = tuple(_suppressions(manifest)) if "rustgate" in manifest.text else ()
        if found or suppressions:
            settings = settings_of(manifest.path)
            converter = _FaultConverter(manifest)
            findings = [converter.finding(fault, settings[fault[0].name]) for fault in found if fault[0].name in settings]
            yield FileResult(manifest.path, 0, tuple(sorted(findings, key=lambda finding: finding.order)), suppressions)


class _FaultConverter:
    """Turns the faults of one manifest into findings."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._lines = Lines(manifest.text.encode())
        self._builder = FindingBuilder(manifest.path)

    def finding(self, fault: tuple[Rule, Key, dict[str, object]], setting: Setting) -> Finding:
        """Build the finding for a fault, at its key.

        If the key is not written, the finding is at the nearest enclosing table that is, or else on the first line.
        """
        rule, key, values = fault
        prefixes = (key[:length] for length in range(len(key), 0, -1))
        start, end = next((span for prefix in prefixes if (span := self._manifest.positions.key(prefix))), (0, 0))
        line = self._lines.number(start)
        if setting.severity is None:
            raise ValueError(f"{rule.name} is off for {self._manifest.path}")
        region = Region(line, self._lines.column(start), self._lines.column(end))
        item = ".".join(map(str, key))
        return self._builder.build(rule, setting.severity, region, values, item=item)


def _suppressions(manifest: Manifest) -> Iterator[Suppression]:
    """Yield the comments of a manifest that suppress findings.

    One on a line of its own is for the key or table below it, one at the end of a line for that line.
    """
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
