"""Read what files declare before any file is linted.

This tells which files are test code, and what files outside a run allow.
"""

import os
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar

from msgspec import Struct

from rustgate.cache.file_index import FileIndex, IndexEntry
from rustgate.cache.keys import digest_of
from rustgate.config.loader import ConfigTable
from rustgate.execution.executor import map_unordered
from rustgate.execution.options import ExecutorOptions
from rustgate.filesystem.containment import leads_out
from rustgate.filesystem.reading import read_source, size_of
from rustgate.model.file import FileResult, ModuleDeclaration, ModuleMentions, Problem
from rustgate.model.rule import Rule
from rustgate.project.module_files import possible_parents, test_files
from rustgate.project.project import Project
from rustgate.suppressions.directives import read_suppressions
from rustgate.syntax.joined_query import query_of_items
from rustgate.syntax.line_index import not_utf8
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import scan_source

# These quick patterns may match what is no declaration, but miss none: where a comment or a non-ASCII blank may be between the words of a
# declaration, the file is parsed.
_MODULE = re.compile(rb"mod\s+(?:r#)?([\w\x80-\xff]+)\s*([;{/\x80-\xff])")
_ODD_MODULE = re.compile(rb"mod\s*(?:/[/*]|[\x80-\xff])")
_NEVER = rb"any\s*\(\s*\)|cfg\s*\(\s*(?:false|not\b)"
_TEST_WORD = re.compile(rb"test|bench|quickcheck|" + _NEVER)
_TEST_FILE = re.compile(rb"#!\s*\[[^\]]*(?:test|" + _NEVER + rb")|proptest")
_STATEMENT_ENDS = (b";\n", b"}\n", b"{\n")


class Declarations(Struct, frozen=True):
    """Test files, digests and outside declarations, known before linting.

    `tests` are the files of the run that are only ever declared as test code. `digests` holds, by path, the digests of the bytes of its
    files, as far as there is a cache. `outside` holds, by path, what files outside the run that may declare its files declare, export, and
    allow. `problems` names each file, of the run or outside, whose declarations could not be read.
    """

    tests: frozenset[str]
    digests: Mapping[str, bytes]
    outside: Mapping[str, FileResult]
    problems: tuple[Problem, ...] = ()


class DeclaringFile(Struct, frozen=True):
    """A file whose declarations are read.

    `test` is true if all of it is test code; `source` holds its bytes if they are not on disk.
    """

    path: str
    absolute: str
    max_size: int
    test: bool = False
    source: bytes | None = None

    @property
    def size(self) -> int:
        """Return its size in bytes, or 0."""
        return size_of(self.absolute) if self.source is None else len(self.source)

    def read(self) -> bytes | str:
        """Return its bytes, or a sentence saying why not."""
        return read_source(self.absolute, self.max_size) if self.source is None else self.source


class DeclarationJob(Struct, frozen=True):
    """Reads a file's declarations and suppressions of `rules`."""

    harmless_bytes: ClassVar[int] = 65_536
    """Unclosed brackets are the worst case: 64 KB of them take 5 s."""

    rules: tuple[Rule, ...] = ()

    def prepare(self) -> Callable[[DeclaringFile], FileResult | Problem]:
        """Return the function that reads one file."""

        def declarations(file: DeclaringFile) -> FileResult | Problem:
            source = file.read()
            if isinstance(source, str):
                return self.failed(file, source)
            problem = not_utf8(source)
            return self.failed(file, problem) if problem else declarations_in(source, file, self.rules)

        return declarations

    def failed(self, item: DeclaringFile, problem: str) -> Problem:
        """Return the problem of a file that could not be read.

        An empty result would say that the file declares nothing.
        """
        return Problem(item.path, problem)


def read_declarations(
    project: Project, files: Sequence[DeclaringFile], rules: tuple[Rule, ...], index: FileIndex | None, executor_options: ExecutorOptions
) -> Declarations:
    """Find the test code of a run.

    This happens before any of them is linted. Of most files a quick look is enough. Parsed are those that may declare test code, and of the
    others those that may declare the same files: what production code declares is production code, whatever else names it.
    """
    outside, problems = _outside(project, files, rules, executor_options)
    inside = {file.path: file for file in files}
    entries = _index_entries(files, index)
    modules: dict[str, tuple[ModuleDeclaration, ...]] = dict.fromkeys(inside, ())
    modules |= {path: result.modules for path, result in outside.items()}
    undecided = {file.path for file in files if not file.test}
    mentions_of = {path: entry.mentions for path, entry in entries.items() if entry.mentions}
    unread = {path: mentions for path, mentions in mentions_of.items() if _matters(inside[path], mentions, undecided)}
    pending = {path for path, mentions in unread.items() if mentions.tests or inside[path].test}
    tests = test_files(modules) & undecided
    while pending:
        found, unread_problems = _modules_of([inside[path] for path in sorted(pending)], entries, index, executor_options)
        modules |= found
        problems += unread_problems
        unread = {path: mentions for path, mentions in unread.items() if path not in pending}
        tests = test_files(modules) & undecided
        pending = {path for path, mentions in unread.items() if path in tests or any(_may_declare(mentions, test) for test in tests)}
    if index:
        index.save()
    digests = {path: entry.digest for path, entry in entries.items() if index}
    return Declarations(frozenset(tests), digests, outside, tuple(problems))


def _index_entries(files: Sequence[DeclaringFile], index: FileIndex | None) -> dict[str, IndexEntry]:
    """Return an index entry for each readable file.

    Files that the index does not know get a quick look; they are not parsed.
    """
    known = index.find(file.absolute for file in files if file.source is None) if index else {}
    entries: dict[str, IndexEntry] = {}
    for file in files:
        entry = known.get(file.absolute)
        if entry is None:
            source = file.read()
            if isinstance(source, str):
                continue
            entry = IndexEntry(digest_of(source) if index else b"", module_mentions(source))
            if index:
                index.add(file.absolute, entry)
        entries[file.path] = entry
    return entries


def _modules_of(
    files: Sequence[DeclaringFile], entries: Mapping[str, IndexEntry], index: FileIndex | None, executor_options: ExecutorOptions
) -> tuple[dict[str, tuple[ModuleDeclaration, ...]], list[Problem]]:
    """Return the modules that each file declares, and what went wrong.

    Files whose modules the index knows are not parsed again. Of a file with a problem nothing is remembered.
    """
    known = {file.path: entries[file.path] for file in files if entries[file.path].test == file.test}
    modules = {path: entry.modules for path, entry in known.items() if entry.modules is not None}
    pending = {file.path: file for file in files if file.path not in modules}
    items = [(file, file.size) for file in pending.values()]
    results, problems = _sorted_out(map_unordered(DeclarationJob(), items, executor_options))
    for result in results:
        modules[result.path] = result.modules
        if index:
            file, entry = pending[result.path], entries[result.path]
            index.add(file.absolute, IndexEntry(entry.digest, entry.mentions, result.modules, file.test))
    return modules, problems


def _sorted_out(results: Iterable[FileResult | Problem]) -> tuple[list[FileResult], list[Problem]]:
    """Split what a job returned into results and problems."""
    every = [*results]
    return [one for one in every if isinstance(one, FileResult)], [one for one in every if isinstance(one, Problem)]


def _matters(file: DeclaringFile, mentions: ModuleMentions, undecided: Iterable[str]) -> bool:
    """Return whether a file may declare one of `undecided`.

    Modules stand in the folder of the file that declares them, or below, unless a `#[path]` leads elsewhere. Production code always does.
    """
    folder = posixpath.join(posixpath.dirname(file.path), "")
    return not file.test or mentions.anywhere or any(path.startswith(folder) for path in undecided)


def _may_declare(mentions: ModuleMentions, path: str) -> bool:
    """Return whether a mentioned module may be the file at `path`."""
    folder, name = posixpath.split(path)
    stem = posixpath.basename(folder) if name == "mod.rs" else name.removesuffix(".rs")
    return mentions.anywhere or os.fsencode(stem) in mentions.names


def declarations_in(source: bytes, file: DeclaringFile, rules: tuple[Rule, ...]) -> FileResult:
    """Return what a UTF-8 source declares, exports, and allows of `rules`."""
    scanned = scan_source(source, query_of_items())
    outline = Outline(scanned, test=file.test)
    return FileResult(
        file.path,
        outline.lines.count,
        suppressions=tuple(read_suppressions(scanned, outline, rules)),
        modules=outline.modules,
        exports=outline.exports,
        types=outline.types,
    )


def module_mentions(source: bytes) -> ModuleMentions | None:
    """Find modules that may be files, without parsing.

    Returns None where there are none.
    """
    modules = [*_MODULE.finditer(source)]
    odd = _ODD_MODULE.search(source) is not None or any(module[2] not in b";{" or not module[1].isascii() for module in modules)
    if odd or any(module[2] == b";" for module in modules):
        return _mentions(source, modules, odd=odd)
    return None


def _mentions(source: bytes, modules: Iterable[re.Match[bytes]], *, odd: bool) -> ModuleMentions:
    names: set[bytes] = set()
    anywhere = odd
    tests = in_tests = _TEST_FILE.search(source) is not None
    for module in modules:
        start = max(0, *(source.rfind(end, 0, module.start()) for end in _STATEMENT_ENDS))
        of_tests = _TEST_WORD.search(source, start, module.start()) is not None
        if module[2] == b";":
            names.add(module[1])
            tests = tests or of_tests or in_tests
            anywhere = anywhere or source.find(b"path", start, module.start()) >= 0
        else:
            in_tests = in_tests or of_tests
    return ModuleMentions(frozenset(names), anywhere, tests or (anywhere and _TEST_WORD.search(source) is not None))


def _outside(
    project: Project, files: Sequence[DeclaringFile], rules: tuple[Rule, ...], executor_options: ExecutorOptions
) -> tuple[dict[str, FileResult], list[Problem]]:
    """Read outside files that may declare `files`.

    They may be as large as the largest of `files`, or as the default.
    """
    root, seen = project.root, {file.path for file in files}
    candidates = {*project.named_roots, *_parents(seen)}
    found: list[str] = []
    while candidates:
        new = [path for path in sorted(candidates - seen) if _is_inside(project, path)]
        seen |= candidates
        found += new
        candidates = _parents(new)
    largest = max([ConfigTable().max_file_size, *(file.max_size for file in files)])
    absolute = {path: os.path.join(root, path) for path in found}
    outside = (DeclaringFile(path, absolute[path], largest, source=project.tree.overlay.source(absolute[path])) for path in found)
    items = [(one, one.size) for one in outside]
    results, problems = _sorted_out(map_unordered(DeclarationJob(rules), items, executor_options))
    return {result.path: result for result in results}, problems


def _parents(paths: Iterable[str]) -> set[str]:
    """Return the files that could declare those at `paths`.

    All files of a folder have the same candidates.
    """
    one_of_each_folder = {posixpath.dirname(path): path for path in paths}.values()
    return set[str]().union(*map(possible_parents, one_of_each_folder))


def _is_inside(project: Project, path: str) -> bool:
    """Return whether `path` is a file inside the root.

    A manifest can name any path.
    """
    absolute = os.path.join(project.root, path)
    return project.tree.overlay.is_file(absolute) and not leads_out(absolute, project.root)
