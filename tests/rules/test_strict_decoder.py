"""The strict decoder: every mistake is one sentence with the key, what it holds, what is allowed, and the nearest word."""

from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
import pytest

from rustgate.errors import ConfigError, PageError
from rustgate.rules.strict_decoder import decode, described


class Colour(StrEnum):
    """Words."""

    RED = "red"
    GREEN = "green"


class Inner(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """A table in a table."""

    colour: Colour | None = None
    two_words: bool = False


class Outer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table with a key of each kind."""

    name: str
    count: Annotated[int, described("a whole number, 1 or more", ge=1)] = 1
    speed: Literal["slow", "fast"] | None = None
    colours: list[Colour] = []
    names: list[str] = []
    by_colour: Annotated[dict[Colour, int], described("a table by colour")] = {}
    inner: Inner = Inner()
    inners: list[Inner] = []
    anything: dict[str, Any] = {}


MISTAKES = [
    (3, "the value is 3; it must be a table"),
    ({}, 'the key "name" is missing; it must be a text'),
    ({"nam": "a"}, 'unknown key "nam"; did you mean "name"? (allowed: name, count, speed,'),
    ({"name": 1}, '"name" is 1; it must be a text'),
    ({"name": "a", "count": 0}, '"count" is 0; it must be a whole number, 1 or more'),
    ({"name": "a", "count": True}, '"count" is True; it must be a whole number, 1 or more'),
    ({"name": "a", "speed": "fats"}, '"speed" is \'fats\'; did you mean "fast"? (allowed: slow, fast)'),
    ({"name": "a", "colours": "red"}, "\"colours\" is 'red'; it must be a list"),
    ({"name": "a", "colours": ["red", "gren"]}, '"colours[1]" is \'gren\'; did you mean "green"? (allowed: red, green)'),
    ({"name": "a", "names": [1]}, '"names" is [1]; it must be a list of texts'),
    ({"name": "a", "by_colour": 1}, '"by_colour" is 1; it must be a table by colour'),
    ({"name": "a", "by_colour": {"reed": 1}}, 'unknown key "by_colour.reed"; did you mean "red"? (allowed: red, green)'),
    ({"name": "a", "by_colour": {"red": "x"}}, "\"by_colour.red\" is 'x'; it must be a whole number"),
    ({"name": "a", "inner": []}, '"inner" is []; it must be a table'),
    ({"name": "a", "inner": {"two_words": True}}, 'unknown key "inner.two_words"; did you mean "two-words"?'),
    ({"name": "a", "inner": {"two-words": 1}}, '"inner.two-words" is 1; it must be true or false'),
    ({"name": "a", "inners": [{}, {"colour": []}]}, '"inners[1].colour" is [] (allowed: red, green)'),
    ({"name": "a", "anything": 1}, '"anything" is 1; it must be a table'),
]


@pytest.mark.parametrize(("value", "sentence"), MISTAKES)
def test_a_mistake_is_one_sentence(value: object, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        decode(value, Outer, "a.toml", ConfigError)
    assert str(caught.value).startswith(f"a.toml: {sentence}")


def test_what_is_right_is_decoded() -> None:
    table = {"name": "a", "speed": "fast", "by_colour": {"red": 1}, "inners": [{"colour": "red"}], "anything": {"a": [1]}}
    assert decode(table, Outer, "a.toml", ConfigError) == Outer(
        "a", speed="fast", by_colour={Colour.RED: 1}, inners=[Inner(Colour.RED)], anything={"a": [1]}
    )


def test_a_part_of_a_table_is_named_by_its_key() -> None:
    with pytest.raises(PageError, match=r'^p\.md: unknown key "options\.x\.gren"; did you mean "green"'):
        decode({"gren": 1}, dict[Colour, Any], "p.md", PageError, "options.x")
