"""Settings by path: what the page, the profile, the configuration, its overrides and the command line make of a rule."""

from pathlib import Path

import pytest
from conftest import write

from rustgate.config.loader import Edit, load_config
from rustgate.config.resolver import ALWAYS_SELECTED, Resolver, Selection, Value
from rustgate.errors import ConfigError
from rustgate.filesystem.gitignore import patterns
from rustgate.model.finding import Severity
from rustgate.model.rule import Profile, Setting
from rustgate.rules.catalog import shipped

OVERRIDES = """
profile = "enterprise"
[rules]
expect-used = "off"
function-length = { limit = 40, soft = 20 }

[[overrides]]
paths = ["legacy/**", "*.gen.rs"]
profile = "mvp"
rules.function-length = { limit = 100 }

[[overrides]]
paths = ["legacy/new/**"]
rules = { expect-used = "note", function-length = { limit = 50, level = "note" } }
"""


def resolver(folder: Path, text: str, selection: Selection = Selection()) -> Resolver:  # noqa: B008  # frozen
    return Resolver(load_config(write(folder, {"rustgate.toml": text}), shipped()), shipped(), selection)


def level(settings: dict[str, Setting], rule: str) -> Severity | None:
    return settings[rule].severity if rule in settings else None


@pytest.mark.parametrize("profile", Profile)
def test_a_profile_takes_its_values_from_the_pages(tmp_path: Path, profile: Profile) -> None:
    settings = resolver(tmp_path, f'profile = "{profile}"').settings("a.rs")
    for name, rule in shipped().items():
        assert level(settings, name) == rule.severity[profile.rank]
        if name in settings:
            assert (settings[name].limit, settings[name].soft) == (rule.limit[profile.rank], rule.soft[profile.rank])
            assert settings[name].options == {option: steps[profile.rank] for option, steps in rule.options.items()}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('"note"', Setting(Severity.NOTE, 30, None, {"count": "physical"})),
        ('{ level = "warning" }', Setting(Severity.WARNING, 30, None, {"count": "physical"})),
        ("{ limit = 7 }", Setting(Severity.ERROR, 7, None, {"count": "physical"})),
        ('{ soft = 5, count = "code" }', Setting(Severity.ERROR, 30, 5, {"count": "code"})),
        ('"off"', None),
    ],
)
def test_an_entry_changes_what_it_names_and_keeps_the_rest(tmp_path: Path, entry: str, expected: Setting | None) -> None:
    assert resolver(tmp_path, f"rules.function-length = {entry}").settings("a.rs").get("function-length") == expected


@pytest.mark.parametrize(
    ("path", "profile", "length", "expect"),
    [
        ("src/lib.rs", "enterprise", (Severity.ERROR, 40), None),
        ("legacy/a.rs", "mvp", (Severity.WARNING, 100), None),
        ("src/legacy/a.rs", "enterprise", (Severity.ERROR, 40), None),
        ("src/deep/b.gen.rs", "mvp", (Severity.WARNING, 100), None),
        ("legacy/new/a.rs", "mvp", (Severity.NOTE, 50), Severity.NOTE),
    ],
)
def test_overrides_hold_for_the_paths_below_the_home_and_later_ones_win(
    tmp_path: Path, path: str, profile: str, length: tuple[Severity, int], expect: Severity | None
) -> None:
    resolved = resolver(tmp_path, OVERRIDES)
    settings = resolved.settings(path)
    assert resolved.profile(path).value == profile
    assert (settings["function-length"].severity, settings["function-length"].limit) == length
    assert level(settings, "expect-used") == expect


def test_overrides_are_idle_until_they_match(tmp_path: Path) -> None:
    known = resolver(tmp_path, OVERRIDES)
    assert [one.split(": ")[1].split()[0] for one in known.idle_overrides()] == ["overrides[0]", "overrides[1]"]
    known.settings("legacy/a.rs")
    assert [*known.idle_overrides()] == [f"{tmp_path / 'rustgate.toml'}: overrides[1] matches no file; check its paths (legacy/new/**)"]
    known.settings("legacy/new/a.rs")
    assert [*known.idle_overrides()] == []


def test_the_last_profile_of_several_overrides_wins(tmp_path: Path) -> None:
    text = '[[overrides]]\npaths = ["a/**"]\nprofile = "mvp"\n[[overrides]]\npaths = ["a/b/**"]\nprofile = "hyperscale"'
    resolved = resolver(tmp_path, text)
    assert [resolved.profile(path).value for path in ("c.rs", "a/c.rs", "a/b/c.rs")] == ["production", "mvp", "hyperscale"]


def test_files_of_the_same_overrides_share_one_dictionary(tmp_path: Path) -> None:
    resolved = resolver(tmp_path, OVERRIDES)
    assert resolved.settings("legacy/a.rs") is resolved.settings("legacy/b.rs")
    assert resolved.settings("legacy/a.rs") is not resolved.settings("src/a.rs")


def test_each_value_knows_where_it_came_from(tmp_path: Path) -> None:
    file = str(tmp_path / "rustgate.toml")
    config = load_config(write(tmp_path, {"rustgate.toml": OVERRIDES}), shipped(), [Edit("rules.function-length.soft", "9", "--config")])
    resolved = Resolver(config, shipped(), Selection())
    values = dict(resolved.values("legacy/new/a.rs"))
    assert resolved.profile("legacy/new/a.rs") == Value(Profile.MVP, f"{file} overrides[0]")
    assert resolved.profile("a.rs") == Value(Profile.ENTERPRISE, file)
    assert values["function-length"] == {
        "level": Value("note", f"{file} overrides[1]"),
        "limit": Value(50, f"{file} overrides[1]"),
        "soft": Value(9, "--config"),
        "count": Value("physical", "profile mvp"),
    }
    assert values["unwrap-used"] == {"level": Value(Severity.WARNING, "profile mvp")}


@pytest.mark.parametrize(
    ("given", "limit", "soft"),
    [("", 300, 250), ("{ limit = 1000 }", 1000, None), ("{ limit = 1000, soft = 800 }", 1000, 800), ("{ soft = 200 }", 300, 200)],
)
def test_a_limit_of_ones_own_stands_alone(tmp_path: Path, given: str, limit: int, soft: int | None) -> None:
    setting = resolver(tmp_path, f"[rules]\nfile-length = {given}" if given else "").settings("a.rs")["file-length"]
    assert (setting.limit, setting.soft) == (limit, soft)


def test_what_nobody_set_is_a_default(tmp_path: Path) -> None:
    assert resolver(tmp_path, "").profile("a.rs") == Value(Profile.PRODUCTION, "default")


# the command line


def test_select_turns_everything_else_off_but_what_could_not_be_judged(tmp_path: Path) -> None:
    settings = resolver(tmp_path, "", Selection(select=frozenset({"unwrap-used"}))).settings("a.rs")
    assert set(settings) == {"unwrap-used"} | (ALWAYS_SELECTED & shipped().keys())


@pytest.mark.parametrize(
    ("text", "rule", "expected"),
    [
        ('rules.unwrap-used = "off"', "unwrap-used", Severity.ERROR),
        ('rules.unwrap-used = "note"', "unwrap-used", Severity.NOTE),
        ('profile = "mvp"', "expect-used", Severity.WARNING),
        ('[[overrides]]\npaths = ["*.rs"]\nrules.unwrap-used = "off"', "unwrap-used", Severity.ERROR),
    ],
)
def test_select_turns_a_rule_on_that_is_off(tmp_path: Path, text: str, rule: str, expected: Severity) -> None:
    settings = resolver(tmp_path, text, Selection(select=frozenset({rule}))).settings("a.rs")
    assert level(settings, rule) is expected


def test_a_selected_rule_without_a_limit_in_the_profile_takes_its_first_one(tmp_path: Path) -> None:
    rule = shipped()["bool-parameters"]
    assert rule.limit[Profile.MVP.rank] is None
    settings = resolver(tmp_path, 'profile = "mvp"', Selection(select=frozenset({rule.name}))).settings("a.rs")
    assert settings[rule.name].limit == next(limit for limit in rule.limit if limit is not None)


@pytest.mark.parametrize(
    "selection", [Selection(ignore=frozenset({"indexing"})), Selection(frozenset({"indexing"}), frozenset({"indexing"}))]
)
def test_ignore_wins_over_everything(tmp_path: Path, selection: Selection) -> None:
    resolved = resolver(tmp_path, 'rules.indexing = "error"', selection)
    assert "indexing" not in resolved.settings("a.rs")
    assert dict(resolved.values("a.rs"))["indexing"]["level"] == Value("off", "--ignore")


# patterns


@pytest.mark.parametrize(
    ("path", "excluded"),
    [("a.rs", False), ("gen/a.rs", True), ("src/gen/a.rs", True), ("gen/keep.rs", False), ("top.rs", True), ("src/top.rs", False)],
)
def test_exclude_holds_gitignore_patterns(tmp_path: Path, path: str, *, excluded: bool) -> None:
    assert resolver(tmp_path, 'exclude = ["gen/*", "**/gen/*", "!gen/keep.rs", "/top.rs"]').excluded(path) is excluded


def test_nothing_is_excluded_by_default(tmp_path: Path) -> None:
    assert not resolver(tmp_path, "").excluded("a.rs")


@pytest.mark.parametrize("pattern", ["!", "a\\\\", "[z-a]"])
@pytest.mark.parametrize(
    ("text", "key"), [("exclude = ['a', '{}']", "exclude"), ("overrides = [{{paths = ['{}']}}]", "overrides[0].paths")]
)
def test_a_pattern_that_is_none_is_refused_with_the_file_and_the_key(tmp_path: Path, pattern: str, text: str, key: str) -> None:
    resolved = resolver(tmp_path, text.format(pattern.replace("\\\\", "\\")))
    with pytest.raises(ConfigError) as error:
        (resolved.settings("a.rs"), resolved.excluded("a.rs"))
    assert str(error.value).startswith(f'{tmp_path / "rustgate.toml"}: "{key}" holds what is no gitignore pattern: ')


def test_patterns_raise_for_what_is_none() -> None:
    with pytest.raises(ValueError, match="z-a"):
        patterns(["[z-a]"])


PRECEDENCE = """
select = ["panics", "size"]
ignore = ["expect-used", "complexity"]
[rules]
panics = "note"
unwrap-used = "warning"
docs = "error"
rustgate = "warning"
function-length = { limit = 40 }

[[overrides]]
paths = ["legacy/**"]
rules = { panics = "off", panic-used = "error", expect-used = "error" }
"""


@pytest.mark.parametrize(
    ("path", "rule", "expected", "origin"),
    [
        ("a.rs", "file-length", Severity.ERROR, "profile production"),
        ("a.rs", "dbg-macro", None, "select"),
        ("a.rs", "missing-docs", Severity.ERROR, "rustgate.toml"),
        ("a.rs", "panic-used", Severity.NOTE, "rustgate.toml"),
        ("a.rs", "unwrap-used", Severity.WARNING, "rustgate.toml"),
        ("a.rs", "expect-used", None, "ignore"),
        ("a.rs", "nesting-depth", None, "ignore"),
        ("a.rs", "syntax-error", Severity.WARNING, "rustgate.toml"),
        ("a.rs", "unreadable-file", Severity.ERROR, "profile production"),
        ("legacy/a.rs", "unwrap-used", None, "overrides[0]"),
        ("legacy/a.rs", "panic-used", Severity.ERROR, "overrides[0]"),
        ("legacy/a.rs", "expect-used", None, "ignore"),
    ],
)
def test_of_profile_select_category_rule_override_and_ignore_the_last_wins(
    tmp_path: Path, path: str, rule: str, expected: Severity | None, origin: str
) -> None:
    found = resolver(tmp_path, PRECEDENCE)
    assert level(found.settings(path), rule) == expected
    assert dict(found.values(path))[rule]["level"].origin.endswith(origin)


@pytest.mark.parametrize(
    ("selection", "on", "off"),
    [
        (Selection(frozenset({"expect-used", "dbg-macro"})), {"expect-used", "dbg-macro"}, {"unwrap-used", "file-length"}),
        (Selection(ignore=frozenset({"unwrap-used"})), {"file-length"}, {"unwrap-used", "expect-used", "dbg-macro"}),
    ],
)
def test_select_on_the_command_line_replaces_and_ignore_adds(tmp_path: Path, selection: Selection, on: set[str], off: set[str]) -> None:
    settings = resolver(tmp_path, PRECEDENCE, selection).settings("a.rs")
    assert on <= settings.keys()
    assert not off & settings.keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('select = ["panik"]', 'in "select": unknown rule "panik"; did you mean "panics"?'),
        ('ignore = ["unwrap_used"]', 'in "ignore": "unwrap_used" is a clippy lint; the rustgate rule is "unwrap-used"'),
        ('ignore = ["unreadable-file"]', '"unreadable-file" is always an error'),
        ("select = 1", '"select" is 1; it must be a list of rules and categories'),
        ("rules.panics.limit = 3", '"rules.panics.limit": a category has only a `level`; set options rule by rule'),
        ('rules.panics = "of"', '"rules.panics.level" is \'of\'; did you mean "off"?'),
        ('rules.panik = "off"', 'in "rules": unknown rule "panik"; did you mean "panics"?'),
    ],
)
def test_names_that_mean_nothing_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        resolver(tmp_path, text)
    assert said in str(caught.value)
    assert "rustgate.toml" in str(caught.value)
