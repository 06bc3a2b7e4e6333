"""Files that a module may be, by its attributes."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from rustgate.syntax.attributes import MET, UNMET, Attribute, predicate_at, tokens_of
from rustgate.syntax.declarations.strings import string_value


class ModulePath(Struct, frozen=True):
    """A file that a module may be.

    `path` is the value of a `#[path]`, None where the name of the module says it.
    """

    path: str | None
    only_in_tests: bool


def module_paths(attributes: Iterable[Attribute]) -> Iterator[ModulePath]:
    """Yield the files that a module may be, by its attributes.

    The first `#[path]` counts; in a `cfg_attr`, it counts where the predicate holds, and what follows counts where it fails.
    """
    only_in_tests = False
    for attribute in attributes:
        if attribute.name == "path":
            yield ModulePath(string_value(attribute.text.partition("=")[2].strip().removesuffix("]")) or "", only_in_tests)
            return
        if attribute.name == "cfg_attr" and "path" in attribute.text:
            tokens = tokens_of(attribute.text)
            predicates = [predicate_at(tokens, index + 1) for index, token in enumerate(tokens) if token[0] == "cfg_attr"]
            for name, sign, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
                if (name[0], sign[0], value.lastgroup) == ("path", "=", "string"):
                    yield ModulePath(string_value(value[0]) or "", only_in_tests or UNMET in predicates)
                    only_in_tests = only_in_tests or all(predicate == MET for predicate in predicates)
    yield ModulePath(None, only_in_tests)
