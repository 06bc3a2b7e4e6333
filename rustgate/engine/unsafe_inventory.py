"""Every piece of unsafe code of a project, and what justifies it, for `rustgate unsafe`."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from tree_sitter import Node

from rustgate.checks.docs.doc_comments import SAFETY, documentation, has_section
from rustgate.checks.unsafe.safety_comments import SafetyComments
from rustgate.engine.check import Engine
from rustgate.engine.file_map import map_files
from rustgate.execution.options import ExecutorOptions
from rustgate.model.file import FileContext, Problem
from rustgate.model.rule import Rule
from rustgate.project.context import File
from rustgate.project.project import Project, SourceFile
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import Scan, scan_source

BLOCKS_AND_IMPLS = "undocumented-unsafe"
FUNCTIONS_AND_TRAITS = "missing-safety-doc"
RULES = (BLOCKS_AND_IMPLS, FUNCTIONS_AND_TRAITS)
"""The rules whose queries find all that there is."""

_FOREIGN = "a safety section that stands elsewhere"
_MARKERS = re.compile(r"^[ \t]*(?://[/!]?|/?\*+(?!/))[ \t]?|\*+/[ \t]*$", re.MULTILINE)
_SAYS = re.compile(r"^.*?SAFETY:\s*", re.IGNORECASE | re.DOTALL)
_SECTION = re.compile(
    r"^[ \t]*#{1,6}[ \t]*[*_]*(?:implementation )?safety\b.*$\n?((?:(?![ \t]*#{1,6} ).*\n?)*)", re.IGNORECASE | re.MULTILINE
)


class UnsafeCode(Struct, frozen=True):
    """An unsafe `block`, `function`, `trait` or `impl`. The fields are keys of the JSON.

    `justification` is the text of its SAFETY comment or safety section, None where there is none; `by` says which: `comment`, `docs`, or
    `trait` for a method whose conditions its trait states.
    """

    path: str
    line: int
    column: int
    kind: str
    item: str
    test: bool
    by: str | None
    justification: str | None


class FileInventory(Struct, frozen=True):
    """The unsafe code of one file, in source order."""

    path: str
    found: tuple[UnsafeCode, ...]


class Inventory(Struct, frozen=True):
    """The unsafe code of a project by path and line, the package of each file (or an empty name), and what could not be read."""

    found: tuple[UnsafeCode, ...]
    packages: Mapping[str, str]
    problems: tuple[Problem, ...]


class InventoryJob(Struct, frozen=True):
    """What a worker needs before its first file: the rules in `RULES`."""

    rules: tuple[Rule, ...]

    def prepare(self) -> Callable[[SourceFile, bytes], FileInventory]:
        """The function that looks through one file."""
        joined = join_queries(self.rules)
        return lambda file, source: list_file(file.path, scan_source(source, joined), file.context)


def list_project(engine: Engine, project: Project, rules: Sequence[Rule], executor_options: ExecutorOptions) -> Inventory:
    """The unsafe code in the files of a project that its configuration does not exclude; `rules` are those in `RULES`."""
    seen = map_files(engine, project, InventoryJob(tuple(rules)), executor_options)
    return Inventory(tuple(code for file in seen.files for code in file.found), seen.packages, seen.problems)


def list_file(path: str, scanned: Scan, context: FileContext) -> FileInventory:
    """The unsafe code of a scan that was made with the queries of `RULES`."""
    outline = Outline(scanned, test=context.test)
    lister = _Lister(path, File(scanned, outline, context, {}))
    found = sorted(lister.found(), key=lambda code: (code.line, code.column))
    return FileInventory(path, tuple(found))


class _Lister:
    """Makes the entries of one file."""

    def __init__(self, path: str, file: File) -> None:
        self._path = path
        self._matches = file.scan.matches
        self._outline = file.outline
        self._comments = SafetyComments(file)

    def found(self) -> Iterator[UnsafeCode]:
        """What the queries matched, in no particular order."""
        for captures in self._matches.get(BLOCKS_AND_IMPLS, ()):
            word, block = captures["finding"][0], captures.get("block")
            comment = self._comments.of_block(block[0]) if block else self._comments.above(word.start_byte)
            yield self._code("block" if block else "impl", word, self._commented(comment))
        for captures in self._matches.get(FUNCTIONS_AND_TRAITS, ()):
            item, name = captures["item"][0], captures["finding"][0]
            yield self._code("trait" if item.type == "trait_item" else "function", name, self._stated(item))

    def _code(self, kind: str, node: Node, reason: tuple[str | None, str | None]) -> UnsafeCode:
        outline, start = self._outline, node.start_byte
        context = outline.lines.position(start)
        return UnsafeCode(self._path, *context, kind, outline.item(start), outline.is_test(start), *reason)

    def _stated(self, item: Node) -> tuple[str | None, str | None]:
        """Where the conditions of a function or trait are stated: in its documentation, by the trait of its impl, or in a comment."""
        text = documentation(self._outline, item.start_byte)
        if has_section(text, SAFETY):
            section = _SECTION.search(text or "")
            return "docs", _joined(section[1]) if section else _FOREIGN
        holder = next(
            (
                outline_node.kind
                for outline_node in self._outline.ancestors(item.start_byte)
                if self._implements(outline_node.kind, outline_node.words)
            ),
            None,
        )
        return ("trait", "as its trait says") if holder else self._commented(self._comments.above(item.start_byte))

    @staticmethod
    def _implements(kind: str, words: Iterable[str]) -> bool:
        return kind == "impl" and "trait" in words

    def _commented(self, start: int | None) -> tuple[str | None, str | None]:
        """The text of the comment that begins at a byte, with the `//` lines that follow on it."""
        if start is None:
            return None, None
        source, lines = self._outline.source, self._outline.lines
        end = next(last for first, last in self._outline.comments if first <= start < last)
        number = lines.number(start) + 1
        while source.startswith(b"//", start) and number <= lines.count and lines.text(number).lstrip().startswith("//"):
            end = lines.end(number)
            number += 1
        text = _MARKERS.sub("", source[start:end].decode(errors="replace"))
        return "comment", _joined(_SAYS.sub("", text))


def _joined(text: str) -> str:
    return " ".join(text.split())
