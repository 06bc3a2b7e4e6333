"""What is known of one file: its context, its declarations and its results; all frozen."""

from enum import StrEnum

from msgspec import Struct

from rustgate.model.finding import Fact, Finding, Suppression


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


class TypeDeclaration(Struct, frozen=True):
    """A struct, enum, union or trait in the inline modules `parents` of a file, and whether it is declared as `pub`."""

    parents: tuple[str, ...]
    name: str
    public: bool


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


class ModuleMentions(Struct, frozen=True, array_like=True):
    """A quick look at the modules in files of their own that a source declares: their names, as bytes of the source.

    `anywhere` is true where a `#[path]` may lead to a file of any name, `tests` where one of the modules may be test code.
    """

    names: frozenset[bytes]
    anywhere: bool
    tests: bool


class Export(Struct, frozen=True):
    """One leaf of a `pub use`: what stands at `path` is made visible as `name`, or all of it when `name` is `*`.

    `parents` are the inline modules around the declaration.
    """

    parents: tuple[str, ...]
    path: str
    name: str


class FileContext(Struct, frozen=True):
    """Where a file stands: what Cargo builds from it (None when it belongs to no package) and whether all of it is test code.

    `rust` is the oldest version that the package promises to work with, such as (1, 70); empty when it does not say.
    """

    target: Target | None
    test: bool = False
    rust: tuple[int, ...] = ()


class FileResult(Struct, frozen=True):
    """All that a worker says of one file; plain data that travels between processes."""

    path: str
    lines: int
    findings: tuple[Finding, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    modules: tuple[ModuleDeclaration, ...] = ()
    exports: tuple[Export, ...] = ()
    types: tuple[TypeDeclaration, ...] = ()
    facts: dict[str, tuple[Fact, ...]] = {}


class Problem(Struct, frozen=True):
    """Something that could not be read while the tree was being listed; `path` is relative to the root."""

    path: str
    sentence: str
