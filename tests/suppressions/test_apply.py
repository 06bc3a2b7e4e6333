"""The steps after judging: findings are marked as muted, never dropped, and suppressions have to be in order themselves."""

import pytest
from msgspec import structs

from rustgate.model.file import FileResult
from rustgate.model.finding import Finding, Severity, Suppressed, Suppression
from rustgate.model.rule import Rule, Setting
from rustgate.suppressions.apply import SuppressOptions, suppress

FULL = SuppressOptions(respect_clippy=True, full=True)
COMPLAINTS = ("suppression-without-reason", "unknown-rule", "unused-suppression")


def rule(name: str) -> Rule:
    return Rule(
        name=name,
        category="style",
        path=f"{name}.md",
        title=name,
        why="Because.",
        markdown="",
        severity=(Severity.ERROR,) * 4,
        message="in short: {problem}",
        since="0.1",
    )


CATALOG = {name: rule(name) for name in ("apple", "pear", *COMPLAINTS)}
SETTINGS = {name: Setting(Severity.WARNING) for name in CATALOG}


def finding(name: str, line: int) -> Finding:
    return Finding(name, "style", Severity.ERROR, "a.rs", line, 1, line, 2, "message", "item", None, None, f"{name}{line}")


def comment(*rules: str, first: int = 1, last: int = 9, reason: str = "why") -> Suppression:
    return Suppression(rules, first, 5, first, last, reason)


def clippy(*rules: str, first: int = 1, last: int = 9) -> Suppression:
    return Suppression(rules, first, 1, first, last, "#[allow]", origin="clippy")


def run(*suppressions: Suppression, findings: tuple[Finding, ...] = (), options: SuppressOptions = FULL) -> list[Finding]:
    return list(suppress(FileResult("a.rs", 9, findings, suppressions), SETTINGS, CATALOG, options))


def muted(found: list[Finding]) -> list[str | None]:
    return [one.muted.reason if one.muted else None for one in found if one.rule not in COMPLAINTS]


def complaints(found: list[Finding]) -> list[tuple[str, int, str]]:
    return [(one.rule, one.line, one.message) for one in found if one.rule in COMPLAINTS]


APPLE = finding("apple", 5)

COVERED = [
    (comment("apple"), True),
    (comment("apple", first=5, last=5), True),
    (comment("apple", first=5, last=6), True),
    (comment("apple", first=1, last=5), True),
    (comment("apple", first=6), False),
    (comment("apple", last=4), False),
    (comment("pear"), False),
    (comment("pear", "apple"), True),
    (clippy("apple"), True),
    (clippy("apple", first=6), False),
    (Suppression(("apple",), 1, 1, 1, 9, "why", problem="cannot be read"), False),
]


@pytest.mark.parametrize(("suppression", "covers"), COVERED)
def test_a_suppression_mutes_its_rules_on_its_lines(suppression: Suppression, covers: bool) -> None:  # noqa: FBT001  # a column of a table
    (found, *_) = run(suppression, findings=(APPLE,))
    assert found.muted == (Suppressed("suppression", suppression.reason) if covers else None)


def test_a_muted_finding_is_otherwise_as_it_was() -> None:
    (found,) = run(comment("apple"), findings=(APPLE,))
    assert (found.rule, found.line, found.severity, found.fingerprint) == ("apple", 5, Severity.ERROR, "apple5")


def test_no_finding_is_dropped() -> None:
    findings = (finding("apple", 1), finding("apple", 5), finding("pear", 5))
    assert muted(run(comment("apple", first=5), findings=findings)) == [None, "why", None]


def test_the_first_of_two_suppressions_counts() -> None:
    found = run(comment("apple", reason="one"), comment("apple", first=5, reason="two"), findings=(APPLE,))
    assert muted(found) == ["one"]
    assert complaints(found) == [("unused-suppression", 5, "in short: `apple` finds nothing here; remove it from the suppression")]


def test_clippy_attributes_count_only_where_they_are_respected() -> None:
    options = SuppressOptions(respect_clippy=False, full=True)
    assert muted(run(clippy("apple"), findings=(APPLE,), options=options)) == [None]
    assert muted(run(clippy("apple"), comment("apple"), findings=(APPLE,), options=options)) == ["why"]


def test_an_attribute_that_mutes_nothing_is_no_complaint() -> None:
    assert run(clippy("apple", "pear")) == []


WRONG: list[tuple[Suppression, list[tuple[str, str]]]] = [
    (comment("apple", reason=""), [("suppression-without-reason", "add one after the rules: `-- why this is right here`")]),
    (comment("aple"), [("unknown-rule", 'unknown rule "aple"; did you mean "apple"?')]),
    (comment("xyz"), [("unknown-rule", 'unknown rule "xyz"; `rustgate rules` lists them all')]),
    (comment("apple", "xyz"), [("unknown-rule", 'unknown rule "xyz"; `rustgate rules` lists them all')]),
    (Suppression((), 1, 1, 1, 1, "", problem="cannot be read"), [("unknown-rule", "cannot be read")]),
    (comment("apple", "pear"), [("unused-suppression", "`pear` finds nothing here; remove it from the suppression")]),
    (comment("apple"), []),
]


@pytest.mark.parametrize(("suppression", "expected"), WRONG)
def test_what_is_wrong_with_a_suppression_is_a_finding_at_its_place(suppression: Suppression, expected: list[tuple[str, str]]) -> None:
    found = run(suppression, findings=(APPLE,))
    assert complaints(found) == [(name, 1, f"in short: {problem}") for name, problem in expected]
    assert all((one.column, one.severity, one.category) == (suppression.column, Severity.WARNING, "style") for one in found[1:])


def test_a_suppression_without_reason_mutes_all_the_same() -> None:
    assert muted(run(comment("apple", reason=""), findings=(APPLE,))) == [""]


def test_only_a_full_run_can_tell_what_is_unused() -> None:
    options = SuppressOptions(respect_clippy=True, full=False)
    assert run(comment("apple"), options=options) == []
    found = run(comment("aple", reason=""), options=options)
    assert [one.rule for one in found] == ["unknown-rule", "suppression-without-reason"]


def test_a_rule_that_is_off_cannot_be_unused() -> None:
    settings = {name: setting for name, setting in SETTINGS.items() if name != "apple"}
    assert list(suppress(FileResult("a.rs", 9, (), (comment("apple"),)), settings, CATALOG, FULL)) == []


@pytest.mark.parametrize("name", COMPLAINTS)
def test_a_complaint_can_be_turned_off(name: str) -> None:
    settings = {key: setting for key, setting in SETTINGS.items() if key != name}
    wrong = (comment("apple", reason=""), comment("xyz"))
    found = suppress(FileResult("a.rs", 9, (), wrong), settings, CATALOG, FULL)
    assert {one.rule for one in found} == set(COMPLAINTS) - {name}


def test_complaints_that_are_alike_have_fingerprints_of_their_own() -> None:
    found = run(comment("xyz", first=1), comment("xyz", first=2))
    assert len({one.fingerprint for one in found}) == 2


def test_of_very_many_suppressions_and_findings_each_has_its_own() -> None:
    count = 20_000
    lines = range(1, count + 1)
    suppressions = [Suppression(("apple",), line, 1, line, count, f"why {line}") for line in lines]
    found = run(*suppressions, findings=tuple(structs.replace(APPLE, line=line, end_line=line) for line in lines))
    assert muted(found)[:3] == ["why 1", "why 1", "why 1"]
    backwards = run(*reversed(suppressions), findings=tuple(structs.replace(APPLE, line=line, end_line=line) for line in lines))
    assert muted(backwards)[:3] == ["why 1", "why 2", "why 3"]


def test_what_begins_or_ends_on_a_line_that_is_covered_is_muted() -> None:
    chain = structs.replace(APPLE, line=1, end_line=1, last_line=3)
    late, early = Suppression(("apple",), 3, 1, 3, 3, "late"), Suppression(("apple",), 1, 1, 1, 1, "early")
    assert [muted(run(one, findings=(chain,))) for one in (late, early)] == [["late"], ["early"]]
    assert [muted(run(*both, findings=(chain,))) for both in ((late, early), (early, late))] == [["late"], ["early"]]
    assert muted(run(Suppression(("apple",), 2, 1, 2, 2, "between"), findings=(chain,))) == [None]


def test_a_lint_level_holds_between_its_columns() -> None:
    level = structs.replace(clippy("apple", first=1, last=3), columns=(5, 9))
    places = {(1, 4): False, (1, 5): True, (2, 1): True, (3, 9): True, (3, 10): False}
    findings = tuple(structs.replace(finding("apple", line), column=column) for line, column in places)
    assert [found.muted is not None for found in run(level, findings=findings)] == [*places.values()]


def test_a_finding_that_ends_within_a_lint_level_is_muted() -> None:
    level = structs.replace(clippy("apple", first=2, last=2), columns=(5, 9))
    ends = {4: False, 7: True, 12: False}
    findings = tuple(structs.replace(finding("apple", 1), last_line=2, last_column=column) for column in ends)
    assert [found.muted is not None for found in run(level, findings=findings)] == [*ends.values()]
