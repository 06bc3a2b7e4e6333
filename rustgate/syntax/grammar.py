"""Tree-sitter grammars of Rust and TOML."""

from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType

from tree_sitter import Language


def _binding(package: str) -> ModuleType:
    """Import only the compiled part of a grammar's package.

    The rest of the package imports importlib.resources: 6 ms for files that nobody reads here.
    """
    package_spec = PathFinder.find_spec(package)
    location = package_spec.submodule_search_locations if package_spec else None
    spec = PathFinder.find_spec(f"{package}._binding", location) if location else None
    if spec is None or spec.loader is None:  # the package is laid out in another way
        return import_module(package)
    binding = module_from_spec(spec)
    spec.loader.exec_module(binding)
    return binding


LANGUAGE = Language(_binding("tree_sitter_rust").language())
"""Rust, which nearly every run parses."""


@cache
def toml() -> Language:
    """Return the TOML grammar, needed for findings in manifests."""
    return Language(_binding("tree_sitter_toml").language())
