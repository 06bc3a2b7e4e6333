"""The nouns: what a rule, the outcome of a match and a finding are made of; all of them frozen."""

from enum import StrEnum
from typing import Any

from msgspec import Struct

UNREADABLE = "unreadable-file"
"""The rule whose findings are the files that could not be judged."""


class Severity(StrEnum):
    """How bad a finding is; the same three words in pages, configuration, JSON and help."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for a note, 1 for a warning, 2 for an error."""
        return _SEVERITIES.index(self)


class Profile(StrEnum):
    """How strict a run is; each profile extends the one before it."""

    MVP = "mvp"
    PRODUCTION = "production"
    ENTERPRISE = "enterprise"
    HYPERSCALE = "hyperscale"

    @property
    def rank(self) -> int:
        """0 for the most lenient profile, 3 for the strictest."""
        return _PROFILES.index(self)


_SEVERITIES = list(Severity)
_PROFILES = list(Profile)


class Scope(StrEnum):
    """How much a rule must see at once."""

    FILE = "file"
    CRATE = "crate"
    WORKSPACE = "workspace"


class Applies(StrEnum):
    """Which code a rule looks at."""

    PRODUCTION = "production"
    TESTS = "tests"
    EVERYWHERE = "everywhere"


class Context(StrEnum):
    """What a match can be asked to stand in, or not to stand in."""

    ASYNC = "async"
    CONST = "const"
    DROP = "drop"
    LOOP = "loop"
    MACRO_RULES = "macro-rules"
    STATIC = "static"
    UNSAFE = "unsafe"


class Target(StrEnum):
    """What Cargo builds from a file."""

    LIBRARY = "library"
    BINARY = "binary"
    TEST = "test"
    BENCH = "bench"
    EXAMPLE = "example"
    BUILD = "build"

    @property
    def is_test(self) -> bool:
        """Whether everything in such a target counts as test code."""
        return self in {Target.TEST, Target.BENCH, Target.EXAMPLE}


class Conditions(Struct, frozen=True):
    """What must hold around a match beside the query; empty tuples ask for nothing.

    `targets` is what Cargo builds from the file. `rust` is the first version of Rust that knows what the rule asks for: in a package that
    promises to work with an older one, all that it finds are notes.
    """

    inside: tuple[Context, ...] = ()
    not_inside: tuple[Context, ...] = ()
    targets: tuple[Target, ...] = ()
    rust: tuple[int, ...] = ()


class Rule(Struct, frozen=True):
    """A page, read: what to look for, how bad it is, and the text that explains it.

    `severity`, `limit` and `soft` hold one value for each profile, in the order of `Profile`; None means off, or no limit.
    `options` maps the name of an option to its value for each profile, `choices` to the values that it may take.
    `raised_by` names the step of rustgate that reports the rule by itself: `judge` or `suppressions`. `reads` is `manifest` for a rule
    whose check reads Cargo.toml files and what lies beside them, `coverage` for one that says nothing without a coverage report.
    `markdown` begins on the line `markdown_line` of the page.
    `pack` names the installed pack that the page comes from, if it comes from one.
    """

    name: str
    category: str
    path: str
    title: str
    why: str
    markdown: str
    severity: tuple[Severity | None, ...]
    message: str
    since: str
    applies: Applies = Applies.EVERYWHERE
    scope: Scope = Scope.FILE
    clippy: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    precision: str = "high"
    security_severity: str | None = None
    query: str | None = None
    query_line: int = 0
    measure: str | None = None
    limit: tuple[int | None, ...] = ()
    soft: tuple[int | None, ...] = ()
    check: str | None = None
    gather: str | None = None
    reads: str | None = None
    raised_by: str | None = None
    conditions: Conditions = Conditions()
    options: dict[str, tuple[Any, ...]] = {}
    choices: dict[str, tuple[str, ...]] = {}
    markdown_line: int = 1
    pack: str = ""

    @property
    def reads_manifests(self) -> bool:
        """Whether the rule is about manifests instead of Rust."""
        return self.reads == "manifest"


class Setting(Struct, frozen=True):
    """How one rule is applied to one file: its level, limits and options after profile, configuration and command line."""

    severity: Severity | None
    limit: int | None = None
    soft: int | None = None
    options: dict[str, Any] = {}


class Hit(Struct, frozen=True):
    """What a rule found in a file, before it becomes a finding: a byte range and the values for the message.

    A measured hit has its `value` and the `limit` that it passed; `soft` when only the soft limit. `anchored` is true when the
    text of the line tells this hit from others of its item; a measured item is told by its name.
    """

    start: int
    end: int
    values: dict[str, object] = {}
    value: int | None = None
    limit: int | None = None
    soft: bool = False
    anchored: bool = True


class Muted(Struct, frozen=True):
    """Why a finding does not count: `by` is `suppression`, `baseline` or `since`."""

    by: str
    reason: str


class Finding(Struct, frozen=True):
    """One place that breaks one rule. Lines and columns are 1-based, columns count characters, the end is exclusive.

    The region lies on one line; `last_line` is where the code that was found ends, if that is another one. It is no part of the JSON.
    """

    rule: str
    category: str
    severity: Severity
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    item: str
    value: int | None
    limit: int | None
    fingerprint: str
    muted: Muted | None = None
    last_line: int | None = None

    @property
    def order(self) -> tuple[str, int, int, str, int, str]:
        """The key that findings are sorted by in every report."""
        return (self.path, self.line, self.column, self.rule, self.end_column, self.message)


class TypeDeclaration(Struct, frozen=True):
    """A struct, enum, union or trait in the inline modules `parents` of a file, and whether it is declared as `pub`."""

    parents: tuple[str, ...]
    name: str
    public: bool


class Fact(Struct, frozen=True):
    """What a file contributes to a rule of a wider scope: plain `data`, and the finding that it becomes if the whole says so.

    `values` fill the message's placeholders, together with those that the reduce adds.
    """

    finding: Finding
    values: dict[str, object]
    data: Any = None


class Suppression(Struct, frozen=True):
    """A comment or a clippy attribute that mutes `rules` on the lines from `first` to `last`, both 1-based and inclusive.

    `line` is where it stands. `origin` is `comment` or `clippy`; `problem` says what is wrong with a comment that cannot be used.
    """

    rules: tuple[str, ...]
    line: int
    column: int
    first: int
    last: int
    reason: str
    origin: str = "comment"
    problem: str | None = None
    end_column: int | None = None


class ModuleDeclaration(Struct, frozen=True):
    """`mod name;` in a file, or, when `inline`, `mod name { .. }`.

    `parents` are the inline modules around it, `path` is the value of its `#[path]`, `test` whether it is test code, `public`
    whether it is declared as `pub`, `line` where it stands.
    """

    name: str
    parents: tuple[str, ...]
    path: str | None
    test: bool
    public: bool = False
    inline: bool = False
    line: int = 0


class Export(Struct, frozen=True):
    """One leaf of a `pub use`: what stands at `path` is made visible as `name`, or all of it when `name` is `*`.

    `parents` are the inline modules around the declaration.
    """

    parents: tuple[str, ...]
    path: str
    name: str


class Place(Struct, frozen=True):
    """Where a file stands: what Cargo builds from it (None when it belongs to no package) and whether all of it is test code.

    `rust` is the oldest version that the package promises to work with, such as (1, 70); empty when it does not say.
    """

    target: Target | None
    test: bool = False
    rust: tuple[int, ...] = ()


class FileReport(Struct, frozen=True):
    """All that a worker says of one file; plain data that travels between processes."""

    path: str
    lines: int
    findings: tuple[Finding, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    modules: tuple[ModuleDeclaration, ...] = ()
    exports: tuple[Export, ...] = ()
    types: tuple[TypeDeclaration, ...] = ()
    facts: dict[str, tuple[Fact, ...]] = {}
