"""Snippets: the tokens of what was found, whatever its layout.

What rustfmt adds and takes away is left out: white space, comments, braces, and a comma before a closing bracket.
"""

import re
from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice

_TOKEN = re.compile(
    rb"""
    (?P<skipped>\s+ | //[^\n]* | /\*.*?\*/)
    | (?P<token>
        (?:br|cr|r)(?P<hashes>\#*)"(?s:.*?)"(?P=hashes)     # raw string
        | [bc]?"(?:[^"\\]|\\.)*"
        | b?'(?:[^'\\]|\\[^'\n]*'?)'                        # character, not lifetime
        | '?[\w\x80-\xff]+
        | ::|->|=>|==|!=|<=|&&|\|\||\.\.=|\.\.\.|\.\.
        | .
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_CLOSING = frozenset({b")", b"]", b"}", b">"})
_BRACES = frozenset({b"{", b"}"})
_MOST_TOKENS = 256
"""Tokens that a snippet looks at: a long chain of calls has as many matches as links, each holding all the links before."""

MOST_CHARACTERS = 120
"""Characters of a snippet, before the hash of the rest."""


def snippet(source: bytes, start: int, end: int) -> str:
    """Return the tokens of a byte range, with one space between."""
    return shorten(b" ".join(islice(_tokens(source, start, end), _MOST_TOKENS)).decode(errors="replace"))


def shorten(text: str) -> str:
    """Return a text of at most 120 characters, followed by `#` and a hash of the rest if there is one."""
    rest = text[MOST_CHARACTERS:]
    return f"{text[:MOST_CHARACTERS]}#{blake2b(rest.encode(errors='surrogatepass'), digest_size=8).hexdigest()}" if rest else text


def _tokens(source: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield the tokens of a range that rustfmt keeps."""
    comma = False
    for match in _TOKEN.finditer(source, start, end):
        token = match["token"]
        if token is None:
            continue
        if comma and token not in _CLOSING:
            yield b","
        comma = token == b","
        if not comma and token not in _BRACES:
            yield token.replace(b"\r\n", b"\n")
    if comma:
        yield b","
