"""On the sample crates, the rules that have a clippy twin report the lines that clippy reports, no more and no less."""

import shutil
from pathlib import Path

import pytest
from agreement import compare, differences, rows

pytestmark = pytest.mark.slow  # it starts processes

SAMPLES = Path(__file__).parent.parent / "sample_crates"
ROOTS = sorted(SAMPLES.glob("**/src/lib.rs"))


@pytest.mark.skipif(shutil.which("clippy-driver") is None, reason="clippy is not installed")
@pytest.mark.parametrize("root", ROOTS, ids=[root.relative_to(SAMPLES).parts[0] + "-" + root.parts[-3] for root in ROOTS])
def test_clippy_reports_the_same_lines(root: Path) -> None:
    labels, found = compare([root], "2021")
    assert list(differences(labels, found)) == []


@pytest.mark.skipif(shutil.which("clippy-driver") is None, reason="clippy is not installed")
def test_there_is_something_to_agree_on() -> None:
    labels, found = compare([SAMPLES / "messy/src/lib.rs", SAMPLES / "services/src/lib.rs"], "2021")
    assert len(rows(labels, found)) > 10
