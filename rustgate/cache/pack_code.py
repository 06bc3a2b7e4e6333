"""Digest all that the checks of packs depend on.

Packs are edited in place while they are written, and so are the packages that they use.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec

_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+([\w.]+)|import[ \t]+([^\n#;]+))", re.MULTILINE)
_IMPORT_CALL = re.compile(rb"""(?:import_module|__import__)\(\s*["']([\w.]+)""")
_OURS = frozenset({
    "rustgate", "click", "lizard", "markdown_it", "mdurl", "msgspec", "pathspec", "pygments", "rich", "tree_sitter", "tree_sitter_rust",
})  # fmt: skip
"""Packages whose versions count already, or that no finding depends on."""
_MOST_READ = 1_000_000
_MOST_FILES = 200
"""Files of a package whose imports are followed; larger ones are told apart only by how their files look."""


@cache
def code_of_packs(packages: frozenset[str]) -> bytes:
    """Return a digest of the files of packs, and of the packages that they use.

    Those are the ones that are loaded, and those that their code names in an import, wherever that is. Files of any kind count.
    """
    digest = blake2b(digest_size=32)
    seen, pending = set(_OURS), {*packages, *(name.partition(".")[0] for name in sys.modules)}
    while pending - seen:
        name = min(pending - seen)
        seen.add(name)
        if name in sys.stdlib_module_names or name.startswith("__main"):
            continue
        files = sorted(_files_of(name))
        for file in files:
            text = _text_of(file) if name in packages or len(files) <= _MOST_FILES else None
            digest.update(os.fsencode(f"{name} {file} {_look(file) if text is None else len(text)}\n"))
            digest.update(text or b"")
            pending |= _imports(text) if text and file.endswith(".py") else set()
    return digest.digest()


def _files_of(package: str) -> Iterator[str]:
    """Yield the files of a package, or the one file of a module.

    There are none of what cannot be found.
    """
    module, spec = sys.modules.get(package), None
    if module is None:
        with suppress(ImportError, ValueError, AttributeError):
            spec = find_spec(package)
    folders: Iterable[str] = getattr(module, "__path__", None) or (spec and spec.submodule_search_locations) or ()
    file = getattr(module, "__file__", None) or (spec and spec.origin)
    if not folders and isinstance(file, str) and os.path.isfile(file):
        yield file
    for folder in folders:
        for top, below, names in os.walk(folder):
            below[:] = [name for name in below if name != "__pycache__"]
            yield from (os.path.join(top, name) for name in names if not name.endswith(".pyc"))


def _text_of(file: str) -> bytes | None:
    """Read a file; None if it is large, or unreadable."""
    try:
        if os.stat(file).st_size > _MOST_READ:
            return None
        with open(file, "rb") as stream:
            return stream.read()
    except OSError:
        return None


def _look(file: str) -> str:
    """Return how a file looks to the file system."""
    try:
        status = os.stat(file)
    except OSError:
        return "unreadable"
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"


def _imports(text: bytes) -> set[str]:
    """Return the top-level packages that code may import."""
    names = [name for one in _IMPORT.findall(text) for name in (one[0] or one[1]).split(b",")]
    words = [name.split()[0] for name in names if name.strip()] + _IMPORT_CALL.findall(text)
    return {word.partition(b".")[0].decode(errors="replace") for word in words} - {""}
