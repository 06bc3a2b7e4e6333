"""Follow declarations from file to file, to all that Cargo compiles."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache

from rustgate.engine.compilation.declaring_file import DeclaringFile
from rustgate.model.file import FileContext, FileResult, ModuleDeclaration, ModuleMentions, Problem
from rustgate.project.compilation import compiled_contexts, purpose_of
from rustgate.project.declared_files import FileFinder, NamedFile
from rustgate.project.discovery import ignored_among
from rustgate.project.module_files import files_of_module
from rustgate.project.project import Project, SourceFile

AcceptFile = Callable[[SourceFile], DeclaringFile | None]
"""Takes a file into the run that no listing holds; None if its configuration excludes it."""
Modules = tuple[ModuleDeclaration, ...]
_MOST_NAMES = 8
"""Links by which one file is followed: a link to a folder around it gives a file names without end."""


class CompiledFiles:
    """Files of a run and around it, with what is known of their declarations.

    Paths are relative to the root. `files` are those of the run; `added` are the ones among them that a declaration has led to. `links`
    leads from a link that is declared to its file.
    """

    def __init__(self, project: Project, files: Sequence[DeclaringFile], outside: Mapping[str, FileResult], accept: AcceptFile) -> None:
        self.files = {file.path: file for file in files}
        self.added: dict[str, SourceFile] = {}
        self.links: dict[str, str] = {}
        self.problems: list[Problem] = []
        self._project = project
        self._accept = accept
        self._finder = FileFinder(project.root)
        self._contexts = {file.path: file.context for file in files}
        self._contexts |= {path: project.tree.context(self._absolute(path)) for path in outside}
        self._modules: dict[str, Modules] = {path: result.modules for path, result in outside.items()}
        self._names: dict[str, list[str]] = {}
        self._covers = cache(project.covers)

    def may_differ(self, path: str, mentions: ModuleMentions) -> bool:
        """Return whether a file may declare what its place says something else of.

        It may also declare what no listing holds, if the run is over its whole folder.
        """
        own = self._contexts[path]
        if mentions.anywhere or (mentions.tests and not own.test):
            return True
        purpose, is_listed = purpose_of(own), not self._is_covered(path)
        for name in mentions.names:
            files = [file for file in files_of_module(path, os.fsdecode(name)) if file in self._contexts]
            if not (files or is_listed) or any(purpose_of(self._contexts[file]) is not purpose for file in files):
                return True
        return False

    def is_changed_or_added(self, path: str) -> bool:
        """Return whether a file was found by its declaration."""
        return path in self.added or path in self._names

    def changed(self) -> dict[str, FileContext]:
        """Return the contexts of files that differ from what their place says."""
        contexts = compiled_contexts(self._contexts, self._modules, self._is_root, self.links)
        return {path: context for path, context in contexts.items() if path in self.files}

    def add_roots(self) -> list[DeclaringFile]:
        """Add the roots of targets that no listing holds; return the new files.

        Files around the run may be links as well.
        """
        manifests = [manifest for manifest in self._project.tree.manifests.values() if manifest and manifest.is_package]
        roots = sorted({self._project.relative(str(manifest.folder / root)) for manifest in manifests for root in manifest.possible_roots})
        around = self._modules.keys() - {*roots}
        found = [self._finder.find_path(path) for path in [*roots, *sorted(around)] if path not in self.files]
        return self._add([one for one in found if isinstance(one, NamedFile) and not (one.named == one.path and one.path in around)])

    def follow(self, found: Mapping[str, Modules]) -> list[DeclaringFile]:
        """Follow what files declare; return the files that this adds to the run."""
        added: list[DeclaringFile] = []
        pending = [*found]
        self._modules |= found
        while pending:
            named: list[NamedFile] = []
            for path in pending:
                named += self._unlisted(path)
            before = {*self.links}
            added += self._add(named)
            pending = [link for link, path in self.links.items() if link not in before and path in self._modules]
            for path in found:
                pending += [link for link in self._names.get(path, ()) if link not in self._modules]
            self._modules |= {link: self._modules[self.links[link]] for link in pending}
        return added

    def _unlisted(self, path: str) -> Iterator[NamedFile]:
        """Yield the files that a file declares and that are not known yet."""
        own = self.links.get(path, path)
        if self._project.tree.package_of(self._absolute(own)) is None:
            return
        for module in self._modules[path]:
            found = self._finder.find(path, module, self._contexts)
            if isinstance(found, NamedFile):
                yield found
            elif found and found not in self.problems:
                self.problems.append(Problem(own, found.sentence, found.line, found.subject))

    def _add(self, named: Iterable[NamedFile]) -> list[DeclaringFile]:
        """Take files into the run by the names that lead to them.

        Left out is what the run does not cover, what git ignores, and what is excluded.
        """
        named = [*dict.fromkeys(named)]
        unknown = sorted({one.path for one in named if self._is_unknown(one.path)})
        ignored = ignored_among([self._absolute(path) for path in unknown], self._project.root)
        added = []
        for path in unknown:
            source = self._project.source_file(self._absolute(path))
            file = None if source.absolute in ignored else self._accept(source)
            if file:
                self.files[path], self.added[path], self._contexts[path] = file, source, file.context
                added.append(file)
        for one in named:
            names = self._names.setdefault(one.path, [])
            if one.named != one.path and one.path in self._contexts and one.named not in self.links and len(names) < _MOST_NAMES:
                names.append(one.named)
                self.links[one.named] = one.path
                self._contexts[one.named] = self._project.tree.context(self._absolute(one.named))
        return added

    def _is_unknown(self, path: str) -> bool:
        """Return whether a file is not in the run yet, and is there in the version that is checked."""
        lacks = self._project.tree.overlay.lacks
        return path not in self.files and self._is_covered(path) and not lacks(self._absolute(path))

    def _is_covered(self, path: str) -> bool:
        return bool(self._covers(self._project.tree.folder(self._absolute(path))))

    def _is_root(self, path: str) -> bool:
        return self._project.tree.is_target_root(self._absolute(path))

    def _absolute(self, path: str) -> str:
        return os.path.join(self._project.root, path)
