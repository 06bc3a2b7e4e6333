"""Functions, impls and traits with their metrics; all frozen."""

from msgspec import Struct


class Function(Struct, frozen=True):
    """A function and its metrics, as RULES of the catalogue define them; `start` and `end` are bytes, `name_*` its name token.

    `nesting_path` holds the keyword's bytes of the first construct at each depth; `fixed_signature` is true where a trait or an
    ABI dictates the parameters.

    `body` is false for a signature without one (a required trait method, a foreign function): only its parameters can be measured.
    """

    item: str
    start: int
    end: int
    name_start: int
    name_end: int
    body_start: int
    line: int
    end_line: int
    lines: int
    parameters: int
    self_parameter: bool
    bool_parameters: int
    cyclomatic: int
    tries: int
    cognitive: int
    nesting: int
    nesting_path: tuple[tuple[int, int], ...]
    test: bool
    body: bool
    public: bool
    fixed_signature: bool


class Impl(Struct, frozen=True):
    """An `impl` block; `start` and `end` are bytes, `head_end` ends its signature. `name` is the last part of `item`."""

    item: str
    name: str
    start: int
    head_end: int
    end: int
    line: int
    end_line: int
    lines: int
    test: bool


class Trait(Struct, frozen=True):
    """A trait and the number of methods that an implementor must write."""

    item: str
    name_start: int
    name_end: int
    required_methods: int
    test: bool
