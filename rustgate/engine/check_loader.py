"""Import the functions that rule pages name.

Functions of rustgate are used as they are; those of packs are wrapped so that their results are checked.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, cast, get_args, get_type_hints

from rustgate.errors import PageError
from rustgate.model.finding import Fact, Match
from rustgate.model.rule import Rule
from rustgate.syntax.joined_query import placeholders


def load_check(rule: Rule, name: str) -> Callable[..., Any]:
    """Import the function that a page names as `package.module:function`.

    Raises `PageError` when there is none. A function that is not rustgate's own raises a `PageError` for whatever goes wrong in it.
    """
    found = _imported(rule, name)
    return found if _is_ours(name) else _guarded(rule, name, found)


def fact_type(rule: Rule) -> Any:
    """Return the type of the data that the `gather` of a rule is annotated to yield.

    It is the second of the pair in `Iterator[tuple[Match, Data]]`; any plain data for a function of a pack without annotations.
    """
    try:
        returned = get_type_hints(_imported(rule, rule.gather or "")).get("return")
    except NameError:  # an annotation that is imported for type checkers alone
        return Any
    pair = next(iter(get_args(returned)), None)
    return next(iter(get_args(pair)[1:]), Any)


def _imported(rule: Rule, name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    expected = (ImportError, AttributeError, TypeError, ValueError) if _is_ours(name) else (Exception, SystemExit)
    try:
        found = getattr(import_module(module), function)
        if not callable(found):
            raise TypeError(f"{function} is not a function")
    except expected as error:
        problem = f"{_name_of(rule, name)} cannot be imported: {' '.join(str(error).split())}"
        raise PageError(f"{rule.path}: {problem}; write it as package.module:function") from error
    return cast("Callable[..., Any]", found)


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] == __name__.partition(".")[0]


def _guarded(rule: Rule, name: str, function: Callable[..., Iterable[Any]]) -> Callable[..., Iterator[Any]]:
    """Wrap a pack's function: its mistakes become `PageError`s.

    A check promises results whose values fill the message.
    """
    needed = {*placeholders(rule)}

    def guarded(*arguments: Any) -> Iterator[Any]:
        try:
            for result in function(*arguments):
                missing = needed - _filled_placeholders(result, rule)
                if missing:
                    raise LookupError(f"nothing fills {{{min(missing)}}} in the message")
                yield result
        except (Exception, SystemExit) as error:
            problem = " ".join(f"{type(error).__name__}: {error}".split())
            raise PageError(f"{rule.path}: {_name_of(rule, name)} raised {problem}; repair it, or uninstall what it came with") from error

    return guarded


def _filled_placeholders(result: object, rule: Rule) -> set[str]:
    """Return the message placeholders that a result fills.

    A match that is still to be reduced counts as filling all of them. Raises `TypeError` for what is no result of a check.
    """
    match result:
        case Match() if not rule.gather:
            return {*result.values}
        case (Fact() as fact, dict() as values):
            return {*fact.values, *values}
        case (Match(), _):
            return {*placeholders(rule)}
    raise TypeError(f"{result!r} is not what a check yields")


def _name_of(rule: Rule, name: str) -> str:
    return f'the check "{name}" of the pack "{rule.pack}"' if rule.pack else f'the check "{name}"'
