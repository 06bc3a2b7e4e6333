"""The site of the documentation: the address of each rule, links that are moved, and links that lead nowhere."""

import runpy
import tomllib
from pathlib import Path

import pytest
from conftest import write

from rustgate.rules import urls
from rustgate.rules.catalog import shipped

ROOT = Path(__file__).parent.parent
SCRIPT = runpy.run_path(str(ROOT / ".ci/build_docs.py"))
RELEASE = runpy.run_path(str(ROOT / ".ci/check_release.py"))
PAGES = {"README.md": "index.md", "docs/ci.md": "ci.md", "docs/internals/a.md": "internals/a.md", "rules/x/y.md": "rules/x/y.md"}


def test_every_rule_has_the_page_that_findings_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urls, "_project_urls", lambda: {"documentation": "https://docs.example"})
    pages = dict(SCRIPT["sources"]())
    for rule in shipped().values():
        address = urls.rule_url(rule)
        assert address
        assert f"{address.removeprefix('https://docs.example/').rstrip('/')}.md" in pages


def test_pages_of_rules_are_for_readers() -> None:
    for name, text in SCRIPT["sources"]():
        if name.startswith("rules/"):
            assert not {"```query", "//~", "## For rule authors"} & {*text.replace("\n", " ").split(" ")}, name


def test_every_page_is_in_the_menu() -> None:
    menu = {
        name for entry in tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"] for name in entry.values()
    }
    pages = {page.name for page in (ROOT / "docs").glob("*.md")}
    assert menu == pages | {"index.md", "changelog.md", "internals/README.md"}


@pytest.mark.parametrize(
    ("path", "text", "moved"),
    [
        ("README.md", "see [CI](docs/ci.md#cache)", "see [CI](ci.md#cache)"),
        ("docs/ci.md", "[home](../README.md)", "[home](index.md)"),
        ("docs/internals/a.md", "[CI](../ci.md) [home](../../README.md)", "[CI](../ci.md) [home](../index.md)"),
        ("docs/ci.md", "[rule](../rules/x/y.md)", "[rule](rules/x/y.md)"),
        ("rules/x/y.md", "[CI](../../docs/ci.md)", "[CI](../../ci.md)"),
        ("docs/ci.md", "[out](https://a.example) [here](#top)", "[out](https://a.example) [here](#top)"),
        ("docs/ci.md", "the [licence](../LICENSE)", "the licence"),
        ("docs/ci.md", "```md\n[CI](nosuch.md)\n```\n[h](../README.md)", "```md\n[CI](nosuch.md)\n```\n[h](index.md)"),
    ],
)
def test_links_are_moved_to_where_pages_are_on_the_site(path: str, text: str, moved: str) -> None:
    assert SCRIPT["moved_links"](text, path, PAGES) == moved


def test_a_link_to_a_file_that_there_is_not_ends_the_build() -> None:
    with pytest.raises(SystemExit, match=r"docs/ci.md: the link to nosuch.md leads nowhere"):
        SCRIPT["moved_links"]("[x](nosuch.md)", "docs/ci.md", PAGES)


def test_links_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    links = ["b/", "b/#there", "b/#nowhere", "nosuch/", "#top", "https://a.example/x", "b/pic.png"]
    page = "".join(f'<a href="{link}">x</a>' for link in links)
    write(tmp_path, {"index.html": f'<h1 id="top">A</h1>{page}', "b/index.html": '<h1 id="there">B</h1>'})
    assert [*SCRIPT["broken_links"](tmp_path)] == ["index.html: b/#nowhere", "index.html: b/pic.png", "index.html: nosuch/"]


@pytest.mark.parametrize(
    ("tag", "changelog", "said"),
    [
        ("v0.1.0", "# Changelog\n\n## 0.1.0 - 2026-12-01\n", []),
        ("v0.1.0", "# Changelog\n\n## [0.1.0] - 2026-12-01\n", []),
        ("v0.1.0", "# Changelog\n\n## Unreleased\n", ["no section for 0.1.0"]),
        ("v0.2.0", "## 0.2.0\n", ["rustgate/__init__.py says 0.1.0"]),
        ("0.1.0", "## 0.1.0\n", ["rustgate/__init__.py says 0.1.0"]),
    ],
)
def test_a_release_is_what_its_tag_says(tag: str, changelog: str, said: list[str]) -> None:
    found = RELEASE["mistakes"](tag, '__version__ = "0.1.0"\n', changelog)
    assert len(found) == len(said)
    assert all(part in sentence for part, sentence in zip(said, found, strict=True))
