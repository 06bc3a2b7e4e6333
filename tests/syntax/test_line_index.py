"""Bytes to lines and columns, for every kind of line end and character."""

import pytest
from hypothesis import given, strategies as st

from rustgate.syntax.line_index import Lines

COUNTS = [
    ("", 0),
    ("\n", 1),
    ("a", 1),
    ("a\n", 1),
    ("a\nb", 2),
    ("a\nb\n", 2),
    ("a\r\nb\r\n", 2),
    ("\n\n\n", 3),
    ("a\rb", 1),
    ("\ufeffa\n", 1),
]


@pytest.mark.parametrize(("text", "count"), COUNTS)
def test_the_emptiness_after_the_last_line_end_is_no_line(text: str, count: int) -> None:
    assert Lines(text.encode()).count == count


TEXTS = [
    ("", [""]),
    ("a", ["a"]),
    ("a\n", ["a", ""]),
    ("a\nbc\nd", ["a", "bc", "d"]),
    ("a\r\nbc\r\n\r\n", ["a", "bc", "", ""]),
    ("ä\n🦀é\n", ["ä", "🦀é", ""]),
    ("\ta \nb", ["\ta ", "b"]),
]


@pytest.mark.parametrize(("text", "lines"), TEXTS)
def test_the_text_of_a_line_has_no_line_end(text: str, lines: list[str]) -> None:
    read = Lines(text.encode())
    assert [read.text(number) for number in range(1, len(lines) + 1)] == lines
    assert [read.end(number) - read.start(number) for number in range(1, len(lines) + 1)] == [len(line.encode()) for line in lines]


PLACES = [
    ("abc", "c", 1, 3),
    ("a\nbc", "b", 2, 1),
    ("a\r\nbc", "c", 2, 2),
    ("äö🦀x", "x", 1, 4),
    ("e\u0301x", "x", 1, 3),
    ("\tx", "x", 1, 2),
    ("\n\nx", "x", 3, 1),
]


@pytest.mark.parametrize(("text", "character", "line", "column"), PLACES)
def test_columns_count_characters(text: str, character: str, line: int, column: int) -> None:
    source = text.encode()
    byte = source.index(character.encode())
    assert (Lines(source).number(byte), Lines(source).column(byte)) == (line, column)


@pytest.mark.parametrize(("text", "line", "column"), [("", 1, 1), ("a", 1, 2), ("a\n", 2, 1), ("a\nbc", 2, 3)])
def test_the_end_of_a_file_is_a_place_too(text: str, line: int, column: int) -> None:
    lines = Lines(text.encode())
    assert (lines.number(len(text)), lines.column(len(text))) == (line, column)


@given(st.text(alphabet="aä🦀\n\r\t", max_size=40), st.integers(0, 40))
def test_a_line_and_a_column_lead_back_to_the_byte(text: str, index: int) -> None:
    source, before = text.encode(), text[:index].encode()
    lines = Lines(source)
    number, column = lines.number(len(before)), lines.column(len(before))
    assert text.split("\n")[number - 1].encode()[: len(before) - lines.start(number)].decode() == text[:index].rsplit("\n", maxsplit=1)[-1]
    assert column == len(text[:index].rsplit("\n", maxsplit=1)[-1]) + 1


CODE = [
    ("", [], [0, 0]),
    ("a\n", [], [0, 1, 1]),
    ("a\n\n \t\r\nb", [], [0, 1, 1, 1, 2]),
    ("a // x\n// y\nb", ["// x", "// y"], [0, 1, 1, 2]),
    ("a /* x\ny */ b\n/* z\n\n*/\nc", ["/* x\ny */", "/* z\n\n*/"], [0, 1, 2, 2, 2, 2, 3]),
    ("/// doc\nfn", ["/// doc\n"], [0, 0, 1]),
]


@pytest.mark.parametrize(("text", "comments", "expected"), CODE)
def test_lines_of_code_hold_more_than_blanks_and_comments(text: str, comments: list[str], expected: list[int]) -> None:
    ranges = [(text.index(comment), text.index(comment) + len(comment)) for comment in comments]
    assert Lines(text.encode()).code_before(ranges) == expected


@pytest.mark.parametrize(
    ("text", "comment", "lines"),
    [("a // x\nb", "// x", {1}), ("/* x\ny */ b\nc", "/* x\ny */", {1, 2}), ("/// doc\nfn", "/// doc\n", {1})],
)
def test_a_comment_touches_its_lines(text: str, comment: str, lines: set[int]) -> None:
    start = text.index(comment)
    assert Lines(text.encode()).comment_lines([(start, start + len(comment))]) == lines
