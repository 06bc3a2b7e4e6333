"""The grammars that everything is parsed with."""

from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType

from tree_sitter import Language


def _binding(package: str) -> ModuleType:
    """The compiled part of a grammar's package alone: the rest brings in importlib.resources, 6 ms for files that nobody reads here."""
    found = PathFinder.find_spec(package)
    inside = found.submodule_search_locations if found else None
    spec = PathFinder.find_spec(f"{package}._binding", inside) if inside else None
    if spec is None or spec.loader is None:  # it has been put together in another way
        return import_module(package)
    binding = module_from_spec(spec)
    spec.loader.exec_module(binding)
    return binding


LANGUAGE = Language(_binding("tree_sitter_rust").language())
"""Rust, which nearly every run parses."""


@cache
def toml() -> Language:
    """TOML, for runs with a finding in a manifest."""
    return Language(_binding("tree_sitter_toml").language())
