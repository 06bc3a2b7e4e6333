"""Mutate inputs so that most of each stays as it was.

A parser then sees what it has seen a thousand times, with something new in it.
"""

import random
import re
from collections.abc import Callable, Sequence

MOST = 20_000
"""Bytes of an input: small ones show most bugs, and many of them are tried in the time of a large one."""

HOSTILE = (
    *(b"\0", b"\r", b"\r\n", b"\n\n\n", b"\t", b"\x0b", b"\x0c", b"\x1b[31m", b"\xef\xbb\xbf", b"\xff", b"\xc3", b"\xed\xa0\x80"),
    *("\u2028".encode(), "\u202e".encode(), "\u00a0".encode(), "e\u0301".encode(), "漢字".encode(), "\U0001f980".encode()),
    *(b"(", b")", b"[", b"]", b"{", b"}", b"<", b">", b'"', b"'", b"`", b"\\", b"/*", b"*/", b"//", b"#", b"%", b"::error::x"),
    *(b"{" * 200, b"(" * 200, b"[" * 200, b"a." * 400, b"9" * 5_000, b"-1", b"1e999", b"0x", b"nan", b"..", b"../../..", b"/etc/passwd"),
)
_PIECE = re.compile(rb"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>|\"[^\"]*\"")

Mutation = Callable[[random.Random, bytes, "Material"], bytes]


class Material:
    """Source of pieces for mutations.

    It holds the other inputs of a target, and the words of its language.
    """

    def __init__(self, seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
        self.seeds = seeds
        self.words = (*words, *HOSTILE)


def mutated(rng: random.Random, material: Material) -> bytes:
    """Return one of the seeds with one to eight changes."""
    data = _window(rng, rng.choice(material.seeds), rng.randrange(200, MOST))
    for _ in range(rng.randint(1, 8)):
        data = rng.choice(_MUTATIONS)(rng, data, material)
    return data[:MOST]


def _window(rng: random.Random, data: bytes, size: int) -> bytes:
    """Return whole lines of the input, at most `size` bytes."""
    if len(data) <= size:
        return data
    start = data.rfind(b"\n", 0, rng.randrange(len(data) - size + 1)) + 1
    return data[start : data.rfind(b"\n", start, start + size) + 1] or data[start : start + size]


def _flip(rng: random.Random, data: bytes, _material: Material) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _insert_word(rng: random.Random, data: bytes, material: Material) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(material.words) + data[at:]


def _replace_name(rng: random.Random, data: bytes, material: Material) -> bytes:
    names = list(re.finditer(rb"\w+", data[: MOST // 2]))
    if not names:
        return data
    name = rng.choice(names)
    return data[: name.start()] + rng.choice(material.words) + data[name.end() :]


def _cut(rng: random.Random, data: bytes, _material: Material) -> bytes:
    start = rng.randint(0, len(data))
    return data[:start] + data[start + rng.randint(1, 40) :]


def _truncate(rng: random.Random, data: bytes, _material: Material) -> bytes:
    return data[: rng.randint(0, len(data))] if rng.random() < 0.5 else data[rng.randint(0, len(data)) :]


def _splice(rng: random.Random, data: bytes, material: Material) -> bytes:
    other = _window(rng, rng.choice(material.seeds), rng.randint(20, 2_000))
    at = rng.randint(0, len(data))
    return data[:at] + other + data[at:]


def _delete_lines(rng: random.Random, data: bytes, _material: Material) -> bytes:
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    del lines[at : at + rng.randint(1, 5)]
    return b"\n".join(lines)


def _repeat_lines(rng: random.Random, data: bytes, _material: Material) -> bytes:
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    return b"\n".join([*lines[:at], *(lines[at : at + rng.randint(1, 5)] * rng.randint(2, 20)), *lines[at:]])


def _swap_lines(rng: random.Random, data: bytes, _material: Material) -> bytes:
    lines = data.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _change_piece(rng: random.Random, data: bytes, _material: Material) -> bytes:
    """Delete, double, empty or nest a piece between two delimiters."""
    pieces = list(_PIECE.finditer(data))
    if not pieces:
        return data
    piece = rng.choice(pieces)
    text = piece[0]
    changes = (b"", text * 2, text[:1] + text[-1:], text[:1] * 30 + text[1:-1] + text[-1:] * 30, text[:-1], text[1:])
    return data[: piece.start()] + rng.choice(changes) + data[piece.end() :]


def _other_line_ends(rng: random.Random, data: bytes, _material: Material) -> bytes:
    return data.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n", b" ")))


_MUTATIONS: tuple[Mutation, ...] = (
    *(_flip, _insert_word, _insert_word, _insert_word, _replace_name, _replace_name, _cut, _truncate, _splice),
    *(_delete_lines, _delete_lines, _repeat_lines, _swap_lines, _change_piece, _change_piece, _other_line_ends),
)
