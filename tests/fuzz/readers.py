"""Fuzz targets beside Rust: pages, suppressions, configuration, coverage and manifests."""

import re
import tempfile
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

from msgspec import Struct

from rustgate.config.loader import ConfigTable, load_config
from rustgate.config.resolver import Resolver, Selection
from rustgate.engine.manifest_rules import lint_manifests
from rustgate.engine.ruleset import build_rule_set
from rustgate.errors import ConfigError, PageError, RustgateError
from rustgate.model.rule import Profile, Rule
from rustgate.project.coverage import located, read_coverage
from rustgate.project.project import Tree
from rustgate.project.workspace_reader import read_workspace
from rustgate.rules.catalog import shipped, shipped_pages
from rustgate.rules.examples import examples
from rustgate.rules.page import parse_page
from rustgate.suppressions.directives import parse_directive
from rustgate.testing import setting_in

CHECKOUT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


class Target(Struct, frozen=True):
    """A reader with its seeds, the words of its language, and a check.

    `check` raises for what must not happen; what a reader promises to raise, it catches itself.
    """

    name: str
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...]
    check: Callable[[bytes], None]


def blocks(*languages: str) -> tuple[bytes, ...]:
    """Return the code blocks of all shipped pages in some languages."""
    pages = (page.read_text(encoding="utf-8") for page in sorted(shipped_pages().rglob("*.md")))
    found = (block for page in pages for block in _BLOCK.finditer(page))
    return tuple(block[2].encode() for block in found if block[1].split()[:1] and block[1].split()[0] in languages)


def files(pattern: str, corpus: Sequence[Path]) -> tuple[bytes, ...]:
    """Return matching files of the sample crates and given folders."""
    folders = (CHECKOUT / "sample_crates", *corpus)
    return tuple(file.read_bytes() for folder in folders for file in sorted(folder.rglob(pattern)) if file.is_file())


def readers(corpus: Sequence[Path]) -> tuple[Target, ...]:
    """Return all targets of this module."""
    pages = tuple(page.read_bytes() for page in sorted(shipped_pages().rglob("*.md")))
    keys = tuple(ConfigTable.__struct_encode_fields__)
    rules = tuple(shipped())
    return (
        Target("page", pages, _words(*_PAGE_WORDS.split()), check_page),
        Target("suppression", _SUPPRESSIONS, _words("allow", "allow-file", "rustgate:", "--", *rules), check_suppression),
        Target("config", _CONFIGS, _words(*keys, *rules, *Profile, *_TOML_WORDS.split()), partial(check_config, _room())),
        Target("coverage", _REPORTS, _words(*_COVERAGE_WORDS.split()), partial(check_coverage, _room())),
        Target(
            "manifest", files("Cargo.toml", corpus) + blocks("toml"), _words(*_MANIFEST_WORDS.split()), partial(check_manifest, _room())
        ),
    )


def check_page(data: bytes) -> None:
    """Expect a rule or a `PageError`.

    A rule that can be read can also be built, as for a repository's own page, which runs no Python.
    """
    try:
        rule = parse_page(data.decode(), "page.md", name="page", category="own")
        list(examples(rule))
        if not (rule.check or rule.gather or rule.reads_manifests):
            build_rule_set([rule])
    except (UnicodeDecodeError, PageError):  # `read_page` turns the one into the other
        return


def check_suppression(data: bytes) -> None:
    """Expect None, a sentence, or a parsed suppression.

    That is a word with at least one rule, and a reason on one line.
    """
    for line in data.decode(errors="replace").split("\n"):
        match parse_directive(line):
            case None:
                continue
            case str(sentence):
                _require(sentence, "an empty sentence")
            case (word, rules, reason):
                _require(word in {"allow", "allow-file"} and "" not in (rules or [""]), f"what is allowed | {word!r} of {rules!r}")
                _require("\n" not in reason and reason == reason.strip(), f"the reason | {reason!r}")


def check_config(room: Path, data: bytes) -> None:
    """Expect settings for a file, or a `ConfigError`."""
    (room / "rustgate.toml").write_bytes(data)
    try:
        config = load_config(room, shipped())
        resolver = Resolver(config, shipped(), Selection())
        resolver.excluded("src/lib.rs")
        settings = resolver.settings("src/lib.rs")
        list(resolver.values("src/lib.rs"))
    except (ConfigError, PageError):
        return
    for name, setting in settings.items():
        _require(name in shipped() and setting.severity is not None, f"the setting | {setting} of {name}")


def check_coverage(room: Path, data: bytes) -> None:
    """Expect line counts, none negative, or a `RustgateError`."""
    (room / "report").write_bytes(data)
    try:
        report = located(read_coverage(room / "report"), ["src/lib.rs", "crates/a/src/lib.rs"], room)
    except RustgateError:
        return
    for path, lines in report.files.items():
        _require(all(hits >= 0 for hits in lines.values()), f"negative counts | {path}")


def check_manifest(room: Path, data: bytes) -> None:
    """Expect findings inside the manifest, or why it cannot be read.

    It never raises, also not because of what else is in its folder.
    """
    (room / "Cargo.toml").write_bytes(data)
    for beside in (".cargo/config.toml", ".github/workflows/ci.yml", "a/Cargo.toml"):
        (room / beside).parent.mkdir(parents=True, exist_ok=True)
        (room / beside).write_bytes(data)
    tree = Tree(room)
    tree.config_root(room / "a")
    tree.context(str(room / "src/lib.rs"))
    manifest, workspace = tree.manifest(room), read_workspace(tree, room)
    if workspace is None:
        _require(manifest is None or manifest.problem, "no workspace, and no reason why")
        return
    settings = {rule.name: setting_in(rule, Profile.HYPERSCALE) for rule in _manifest_rules()}
    for report in lint_manifests(workspace, _manifest_rules(), lambda _path: settings):
        lines = next(one.text for one in workspace.manifests if one.path == report.path).split("\n")
        for finding in report.findings:
            inside = 1 <= finding.line <= len(lines) and finding.column <= finding.end_column <= len(lines[finding.line - 1]) + 1
            _require(inside, f"a finding outside of the file: {finding.rule} | {finding}")


@cache
def _manifest_rules() -> tuple[Rule, ...]:
    return tuple(rule for rule in shipped().values() if rule.reads_manifests)


def _require(holds: object, what: str) -> None:
    if not holds:
        raise AssertionError(what)


def _room() -> Path:
    """Create a folder that is removed when the process ends."""
    folder = tempfile.TemporaryDirectory(prefix="rustgate-fuzz-")
    _ROOMS.append(folder)
    return Path(folder.name).resolve()


_ROOMS: list[tempfile.TemporaryDirectory[str]] = []


def _words(*words: str) -> tuple[bytes, ...]:
    return tuple(word.encode() for word in words)


_PAGE_WORDS = (
    "+++ severity message since applies scope clippy tags measure limit soft check gather raised_by reads inside not_inside targets options"
    " choices mvp production everywhere async loop function.lines ``` ```rust ```query ```lcov bad good path= limit= encoding= # //~ //~^^"
    " #eq? #match? #any-of? #nope? @finding @_x (_) (identifier) {name} {0} {a!r} {a:>9}"
)
_TOML_WORDS = "level limit soft count paths = [ ] [[ ]] { } , . true false off 1979-05-27T07:32:00Z 0 4 '' \"\" ''' a.b.c *.rs **/x/** [a-z"
_COVERAGE_WORDS = (
    "SF: DA: 1,2 ,-1 LF: LH: end_of_record TN: BRDA: FN: <coverage> <class> filename= <line number= hits= <!DOCTYPE &lt; <sources>"
    " <source> </class> <?xml encoding= <![CDATA["
)
_MANIFEST_WORDS = (
    "package project workspace members exclude dependencies dev-dependencies target path git rev version lints priority edition resolver"
    " metadata rustgate profile release lib bin test bench name build = [ ] [[ ]] { } , . true false 0 1.5 2021 '' * ** ../* /** a.b.c"
    " 'cfg(unix)' \"\\u0000\" make just uses: run: cargo clippy"
)
_SUPPRESSIONS = (
    b"// rustgate: allow(unwrap-used) -- the key was inserted above\n/* rustgate: allow-file(indexing, unwrap-used) -- why\nnot */",
    b"// rustgate: allow()\n// rustgate:: path\n//rustgate : allow ( a , b ) --\n// rustgate: deny(x) -- y\n// rustgate: allow(a) b",
)
_CONFIGS = (
    b"""\
profile = "production"
fail-on = "warning"
exclude = ["**/generated/**", "!a.rs", "[ab]?.rs"]
respect-clippy = false
max-file-size = 1000
rule-paths = []
[rules]
expect-used = "off"
function-length = { level = "error", limit = 40, soft = 20 }
[[overrides]]
paths = ["crates/legacy/**"]
profile = "mvp"
[overrides.rules]
indexing = "note"
[metrics]
engine = "lizard"
""",
    b'[rules.function-length]\ncount = "code"\nlevel = "warning"\n[[overrides]]\npaths = ["*"]\n[[overrides]]\npaths = []\n',
)
_REPORTS = (
    b"TN:\nSF:src/lib.rs\nFN:1,f\nDA:1,5\nDA:2,0,abc\nDA:3,-1\nLF:3\nend_of_record\nSF:/a/crates/a/src/lib.rs\nDA:1,1\nend_of_record\n",
    b"""\
<?xml version="1.0"?>
<coverage><sources><source>/home/a</source></sources><packages><package><classes>
<class filename="src/lib.rs"><methods><method><lines><line number="1" hits="2"/></lines></method></methods>
<lines><line number="1" hits="2"/><line number="2" hits="0"/></lines></class></classes></package></packages></coverage>
""",
)
