"""Format strings of macros: placeholders and arguments."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from tree_sitter import Node

from rustgate.syntax.node_helpers import STRINGS, tree_text

_PLACEHOLDER = re.compile(r"\{\{|\{([^{}]*+)\}")
_INLINE = re.compile(r"^[A-Za-z_]\w*|\b[A-Za-z_]\w*(?=\$)")
_POSITION = re.compile(r"[0-9]{1,9}")


class Placeholder(Struct, frozen=True):
    """A `{argument:format}` in a format string.

    `start` is its offset in the text. `argument` is a name, a position or empty. `names` are the variables inside the braces:
    `name` and `width` in `{name:>width$}`.
    """

    start: int
    argument: str
    names: list[str]


class FormatString(Struct, frozen=True):
    """A format string and the arguments behind it.

    `start` is the byte of its first literal, `text` has its quotes, `arguments` are as written: `name = value` for named ones.
    """

    start: int
    text: str
    arguments: list[str]

    def placeholders(self) -> Iterator[Placeholder]:
        """Yield the placeholders, without escaped braces (`{{`)."""
        for found in _PLACEHOLDER.finditer(self.text):
            if found[1] is not None:
                yield Placeholder(found.start(), found[1].partition(":")[0].strip(), _INLINE.findall(found[1]))

    def values(self, placeholders: Iterable[Placeholder]) -> Iterator[str]:
        """Yield the expression for each placeholder, as written."""
        named = {name.strip(): value.strip() for name, equals, value in (one.partition("=") for one in self.arguments) if equals}
        position = 0
        for placeholder in placeholders:
            name = placeholder.argument
            if not name or _POSITION.fullmatch(name):
                index = int(name or position)
                position += not name
                name = self.arguments[index] if index < len(self.arguments) else name
            yield named.get(name, name)


def format_string(tokens: Node) -> FormatString | None:
    """Return the first format string in a token tree.

    It is a literal, or the literals of a `concat!` joined.
    """
    children = tokens.children
    for index, token in enumerate(children):
        literals = [token] if token.type in STRINGS else _concatenated(children, index)
        if literals:
            return FormatString(literals[0].start_byte, "".join(map(tree_text, literals)), _arguments(tokens, token.end_byte))
    return None


def _concatenated(tokens: list[Node], index: int) -> list[Node]:
    """Return the literals of a `concat!`.

    Its arguments are the token at `index`.
    """
    if tokens[index].type != "token_tree" or [*map(tree_text, tokens[max(index - 2, 0) : index])] != ["concat", "!"]:
        return []
    return [token for token in tokens[index].children if token.type in STRINGS]


def _arguments(tokens: Node, behind: int) -> list[str]:
    """Return the arguments behind a byte, as written."""
    commas = [token for token in tokens.children if token.type == "," and token.start_byte >= behind]
    ends = [*(comma.start_byte for comma in commas[1:]), tokens.end_byte - 1]
    text, start = tokens.text or b"", tokens.start_byte
    return [text[comma.end_byte - start : end - start].decode(errors="replace").strip() for comma, end in zip(commas, ends, strict=False)]
