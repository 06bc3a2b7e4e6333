"""The code of a file cut into pieces that can be compared with those of other files: what duplicates are found from."""

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

SEED = 50
SEED_CHUNK = 6
"""Runs are found by windows of `SEED` tokens that begin with a piece of at least `SEED_PIECE` tokens. A run shorter than that is missed."""

# what is left out: lines that are a comment or an attribute, imports, and other comments; what strings may hold is no code either.
# What has no end reaches to the end of the file, so that no search for one starts again and again.
_LINES_APART = re.compile(rb"\n[ \t]*(?://|#!?\[[^\n]*\](?=\s*\n))[^\n]*")
_IMPORTS = (re.compile(rb"\nuse [^;]*;?"), re.compile(rb"\npub use [^;]*;?"))
_NO_CODE = re.compile(rb"""\"[^"\\]*(?:\\.[^"\\]*)*\"?|//[^\n]*|/\*.*?(?:\*/|\Z)|'(?:\\.[^'\n]{0,9}|[^'\\\n])'""", re.DOTALL)
_RAW_STRING = re.compile(rb'r(#+)".*?(?:"\1|\Z)', re.DOTALL)
_LAST_COMMA = re.compile(rb",(?=\s*[)\]}])")

_LETTERS = (string.ascii_letters + string.digits + "_").encode() + bytes(range(0x80, 0x100))
_PIECE = re.compile(rb"[^;{}]*[;{}]")
_IS_LETTER = bytes(byte in _LETTERS for byte in range(0x100))
_TO_ONE_LETTER = bytes.maketrans(_LETTERS, b"n" * len(_LETTERS))
_BEHIND_A_LETTER = bytes([ord("n") | 0x80])
_BLANKS = b" \t\r\x0b\x0c"
_TO_SEMICOLON = bytes.maketrans(b"{}", b";;")
_OPERATORS = tuple((operator, bytes([128 + number])) for number, operator in enumerate(b":: -> == != <= >= && || ..".split()))


class TokenChunks(Struct, frozen=True):
    """The code of a file, cut after every `;`, `{`, `}` and `=>`; the first four arrays have one number for each piece.

    `shapes` are hashes of the text with one word in the place of all words and literals, `sizes` counts tokens, lines are 1-based.
    `seeds` are hashes of windows of that text, `seed_starts` the pieces that they begin with. `function_lines` holds the first and the
    last line of each function, `function_names` the names, one a line; `lines` and `tokens` are the limits for a run in this file.
    """

    shapes: Numbers
    sizes: Numbers
    first_lines: Numbers
    last_lines: Numbers
    seeds: Numbers
    seed_starts: Numbers
    function_lines: Numbers
    function_names: str
    lines: int
    tokens: int

    def item(self, line: int) -> str:
        """The name of the innermost function on a line; empty where there is none."""
        firsts, lasts = self.function_lines[::2], self.function_lines[1::2]
        inside = (number for number in range(len(firsts) - 1, -1, -1) if firsts[number] <= line <= lasts[number])
        number = next(inside, None)
        return "" if number is None else self.function_names.split("\n")[number]


def gather_token_chunks(file: File, _matches: list[Captures]) -> Iterator[tuple[Match, TokenChunks]]:
    """One hit, at the beginning of a file that has enough code outside tests to hold a run, with its pieces."""
    if file.outline.whole_file_is_test:
        return
    text = _code(file.outline)
    shape = _shape(text)
    limits = (int(str(file.options["lines"])), int(str(file.options["tokens"])))
    if len(shape) >= limits[1]:
        yield Match(0, 0, {}, anchored=False), _pieces(text, shape, file.outline, limits)


def _shape(text: bytes) -> bytes:
    """The text with one letter for each word, and one byte for each operator: a byte is a token. All beyond ASCII counts as letters.

    Letters behind a letter are found and marked in all of the text at once, as one large number: a third of what an expression takes.
    """
    letters = int.from_bytes(text.translate(_IS_LETTER))
    marked = int.from_bytes(text.translate(_TO_ONE_LETTER)) | (letters & letters >> 8) << 7
    shape = marked.to_bytes(len(text)).translate(None, _BEHIND_A_LETTER + _BLANKS + b"\n")
    for operator, code in _OPERATORS:
        shape = shape.replace(operator, code)
    return shape


def _code(outline: Outline) -> bytes:
    """The code outside tests without comments, attributes, imports, and the commas that rustfmt puts before a `}` on a line of its own.

    A word stands in the place of each string and character. Line ends stay.
    """
    source, position, kept = outline.source, 0, [b"\n"]
    for start, end in outline.test_ranges:
        kept += [source[position:start], b"\n" * source.count(b"\n", start, end)]
        position = end
    code = _LINES_APART.sub(b"\n", b"".join([*kept, source[position:]]))
    for imports in _IMPORTS:
        code = imports.sub(_line_ends, code)
    if b'r#"' in code:
        code = _RAW_STRING.sub(_as_word, code)
    return _LAST_COMMA.sub(b"", _NO_CODE.sub(_as_word, code)).replace(b"=>", b"=;").rstrip() + b";"  # the last piece ends too


def _line_ends(found: re.Match[bytes]) -> bytes:
    return b"\n" * found[0].count(b"\n")


def _as_word(found: re.Match[bytes]) -> bytes:
    text = found[0]
    return b"%b%b" % (b"" if text[:1] == b"/" else b"n", _line_ends(found))


def _pieces(text: bytes, shape: bytes, outline: Outline, limits: tuple[int, int]) -> TokenChunks:
    shapes = _PIECE.findall(shape)
    sizes = list(map(len, shapes))
    seeding = [size >= SEED_CHUNK for size in sizes]
    lines = text.translate(_TO_SEMICOLON, _BLANKS).split(b";")[: len(shapes)]
    ends = list(accumulate([line.count(b"\n") for line in lines], initial=0))
    before = (len(line) - len(line.lstrip(b"\n")) for line in lines)
    return TokenChunks(
        shapes=array("I", map(crc32, shapes)),
        sizes=array("I", sizes),
        first_lines=array("I", map(int.__add__, ends, before)),
        last_lines=array("I", ends[1:]),
        seeds=array("I", [crc32(shape[start : start + SEED]) for start in compress(accumulate(sizes, initial=0), seeding)]),
        seed_starts=array("I", compress(count(), seeding)),
        function_lines=array("I", [line for function in outline.functions for line in (function.line, function.end_line)]),
        function_names="\n".join(function.item for function in outline.functions),
        lines=limits[0],
        tokens=limits[1],
    )
