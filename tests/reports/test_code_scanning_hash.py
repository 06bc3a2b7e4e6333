"""Code scanning's line hash: its own vectors, and a second implementation that follows its description word by word."""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import example, given, strategies as st

from rustgate.reports.findings.code_scanning_hash import line_hashes

WINDOW = 100
END_OF_FILE = 65535


def kept_units(text: str) -> Iterator[int]:
    """UTF-16 code units without spaces and tabs; CR is LF, and an LF right after a CR is dropped."""
    encoded, after_cr = text.encode("utf-16-be", errors="surrogatepass"), False
    for high, low in zip(encoded[::2], encoded[1::2], strict=True):
        unit = 256 * high + low
        dropped = unit in {ord(" "), ord("\t")} or (after_cr and unit == ord("\n"))
        after_cr = unit == ord("\r")
        if not dropped:
            yield ord("\n") if after_cr else unit


def rolling_hashes(text: str) -> dict[int, str]:
    """The hash of every line: `h` once 100 kept units counted from its first one have gone in."""
    window, value, line = [0] * WINDOW, 0, 0
    waiting: dict[int, int] = {}
    seen: Counter[int] = Counter()
    hashes = {}
    units = [*kept_units(text), END_OF_FILE]
    for place, unit in enumerate([*units, *[0] * WINDOW]):
        if place in waiting:
            seen[value] += 1
            hashes[waiting[place]] = f"{value:x}:{seen[value]}"
        if place < len(units) and (place == 0 or units[place - 1] == ord("\n")):
            line += 1
            waiting[place + WINDOW] = line
        value = (37 * value + unit - 37**WINDOW * window[place % WINDOW]) % 2**64
        window[place % WINDOW] = unit
    return hashes


def all_hashes(text: str) -> dict[int, str]:
    return line_hashes(text, set(range(1, len(text) + 2)))


VECTORS = [
    ("", ["c129715d7a2bc9a3:1"]),
    (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
]


@pytest.mark.parametrize(("text", "hashes"), VECTORS)
def test_the_vectors_of_code_scanning_hold(text: str, hashes: list[str]) -> None:
    assert list(all_hashes(text).values()) == hashes
    assert list(rolling_hashes(text).values()) == hashes


SAME = [("a\nb\n", "a\r\nb\r\n"), ("a\nb\n", "a\rb\r"), ("a\nb", "\ta \n  b  "), ("a\n\nb", "a\r\rb"), ("a\n\nb", "a\r\n\r\nb")]


@pytest.mark.parametrize(("text", "other"), SAME)
def test_line_ends_and_blanks_make_no_difference(text: str, other: str) -> None:
    assert all_hashes(text) == all_hashes(other)


def test_lines_that_are_alike_are_numbered() -> None:
    hashes = all_hashes("x\n" * 205)
    assert [hashes[number].partition(":")[2] for number in (1, 2, 150, 155)] == ["1", "2", "150", "155"]
    assert hashes[1].partition(":")[0] == hashes[156].partition(":")[0] != hashes[157].partition(":")[0]


def test_only_the_lines_that_are_wanted_are_told() -> None:
    assert line_hashes("a\nb\nc", {2}) == {2: all_hashes("a\nb\nc")[2]}
    assert line_hashes("a\nb\nc", set()) == {}
    assert line_hashes("a", {7}) == {}


def test_a_hash_has_no_leading_zeros() -> None:
    assert all_hashes(" a\nb\n  \t\tc\n d")[2].startswith("54703d4cd895b18:")


TEXTS = st.lists(st.sampled_from(["a", "bc", " ", "\t", "\n", "\r", "\r\n", "ä", "🦀", "\u2028", "x" * 101, "y\n" * 60]), max_size=30)


@given(TEXTS.map("".join) | st.text(max_size=300))
@example("\ufeff// bom\n")
@example("\r \n")
@example("\udce4\n")
@example("a" * 99)
@example("a" * 100)
@example("a" * 101)
def test_both_implementations_agree(text: str) -> None:
    assert all_hashes(text) == rolling_hashes(text)
