"""Line hashes as GitHub code scanning computes them.

They keep an alert the same alert when lines move. The algorithm is code scanning's own: a rolling hash over the next 100 characters that
are neither space nor tab.
"""

import struct
from collections import Counter
from itertools import accumulate

WINDOW = 100
_FACTOR = 37
_MODULUS = 1 << 64
_END_OF_FILE = (65535).to_bytes(2, "little")
_SKIPPED = {ord(" "): None, ord("\t"): None}


def line_hashes(text: str, lines: set[int]) -> dict[int, str]:
    """Return the hash of each 1-based line number in `lines`.

    A hash is hexadecimal digits, `:`, and how many lines so far had the same digits.
    """
    texts = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line_units = [_units(f"{line}\n") for line in texts[:-1]] + [_units(texts[-1])]
    units = b"".join(line_units) + _END_OF_FILE + bytes(2 * WINDOW)
    seen: Counter[bytes] = Counter()
    hashes = {}
    starts = accumulate((len(line) for line in line_units[:-1]), initial=0)
    for number, start in enumerate(starts, 1):
        window = units[start : start + 2 * WINDOW]
        seen[window] += 1
        if number in lines:
            hashes[number] = f"{_hash(window):x}:{seen[window]}"
    return hashes


def _units(line: str) -> bytes:
    """Return the UTF-16 code units of a line, two bytes each.

    Spaces and tabs do not count.
    """
    return line.translate(_SKIPPED).encode("utf-16-le", errors="surrogatepass")


def _hash(window: bytes) -> int:
    value = 0
    for (unit,) in struct.iter_unpack("<H", window):
        value = (value * _FACTOR + unit) % _MODULUS
    return value
