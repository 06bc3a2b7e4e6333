"""The catalogue: where pages are found, how they are sorted, and what is refused."""

import re
from pathlib import Path

import pytest

from rustgate.errors import PageError, RustgateError
from rustgate.rules import catalog
from rustgate.rules.catalog import named, read_catalog, shipped, shipped_pages

PAGE = """+++
severity = { production = "warning" }
message = "too long"
since = "0.1"
+++
# Long words

They cost time.

```rust bad
let a = b; //~ long-words
```

```rust good
let c = d;
```

```query
(let_declaration) @finding
```
"""


def write(folder: Path, *names: str) -> Path:
    for name in names:
        page = folder / f"{name}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(PAGE, encoding="utf-8")
    return folder


def test_rules_are_sorted_by_category_and_name(tmp_path: Path) -> None:
    rules = read_catalog([write(tmp_path / "one", "style/zebra", "style/apple"), write(tmp_path / "two", "panics/pear")])
    assert [(rule.category, name) for name, rule in rules.items()] == [("panics", "pear"), ("style", "apple"), ("style", "zebra")]


def test_a_name_that_is_taken_names_both_pages(tmp_path: Path) -> None:
    folder = write(tmp_path, "panics/apple", "style/apple")
    with pytest.raises(PageError, match=r'the rule "apple" is already defined in .*panics/apple.md; rename one of them') as caught:
        read_catalog([folder])
    assert str(caught.value).startswith(str(folder / "style" / "apple.md"))


@pytest.mark.parametrize("folder", ["empty", "missing"])
def test_a_folder_without_pages_is_no_catalogue(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("", encoding="utf-8")
    with pytest.raises(PageError, match=re.escape(f"{tmp_path / folder}: no rule pages (*.md) here; point to a folder that holds some")):
        read_catalog([tmp_path / folder])


def test_a_broken_page_ends_the_reading(tmp_path: Path) -> None:
    page = write(tmp_path, "style/apple") / "style" / "apple.md"
    page.write_text(PAGE.replace("since", "sinc"), encoding="utf-8")
    with pytest.raises(PageError, match='front matter: unknown key "sinc"; did you mean "since"'):
        read_catalog([tmp_path])


def test_the_shipped_catalogue_is_read_once_and_is_not_empty() -> None:
    assert shipped()
    assert shipped() is shipped()


def test_a_wheel_carries_its_pages_inside_and_a_checkout_beside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "rustgate"
    package.mkdir()
    monkeypatch.setattr(catalog, "_PACKAGE", package)
    with pytest.raises(RustgateError, match=r"no rule pages beside .*; the installation is incomplete: reinstall rustgate"):
        shipped_pages()
    (tmp_path / "rules").mkdir()
    assert shipped_pages() == tmp_path / "rules"
    (package / "_rules").mkdir()
    assert shipped_pages() == package / "_rules"


def test_a_rule_is_found_by_its_name() -> None:
    assert named(shipped(), "unwrap-used") is shipped()["unwrap-used"]


@pytest.mark.parametrize(
    ("name", "hint"), [("unwrap-usd", '; did you mean "unwrap-used"?'), ("xyzzy", "; `rustgate rules` lists them all")]
)
def test_an_unknown_name_brings_the_nearest_one(name: str, hint: str) -> None:
    with pytest.raises(RustgateError) as caught:
        named(shipped(), name)
    assert str(caught.value) == f'unknown rule "{name}"{hint}'
