"""The names that checks and packs import are there, and type checkers see the same ones."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from tree_sitter import Query, QueryCursor

from rustgate import api
from rustgate.api import LANGUAGE, Fact, File, Match, Outline
from rustgate.model.file import FileContext, Target
from rustgate.model.finding import Finding, Severity
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.parse import scan_source


def test_what_type_checkers_see_is_what_is_loaded() -> None:
    tree = ast.parse(Path(api.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module not in {"typing", "importlib"}]
    assert {node.module: tuple(alias.name for alias in node.names) for node in imports} == api._NAMES


@pytest.mark.parametrize("name", sorted(api._MODULES))
def test_every_name_is_there(name: str) -> None:
    assert getattr(api, name) is not None


def test_another_name_is_no_name() -> None:
    with pytest.raises(AttributeError, match="has no name 'nothing'"):
        _ = api.nothing


def examples() -> dict[str, Callable[..., Any]]:
    """Run the code in the docstring of `rustgate.api`."""
    names = {name: getattr(api, name) for name in api._MODULES} | {"Counter": Counter, "Iterator": Iterator, "Sequence": Sequence}
    for block in re.findall(r"(?:^ {4}.*\n|^\n)+", api.__doc__ or "", re.MULTILINE):
        exec(dedent(block), names)  # noqa: S102 - the docstring is our own
    return names


def test_the_check_in_the_docstring_works() -> None:
    scanned = scan_source(b"mod LOUD {} mod quiet {} mod LOUD {}", join_queries([]))
    file = File(scanned, Outline(scanned, test=False), FileContext(Target.LIBRARY), {})
    cursor = QueryCursor(Query(LANGUAGE, "(mod_item name: (identifier) @name)"))
    matches = [captures for _, captures in cursor.matches(scanned.root)]
    assert [*examples()["shouted_modules"](file, matches)] == [
        Match(start, start + 4, {"name": "LOUD", "quiet": "loud"}) for start in (4, 29)
    ]
    gathered = [*examples()["gather_modules"](file, matches)]
    assert [data for _, data in gathered] == ["LOUD", "quiet", "LOUD"]
    finding = Finding("quiet", "naming", Severity.NOTE, "lib.rs", 1, 1, 1, 1, "", "", None, None, "")
    facts = [Fact(finding, match.values, data) for match, data in gathered]
    assert [(fact.data, values) for fact, values in examples()["repeated_modules"](None, facts)] == [("LOUD", {"times": 2})] * 2


def test_the_pack_imports_nothing_else_of_rustgate() -> None:
    imported = {
        node.module
        for file in (Path(__file__).parent / "pack").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("rustgate.")
    }
    assert imported == {"rustgate.api"}
