"""Token chunks of a file, compared to find copies.

Names, literals, comments and formatting make no difference.
"""

import re
import string
from array import array
from collections.abc import Iterator
from itertools import accumulate, compress, count
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from msgspec import Struct

from rustgate.api import Captures, File, Match, Outline

if TYPE_CHECKING:
    Numbers: TypeAlias = array[int]
else:
    Numbers = array  # before Python 3.12 it cannot be subscripted, and the cache reads what a field is made of

SEED_TOKENS = 50
"""Tokens of a seed: half of what a clone must have by default. A clone with fewer tokens than this is missed."""
MIN_SEED_CHUNK = 6
"""Tokens of the chunk that a seed begins with, at least: a third of all chunks are shorter (`}`, `return x;`), and seeds take memory."""

# Left out: lines that are a comment or an attribute, imports, and other comments; the contents of strings are no code either.
# A comment or string without an end reaches to the end of the file, so that no search for the end starts again and again.
_COMMENT_OR_ATTRIBUTE_LINE = re.compile(rb"\n[ \t]*(?://|#!?\[[^\n]*\](?=\s*\n))[^\n]*")
_SPLIT_ATTRIBUTE = re.compile(rb"\n[ \t]*#!?\[(?![^\n]*\][ \t]*(?:\n|//))")
_IMPORTS = (re.compile(rb"\nuse [^;]*;?"), re.compile(rb"\npub use [^;]*;?"))
_STRING_OR_COMMENT = re.compile(rb"""\"[^"\\]*(?:\\.[^"\\]*)*\"?|//[^\n]*|/\*.*?(?:\*/|\Z)|'(?:\\.[^'\n]{0,9}|[^'\\\n])'""", re.DOTALL)
_RAW_STRING = re.compile(rb'r(#+)".*?(?:"\1|\Z)', re.DOTALL)
_TRAILING_COMMA = re.compile(rb",(?=\s*[)\]}])")

_LETTERS = (string.ascii_letters + string.digits + "_").encode() + bytes(range(0x80, 0x100))
_CHUNK = re.compile(rb"[^;{}]*[;{}]")
_IS_LETTER = bytes(byte in _LETTERS for byte in range(0x100))
_TO_ONE_LETTER = bytes.maketrans(_LETTERS, b"n" * len(_LETTERS))
_LETTER_AFTER_LETTER = bytes([ord("n") | 0x80])
_BLANKS = b" \t\r\x0b\x0c"
_TO_SEMICOLON = bytes.maketrans(b"{}", b";;")
_OPERATORS = tuple((operator, bytes([128 + number])) for number, operator in enumerate(b":: -> == != <= >= && || ..".split()))


class TokenChunks(Struct, frozen=True):
    """The code of a file, cut into chunks.

    A chunk ends with every `;`, `{`, `}` and `=>`. The first four arrays have one number for each chunk. `hashes` are those of its
    normalized text, in which all words and literals are the same; lines are 1-based. `seeds` are hashes of windows of the normalized text,
    `seed_starts` the numbers of the chunks that they begin with. `function_lines` holds the first and the last line of each function,
    `function_names` the names, one a line. `min_lines` and `min_tokens` are what a clone in this file must have.
    """

    hashes: Numbers
    token_counts: Numbers
    first_lines: Numbers
    last_lines: Numbers
    seeds: Numbers
    seed_starts: Numbers
    function_lines: Numbers
    function_names: str
    min_lines: int
    min_tokens: int

    def item(self, line: int) -> str:
        """Return the name of the innermost function on a line.

        Empty if there is none.
        """
        firsts, lasts = self.function_lines[::2], self.function_lines[1::2]
        inside = (number for number in range(len(firsts) - 1, -1, -1) if firsts[number] <= line <= lasts[number])
        number = next(inside, None)
        return "" if number is None else self.function_names.split("\n")[number]

    def line_span(self, start: int, count: int) -> tuple[int, int]:
        """Return the first and last line of a run."""
        return self.first_lines[start], self.last_lines[start + count - 1]

    def lines_of_code(self, start: int, count: int) -> int:
        """Count the lines of a run of chunks.

        A line that is between two chunks is a comment or blank.
        """
        firsts, lasts = self.first_lines[start : start + count], self.last_lines[start : start + count]
        return len({line for first, last in zip(firsts, lasts, strict=True) for line in range(first, last + 1)})


def gather_token_chunks(file: File, _matches: list[Captures]) -> Iterator[tuple[Match, TokenChunks]]:
    """Gather the token chunks of code outside tests.

    Files that are too short for a clone have none. The match is at the beginning of the file.
    """
    if file.outline.whole_file_is_test:
        return
    code = _code_outside_tests(file.outline)
    normalized = _normalize(code)
    min_lines, min_tokens = int(str(file.options["lines"])), int(str(file.options["tokens"]))
    if len(normalized) >= min_tokens:
        yield Match(0, 0, {}, anchored=False), _token_chunks(code, normalized, file.outline, (min_lines, min_tokens))


def _normalize(code: bytes) -> bytes:
    """Replace each token by one byte.

    Every word becomes the same letter and every operator a byte of its own; blanks are dropped. All beyond ASCII counts as letters.

    Letters after a letter are found and marked in all of the text at once, as one large number: that takes a third of the time of a regular
    expression.
    """
    letters = int.from_bytes(code.translate(_IS_LETTER))
    marked = int.from_bytes(code.translate(_TO_ONE_LETTER)) | (letters & letters >> 8) << 7
    normalized = marked.to_bytes(len(code)).translate(None, _LETTER_AFTER_LETTER + _BLANKS + b"\n")
    for operator, byte in _OPERATORS:
        normalized = normalized.replace(operator, byte)
    return normalized


def _code_outside_tests(outline: Outline) -> bytes:
    """Return the code of a file outside tests.

    Comments, attributes (of any number of lines), imports and trailing commas are left out; rustfmt adds such commas when it breaks lines.
    A word replaces each string and character. Line ends stay, and there is one more in front: counted from there, lines are 1-based.
    """
    source, position, parts = outline.source, 0, [b"\n"]
    split = _SPLIT_ATTRIBUTE.search(source) is not None
    attributes = [(attribute.start, attribute.end) for attribute in outline.attributes if "\n" in attribute.text] if split else []
    for start, end in sorted([*outline.test_ranges, *attributes]):
        if start < position:  # an attribute in a test
            continue
        parts += [source[position:start], b"\n" * source.count(b"\n", start, end)]
        position = end
    code = _COMMENT_OR_ATTRIBUTE_LINE.sub(b"\n", b"".join([*parts, source[position:]]))
    for imports in _IMPORTS:
        code = imports.sub(_line_ends, code)
    if b'r#"' in code:
        code = _RAW_STRING.sub(_as_word, code)
    code = _TRAILING_COMMA.sub(b"", _STRING_OR_COMMENT.sub(_as_word, code))
    return code.replace(b"=>", b"=;").rstrip() + b";"  # the last chunk ends too


def _line_ends(found: re.Match[bytes]) -> bytes:
    return b"\n" * found[0].count(b"\n")


def _as_word(found: re.Match[bytes]) -> bytes:
    """Replace a string by a word, a comment by nothing.

    Line ends in it stay.
    """
    return (b"" if found[0].startswith(b"/") else b"n") + _line_ends(found)


def _token_chunks(code: bytes, normalized: bytes, outline: Outline, limits: tuple[int, int]) -> TokenChunks:
    """Cut the code of a file into chunks.

    `limits` are the lines and tokens that a clone must have.
    """
    chunks = _CHUNK.findall(normalized)
    token_counts = list(map(len, chunks))
    begins_seed = [tokens >= MIN_SEED_CHUNK for tokens in token_counts]
    seed_offsets = compress(accumulate(token_counts, initial=0), begins_seed)
    seeds = [crc32(normalized[offset : offset + SEED_TOKENS]) for offset in seed_offsets]
    texts = code.translate(_TO_SEMICOLON, _BLANKS).split(b";")[: len(chunks)]
    breaks = list(accumulate([text.count(b"\n") for text in texts], initial=0))
    leading_breaks = (len(text) - len(text.lstrip(b"\n")) for text in texts)
    return TokenChunks(
        hashes=array("I", map(crc32, chunks)),
        token_counts=array("I", token_counts),
        first_lines=array("I", map(int.__add__, breaks, leading_breaks)),
        last_lines=array("I", breaks[1:]),
        seeds=array("I", seeds),
        seed_starts=array("I", compress(count(), begins_seed)),
        function_lines=array("I", [line for function in outline.functions for line in (function.line, function.end_line)]),
        function_names="\n".join(function.item for function in outline.functions),
        min_lines=limits[0],
        min_tokens=limits[1],
    )
