"""The configuration: where it is found, what overrides it, and the sentence for every mistake in it."""

import os
from pathlib import Path

import msgspec
import pytest
from conftest import write

from rustgate.config.files import FILE_NAMES
from rustgate.config.loader import Config, ConfigTable, Edit, MetricsTable, OverrideTable, defaults, environment_edits, load_config
from rustgate.errors import ConfigError
from rustgate.model.finding import Severity
from rustgate.model.rule import Profile
from rustgate.rules.catalog import shipped

HOMES = {
    "rustgate.toml": 'profile = "mvp"',
    ".rustgate.toml": 'profile = "mvp"',
    "Cargo.toml": '[workspace.metadata.rustgate]\nprofile = "mvp"',
}


def configured(folder: Path, text: str, *edits: Edit) -> Config:
    return load_config(write(folder, {"rustgate.toml": text}), shipped(), edits)


def edited(folder: Path, *assignments: str) -> Config:
    pairs = [assignment.partition("=") for assignment in assignments]
    return load_config(folder, shipped(), [Edit(key, value, f"--config {key}={value}") for key, _, value in pairs])


# where it is found


@pytest.mark.parametrize(("name", "text"), [*HOMES.items(), ("Cargo.toml", '[package.metadata.rustgate]\nprofile = "mvp"')])
def test_each_home_of_the_configuration_is_read(tmp_path: Path, name: str, text: str) -> None:
    config = load_config(write(tmp_path, {name: text}), shipped())
    assert config.table.profile is Profile.MVP
    assert config.origins["profile"].startswith(str(tmp_path / name))


@pytest.mark.parametrize("files", [{}, {"Cargo.toml": '[package]\nname = "a"\n[package.metadata.other]\nprofile = "x"\n'}])
def test_without_a_configuration_the_defaults_hold(tmp_path: Path, files: dict[str, str]) -> None:
    assert load_config(write(tmp_path, files), shipped()) == Config(tmp_path, ConfigTable(), {})


@pytest.mark.parametrize(
    ("one", "other"), [("rustgate.toml", ".rustgate.toml"), ("rustgate.toml", "Cargo.toml"), (".rustgate.toml", "Cargo.toml")]
)
def test_two_configurations_at_once_are_refused(tmp_path: Path, one: str, other: str) -> None:
    write(tmp_path, {one: HOMES[one], other: HOMES[other]})
    with pytest.raises(ConfigError) as error:
        load_config(tmp_path, shipped())
    assert str(tmp_path / one) in str(error.value)
    assert str(tmp_path / other) in str(error.value)


def test_a_manifest_holds_one_configuration_at_most(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": "[workspace.metadata.rustgate]\n[package.metadata.rustgate]\n"})
    with pytest.raises(ConfigError, match=r"\[workspace.metadata.rustgate\] and .*\[package.metadata.rustgate\]; keep one"):
        load_config(tmp_path, shipped())


def test_a_named_file_stands_for_the_one_that_would_be_found(tmp_path: Path) -> None:
    write(tmp_path, {"rustgate.toml": 'profile = "mvp"\nfail-on = "note"', "ci/strict.toml": 'profile = "hyperscale"'})
    config = load_config(tmp_path, shipped(), file=tmp_path / "ci/strict.toml")
    assert (config.root, config.table.profile, config.table.fail_on) == (tmp_path, Profile.HYPERSCALE, Severity.ERROR)


def test_isolated_reads_no_file(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(FILE_NAMES, "not TOML at all"))
    assert defaults(tmp_path, shipped(), [Edit("fail-on", "note", "here")]).table == ConfigTable(fail_on=Severity.NOTE)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"profile = ", "not TOML"),
        (b"profile = '\xff'", "not TOML"),
        (b"max-file-size = " + b"9" * 5000, "not TOML"),
        (b"exclude = " + b"[" * 5000, "not TOML"),
    ],
)
def test_a_file_that_is_not_toml_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    write(tmp_path, {"rustgate.toml": content})
    with pytest.raises(ConfigError, match=f"rustgate.toml: {sentence}"):
        load_config(tmp_path, shipped())


@pytest.mark.parametrize("name", FILE_NAMES)
def test_a_link_that_leads_nowhere_is_not_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to("elsewhere.toml")
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_config(tmp_path, shipped())


def test_a_folder_by_that_name_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "rustgate.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_config(tmp_path, shipped())


# what it says


def test_every_key_is_read(tmp_path: Path) -> None:
    config = configured(
        tmp_path,
        """
        profile = "enterprise"
        fail-on = "warning"
        exclude = ["generated/"]
        respect-clippy = false
        max-file-size = 1000
        rules.unwrap-used = "off"
        rules.function-length = { level = "note", limit = 40, soft = 20, count = "code" }
        overrides = [{ paths = ["legacy/**"], profile = "mvp", rules = { indexing = "error" } }]
        metrics.engine = "lizard"
        """,
    )
    assert config.table == ConfigTable(
        profile=Profile.ENTERPRISE,
        fail_on=Severity.WARNING,
        exclude=["generated/"],
        respect_clippy=False,
        max_file_size=1000,
        rules={"unwrap-used": {"level": "off"}, "function-length": {"level": "note", "limit": 40, "soft": 20, "count": "code"}},
        overrides=[OverrideTable(["legacy/**"], Profile.MVP, {"indexing": "error"})],
        metrics=MetricsTable("lizard"),
    )
    assert set(config.origins) == {
        "profile",
        "fail-on",
        "exclude",
        "respect-clippy",
        "max-file-size",
        "rules.unwrap-used.level",
        *(f"rules.function-length.{key}" for key in ("level", "limit", "soft", "count")),
        "overrides",
        "metrics.engine",
    }


# mistakes: the text of the file, and what the sentence must hold


UNKNOWN_KEYS = [
    ('profil = "mvp"', ["unknown key", '"profil"', 'mean "profile"', "allowed: profile, fail-on"]),
    ("fail_on = 1", ['"fail_on"', 'mean "fail-on"']),
    ("zzz = 1", ['"zzz"', "allowed: profile"]),
    ('metrics.enginee = "lizard"', ['"metrics.enginee"', 'mean "engine"', "allowed: engine"]),
    ('[[overrides]]\npaths = []\nprofle = "mvp"', ['"overrides[0].profle"', 'mean "profile"', "allowed: paths, profile, rules"]),
    ('[[overrides]]\npaths = []\n[[overrides]]\npaths = []\nfail-on = "note"', ['"overrides[1].fail-on"']),
    ('[rules]\nunwrap = "off"', ['in "rules": unknown rule "unwrap"', 'mean "unwrap-used"']),
    ('[rules]\nzzz = "off"', ['"zzz"', "`rustgate rules`"]),
    ('[[overrides]]\npaths = []\nrules.expect = "off"', ['"expect"', 'in "overrides[0].rules"', 'mean "expect-used"']),
    ("rules.unwrap-used.limit = 3", ['"rules.unwrap-used.limit"', "no such option", "allowed: level"]),
    ("rules.function-length.limits = 3", ['"rules.function-length.limits"', 'mean "limit"', "allowed: level, limit, soft, count"]),
]
WRONG_VALUES = [
    ('profile = "prod"', ['"profile"', "'prod'", "mvp, production, enterprise, hyperscale"]),
    ('profile = "enterprize"', ['mean "enterprise"']),
    ("profile = 3", ['"profile" is 3', "mvp, production"]),
    ('fail-on = "off"', ['"fail-on"', "note, warning, error"]),
    ('exclude = "x"', ["\"exclude\" is 'x'", "a list of gitignore patterns"]),
    ("exclude = [1]", ['"exclude" is [1]', "a list of gitignore patterns"]),
    ('respect-clippy = "yes"', ["\"respect-clippy\" is 'yes'", "true or false"]),
    ("respect-clippy = 1", ['"respect-clippy"', "true or false"]),
    ('max-file-size = "big"', ["\"max-file-size\" is 'big'", "a whole number, 1 or more"]),
    ("max-file-size = 0", ['"max-file-size" is 0', "1 or more"]),
    ("max-file-size = true", ['"max-file-size"', "1 or more"]),
    ("metrics = 3", ['"metrics" is 3', "must be a table"]),
    ('metrics.engine = "radon"', ['"metrics.engine"', "allowed: rustgate, lizard"]),
    ("rules = 3", ['"rules" is 3', "must be a table"]),
    ("rules.unwrap-used = 3", ['"rules.unwrap-used" is 3', "off, note, warning, error", "or a table"]),
    ('rules.unwrap-used = "warn"', ['"rules.unwrap-used.level"', "'warn'", 'mean "warning"', "allowed: off, note, warning, error"]),
    ("rules.unwrap-used.level = []", ['"rules.unwrap-used.level" is []', "allowed: off"]),
    ("rules.function-length.limit = -1", ['"rules.function-length.limit" is -1', "0 or more"]),
    ('rules.function-length.soft = "5"', ['"rules.function-length.soft"', "a whole number"]),
    ("rules.function-length.limit = true", ['"rules.function-length.limit"', "a whole number"]),
    ("rules.function-length.limit = 1.5", ['"rules.function-length.limit"', "a whole number"]),
    ('rules.function-length.count = "cod"', ['"rules.function-length.count"', 'mean "code"', "allowed: physical, code"]),
    ("rules.file-length.include-tests = 1", ['"rules.file-length.include-tests"', "bool", "default False"]),
    ("overrides = {}", ['"overrides" is {}', "[[overrides]]"]),
    ("overrides = [3]", ['"overrides[0]" is 3', "must be a table"]),
    ("[[overrides]]\nprofile = 'mvp'", ['the key "overrides[0].paths" is missing', "a list of gitignore patterns"]),
    ("[[overrides]]\npaths = 'x'", ['"overrides[0].paths"', "a list of gitignore patterns"]),
    ("[[overrides]]\npaths = []\nprofile = 'x'", ['"overrides[0].profile"', "allowed: mvp"]),
    ("[[overrides]]\npaths = []\nrules = 3", ['"overrides[0].rules" is 3', "a table of rules"]),
    ("[[overrides]]\npaths = []\nrules.unwrap-used = 3", ['"overrides[0].rules.unwrap-used" is 3', "off, note"]),
    ("[[overrides]]\npaths = []\nrules.function-length.limit = -2", ['"overrides[0].rules.function-length.limit" is -2']),
]


@pytest.mark.parametrize(("text", "words"), UNKNOWN_KEYS + WRONG_VALUES)
def test_a_mistake_is_a_sentence_with_the_file_the_key_and_what_is_allowed(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as error:
        configured(tmp_path, text)
    sentence = str(error.value)
    assert sentence.startswith(f"{tmp_path / 'rustgate.toml'}: ")
    assert [word for word in words if word not in sentence] == []


@pytest.mark.parametrize("key", [field.encode_name for field in msgspec.structs.fields(ConfigTable)])
def test_no_key_takes_a_value_of_any_kind(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError, match=key):
        configured(tmp_path, f"{key} = 2000-01-01")


@pytest.mark.parametrize("value", ["3", '"mvp"', "[]"])
def test_metadata_must_be_a_table(tmp_path: Path, value: str) -> None:
    write(tmp_path, {"Cargo.toml": f"[package.metadata]\nrustgate = {value}"})
    with pytest.raises(ConfigError, match=r"Cargo.toml \[package.metadata.rustgate\]: the value is .* must be a table"):
        load_config(tmp_path, shipped())


def test_a_mistake_in_metadata_names_the_manifest_and_the_section(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": "[workspace.metadata.rustgate]\nprofil = 1"})
    with pytest.raises(ConfigError, match=r'Cargo.toml \[workspace.metadata.rustgate\]: unknown key "profil"'):
        load_config(tmp_path, shipped())


# what overrides it


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("profile=mvp", ConfigTable(profile=Profile.MVP)),
        ('profile="mvp"', ConfigTable(profile=Profile.MVP)),
        ("max-file-size=10", ConfigTable(max_file_size=10)),
        ("respect-clippy=false", ConfigTable(respect_clippy=False)),
        ('exclude=["a=b", "c"]', ConfigTable(exclude=["a=b", "c"])),
        ("metrics.engine=lizard", ConfigTable(metrics=MetricsTable("lizard"))),
        ("rules.unwrap-used=off", ConfigTable(rules={"unwrap-used": {"level": "off"}})),
        ("rules.function-length.limit=9", ConfigTable(rules={"function-length": {"limit": 9}})),
        ('rules.function-length={level = "note"}', ConfigTable(rules={"function-length": {"level": "note"}})),
        ('overrides=[{paths = ["a"], profile = "mvp"}]', ConfigTable(overrides=[OverrideTable(["a"], Profile.MVP)])),
    ],
)
def test_a_value_is_set_by_its_dotted_key(tmp_path: Path, assignment: str, expected: ConfigTable) -> None:
    config = edited(tmp_path, assignment)
    assert config.table == expected
    assert set(config.origins.values()) == {f"--config {assignment}"}


def test_an_override_leaves_its_neighbours_alone(tmp_path: Path) -> None:
    config = configured(tmp_path, 'fail-on = "note"\nrules.function-length = "note"', Edit("rules.function-length.limit", "9", "here"))
    assert config.table == ConfigTable(fail_on=Severity.NOTE, rules={"function-length": {"level": "note", "limit": 9}})
    origin = str(tmp_path / "rustgate.toml")
    assert config.origins == {"fail-on": origin, "rules.function-length.level": origin, "rules.function-length.limit": "here"}


def test_the_last_of_several_values_wins(tmp_path: Path) -> None:
    config = edited(tmp_path, "rules.unwrap-used=off", "rules.unwrap-used.level=note")
    assert config.table.rules == {"unwrap-used": {"level": "note"}}
    assert config.origins == {"rules.unwrap-used.level": "--config rules.unwrap-used.level=note"}


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("profil=mvp", ['"profil"', 'mean "profile"']),
        ("=mvp", ['unknown key ""']),
        ("profile.name=mvp", ['"profile" is {', "allowed: mvp"]),
        ("profile=mvp\nfail-on = 1", ['"profile"', "allowed: mvp"]),
        ("max-file-size=1\nexclude = []", ['"max-file-size"', "1 or more"]),
        ("max-file-size=" + "9" * 5000, ['"max-file-size"', "1 or more"]),
        ("exclude=" + "[" * 5000, ['"exclude"', "a list of gitignore patterns"]),
        ("rules.unwrap=off", ['"unwrap"', 'mean "unwrap-used"']),
        ("rules..=off", ['unknown rule ""']),
        ("overrides.0.profile=mvp", ['"overrides" is {', "[[overrides]]"]),
    ],
)
def test_a_mistake_in_a_value_names_where_it_was_given(tmp_path: Path, assignment: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as error:
        edited(tmp_path, assignment)
    sentence = str(error.value)
    assert sentence.startswith(f"--config {assignment}: ")
    assert [word for word in words if word not in sentence] == []


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("RUSTGATE_PROFILE", "mvp", "profile"),
        ("RUSTGATE_FAIL_ON", "note", "fail-on"),
        ("RUSTGATE_METRICS__ENGINE", "lizard", "metrics.engine"),
        ("RUSTGATE_RULES__UNWRAP_USED", "off", "rules.unwrap-used"),
        ("RUSTGATE_RULES__FUNCTION_LENGTH__LIMIT", "40", "rules.function-length.limit"),
    ],
)
def test_the_environment_sets_single_values(name: str, value: str, key: str) -> None:
    assert list(environment_edits({"HOME": "/", name: value})) == [Edit(key, value, f"environment variable {name}")]


def test_the_environment_is_read_in_the_order_of_its_names_and_leaves_others_alone() -> None:
    environment = {"RUSTGATE_PROFILE": "mvp", "RUSTGATE_EXCLUDE": "[]", "RUSTGATE_CACHE": "x", "RUST_LOG": "debug"}
    assert [edit.key for edit in environment_edits(environment, known=["RUSTGATE_CACHE"])] == ["exclude", "profile"]


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'environment variable RUSTGATE_PROFIL: unknown key "profil"; did you mean "profile"'):
        load_config(tmp_path, shipped(), list(environment_edits({"RUSTGATE_PROFIL": "mvp"})))


def test_what_is_read_from_no_file_is_no_file_of_the_user(tmp_path: Path) -> None:
    assert load_config(tmp_path, shipped(), file=Path(os.devnull)).origins == {}
