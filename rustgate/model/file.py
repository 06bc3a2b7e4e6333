"""Context, declarations and results of a file.

All types are frozen.
"""

from enum import StrEnum

from msgspec import Struct

from rustgate.model.finding import Fact, Finding, Suppression


class Target(StrEnum):
    """Kind of target that Cargo builds from a file."""

    LIBRARY = "library"
    BINARY = "binary"
    TEST = "test"
    BENCH = "bench"
    EXAMPLE = "example"
    BUILD = "build"

    @property
    def is_test(self) -> bool:
        """Return whether such a target is test code."""
        return self in {Target.TEST, Target.BENCH, Target.EXAMPLE}


class TypeDeclaration(Struct, frozen=True):
    """A declared struct, enum, union or trait.

    `parents` are the inline modules around it, `public` says whether it is declared as `pub`. `macro` is the `macro_rules!` in whose body
    it stands, if any; `parents` then are those in that body.
    """

    parents: tuple[str, ...]
    name: str
    public: bool
    macro: str = ""


class ModuleDeclaration(Struct, frozen=True):
    """A module that a file declares, or a file that it includes.

    That is `mod name;`, or `mod name { .. }` when `inline`. `parents` are the inline modules around it, `path` is the value of its
    `#[path]`, `test` says whether it is test code, `public` whether it is declared as `pub`, `line` and `column` where it is
    declared. `macro` is the `macro_rules!` in whose body it stands, if any.
    A module that has another `#[path]` for tests is declared twice. `folders` are the folders that its parents stand for where a `#[path]`
    renames one of them; they are `beside` the file, not below its own folder, if it renames the outermost.
    `include` is true of `include!(..)`: it has no name, and its path is empty where the file is made while building.
    """

    name: str
    parents: tuple[str, ...]
    path: str | None
    test: bool
    public: bool = False
    inline: bool = False
    line: int = 0
    column: int = 0
    macro: str = ""
    folders: tuple[str, ...] = ()
    beside: bool = False
    include: bool = False


class ModuleMentions(Struct, frozen=True, array_like=True):
    """Names of modules declared as other files.

    They come from a quick look at the text; the names are bytes of the source.
    `anywhere` is true where a `#[path]` or an `include!` may lead to a file of any name, `tests` where one of the modules may be test code.
    """

    names: frozenset[bytes]
    anywhere: bool
    tests: bool


class Export(Struct, frozen=True):
    """One leaf of a `pub use`.

    The item at `path` is made visible as `name`, or all that it holds when `name` is `*`.
    `parents` are the inline modules around the declaration, `macro` is the `macro_rules!` in whose body it stands, if any.
    """

    parents: tuple[str, ...]
    path: str
    name: str
    macro: str = ""


class MacroDefinition(Struct, frozen=True):
    """A `macro_rules!` and the keywords in its patterns.

    An item in the arguments that begins with one of these `keywords`, such as `enum`, is not handed on as it is.
    """

    name: str
    keywords: frozenset[str]


class MacroCall(Struct, frozen=True):
    """A macro call that stands where items stand.

    `parents` are the inline modules around it, `owner` is the type or trait whose members it writes, if any. `macro` is the
    `macro_rules!` in whose body it stands, if any. `documents` says whether its arguments hold documentation, `public` whether they hold
    the word `pub`.
    """

    parents: tuple[str, ...]
    name: str
    owner: str | None = None
    macro: str = ""
    documents: bool = False
    public: bool = False


class FileContext(Struct, frozen=True):
    """Cargo target and test status of a file.

    `target` is what Cargo builds from it, None when it belongs to no package; `test` says whether all of it is test code.
    `rust` is the oldest version that the package promises to work with, such as (1, 70); empty when it does not say.
    """

    target: Target | None
    test: bool = False
    rust: tuple[int, ...] = ()


class FileResult(Struct, frozen=True):
    """All that a worker returns for one file.

    Plain data that travels between processes.
    """

    path: str
    lines: int
    findings: tuple[Finding, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    modules: tuple[ModuleDeclaration, ...] = ()
    exports: tuple[Export, ...] = ()
    types: tuple[TypeDeclaration, ...] = ()
    macros: tuple[MacroDefinition, ...] = ()
    macro_calls: tuple[MacroCall, ...] = ()
    facts: dict[str, tuple[Fact[object], ...]] = {}


THIS_FILE = "this file"


class Problem(Struct, frozen=True):
    """A file or folder that could not be read.

    `path` is relative to the root, `sentence` says what went wrong. A file that may not be read is told where it is declared: `line` is the
    line, and `subject` names the file.
    """

    path: str
    sentence: str
    line: int = 1
    subject: str = THIS_FILE

    @property
    def is_declared(self) -> bool:
        """Return whether it is told at a declaration."""
        return self.subject != THIS_FILE
