"""What results depend on beside the code that is judged: rustgate itself, the packs, the libraries, Python."""

import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct, msgpack, structs

from rustgate import __version__
from rustgate.model.rule import Rule, Setting

_LIBRARIES = frozenset({"lizard", "msgspec", "tree_sitter", "tree_sitter_rust"})
_NEEDED = frozenset({"tree_sitter", "tree_sitter_rust"})
_CODE = (".py", ".scm")
_DISTRIBUTIONS = (".dist-info", ".egg-info")
"""How the names of folders end that say what is installed."""


class KeyInputs(Struct, frozen=True):
    """All that decides, beside the file and its place, what is found in it: the rules of the run, what holds of them, the size limit."""

    rules: tuple[Rule, ...]
    settings: dict[str, Setting]
    max_size: int


def base_key(circumstances: KeyInputs) -> bytes | None:
    """A digest of the circumstances and of the program that judges; None where the program cannot be told from another."""
    packs = {name.partition(".")[0] for rule in circumstances.rules if rule.pack for name in (rule.check, rule.gather) if name}
    names = _installed()
    if not {_library(name) for name in names} >= _NEEDED:  # one without a version
        return None
    ours = [name for name in names if _library(name) in _LIBRARIES]
    versions = names if any(rule.pack for rule in circumstances.rules) else ours  # packs may use anything
    rules = [structs.replace(rule, path="") for rule in circumstances.rules]  # wherever the pages lie
    settings = list(circumstances.settings.items())
    whole = (__version__, sys.version, sys.byteorder, versions, _code_of(__name__.partition(".")[0]))
    foreign = [_code_of(name) for name in sorted(packs)]
    return blake2b(msgpack.encode((whole, foreign, rules, settings, circumstances.max_size)), digest_size=32).digest()


def _library(name: str) -> str:
    """The library that a name like `msgspec-0.19.0.dist-info` is about."""
    return name.partition("-")[0].lower()


@cache
def _installed() -> list[str]:
    """The names of the folders that say what is installed, which hold the versions."""
    return sorted({name for entry in sys.path for name in _names(entry) if name.endswith(_DISTRIBUTIONS)})


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:  # an archive, or nothing at all
        return []


@cache
def _code_of(package: str) -> bytes:
    """A digest of the Python of a package, which in a checkout changes without a new version."""
    digest = blake2b(digest_size=32)
    for file in sorted(_code_below(getattr(sys.modules.get(package), "__path__", ()))):
        text = file.read_bytes()
        digest.update(f"{file.name} {len(text)}\n".encode())
        digest.update(text)
    return digest.digest()


def _code_below(folders: Iterable[str]) -> Iterator[Path]:
    return (file for folder in folders for file in Path(folder).rglob("*") if file.suffix in _CODE)
