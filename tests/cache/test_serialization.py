"""Results as bytes: the same result comes back, and nothing but results."""

from array import array
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from msgspec import Struct, msgpack

from rustgate.cache.serialization import deserialize, serialize
from rustgate.checks.hygiene.token_chunks import TokenChunks
from rustgate.config.loader import Config, ConfigTable
from rustgate.config.resolver import Resolver, Selection
from rustgate.engine.check_loader import fact_type
from rustgate.engine.tasks import LintJob, Task
from rustgate.model.file import FileContext, FileResult, Target
from rustgate.model.finding import Fact, Finding, Severity
from rustgate.model.rule import Profile
from rustgate.rules.catalog import shipped

SAMPLES = Path(__file__).parents[2] / "sample_crates"
FINDING = Finding("acme-rule", "acme", Severity.ERROR, "a.rs", 1, 2, 1, 3, "", "", None, None, "f")


class Nested(Struct, frozen=True, tag=True):
    """What a pack may send."""

    names: tuple[str, ...]
    anything: Any = None


class Other(Struct, frozen=True, tag=True):
    """Another kind of fact of the same rule."""

    names: tuple[str, ...]


TYPES: dict[str, Any] = {"acme-rule": Any, "structs": Nested | Other | None}


def with_data(data: object, **values: object) -> FileResult:
    rule = "structs" if isinstance(data, Struct) else "acme-rule"
    return FileResult("a.rs", 3, facts={rule: (Fact(FINDING, values, data),)})


def type_of_shipped(rule: str) -> Any:
    return fact_type(shipped()[rule])


def strictest_results() -> list[FileResult]:
    """The results of all sample crates with every rule on, facts of all kinds among them."""
    resolver = Resolver(Config(SAMPLES, ConfigTable(profile=Profile.HYPERSCALE), {}), shipped(), Selection(select=frozenset(shipped())))
    files = sorted(path for path in SAMPLES.rglob("*.rs") if "target" not in path.relative_to(SAMPLES).parts)
    tasks = tuple(Task(path.name, str(path), FileContext(Target.LIBRARY), 0, 2**20) for path in files)
    return [linted.result for linted in map(LintJob(tuple(shipped().values()), (resolver.settings(""),), tasks).prepare(), tasks)]


def test_every_result_of_the_sample_crates_comes_back_the_same() -> None:
    results = strictest_results()
    kinds = {type(fact.data).__name__ for result in results for facts in result.facts.values() for fact in facts}
    assert {"ItemPath", "TokenChunks", "Tested", "SafeFile", "Countable", "NoneType"} <= kinds
    for result in results:
        text = serialize(result)
        assert text
        assert deserialize(text, type_of_shipped) == result


def test_what_comes_back_holds_the_texts_that_are_alike_once() -> None:
    text = serialize(FileResult("a.rs", 3, (FINDING, FINDING), facts={"acme-rule": (Fact(FINDING, {}, 1),)}))
    assert text
    one, another = (deserialize(text, TYPES.__getitem__) for _ in range(2))
    assert one
    assert another
    findings = [*one.findings, *(fact.finding for fact in one.facts["acme-rule"])]
    assert len({id(finding.path) for finding in findings} | {id(one.path)}) == 1
    assert len({id(finding.rule) for finding in [*findings, *another.findings]}) == 1
    assert len({id(finding.category) for finding in [*findings, *another.findings]}) == 1


@pytest.mark.parametrize("data", [None, True, 3, 0.5, "text", b"\xff", Nested(("a", "b")), Nested((), {"x": [1]}), Other(())])
def test_plain_data_and_tagged_structs_come_back(data: object) -> None:
    text = serialize(with_data(data, name="x", count=2))
    assert text
    assert deserialize(text, TYPES.__getitem__) == with_data(data, name="x", count=2)


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(with_data(Path()), id="no struct"),
        pytest.param(with_data(Nested((), Path())), id="no struct within"),
        pytest.param(with_data(Nested((), 2**70)), id="a number that is too large"),
        pytest.param(FileResult("\udcff.rs", 1), id="a path that is not UTF-8"),
    ],
)
def test_what_cannot_be_encoded_is_not_kept(result: FileResult) -> None:
    assert serialize(result) is None


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(with_data(FINDING), id="a struct of another type"),
        pytest.param(FileResult("a.rs", 1, facts={"gone": ()}), id="a rule that is not there"),
    ],
)
def test_what_has_another_type_does_not_come_back(result: FileResult) -> None:
    text = serialize(result)
    assert text
    assert deserialize(text, TYPES.__getitem__) is None


def test_no_other_type_is_ever_made() -> None:
    text = serialize(with_data(Nested(("a",))))
    assert text
    poisoned = text.replace(msgpack.encode("Nested"), msgpack.encode("Popen"))
    assert poisoned != text
    assert deserialize(poisoned, TYPES.__getitem__) is None


@given(st.binary(max_size=200))
def test_any_other_bytes_are_nothing(text: bytes) -> None:
    assert deserialize(text, TYPES.__getitem__) is None


@given(st.data())
def test_broken_bytes_are_nothing_or_a_result(data: st.DataObject) -> None:
    numbers = array("I", [1, 2, 3])
    chunks = TokenChunks(numbers, numbers, numbers, numbers, numbers, numbers, numbers, "f", 6, 100)
    text = bytearray(serialize(FileResult("a.rs", 3, facts={"duplicate-code": (Fact(FINDING, {}, chunks),)})) or b"")
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(deserialize(bytes(text), type_of_shipped), FileResult | None)
