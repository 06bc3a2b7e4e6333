"""The grammar that everything is parsed with."""

from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType

from tree_sitter import Language


def _binding() -> ModuleType:
    """The compiled part of the grammar's package alone: the rest brings in importlib.resources, 6 ms for files that nobody reads here."""
    package = PathFinder.find_spec("tree_sitter_rust")
    inside = package.submodule_search_locations if package else None
    spec = PathFinder.find_spec("tree_sitter_rust._binding", inside) if inside else None
    if spec is None or spec.loader is None:  # it has been put together in another way
        return import_module("tree_sitter_rust")
    binding = module_from_spec(spec)
    spec.loader.exec_module(binding)
    return binding


LANGUAGE = Language(_binding().language())
