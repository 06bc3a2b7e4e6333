"""The names that checks and packs import are there, and type checkers see the same ones."""

import ast
from pathlib import Path

import pytest

from rustgate import api


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
