"""Baseline files: one form, read strictly, merged so that only real conflicts are left."""

import pytest
from hypothesis import given, strategies as st

from rustgate.errors import RustgateError
from rustgate.reference.baseline_file import Baseline, format_baseline, parse_baseline
from rustgate.reference.entry import Entry
from rustgate.reference.merge import merge_baselines

TEXT = b"""\
{"rustgate-baseline":1}
{"rule":"function-length"}
{"rule":"unwrap-used"}
{"path":"crates/a/src/lib.rs","rule":"function-length","item":"parser::Parser::parse","value":47}
{"path":"crates/a/src/lib.rs","rule":"unwrap-used","item":"parser::read","snippet":"map . unwrap ( )","count":2}
"""


def read(*lines: str) -> Baseline:
    return parse_baseline("\n".join(['{"rustgate-baseline":1}', *lines]).encode(), "b.jsonl")


def test_a_file_is_written_as_it_was_read() -> None:
    assert format_baseline(parse_baseline(TEXT, "b.jsonl")) == TEXT


def test_lines_may_come_in_any_order() -> None:
    head, *lines = TEXT.splitlines(keepends=True)
    assert format_baseline(parse_baseline(head + b"".join(reversed(lines)), "b.jsonl")) == TEXT


def test_a_key_that_stands_twice_counts_once_and_tightens() -> None:
    found = read('{"path":"a.rs","rule":"r","item":"f","value":47,"count":3}', '{"path":"a.rs","rule":"r","item":"f","value":44,"count":4}')
    assert found.entries == (Entry("a.rs", "r", "f", "", 44, 3),)


def test_a_path_need_not_be_utf_8() -> None:
    baseline = Baseline(frozenset(), (Entry("caf\udce9.rs", "r"),))
    assert b"caf\\\\udce9.rs" in format_baseline(baseline)
    assert parse_baseline(format_baseline(baseline), "b.jsonl") == baseline


REFUSED = {
    "conflict markers": (b'{"rustgate-baseline":1}\n<<<<<<< HEAD\n', "line 2: git has left a conflict here; run `rustgate baseline merge`"),
    "a newer schema": (b'{"rustgate-baseline":2}\n', "has schema 2, this rustgate knows 1"),
    "no schema": (b'{"rule":"r"}\n', "is no baseline"),
    "an empty file": (b"", "is no baseline"),
    "an unknown key": (b'{"rustgate-baseline":1}\n{"path":"a.rs","rule":"r","line":3}\n', "line 2: .*`line`"),
    "no rule": (b'{"rustgate-baseline":1}\n{"path":"a.rs"}\n', "line 2: .*`rule`"),
    "no path": (b'{"rustgate-baseline":1}\n{"rule":"r","item":"f"}\n', "needs a `path`"),
    "a count of none": (b'{"rustgate-baseline":1}\n{"path":"a.rs","rule":"r","count":0}\n', "`count` is 0"),
    "no JSON": (b'{"rustgate-baseline":1}\nhello\n', "line 2: "),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_baseline_is_refused_with_the_place(text: bytes, message: str) -> None:
    with pytest.raises(RustgateError, match=message):
        parse_baseline(text, "b.jsonl")


ENTRY = st.builds(
    Entry, st.sampled_from(["a.rs", "b.rs"]), st.sampled_from(["r", "s"]), st.sampled_from(["", "f"]), st.sampled_from(["", "x"]),
    st.none() | st.integers(1, 3), st.integers(1, 3),
)  # fmt: skip
BASELINE = st.builds(
    Baseline, st.frozensets(st.sampled_from(["r", "s", "t"])), st.lists(ENTRY, unique_by=lambda entry: entry.key).map(tuple)
)


@given(BASELINE)
def test_any_baseline_is_read_as_it_was_written(baseline: Baseline) -> None:
    text = format_baseline(baseline)
    assert format_baseline(parse_baseline(text, "b.jsonl")) == text


@given(BASELINE, BASELINE, BASELINE)
def test_a_merge_loses_nothing_that_both_kept_and_brings_back_nothing_that_both_removed(
    base: Baseline, ours: Baseline, theirs: Baseline
) -> None:
    merged, _ = merge_baselines(base, ours, theirs)
    keys, left, right = ({entry.key for entry in one.entries} for one in (merged, ours, theirs))
    assert left & right <= keys <= left | right
    assert ours.rules & theirs.rules <= merged.rules <= ours.rules | theirs.rules


@given(BASELINE, BASELINE, BASELINE)
def test_a_merge_is_the_same_from_both_sides(base: Baseline, ours: Baseline, theirs: Baseline) -> None:
    one, other = merge_baselines(base, ours, theirs), merge_baselines(base, theirs, ours)
    assert (format_baseline(one[0]), one[1]) == (format_baseline(other[0]), other[1])


@given(BASELINE, BASELINE)
def test_what_one_side_alone_changed_is_taken_and_sure(base: Baseline, ours: Baseline) -> None:
    merged, ambiguous = merge_baselines(base, ours, base)
    assert format_baseline(merged) == format_baseline(ours)
    assert not ambiguous
