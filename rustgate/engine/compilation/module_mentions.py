"""A quick look at a source for modules that may be other files."""

import os
import posixpath
import re
from collections.abc import Iterable

from rustgate.model.file import ModuleMentions

# These quick patterns may match what is no declaration, but miss none: where a comment or a non-ASCII blank may be between the words of a
# declaration, the file is parsed.
_MODULE = re.compile(rb"mod\s+(?:r#)?([\w\x80-\xff]+)\s*([;{/\x80-\xff])")
_ODD_MODULE = re.compile(rb"mod\s*(?:/[/*]|[\x80-\xff])")
_INCLUDE = re.compile(rb"\binclude\s*(?:!|/[/*]|[\x80-\xff])")
_NEVER = rb"any\s*\(\s*\)|cfg\s*\(\s*(?:false|not\b)"
_TEST_WORD = re.compile(rb"test|bench|quickcheck|" + _NEVER)
_TEST_FILE = re.compile(rb"#!\s*\[[^\]]*(?:test|" + _NEVER + rb")|proptest")
_STATEMENT_ENDS = (b";\n", b"}\n", b"{\n")


def module_mentions(source: bytes) -> ModuleMentions | None:
    """Find modules that may be files, without parsing.

    Returns None where there are none.
    """
    modules = [*_MODULE.finditer(source)]
    odd = _ODD_MODULE.search(source) is not None or any(module[2] not in b";{" or not module[1].isascii() for module in modules)
    odd = odd or (b"include" in source and _INCLUDE.search(source) is not None)
    if odd or any(module[2] == b";" for module in modules):
        return _mentions(source, modules, odd=odd)
    return None


def may_declare(mentions: ModuleMentions, path: str) -> bool:
    """Return whether a mentioned module may be the file at `path`."""
    folder, name = posixpath.split(path)
    stem = posixpath.basename(folder) if name == "mod.rs" else name.removesuffix(".rs")
    return mentions.anywhere or os.fsencode(stem) in mentions.names


def _mentions(source: bytes, modules: Iterable[re.Match[bytes]], *, odd: bool) -> ModuleMentions:
    names: set[bytes] = set()
    anywhere = odd
    tests = in_tests = _TEST_FILE.search(source) is not None
    for module in modules:
        start = max(0, *(source.rfind(end, 0, module.start()) for end in _STATEMENT_ENDS))
        of_tests = _TEST_WORD.search(source, start, module.start()) is not None
        anywhere = anywhere or source.find(b"path", start, module.start()) >= 0
        if module[2] == b";":
            names.add(module[1])
            tests = tests or of_tests or in_tests
        else:
            in_tests = in_tests or of_tests
    return ModuleMentions(frozenset(names), anywhere, tests or (anywhere and _TEST_WORD.search(source) is not None))
