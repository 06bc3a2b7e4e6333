"""Measures of files, functions, impls and traits.

Each yields the measured items above a value, with the bytes to point at when one passes its limit.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from rustgate.metrics.lizard import ENGINE, LizardFunction, lizard_metrics
from rustgate.model.file import FileContext
from rustgate.syntax.items import Function
from rustgate.syntax.outline import Outline

Span = tuple[int, int]
_MOST_NAMED = 3
"""Items that the remedy for a long file names at most: who must move more has to think about the whole."""


class Measured(Struct, frozen=True):
    """A measured item and its value.

    `where` returns the bytes to point at for the limit that was passed, `remedy` says what would bring the value to it; `note` is added
    to the message.
    """

    name: str
    value: int
    where: Callable[[int], Span]
    note: str = ""
    remedy: Callable[[int], str] = lambda _limit: ""


class Subject(Struct, frozen=True):
    """A file and options, as measures see them.

    Only items whose value is greater than `above` are yielded.
    """

    outline: Outline
    context: FileContext
    options: dict[str, Any]
    above: int


def file_lines(subject: Subject) -> Iterator[Measured]:
    """Count the lines of a file outside tests.

    The option `include-tests` counts test modules too; `count` chooses physical lines or lines of code. A file of nothing but tests
    has no value. The finding is at the first line past the limit.
    """
    outline = subject.outline
    if outline.whole_file_is_test:
        return
    skipped = set() if subject.options.get("include-tests") else _lines_of(outline, outline.test_modules)
    note = f" without tests ({outline.lines.count} with tests)" if skipped else ""
    if subject.options.get("count") == "code":
        code = outline.code_lines
        skipped |= {line for line in range(1, outline.lines.count + 1) if code[line] == code[line - 1]}
    value = outline.lines.count - len(skipped)

    def first_past(limit: int) -> Span:
        counted = 0
        for line in range(1, outline.lines.count + 1):
            counted += line not in skipped
            if counted > limit:
                return outline.lines.start(line), outline.lines.end(line)
        return 0, 0

    if value > subject.above:
        yield Measured("file", value, first_past, note, lambda limit: _what_to_move(outline, skipped, value - limit))


def _what_to_move(outline: Outline, skipped: set[int], over: int) -> str:
    """Name the largest items at the top of a file, as many as hold the `over` lines that must leave it."""
    sizes = [(len(lines - skipped), name) for name, lines in _top_items(outline)]
    moved, named = 0, []
    for size, name in sorted(sizes, key=lambda item: -item[0])[:_MOST_NAMED]:
        named.append(f"{name} ({size} lines)")
        moved += size
        if moved >= over:
            return f"move {' and '.join(named)} to {'modules of their' if len(named) > 1 else 'a module of its'} own"
    return "split it into modules"


def _top_items(outline: Outline) -> Iterator[tuple[str, set[int]]]:
    """Yield the name and lines of each item at the top of a file, their attributes and documentation left out."""
    for node in outline.outline_nodes:
        if node.parent is None and node.name:
            word = {"function": "fn", "type": "type"}.get(node.kind, node.kind)
            yield f"`{word} {node.name}`", _lines_of(outline, ((node.start, node.end),))


def function_lines(subject: Subject) -> Iterator[Measured]:
    """Count the lines of each function.

    From the signature to the closing brace, or with `count = "code"` the lines of code in the body. With lizard as the engine, its
    length or its NLOC.
    """
    code = subject.options.get("count") == "code"
    lizard = _lizard_functions(subject)

    def value(function: Function) -> int:
        by_lizard = lizard.get(function.start)
        if by_lizard:
            return by_lizard.nloc if code else by_lizard.lines
        return subject.outline.lines_of_code(function.body_start, function.end) if code else function.lines

    return _functions_above(subject, ((function, value(function)) for function in _with_body(subject)))


def impl_lines(subject: Subject) -> Iterator[Measured]:
    """Count the lines of each `impl` block."""
    for impl in subject.outline.impls:
        if impl.lines > subject.above:
            yield Measured(impl.name, impl.lines, _at((impl.start, impl.head_end)))


def function_parameters(subject: Subject) -> Iterator[Measured]:
    """Count the declared parameters of each function.

    `self` counts with the option `count-self`. Signatures that a trait or an ABI dictates are left out.
    """
    count_self = subject.options.get("count-self", False)
    functions = (function for function in subject.outline.functions if not function.fixed_signature)
    return _functions_above(subject, ((function, function.parameters + (count_self and function.self_parameter)) for function in functions))


def function_bool_parameters(subject: Subject) -> Iterator[Measured]:
    """Count the `bool` parameters of public functions.

    With `public-only = false`, of all functions. Signatures that a trait or an ABI dictates are left out, and among public functions
    setters: methods with nothing but one `bool`.
    """
    any_function = not subject.options.get("public-only")
    functions = (function for function in subject.outline.functions if not function.fixed_signature and (function.public or any_function))
    functions = (function for function in functions if any_function or not (function.self_parameter and function.parameters == 1))
    return _functions_above(subject, ((function, function.bool_parameters) for function in functions))


def function_cyclomatic(subject: Subject) -> Iterator[Measured]:
    """Measure the cyclomatic complexity of each function.

    The option `count-try` counts each `?` as a branch, which lizard always does.
    """
    lizard, count_try = _lizard_functions(subject), subject.options.get("count-try")

    def value(function: Function) -> int:
        by_lizard = lizard.get(function.start)
        return by_lizard.cyclomatic if by_lizard else function.cyclomatic + (function.tries if count_try else 0)

    return _functions_above(subject, ((function, value(function)) for function in _with_body(subject)))


def function_cognitive(subject: Subject) -> Iterator[Measured]:
    """Measure the cognitive complexity of each function."""
    return _functions_above(subject, ((function, function.cognitive) for function in _with_body(subject)))


def function_nesting(subject: Subject) -> Iterator[Measured]:
    """Measure the depth of nested control flow.

    The finding is at the first construct that is too deep.
    """
    for function in _with_body(subject):
        if function.nesting > subject.above:
            yield Measured(function.item.rpartition("::")[2], function.nesting, function.nesting_path.__getitem__)


def trait_methods(subject: Subject) -> Iterator[Measured]:
    """Count the methods that each trait requires."""
    for trait in subject.outline.traits:
        if trait.required_methods > subject.above:
            yield Measured(trait.item.rpartition("::")[2], trait.required_methods, _at((trait.name_start, trait.name_end)))


MEASURES: dict[str, Callable[[Subject], Iterator[Measured]]] = {
    "file.lines": file_lines,
    "function.bool_parameters": function_bool_parameters,
    "function.cognitive": function_cognitive,
    "function.cyclomatic": function_cyclomatic,
    "function.lines": function_lines,
    "function.nesting": function_nesting,
    "function.parameters": function_parameters,
    "impl.lines": impl_lines,
    "trait.required_methods": trait_methods,
}


def _lizard_functions(subject: Subject) -> Mapping[int, LizardFunction]:
    """Return lizard's numbers by a function's first byte.

    Empty unless the rule's engine is lizard. A function that lizard does not see has no entry.
    """
    return lizard_metrics(subject.outline).by_start if subject.options.get("engine") == ENGINE else {}


def _with_body(subject: Subject) -> Iterator[Function]:
    return (function for function in subject.outline.functions if function.body)


def _functions_above(subject: Subject, values: Iterable[tuple[Function, int]]) -> Iterator[Measured]:
    """Yield the few functions above the lowest limit."""
    for function, value in values:
        if value > subject.above:
            yield Measured(function.item.rpartition("::")[2], value, _at((function.name_start, function.name_end)))


def _at(span: Span) -> Callable[[int], Span]:
    return lambda _limit: span


def _lines_of(outline: Outline, spans: tuple[Span, ...]) -> set[int]:
    return {line for start, end in spans for line in range(outline.lines.number(start), outline.lines.number(end - 1) + 1)}
