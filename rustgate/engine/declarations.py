"""Read what files declare before any file is linted.

This tells as what Cargo compiles each file, which files of unusual names it compiles, and what files outside a run allow.
"""

import os
import posixpath
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from msgspec import Struct, structs

from rustgate.cache.file_index import FileIndex, IndexEntry
from rustgate.cache.keys import digest_of
from rustgate.config.loader import ConfigTable
from rustgate.engine.compilation.compiled_files import AcceptFile, CompiledFiles
from rustgate.engine.compilation.declaring_file import DeclaringFile
from rustgate.engine.compilation.module_mentions import may_declare, module_mentions
from rustgate.execution.executor import map_unordered
from rustgate.execution.options import ExecutorOptions
from rustgate.filesystem.containment import leads_out
from rustgate.model.file import FileContext, FileResult, ModuleDeclaration, ModuleMentions, Problem
from rustgate.model.rule import Rule
from rustgate.project.macro_calls import macro_calls, macro_definitions
from rustgate.project.module_files import possible_parents
from rustgate.project.project import Project, SourceFile
from rustgate.suppressions.directives import read_suppressions
from rustgate.syntax.joined_query import query_of_items
from rustgate.syntax.line_index import not_utf8
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import scan_source


class Declarations(Struct, frozen=True):
    """What is compiled, digests and outside declarations, known before linting.

    `contexts` holds, by path, those files of the run that are compiled as something else than their place says. `added` are files that no
    listing of Rust files holds, but that some file of the run declares; `links` leads from links that are declared to the files that they
    stand for. `digests` holds, by path, the digests of the bytes of its files, as far as there is a cache. `outside` holds, by path, what
    files outside the run that may declare its files declare, export, and allow. `problems` names each file, of the run or outside, whose
    declarations could not be read, or that declares what may not be read.
    """

    contexts: Mapping[str, FileContext]
    digests: Mapping[str, bytes]
    outside: Mapping[str, FileResult]
    added: tuple[SourceFile, ...] = ()
    links: Mapping[str, str] = {}
    problems: tuple[Problem, ...] = ()

    def compiled(self, files: Iterable[SourceFile]) -> tuple[SourceFile, ...]:
        """Return `files` and the added ones, sorted by path, with the contexts in which they are compiled."""
        every = sorted((*files, *self.added), key=lambda file: file.path)
        return tuple(structs.replace(file, context=self.contexts[file.path]) if file.path in self.contexts else file for file in every)

    def problems_beside(self, unread: Container[str]) -> Iterator[Problem]:
        """Yield the problems that are not told of the `unread` files themselves."""
        return (problem for problem in self.problems if problem.is_declared or problem.path not in unread)

    def by_name(self, modules: Mapping[str, tuple[ModuleDeclaration, ...]]) -> dict[str, tuple[ModuleDeclaration, ...]]:
        """Return the modules of each file by the name that declarations give it: a link, where one is declared."""
        names = {path: link for link, path in self.links.items()}
        return {names.get(path, path): declared for path, declared in modules.items()}


class DeclarationOptions(Struct, frozen=True):
    """How declarations are read.

    Files outside the run can allow findings of `rules`. `index` remembers files between runs, if there is a cache.
    """

    rules: tuple[Rule, ...] = ()
    index: FileIndex | None = None
    executor: ExecutorOptions = ExecutorOptions()


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


class _Index:
    """Quick looks at files and their declarations, remembered where there is a cache."""

    def __init__(self, options: DeclarationOptions) -> None:
        self._index = options.index
        self._executor_options = options.executor
        self._entries: dict[str, IndexEntry] = {}

    def look(self, files: Iterable[DeclaringFile]) -> dict[str, ModuleMentions]:
        """Return what files may declare, of those that declare something.

        Files that the index does not know get a quick look; they are not parsed.
        """
        files = [*files]
        known = self._index.find(file.absolute for file in files if file.source is None) if self._index else {}
        mentions = {}
        for file in files:
            entry = known.get(file.absolute) or self._looked(file)
            if entry:
                self._entries[file.path] = entry
            if entry and entry.mentions:
                mentions[file.path] = entry.mentions
        return mentions

    def _looked(self, file: DeclaringFile) -> IndexEntry | None:
        source = file.read()
        if isinstance(source, str):
            return None
        entry = IndexEntry(digest_of(source) if self._index else b"", module_mentions(source))
        if self._index:
            self._index.add(file.absolute, entry)
        return entry

    def modules_of(self, files: Iterable[DeclaringFile]) -> tuple[dict[str, tuple[ModuleDeclaration, ...]], list[Problem]]:
        """Return the modules that each file declares, and what went wrong.

        Files whose modules the index knows are not parsed again. Of a file with a problem nothing is remembered.
        """
        pending = {file.path: file for file in files}
        modules = {path: known for path in pending if (known := self._entries[path].modules) is not None}
        items = [(file, file.size) for path, file in pending.items() if path not in modules]
        results, problems = _sorted_out(map_unordered(DeclarationJob(), items, self._executor_options))
        for result in results:
            modules[result.path] = result.modules
            if self._index:
                entry = self._entries[result.path]
                self._index.add(pending[result.path].absolute, IndexEntry(entry.digest, entry.mentions, result.modules))
        return modules, problems

    def digests(self, files: Mapping[str, DeclaringFile]) -> dict[str, bytes]:
        """Write the index; return the digests of files on disk."""
        if not self._index:
            return {}
        self._index.save()
        return {path: entry.digest for path, entry in self._entries.items() if files[path].source is None}


def read_declarations(project: Project, files: Sequence[DeclaringFile], accept: AcceptFile, options: DeclarationOptions) -> Declarations:
    """Find out as what the files of a run are compiled.

    This happens before any of them is linted. Of most files a quick look is enough. Parsed are those that may declare a file that is
    something else by its place, and of the others those that may declare the same files: what production code declares is production code,
    whatever else names it. `accept` says of a file that is not among `files` whether the run takes it.
    """
    outside, problems = _outside(project, files, options)
    compiled = CompiledFiles(project, files, outside, accept)
    looks = _Index(options)
    unread = looks.look(files)
    unread |= looks.look(compiled.add_roots())
    pending = {path for path, mentions in unread.items() if compiled.may_differ(path, mentions)}
    changed = compiled.changed() if outside else {}
    while pending:
        found, unread_problems = looks.modules_of([compiled.files[path] for path in sorted(pending)])
        problems += unread_problems
        unread = {path: mentions for path, mentions in unread.items() if path not in pending}
        unread |= looks.look(compiled.follow(found))
        changed = compiled.changed()
        pending = {
            path
            for path, mentions in unread.items()
            if compiled.is_changed_or_added(path) or path in changed or any(may_declare(mentions, one) for one in changed)
        }
    return Declarations(
        contexts=changed,
        digests=looks.digests(compiled.files),
        outside=outside,
        added=tuple(compiled.added.values()),
        links=compiled.links,
        problems=(*problems, *compiled.problems),
    )


def declarations_in(source: bytes, file: DeclaringFile, rules: tuple[Rule, ...]) -> FileResult:
    """Return what a UTF-8 source declares, exports, and allows of `rules`."""
    scanned = scan_source(source, query_of_items())
    outline = Outline(scanned, test=False)
    return FileResult(
        file.path,
        outline.lines.count,
        suppressions=tuple(read_suppressions(scanned, outline, rules)) if rules else (),
        modules=outline.modules,
        exports=outline.exports,
        types=outline.types,
        macros=macro_definitions(scanned),
        macro_calls=macro_calls(scanned, outline),
    )


def _sorted_out(results: Iterable[FileResult | Problem]) -> tuple[list[FileResult], list[Problem]]:
    """Split what a job returned into results and problems."""
    every = [*results]
    return [one for one in every if isinstance(one, FileResult)], [one for one in every if isinstance(one, Problem)]


def _outside(project: Project, files: Sequence[DeclaringFile], options: DeclarationOptions) -> tuple[dict[str, FileResult], list[Problem]]:
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
    results, problems = _sorted_out(map_unordered(DeclarationJob(options.rules), items, options.executor))
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
