"""How far rustgate and clippy agree on a crate that clippy can compile: one row for each rule that has a clippy twin.

    python tests/agreement.py path/to/crate/src/lib.rs [more/src/lib.rs ...] [--cfg X] [--edition 2021] [--show]

Labels are what clippy reports with every twin forced on, at the limits below. Only lines that the compiler kept count on our side, so
code behind another platform or feature is left out. A crate must have no dependencies. Suppressions and `allow` attributes do not count.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rustgate.config.loader import Edit, defaults
from rustgate.engine.check import Engine, Options
from rustgate.project.project import Project
from rustgate.rules.catalog import shipped
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.parse import scan_source

RUSTC_LINTS = frozenset({"missing_docs", "static_mut_refs", "unsafe_code"})
CLIPPY_LIMITS = """too-many-lines-threshold = 30
too-many-arguments-threshold = 4
max-fn-params-bools = 0
"""
SAME_LIMITS = {
    "profile": "hyperscale",
    "rules.function-length": '{ count = "code", limit = 30, soft = 30 }',
    "rules.too-many-parameters": "{ limit = 4, soft = 4, count-self = true }",
    "rules.bool-parameters": "{ limit = 0, public-only = false }",
}
OF_THE_CRATE = "missing documentation for the crate"  # a rule of its own here, missing-crate-docs
NOT_COMPARED = frozenset({"static-mut", "unsafe-in-safe-crate"})
"""Rules whose twin looks at something else: at references to a `static mut`, and at where unsafe is instead of where it is not."""
OUTSIDE = {"indexing": re.compile(r"\[\s*\d\w*\s*\]$")}
"""What clippy reports under a twin that the rule's page leaves out by definition: the reported text, by rule."""
CAUSE = re.compile(r" on line (\d+)\)")
"""Where the message of a finding says what it is about, such as the panic of a function."""
SPAN = re.compile(r"span: (.+?\.rs):(\d+):\d+: \d+:\d+ \((#\d+)\)")

Place = tuple[str, str, int]
"""(rule, file, line)"""


class Row(NamedTuple):
    """The counts of one rule."""

    labels: int
    found: int
    agreed: int

    @property
    def precision(self) -> float:
        """The share of what we found that clippy reports too."""
        return self.agreed / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what clippy reports that we found too."""
        return self.agreed / self.labels if self.labels else 1.0


def equivalents() -> dict[str, str]:
    """The rule for every lint that has one."""
    return {equivalent: rule.name for rule in shipped().values() if rule.name not in NOT_COMPARED for equivalent in rule.clippy}


def clippy_places(root: Path, flags: Sequence[str]) -> set[Place]:
    """What clippy reports; raises `SystemExit` when the crate does not compile."""
    rules = equivalents()
    names = [lint if lint in RUSTC_LINTS else f"clippy::{lint}" for lint in rules]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "clippy.toml").write_text(CLIPPY_LIMITS, encoding="utf-8")
        forced = [word for name in names for word in ("--force-warn", name)]
        command = ["clippy-driver", *flags, "--emit=metadata", "--out-dir", folder, "--error-format=json", *forced, str(root)]
        run = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "CLIPPY_CONF_DIR": folder})
    messages = [json.loads(line) for line in run.stderr.splitlines() if line.startswith("{")]
    errors = [message["message"] for message in messages if message.get("level") == "error"]
    if errors:
        sys.exit(f"{root}: does not compile: {errors[0]}")
    return {
        (rules[lint], os.path.realpath(span["file_name"]), span["line_start"])
        for message in messages
        if (lint := ((message.get("code") or {}).get("code") or "").removeprefix("clippy::")) in rules
        for span in message["spans"]
        if span["is_primary"] and not is_outside(rules[lint], span) and message["message"] != OF_THE_CRATE
    }


def is_outside(rule: str, span: Mapping[str, Any]) -> bool:
    """Whether the rule's page leaves this label out by definition."""
    if rule not in OUTSIDE or span["line_start"] != span["line_end"]:
        return False
    text = span["text"][0]["text"][span["column_start"] - 1 : span["column_end"] - 1]
    return bool(OUTSIDE[rule].search(text))


def compiled_lines(root: Path, flags: Sequence[str]) -> dict[str, set[int]]:
    """The lines of each file on which something begins that the compiler kept after expansion; of macro definitions, what was expanded."""
    command = ["rustc", *flags, "-Zunpretty=ast-tree,expanded", str(root)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "RUSTC_BOOTSTRAP": "1"})
    lines: dict[str, set[int]] = defaultdict(set)
    expanded: dict[str, set[int]] = defaultdict(set)
    for found in SPAN.finditer(run.stdout):
        (lines if found[3] == "#0" else expanded)[os.path.realpath(found[1])].add(int(found[2]))
    return {file: (numbers - macro_lines(file)) | expanded[file] for file, numbers in lines.items()}


def macro_lines(file: str) -> set[int]:
    """The lines of a file that stand in a `macro_rules!`."""
    events = scan_source(Path(file).read_bytes(), join_queries([])).events
    ranges = ((node.start_point.row + 1, node.end_point.row + 2) for node in events["macro-rules"])
    return {line for first, last in ranges for line in range(first, last)}


def our_places(root: Path, compiled: Mapping[str, set[int]]) -> set[Place]:
    """What rustgate reports on compiled lines and because of compiled lines, at the same limits as clippy."""
    catalog = {rule.name: rule for rule in shipped().values() if rule.clippy and rule.name not in NOT_COMPARED}
    edits = [Edit(key, value, "agreement") for key, value in SAME_LIMITS.items()]
    project = Project([root.parent])
    engine = Engine(catalog, lambda config_root: defaults(config_root, catalog, edits), Options(suppress=False))
    found = [(finding, os.path.realpath(project.root / finding.path)) for finding in engine.run(project).findings]
    return {
        (one.rule, file, one.line) for one, file in found if {one.line, *map(int, CAUSE.findall(one.message))} <= compiled.get(file, set())
    }


def without_traces(found: set[Place], labels: set[Place]) -> set[Place]:
    """`found` without attributes in a `cfg_attr` that did not apply: of those the compiler keeps a trace, clippy does not."""
    return {place for place in found if place in labels or "cfg_attr(" not in line_of(place)}


def line_of(place: Place) -> str:
    """The text of a place's line."""
    return Path(place[1]).read_text(encoding="utf-8").split("\n")[place[2] - 1].strip()


def rows(labels: set[Place], found: set[Place]) -> dict[str, Row]:
    """The counts of each rule that either side reports."""
    counts = [Counter(place[0] for place in places) for places in (labels, found, labels & found)]
    return {rule: Row(*(count[rule] for count in counts)) for rule in sorted(counts[0] | counts[1])}


def differences(labels: set[Place], found: set[Place]) -> Iterator[str]:
    """One line for each place that only one side reports."""
    for rule, file, line in sorted(labels ^ found):
        side = "clippy only" if (rule, file, line) in labels else "rustgate only"
        yield f"{side}: {rule} {file}:{line}: {line_of((rule, file, line))[:100]}"


def compare(roots: Sequence[Path], edition: str, cfgs: Sequence[str] = ()) -> tuple[set[Place], set[Place]]:
    """What clippy and what rustgate reports on the compiled lines of crates."""
    labels: set[Place] = set()
    found: set[Place] = set()
    for root in roots:
        kind = "bin" if root.name == "main.rs" else "lib"
        given = [word for cfg in cfgs for word in ("--cfg", cfg)]
        flags = ["--edition", edition, "--crate-type", kind, "--crate-name", "labelled", "--cap-lints", "warn", *given]
        labels |= clippy_places(root, flags)
        found |= our_places(root, compiled_lines(root, flags))
    return labels, without_traces(found, labels)


def main() -> None:
    """Print the table for the crates on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("roots", nargs="+", type=Path)
    parser.add_argument("--edition", default="2021")
    parser.add_argument("--cfg", action="append", default=[])
    parser.add_argument("--show", action="store_true", help="also list every difference")
    arguments = parser.parse_args()
    labels, found = compare(arguments.roots, arguments.edition, arguments.cfg)
    print(f"{'rule':30} labels  found  agreed  precision  recall")
    for rule, row in rows(labels, found).items():
        print(f"{rule:30} {row.labels:6} {row.found:6} {row.agreed:7} {row.precision:10.3f} {row.recall:7.3f}")
    if arguments.show:
        print("\n".join(differences(labels, found)))


if __name__ == "__main__":
    main()
