"""Reports as bytes: the same report comes back, and nothing but reports."""

import sys
from array import array
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, strategies as st
from msgspec import Struct, msgpack
from msgspec.structs import replace

from rustgate.cache import serialization as kept
from rustgate.cache.serialization import deserialize, serialize
from rustgate.checks.hygiene.token_chunks import TokenChunks
from rustgate.config.loader import Config, ConfigTable
from rustgate.config.resolver import Resolver, Selection
from rustgate.engine.tasks import LintJob, Task
from rustgate.model.file import FileContext, FileResult, Target
from rustgate.model.finding import Fact, Finding, Severity
from rustgate.model.rule import Profile
from rustgate.rules.catalog import shipped

SAMPLES = Path(__file__).parents[2] / "sample_crates"
FINDING = Finding("acme-rule", "acme", Severity.ERROR, "a.rs", 1, 2, 1, 3, "", "", None, None, "f")


class Nested(Struct, frozen=True):
    """What a pack may send."""

    names: tuple[str, ...]
    anything: Any = None


class Other(Struct, frozen=True):
    """Not what it says."""

    names: tuple[str, ...]


PACK = ModuleType("acme_pack")
PACK.__dict__.update(Nested=Nested, Other=Nested, number=1)
RULES = {"acme-rule": replace(shipped()["string-error"], name="acme-rule", gather="acme_pack:gather", pack="acme")}


@pytest.fixture(autouse=True)
def _pack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "acme_pack", PACK)
    monkeypatch.setattr(Nested, "__module__", "acme_pack")
    monkeypatch.setattr(Other, "__module__", "acme_pack")
    kept._type_named.cache_clear()
    kept._decoder.cache_clear()


def with_data(data: object, **values: object) -> FileResult:
    return FileResult("a.rs", 3, facts={"acme-rule": (Fact(FINDING, values, data),)})


def strictest_reports() -> list[FileResult]:
    """The reports of all sample crates with every rule on, facts of all kinds among them."""
    resolver = Resolver(Config(SAMPLES, ConfigTable(profile=Profile.HYPERSCALE), {}), shipped(), Selection(select=frozenset(shipped())))
    files = sorted(path for path in SAMPLES.rglob("*.rs") if "target" not in path.relative_to(SAMPLES).parts)
    tasks = tuple(Task(path.name, str(path), FileContext(Target.LIBRARY), 0, 2**20) for path in files)
    return [linted.result for linted in map(LintJob(tuple(shipped().values()), (resolver.settings(""),), tasks).prepare(), tasks)]


def test_every_report_of_the_sample_crates_comes_back_the_same() -> None:
    reports = strictest_reports()
    kinds = {type(fact.data).__name__ for report in reports for facts in report.facts.values() for fact in facts}
    assert {"ItemPath", "TokenChunks", "Tested", "SafeFile", "Countable", "NoneType"} <= kinds
    for report in reports:
        text = serialize(report, shipped())
        assert text
        assert deserialize(text, shipped()) == report


def test_what_comes_back_holds_the_texts_that_are_alike_once() -> None:
    report = FileResult("a.rs", 3, (FINDING, FINDING), facts={"acme-rule": (Fact(FINDING, {}, 1),)})
    text = serialize(report, RULES)
    assert text
    one, another = (deserialize(text, RULES) for _ in range(2))
    assert one
    assert another
    findings = [*one.findings, *(fact.finding for fact in one.facts["acme-rule"])]
    assert len({id(finding.path) for finding in findings} | {id(one.path)}) == 1
    assert len({id(finding.rule) for finding in [*findings, *another.findings]}) == 1
    assert len({id(finding.category) for finding in [*findings, *another.findings]}) == 1


@pytest.mark.parametrize("data", [None, True, 3, 0.5, "text", b"\xff", Nested(("a", "b")), Nested((), {"x": [1]})])
def test_plain_data_and_structs_of_the_package_come_back(data: object) -> None:
    text = serialize(with_data(data, name="x", count=2), RULES)
    assert text
    assert deserialize(text, RULES) == with_data(data, name="x", count=2)


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(with_data((1, 2)), id="a tuple, which would come back as a list"),
        pytest.param(with_data(Nested((), (1, 2))), id="a tuple within"),
        pytest.param(with_data(Other(())), id="a type that goes by another's name"),
        pytest.param(with_data(Path()), id="no struct"),
        pytest.param(with_data(Nested((), Path())), id="no struct within"),
        pytest.param(with_data(FINDING), id="a struct of another package"),
        pytest.param(with_data(None, odd={1, 2}), id="a set among the values"),
        pytest.param(with_data(Nested((), 2**70)), id="a number that is too large"),
        pytest.param(FileResult("\udcff.rs", 1), id="a path that is not UTF-8"),
        pytest.param(FileResult("a.rs", 1, facts={"gone": ()}), id="a rule that is not there"),
    ],
)
def test_what_would_not_come_back_the_same_is_not_kept(report: FileResult) -> None:
    assert serialize(report, RULES) is None


KINDS = [
    "os:stat_result",
    "acme_pack:number",
    "acme_pack:gone",
    "acme_pack",
    ":",
    "rustgate.model.file:Place",
    "acme_pack.x:Nested",
    "antigravity:x",
]


@pytest.mark.parametrize("kind", KINDS)
def test_no_other_type_is_ever_made_and_no_module_imported(kind: str) -> None:
    text = serialize(with_data(Nested(("a",))), RULES)
    assert text
    poisoned = text.replace(msgpack.encode("acme_pack:Nested"), msgpack.encode(kind))
    assert poisoned != text
    assert deserialize(poisoned, RULES) is None
    assert "this" not in sys.modules


@given(st.binary(max_size=200))
def test_any_other_bytes_are_nothing(text: bytes) -> None:
    assert deserialize(text, RULES) is None


@given(st.data())
def test_broken_bytes_are_nothing_or_a_report(data: st.DataObject) -> None:
    numbers = array("I", [1, 2, 3])
    chunks = TokenChunks(numbers, numbers, numbers, numbers, numbers, numbers, numbers, "f", 6, 100)
    rules = {"duplicate-code": shipped()["duplicate-code"]}
    text = bytearray(serialize(FileResult("a.rs", 3, facts={"duplicate-code": (Fact(FINDING, {}, chunks),)}), rules) or b"")
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(deserialize(bytes(text), rules), FileResult | None)
