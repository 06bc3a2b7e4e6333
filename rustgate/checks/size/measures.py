"""What a page's `measure` can name: each gives the measured things of a file, and where to point when one is over its limit."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from rustgate.metrics.lizard import ENGINE, LizardFunction, lizard_metrics
from rustgate.model.file import FileContext
from rustgate.syntax.items import Function
from rustgate.syntax.outline import Outline

Span = tuple[int, int]


class Measured(Struct, frozen=True):
    """A thing and its value. `where` gives the bytes to point at, for the limit that was passed; `note` is more for the message."""

    name: str
    value: int
    where: Callable[[int], Span]
    note: str = ""


class Subject(Struct, frozen=True):
    """A file as a measure sees it: its outline, where it stands, the rule's options, and the value `above` which a thing is told of."""

    outline: Outline
    place: FileContext
    options: dict[str, Any]
    above: int


def file_lines(subject: Subject) -> Iterator[Measured]:
    """Lines of a file that is not all test code, without its test modules (`include-tests`), physical or of code (`count`)."""
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
        yield Measured("file", value, first_past, note)


def function_lines(subject: Subject) -> Iterator[Measured]:
    """Lines from the signature to the closing brace, or lines of code in the body (`count`); by lizard, its length or NLOC."""
    code = subject.options.get("count") == "code"
    lizard = _by_lizard(subject)

    def value(function: Function) -> int:
        seen = lizard.get(function.start)
        if seen:
            return seen.nloc if code else seen.lines
        return subject.outline.lines_of_code(function.body_start, function.end) if code else function.lines

    return _over(subject, ((function, value(function)) for function in _with_body(subject)))


def impl_lines(subject: Subject) -> Iterator[Measured]:
    """Lines of an `impl` block."""
    for impl in subject.outline.impls:
        if impl.lines > subject.above:
            yield Measured(impl.name, impl.lines, _always((impl.start, impl.head_end)))


def function_parameters(subject: Subject) -> Iterator[Measured]:
    """Declared parameters, with `self` if `count-self`; signatures that a trait or an ABI dictates are left out."""
    count_self = subject.options.get("count-self", False)
    functions = (function for function in subject.outline.functions if not function.fixed_signature)
    return _over(subject, ((function, function.parameters + (count_self and function.self_parameter)) for function in functions))


def function_bool_parameters(subject: Subject) -> Iterator[Measured]:
    """Parameters of type `bool`, of public functions only unless `public-only` is off."""
    any_function = not subject.options.get("public-only")
    functions = (one for one in subject.outline.functions if not one.fixed_signature and (one.public or any_function))
    return _over(subject, ((function, function.bool_parameters) for function in functions))


def function_cyclomatic(subject: Subject) -> Iterator[Measured]:
    """Cyclomatic complexity; `count-try` makes each `?` a branch, as it always is by lizard."""
    lizard, count_try = _by_lizard(subject), subject.options.get("count-try")

    def value(function: Function) -> int:
        seen = lizard.get(function.start)
        return seen.cyclomatic if seen else function.cyclomatic + (function.tries if count_try else 0)

    return _over(subject, ((function, value(function)) for function in _with_body(subject)))


def function_cognitive(subject: Subject) -> Iterator[Measured]:
    """Cognitive complexity."""
    return _over(subject, ((function, function.cognitive) for function in _with_body(subject)))


def function_nesting(subject: Subject) -> Iterator[Measured]:
    """Depth of control flow; points at the first construct that is too deep."""
    for function in _with_body(subject):
        if function.nesting > subject.above:
            yield Measured(function.item.rpartition("::")[2], function.nesting, function.nesting_path.__getitem__)


def trait_methods(subject: Subject) -> Iterator[Measured]:
    """Methods that an implementor of the trait must write."""
    for trait in subject.outline.traits:
        if trait.required_methods > subject.above:
            yield Measured(trait.item.rpartition("::")[2], trait.required_methods, _always((trait.name_start, trait.name_end)))


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


def _by_lizard(subject: Subject) -> Mapping[int, LizardFunction]:
    """The numbers of lizard by the first byte of a function, if the rule is judged by them; a function that it does not see has none."""
    return lizard_metrics(subject.outline).by_start if subject.options.get("engine") == ENGINE else {}


def _with_body(subject: Subject) -> Iterator[Function]:
    return (function for function in subject.outline.functions if function.body)


def _over(subject: Subject, values: Iterable[tuple[Function, int]]) -> Iterator[Measured]:
    """Those functions that are told of, which are few."""
    for function, value in values:
        if value > subject.above:
            yield Measured(function.item.rpartition("::")[2], value, _always((function.name_start, function.name_end)))


def _always(span: Span) -> Callable[[int], Span]:
    return lambda _limit: span


def _lines_of(outline: Outline, spans: tuple[Span, ...]) -> set[int]:
    return {line for start, end in spans for line in range(outline.lines.number(start), outline.lines.number(end - 1) + 1)}
