"""The code of a file in pieces, as `duplicate-code` compares them."""

from array import array

import pytest

from rustgate.checks.pieces import Pieces, _shape

NONE = array("I")
PIECES = Pieces(NONE, NONE, NONE, NONE, NONE, NONE, array("I", [1, 9, 3, 5, 12, 12]), "outer\nouter::inner\nlast", 6, 100)


@pytest.mark.parametrize(
    ("line", "item"), [(1, "outer"), (2, "outer"), (3, "outer::inner"), (5, "outer::inner"), (6, "outer"), (10, ""), (12, "last"), (13, "")]
)
def test_a_line_stands_in_the_innermost_function_around_it(line: int, item: str) -> None:
    assert PIECES.item(line) == item


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (b"let a1 = f(b_c, 3.5);", b"nn=n(n,n.n);"),
        ("let größe = été;".encode(), b"nn=n;"),
        (b"a\nb;\tc  d", b"nn;nn"),
        (b"a::b -> c && d..e == f", b"n\x80n\x81n\x86n\x88n\x82n"),
        (b"", b""),
    ],
)
def test_a_shape_has_one_byte_for_each_token(text: bytes, shape: bytes) -> None:
    assert _shape(text) == shape
