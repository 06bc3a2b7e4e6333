"""Functions, impls and traits of a file, with their metrics."""

from msgspec import Struct

from rustgate.syntax.line_index import Lines
from rustgate.syntax.outline_nodes import FunctionNode, OutlineNode


class Function(Struct, frozen=True):
    """A function and its metrics, frozen.

    The rule pages define each metric. `start` and `end` are bytes, `name_*` those of its name token. `nesting_path` holds the bytes of the
    keyword of the first construct at each depth. `fixed_signature` is true where a trait or an ABI dictates the parameters.

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
    """An `impl` block, frozen.

    `start` and `end` are bytes, `head_end` ends its signature. `name` is the last part of `item`.
    """

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
    """A trait, and how many methods an implementor must write."""

    item: str
    name_start: int
    name_end: int
    required_methods: int
    test: bool


def build_function(node: FunctionNode, lines: Lines, *, test: bool) -> Function:
    """Build a `Function` from its outline node."""
    line, end_line = lines.number(node.start), lines.number(node.end - 1)
    return Function(
        item=node.item,
        start=node.start,
        end=node.end,
        name_start=node.head_start,
        name_end=node.head_end,
        body_start=node.body_start,
        line=line,
        end_line=end_line,
        lines=end_line - line + 1,
        parameters=node.parameters,
        self_parameter=node.self_parameter,
        bool_parameters=node.bool_parameters,
        cyclomatic=node.cyclomatic,
        tries=node.tries,
        cognitive=node.cognitive,
        nesting=len(node.deepest),
        nesting_path=tuple(node.deepest),
        test=test,
        body=node.body,
        public=node.public,
        fixed_signature=node.fixed_signature,
    )


def build_impl(node: OutlineNode, lines: Lines, *, test: bool) -> Impl:
    """Build an `Impl` from its outline node."""
    line, end_line = lines.number(node.start), lines.number(node.end - 1)
    return Impl(
        item=node.item,
        name=node.name,
        start=node.start,
        head_end=node.head_end,
        end=node.end,
        line=line,
        end_line=end_line,
        lines=end_line - line + 1,
        test=test,
    )
