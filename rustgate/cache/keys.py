"""Compute the keys of cached results.

They are digests of rustgate itself, packs, libraries, Python, rules and settings.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct, msgpack, structs

from rustgate import __version__
from rustgate.cache.pack_code import code_of_packs
from rustgate.model.rule import Rule, Setting

_LIBRARIES = frozenset({"lizard", "msgspec", "tree_sitter", "tree_sitter_rust"})
_NEEDED = frozenset({"tree_sitter", "tree_sitter_rust"})
_CODE = (".py", ".scm")
_DISTRIBUTIONS = (".dist-info", ".egg-info")
"""Endings of the folders that say what is installed."""


class KeyInputs(Struct, frozen=True):
    """Inputs that decide which findings a file has.

    These are all, beside the file itself and its context.
    """

    rules: tuple[Rule, ...]
    settings: dict[str, Setting]
    max_size: int


def base_key(inputs: KeyInputs) -> bytes | None:
    """Return a digest of inputs and installed program.

    Returns None where the program that lints cannot be told from another.
    """
    packs = frozenset(name.partition(".")[0] for rule in inputs.rules if rule.pack for name in (rule.check, rule.gather) if name)
    names = _installed()
    if not {_library(name) for name in names} >= _NEEDED:  # a library without a known version
        return None
    libraries = [name for name in names if _library(name) in _LIBRARIES]
    versions = names if any(rule.pack for rule in inputs.rules) else libraries  # packs may use anything
    rules = [structs.replace(rule, path="") for rule in inputs.rules]  # it does not matter where the pages are
    settings = list(inputs.settings.items())
    program = (__version__, sys.version, sys.byteorder, versions, _code_of(__name__.partition(".")[0]))
    pack_code = code_of_packs(packs) if packs else b""
    return blake2b(msgpack.encode((program, pack_code, rules, settings, inputs.max_size)), digest_size=32).digest()


def program_key() -> bytes | None:
    """Return a digest of the installed program, without rules.

    Returns None where the program that reads files cannot be told from another.
    """
    return base_key(KeyInputs((), {}, 0))


def digest_of(source: bytes) -> bytes:
    """Return the digest of the bytes of a file."""
    return blake2b(source, digest_size=32).digest()


def _library(name: str) -> str:
    """Return the library that a folder name is about.

    Such a name is `msgspec-0.19.0.dist-info`.
    """
    return name.partition("-")[0].lower()


@cache
def _installed() -> list[str]:
    """List the folders that say what is installed.

    Their names hold the versions.
    """
    return sorted({name for entry in sys.path for name in _names(entry) if name.endswith(_DISTRIBUTIONS)})


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:  # an archive, or nothing at all
        return []


@cache
def _code_of(package: str) -> bytes:
    """Return a digest of the code of a package of ours.

    In a checkout the code changes without a new version.
    """
    digest = blake2b(digest_size=32)
    for file in sorted(_code_below(getattr(sys.modules.get(package), "__path__", ()))):
        text = file.read_bytes()
        digest.update(f"{file.name} {len(text)}\n".encode())
        digest.update(text)
    return digest.digest()


def _code_below(folders: Iterable[str]) -> Iterator[Path]:
    return (file for folder in folders for file in Path(folder).rglob("*") if file.suffix in _CODE)
