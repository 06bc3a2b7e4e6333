"""Which macro bodies are looked into, and by which rules."""

from dataclasses import dataclass

import pytest
from tree_sitter import Point, Range

from rustgate.catalog import shipped
from rustgate.plan import build_plan
from rustgate.scan import Captures, scan
from rustgate.wanted import wanted_in_macros

RULES = shipped()


@dataclass(frozen=True)
class Body:
    """What stands in a macro invocation."""

    text: str

    def interests(self, *names: str) -> set[str]:
        """Those of the rules `names` that look into it when all of them are on."""
        source = self.text.encode()
        wanted = wanted_in_macros(RULES[name] for name in names)
        everything = Range(Point(0, 0), Point(0, len(source)), 0, len(source))
        return {name for name in names if wanted.by(name, source, everything)}


@pytest.mark.parametrize(
    ("text", "interested"),
    [
        ("(a.unwrap())", {"unwrap-used"}),
        ("(a.unwrap_or(b))", set()),
        ("(self.a)", set()),
        ("(transmute(a))", {"transmute-used"}),
        ("[a.unwrap(), transmute(b)]", {"unwrap-used", "transmute-used"}),
        ("(a, b)", set()),
        ("{ fn f() {} }", {"unwrap-used", "transmute-used"}),
        ("(if a { b })", {"unwrap-used", "transmute-used"}),
    ],
)
def test_a_rule_looks_into_bodies_that_hold_a_word_of_its_query_or_an_item(text: str, interested: set[str]) -> None:
    assert Body(text).interests("unwrap-used", "transmute-used") == interested


def test_what_one_rule_finds_does_not_depend_on_others() -> None:
    source = b"fn f() { m!(a.b[i].c); n!(x[j].clone()); }"
    alone = scan(source, build_plan([RULES["indexing"]]).joined).matches
    together = scan(source, build_plan([RULES["indexing"], RULES["dbg-macro"], RULES["needless-clone"]]).joined).matches
    assert alone["indexing"]
    assert [_start(captures) for captures in together["indexing"]] == [_start(captures) for captures in alone["indexing"]]


def _start(captures: Captures) -> int:
    return captures["finding"][0].start_byte
