"""A repository's own rule pages: where they are found, what they may not do, and `rustgate test-rules`."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import write

from rustgate.config.loader import load_config
from rustgate.errors import PageError
from rustgate.rules.catalog import merged_catalogs
from rustgate.rules.packs import installed
from rustgate.rules.page import parse_page
from rustgate.testing import outcomes

pytestmark = pytest.mark.slow  # it starts processes

README = (Path(__file__).parents[2] / "docs/own-rules.md").read_text(encoding="utf-8")
PAGE = re.findall(r"^````markdown\n(.*?)^````$", README, re.MULTILINE | re.DOTALL)[0]
OWN = ".rustgate/rules/no-println.md"
CODE = 'pub fn f() {\n    println!("{}", 1);\n}\n'
QUERY = PAGE[PAGE.index("```query") :]
QUERY_LINE = PAGE.count("\n", 0, PAGE.index("((macro_invocation")) + 1
MEASURED = (
    PAGE.replace(QUERY, "").replace("since", 'measure = "function.lines"\nlimit = { production = 2 }\nsince').replace("{macro}", "{name}")
)


def rustgate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rustgate", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def found(folder: Path, *arguments: str) -> list[tuple[str, str]]:
    """(path, rule) of what the own rules find in a folder."""
    run = rustgate(folder, "check", "--output", "json", *arguments)
    assert run.returncode in {0, 1}, run.stderr
    return [(one["path"], one["rule"]) for one in json.loads(run.stdout)["findings"] if one["category"] in {"own", "logs"}]


def sentence(folder: Path, *arguments: str) -> str:
    """The one sentence that a run ends with."""
    run = rustgate(folder, *(arguments or ("check",)))
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("rustgate: ")
    assert run.stderr.count("\n") == 1
    return run.stderr


def test_the_page_in_the_readme_is_right() -> None:
    rule = parse_page(PAGE, "README.md", "no-println", "own")
    results = list(outcomes(rule))
    assert [outcome.ok for outcome in results] == [True, True]
    assert results[0].found == (("src/lib.rs", "no-println", 2),)


PLACES = {
    "beside the configuration": ({OWN: PAGE}, "own"),
    "in a folder of a category": ({".rustgate/rules/logs/no-println.md": PAGE}, "logs"),
    "where rule-paths says": ({"rustgate.toml": 'rule-paths = ["tools/rules"]', "tools/rules/no-println.md": PAGE}, "own"),
    "where Cargo.toml says": (
        {
            "Cargo.toml": '[package]\nname = "x"\nversion = "1.0.0"\n[package.metadata.rustgate]\nrule-paths = ["r"]\n',
            "r/no-println.md": PAGE,
        },
        "own",
    ),
    "in both, once": ({OWN: PAGE, "rustgate.toml": 'rule-paths = [".rustgate", ".rustgate/rules"]'}, "own"),
    "beside a readme": ({OWN: PAGE, ".rustgate/rules/README.md": "# Ours"}, "own"),
    "by a measure": ({OWN: MEASURED}, "own"),
}


@pytest.mark.parametrize(("files", "category"), PLACES.values(), ids=PLACES.keys())
def test_own_pages_are_found(tmp_path: Path, files: dict[str, str], category: str) -> None:
    write(tmp_path, {**files, "src/lib.rs": CODE})
    for arguments in ((), ("--select", "no-println"), ("--select", category)):
        assert found(tmp_path, *arguments) == [("src/lib.rs", "no-println")]
    assert not found(tmp_path, "--ignore", "no-println")
    assert not found(tmp_path, "--isolated")


def test_a_folder_whose_last_page_is_gone_is_no_mistake(tmp_path: Path) -> None:
    write(tmp_path, {"src/lib.rs": CODE})
    (tmp_path / ".rustgate/rules").mkdir(parents=True)
    assert not found(tmp_path)


def test_rule_paths_on_the_command_line_are_relative_to_the_working_folder(tmp_path: Path) -> None:
    write(tmp_path, {"code/lib.rs": CODE, "rules/no-println.md": PAGE, "ci/strict.toml": 'rule-paths = ["../rules"]'})
    assert found(tmp_path, "--config", 'rule-paths=["rules"]', "code") == [("code/lib.rs", "no-println")]
    assert found(tmp_path, "--config", "ci/strict.toml", "--isolated", "code") == [("code/lib.rs", "no-println")]


def test_own_pages_make_a_folder_a_home(tmp_path: Path) -> None:
    package = '[package]\nname = "x"\nversion = "1.0.0"\n'
    write(tmp_path, {OWN: PAGE, ".git/HEAD": "", "deep/a/Cargo.toml": package, "deep/a/src/lib.rs": CODE})
    assert found(tmp_path / "deep/a") == [("deep/a/src/lib.rs", "no-println")]


def test_a_configuration_sets_own_rules_and_comments_mute_them(tmp_path: Path) -> None:
    write(tmp_path, {OWN: PAGE, "rustgate.toml": '[rules]\nno-println = "note"\n', "a.rs": CODE})
    write(tmp_path, {"b.rs": CODE.replace("    ", "    // rustgate: allow(no-println) -- a program\n    ")})
    assert found(tmp_path) == [("a.rs", "no-println")]
    assert rustgate(tmp_path, "check", "--select", "own").returncode == 0


def test_every_command_knows_them(tmp_path: Path) -> None:
    write(tmp_path, {OWN: PAGE, "src/lib.rs": CODE, "rustgate.toml": '[rules]\nno-println = "warning"\n'})
    assert rustgate(tmp_path, "explain", "no-println").stdout.startswith("# Printing where the log belongs\n")
    assert "no-println" in {rule["name"] for rule in json.loads(rustgate(tmp_path, "rules", "--output", "json").stdout)}
    assert "| `no-println` | Printing" in rustgate(tmp_path, "rules", "--output", "markdown").stdout
    shown = rustgate(tmp_path, "config", "src/lib.rs").stdout
    assert re.search(r'^rules.no-println.level = "warning" +# .*rustgate.toml$', shown, re.MULTILINE)
    assert re.search(r"^rule-paths = \[\] +# default$", shown, re.MULTILINE)
    schema = json.loads(rustgate(tmp_path, "config", "--schema").stdout)
    assert "no-println" in schema["$defs"]["Rules"]["properties"]
    run = json.loads(rustgate(tmp_path, "check", "--output", "sarif", "--select", "own").stdout)["runs"][0]
    assert run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]]["id"] == "no-println"
    for command in ("metrics", "unsafe"):
        assert rustgate(tmp_path, command).returncode == 0


def test_a_shipped_rule_is_explained_whatever_the_configuration_says(tmp_path: Path) -> None:
    write(tmp_path, {"rustgate.toml": "no TOML"})
    assert rustgate(tmp_path, "explain", "unwrap-used").returncode == 0


BAD_PAGES = {
    "a check": (PAGE.replace("since", 'check = "os:getcwd"\nsince'), "a repository's own page cannot have `check`"),
    "a gather": (
        PAGE.replace("since", 'scope = "crate"\ngather = "os:getcwd"\ncheck = "os:getcwd"\nsince'),
        "a repository's own page cannot have `check`, which would run Python of its choice; find the rule by a query or `measure`, or move",
    ),
    "raised_by": (PAGE.replace(QUERY, "").replace("since", 'raised_by = "linter"\nsince'), "`raised_by` is for rustgate's own pages"),
    "a query that does not compile": (
        PAGE.replace("(identifier)", "(identifyer)"),
        f"no-println.md:{QUERY_LINE}: the query does not compile: Invalid node",
    ),
    "an unknown predicate": (PAGE.replace("#any-of?", "#one-of?"), 'unknown predicate `#one-of?` in the query; did you mean "any-of?"?'),
    "a deep query": (
        PAGE.replace("((macro_invocation", "(" * 50_000 + "macro_invocation"),
        "characters, more than 10000; write a shorter one",
    ),
    "no examples": (PAGE.replace("```rust", "```text"), "the page has no bad example; add a ```rust bad block"),
    "no capture": (PAGE.replace("{macro}", "{name}"), f"no-println.md:{QUERY_LINE}: a pattern of the query can match without @name"),
    "an unknown measure": (MEASURED.replace("function.lines", "function.line"), 'unknown measure "function.line"; did you mean'),
    "a placeholder of no measure": (
        MEASURED.replace("{name}", "{nam}"),
        "nothing fills {nam} in the message of a measure (known: name, value",
    ),
    "an attribute in the message": (
        PAGE.replace("{macro}", "{macro.__class__}"),
        'the message holds "{macro.__class__}", which is no plain',
    ),
    "half a placeholder": (PAGE.replace("{macro}", "{macro"), "the message cannot be used: expected"),
    "no front matter": ("# A page\n", "the page must begin with its front matter between two lines of `+++`"),
}


@pytest.mark.parametrize(("text", "expected"), BAD_PAGES.values(), ids=BAD_PAGES.keys())
@pytest.mark.parametrize("bulk", [0, 500_000], ids=["alone", "in a pool"])
def test_a_page_that_cannot_be_used_is_one_sentence(tmp_path: Path, text: str, expected: str, bulk: int) -> None:
    write(tmp_path, {OWN: text, "src/lib.rs": CODE + "//\n" * (bulk // 3)})
    said = sentence(tmp_path)
    assert expected in said
    assert said.startswith(f"rustgate: {tmp_path / OWN}:")


def test_a_page_that_is_no_file_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, {OWN: PAGE, "src/lib.rs": CODE})
    (tmp_path / ".rustgate/rules/endless.md").symlink_to("/dev/zero")
    assert f"{tmp_path}/.rustgate/rules/endless.md: not a file that can be read" in sentence(tmp_path)


BAD_TREES = {
    "a path that does not exist": (
        {"rustgate.toml": 'rule-paths = ["tools/ruels"]'},
        '{root}/rustgate.toml: "rule-paths" names "tools/ruels", and there is no folder {root}/tools/ruels; make it, or correct the path',
    ),
    "a file": ({"rustgate.toml": 'rule-paths = ["src/lib.rs"]'}, "there is no folder {root}/src/lib.rs"),
    "no list": ({"rustgate.toml": 'rule-paths = "tools"'}, "\"rule-paths\" is 'tools'; it must be a list of folders"),
    "a folder without pages": (
        {".rustgate/rules/notes.txt": ""},
        "{root}/.rustgate/rules: no rule pages (*.md) here; point to a folder that holds some",
    ),
    "a shipped name": (
        {".rustgate/rules/unwrap-used.md": PAGE},
        '{root}/.rustgate/rules/unwrap-used.md: rustgate has a rule "unwrap-used" already; give this page another name, or set the level',
    ),
    "the name of a category": ({".rustgate/rules/panics.md": PAGE}, '"panics" is a category ('),
    "a category with the name of a rule": (
        {".rustgate/rules/unwrap-used/x.md": PAGE},
        '"unwrap-used" is a category ({root}/.rustgate/rules/unwrap-used/x.md) and a rule (',
    ),
    "one name twice": (
        {OWN: PAGE, ".rustgate/rules/logs/no-println.md": PAGE},
        'the rule "no-println" is already defined in {root}/.rustgate',
    ),
    "no name of a rule": ({".rustgate/rules/No_Print.md": PAGE}, '"No_Print" is not a rule name; use lower-case words joined by dashes'),
    "an unknown rule": (
        {OWN: PAGE, "rustgate.toml": '[rules]\nno-printn = "off"'},
        'in "rules": unknown rule "no-printn"; did you mean "no-println"?',
    ),
    "pages that nothing reads": (
        {
            "Cargo.toml": '[workspace]\nmembers = ["a"]\n[workspace.metadata.rustgate]\n',
            "a/Cargo.toml": '[package]\nname = "a"\nversion = "1.0.0"\n',
            "a/src/lib.rs": CODE,
            f"a/{OWN}": PAGE,
        },
        "{root}/a: a member of a workspace cannot have a configuration of its own",
    ),
}


@pytest.mark.parametrize(("files", "expected"), BAD_TREES.values(), ids=BAD_TREES.keys())
def test_a_tree_that_cannot_be_used_is_one_sentence(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    write(tmp_path, {"src/lib.rs": CODE, **files})
    assert expected.replace("{root}", str(tmp_path)) in sentence(tmp_path)


def config_roots(folder: Path, first: dict[str, str], second: dict[str, str]) -> Path:
    """Two packages side by side, each a home of its own."""
    for name, files in (("a", first), ("b", second)):
        package = {"Cargo.toml": f'[package]\nname = "{name}"\nversion = "1.0.0"\n', "src/lib.rs": CODE}
        write(folder / name, {**package, **files})
    return write(folder, {".git/HEAD": ""})


def test_two_homes_have_each_their_own_rules(tmp_path: Path) -> None:
    other = PAGE.replace("no-println", "no-output")
    config_roots(tmp_path, {OWN: PAGE}, {".rustgate/rules/no-output.md": other})
    assert found(tmp_path) == [("a/src/lib.rs", "no-println"), ("b/src/lib.rs", "no-output")]
    assert found(tmp_path, "--select", "no-output") == [("b/src/lib.rs", "no-output")]
    write(tmp_path, {"a/src/lib.rs": "// rustgate: allow-file(no-output) -- not known here\n" + CODE})
    assert 'unknown rule "no-output"' in rustgate(tmp_path, "check").stdout


def test_two_homes_may_share_a_folder_of_rules(tmp_path: Path) -> None:
    shared = {"rustgate.toml": 'rule-paths = ["../rules"]'}
    config_roots(write(tmp_path, {"rules/no-println.md": PAGE}), shared, shared)
    assert found(tmp_path) == [("a/src/lib.rs", "no-println"), ("b/src/lib.rs", "no-println")]


def test_two_homes_with_different_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    config_roots(tmp_path, {OWN: PAGE}, {OWN: PAGE.replace("past", "beside")})
    said = sentence(tmp_path)
    assert f'different rules "no-println": {tmp_path}/a/{OWN} and {tmp_path}/b/{OWN}; rename one of them, or check' in said


def test_a_configuration_holds_its_own_rules(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, {OWN: PAGE}), installed())
    assert list(config.repository_rules) == ["no-println"]
    assert merged_catalogs([installed(), config.repository_rules]).keys() == installed().keys() | {"no-println"}
    assert merged_catalogs([installed(), {}]) is installed()
    with pytest.raises(PageError, match="rename one of them"):
        merged_catalogs([{"x": config.repository_rules["no-println"]}, {"no-println": parse_page(PAGE, "other.md", "no-println", "own")}])


def test_the_examples_of_good_pages_pass(tmp_path: Path) -> None:
    run = rustgate(write(tmp_path, {OWN: PAGE}), "test-rules", ".rustgate/rules")
    assert run.returncode == 0
    assert run.stdout == "pass  .rustgate/rules/no-println.md  2 examples\n1 page: 1 pass, 0 fail, 0 cannot be used\n"


def test_what_examples_expected_and_what_was_found_stand_on_the_lines_of_the_page(tmp_path: Path) -> None:
    wrong = PAGE.replace(" //~ no-println", "").replace("    tracing::", "    dbg!(1); //~ no-println\n    tracing::")
    run = rustgate(write(tmp_path, {OWN: wrong}), "test-rules", ".rustgate/rules")
    lines = [wrong.splitlines().index(text) + 1 for text in ("fn serve() {", '    println!("listening");', "    dbg!(1); //~ no-println")]
    assert run.returncode == 1
    assert run.stdout.splitlines() == [
        "FAIL  .rustgate/rules/no-println.md",
        f"      line {lines[0]}: a bad example without a `//~` mark; mark each line that must be found",
        f"      line {lines[1]}: found no-println, expected nothing",
        f"      line {lines[2]}: expected no-println, found nothing",
        "1 page: 0 pass, 1 fail, 0 cannot be used",
    ]


def test_an_example_must_parse_unless_the_page_is_about_what_does_not(tmp_path: Path) -> None:
    broken = PAGE.replace("fn serve() {", "fn serve( {", 1)
    run = rustgate(write(tmp_path, {OWN: broken}), "test-rules", ".rustgate/rules")
    line = broken.splitlines().index("fn serve( {") + 1
    sentence = f"line {line}: the example does not parse, so not all of it is checked; write valid Rust"
    assert (run.returncode, [line.strip() for line in run.stdout.splitlines()][1:2]) == (1, [sentence])
    about = (
        PAGE.partition("```rust bad")[0]
        + "```rust bad\nfn f( { //~ no-println\n```\n```rust good\nfn f() {}\n```\n## How it is found\n\nIt is.\n\n"
    )
    run = rustgate(
        write(tmp_path, {OWN: about.replace("`{macro}!` writes", "writes") + "```query\n(ERROR) @finding\n```\n"}),
        "test-rules",
        ".rustgate/rules",
    )
    assert run.stdout.splitlines() == ["pass  .rustgate/rules/no-println.md  2 examples", "1 page: 1 pass, 0 fail, 0 cannot be used"]


def test_a_page_that_cannot_be_used_does_not_hide_the_others(tmp_path: Path) -> None:
    pages = {"good.md": PAGE.replace("no-println", "good"), "bad.md": "nothing", "unwrap-used.md": PAGE}
    run = rustgate(write(tmp_path, pages), "test-rules", ".")
    assert run.returncode == 2
    assert run.stdout == "ERROR bad.md\npass  good.md  2 examples\nERROR unwrap-used.md\n3 pages: 1 pass, 0 fail, 2 cannot be used\n"
    assert [line.split(":")[1] for line in run.stderr.splitlines()] == [" bad.md", " unwrap-used.md"]


def test_folders_to_test_must_exist(tmp_path: Path) -> None:
    assert "nowhere: there is no such folder; check the path" in sentence(tmp_path, "test-rules", "nowhere")
    assert rustgate(tmp_path, "test-rules").returncode == 2


@pytest.mark.parametrize("check", ["evil:run", "os:system", "rustgate.disk:git"])
def test_pages_are_tested_without_python_of_their_choice(tmp_path: Path, check: str) -> None:
    write(tmp_path, {"evil.py": "print('imported')\ndef run(*_):\n    print('called')\n    return []\n"})
    write(tmp_path, {OWN: PAGE.replace("since", f'check = "{check}"\nsince')})
    run = rustgate(tmp_path, "test-rules", ".rustgate/rules")
    assert (run.returncode, run.stdout) == (2, f"ERROR {OWN}\n1 page: 0 pass, 0 fail, 1 cannot be used\n")
    assert "cannot have `check`, which would run Python of its choice" in run.stderr


@pytest.mark.parametrize("query", ["([]())", "[]", "(call_expression [])", "[[] (identifier)] @finding"])
def test_an_alternative_of_nothing_is_a_mistake(tmp_path: Path, query: str) -> None:
    head, _, _ = PAGE.rpartition("```query")
    write(tmp_path, {OWN: f"{head}```query\n{query}\n```\n".replace("`{macro}!`", "it")})
    assert "the query does not compile" in sentence(tmp_path, "check")
