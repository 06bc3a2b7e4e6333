"""The fuzzer finds what is planted, and nothing in a few inputs of each target; long runs are for `tests/fuzz/run.py`."""

import itertools
import random
import time
from pathlib import Path

import pytest
import run as fuzzer
from mutations import MOST, Material, mutated
from readers import Target, readers
from run import main
from rust import ends_plainly, lizard, rust

pytestmark = pytest.mark.slow  # it starts processes

TARGETS = [target.name for target in (*readers([]), lizard([]), rust([]))]


@pytest.mark.parametrize("target", TARGETS)
def test_a_few_inputs_of_every_target_find_nothing(tmp_path: Path, target: str) -> None:
    assert main(["--target", target, "--inputs", "30", "--seed", "7", "--finds", str(tmp_path)]) == 0
    assert list(tmp_path.iterdir()) == []


def _plant(monkeypatch: pytest.MonkeyPatch, check: object) -> None:
    planted = Target("config", (b"one\ntwo\nthree\n" * 20,), (b"BUG",), check)  # type: ignore[arg-type]  # a lambda that raises
    monkeypatch.setattr(fuzzer, "readers", lambda _corpus: (planted,))
    monkeypatch.setattr(fuzzer, "_SHRINK", 1)


def test_what_raises_is_a_find_shrunk_printed_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def check(data: bytes) -> None:
        if b"BUG" in data:
            raise ZeroDivisionError("planted")

    _plant(monkeypatch, check)
    arguments = ["--target", "config", "--finds", str(tmp_path)]
    assert main([*arguments, "--inputs", "500", "--seed", "1"]) == 1
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"BUG"]
    assert "ZeroDivisionError: planted" in capsys.readouterr().out
    assert main([*arguments, "--replay", str(tmp_path / "config-1")]) == 1


def test_what_does_not_end_is_a_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(_data: bytes) -> None:
        try:
            for _ in itertools.count():
                time.monotonic()
        except Exception:  # noqa: BLE001  # the hang must come through all that is caught on the way
            return

    _plant(monkeypatch, check)
    monkeypatch.setattr(fuzzer, "LIMIT", 0.2)
    monkeypatch.setattr(fuzzer, "_SHRINK", 0)
    assert main(["--target", "config", "--inputs", "1", "--seed", "1", "--finds", str(tmp_path)]) == 1


def test_the_same_seed_makes_the_same_inputs() -> None:
    material = Material((b"fn f() { (a, [b]) }\n" * 50,), (b"async",))
    inputs = [[mutated(random.Random(number), material) for number in range(200)] for _ in range(2)]  # noqa: S311  # no secret
    assert inputs[0] == inputs[1]
    assert len({*inputs[0]}) > 150
    assert max(map(len, inputs[0])) <= MOST


@pytest.mark.parametrize(
    ("source", "plain"),
    [(b"fn f() {}", True), (b"", True), (b"// x", True), (b"/* x", False), (b'const A: &str = "x', False), (b"fn f() {", False)],
)
def test_blank_lines_mean_nothing_where_nothing_is_open(source: bytes, *, plain: bool) -> None:
    assert ends_plainly(source) is plain
