"""What differs between two versions of a baseline."""

import json

import pytest

from rustgate.reference.baseline_file import Baseline
from rustgate.reference.difference import Difference, differences
from rustgate.reference.entry import Entry
from rustgate.reports.baselines import DIFFERENCE_FORMATS, Located, Place, entries_json, entries_text

OLD = (Entry("a.rs", "long", "f", value=47), Entry("a.rs", "unwrap", "g", "x . y", count=2), Entry("b.rs", "unwrap", "h", "z"))
NEW = (Entry("a.rs", "long", "f", value=44), Entry("a.rs", "unwrap", "g", "x . y", count=3), Entry("c|`.rs", "unwrap", "h", "z"))
FOUND = [*differences(Baseline(entries=OLD), Baseline(entries=NEW))]


def test_each_entry_that_changed_is_told_once() -> None:
    assert [(one.path, one.kind, one.old, one.new) for one in FOUND] == [
        ("a.rs", "tightened", 47, 44),
        ("a.rs", "grown", 2, 3),
        ("b.rs", "removed", 1, None),
        ("c|`.rs", "added", None, 1),
    ]
    assert [*differences(Baseline(entries=OLD), Baseline(entries=OLD))] == []


@pytest.mark.parametrize("output", DIFFERENCE_FORMATS)
def test_every_format_counts_what_it_says(output: str) -> None:
    text = "".join(DIFFERENCE_FORMATS[output](FOUND))
    if output == "json":
        assert [row["kind"] for row in json.loads(text)] == [one.kind for one in FOUND]
    else:
        assert "1 added, 1 grown, 1 tightened, 1 removed" in text
    hostile = Difference("\x1b[2J\n::error::x", "r", "i", "s", None, 1)
    assert "\x1b" not in "".join(DIFFERENCE_FORMATS[output]([hostile]))


def test_a_table_has_a_row_for_each_file() -> None:
    rows = [line for line in "".join(DIFFERENCE_FORMATS["markdown"](FOUND)).splitlines() if line.startswith("| `")]
    assert rows == ["| `a.rs` | 0 | 1 | 1 | 0 |", "| `b.rs` | 0 | 0 | 0 | 1 |", "| `c\\|.rs` | 1 | 0 | 0 | 0 |"]


def test_an_entry_is_shown_with_its_places_or_as_stale() -> None:
    located = [Located(OLD[0], (Place("a.rs", 3),)), Located(OLD[1], (Place("a.rs", 9),)), Located(OLD[2], ())]
    assert "".join(entries_text(located)).splitlines() == [
        "a.rs: long in f (47): a.rs:3",
        "a.rs: unwrap in g: x . y: a.rs:9; 1 stale",
        "b.rs: unwrap in h: z: 1 stale",
    ]
    assert [row["stale"] for row in json.loads("".join(entries_json(located)))] == [0, 1, 1]
