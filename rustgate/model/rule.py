"""Rules and their settings; all frozen."""

from enum import StrEnum
from typing import Any

from msgspec import Struct

from rustgate.model.file import Target
from rustgate.model.finding import Severity

UNREADABLE = "unreadable-file"
"""The rule whose findings are the files that could not be linted."""


class Profile(StrEnum):
    """Strictness; each profile extends the one before it."""

    MVP = "mvp"
    PRODUCTION = "production"
    ENTERPRISE = "enterprise"
    HYPERSCALE = "hyperscale"

    @property
    def rank(self) -> int:
        """Return 0 for the most lenient profile, 3 for the strictest."""
        return _PROFILES.index(self)


_PROFILES = list(Profile)


class Scope(StrEnum):
    """Amount of code that a rule must see at once."""

    FILE = "file"
    CRATE = "crate"
    WORKSPACE = "workspace"


class Applies(StrEnum):
    """Kind of code that a rule looks at."""

    PRODUCTION = "production"
    TESTS = "tests"
    EVERYWHERE = "everywhere"


class Enclosure(StrEnum):
    """Code that a rule can require or exclude around a match.

    A match must lie inside it, or must not.
    """

    ASYNC = "async"
    CONST = "const"
    DROP = "drop"
    LOOP = "loop"
    MACRO_RULES = "macro-rules"
    STATIC = "static"
    UNSAFE = "unsafe"


class Conditions(Struct, frozen=True):
    """Conditions on a match, beside the query.

    Empty tuples ask for nothing.
    `targets` is what Cargo builds from the file. `rust` is the first version of Rust that knows what the rule asks for: in a package that
    promises to work with an older one, all that it finds are notes.
    """

    inside: tuple[Enclosure, ...] = ()
    not_inside: tuple[Enclosure, ...] = ()
    targets: tuple[Target, ...] = ()
    rust: tuple[int, ...] = ()


class Rule(Struct, frozen=True):
    """A rule, as read from its page.

    It says what to look for and how bad that is, and holds the text that explains it.
    `message` says what is wrong, `help` what to do; both have placeholders in braces.
    `severity`, `limit` and `soft` (the warning limit) hold one value for each profile, in the order of `Profile`; None means off, or no
    limit. `options` maps the name of an option to its value for each profile, `choices` to the values that it may take.
    `raised_by` names the part of rustgate that raises the findings by itself: `linter` or `suppressions`. `reads` is `manifest` for a rule
    whose check reads Cargo.toml files and what lies beside them, `coverage` for one that says nothing without a coverage report.
    `yields_to` names the rule whose findings stand for those of this one at the same place.
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
    yields_to: str = ""
    conditions: Conditions = Conditions()
    options: dict[str, tuple[Any, ...]] = {}
    choices: dict[str, tuple[str, ...]] = {}
    markdown_line: int = 1
    pack: str = ""
    help: str = ""

    @property
    def reads_manifests(self) -> bool:
        """Return whether the rule is about manifests instead of Rust."""
        return self.reads == "manifest"


class Setting(Struct, frozen=True):
    """Settings of one rule for one file.

    These are its severity, limits and options after profile, configuration and command line.
    """

    severity: Severity | None
    limit: int | None = None
    soft: int | None = None
    options: dict[str, Any] = {}
