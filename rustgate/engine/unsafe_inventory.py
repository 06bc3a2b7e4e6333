"""List the unsafe code of a project, for `rustgate unsafe`.

Each piece comes with what justifies it.
"""

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
"""The rules whose queries find all unsafe code."""

_SECTION_ELSEWHERE = "a safety section that stands elsewhere"
_MARKERS = re.compile(r"^[ \t]*(?://[/!]?|/?\*+(?!/))[ \t]?|\*+/[ \t]*$", re.MULTILINE)
_SAFETY_PREFIX = re.compile(r"^.*?SAFETY:\s*", re.IGNORECASE | re.DOTALL)
_SECTION = re.compile(
    r"^[ \t]*#{1,6}[ \t]*[*_]*(?:implementation )?safety\b.*$\n?((?:(?![ \t]*#{1,6} ).*\n?)*)", re.IGNORECASE | re.MULTILINE
)


class UnsafeCode(Struct, frozen=True):
    """An unsafe block, function, trait or impl.

    The fields are keys of the JSON; `kind` is `block`, `function`, `trait` or `impl`.
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
    """Unsafe code of one file, in source order."""

    path: str
    found: tuple[UnsafeCode, ...]


class Inventory(Struct, frozen=True):
    """Unsafe code of a project, by path and line.

    `packages` gives the package of each file by path, or an empty name; `problems` are what could not be read.
    """

    found: tuple[UnsafeCode, ...]
    packages: Mapping[str, str]
    problems: tuple[Problem, ...]


class InventoryJob(Struct, frozen=True):
    """Lists unsafe code by the rules in `RULES`."""

    rules: tuple[Rule, ...]

    def prepare(self) -> Callable[[SourceFile, bytes], FileInventory]:
        """Return the function that lists one file."""
        joined = join_queries(self.rules)
        return lambda file, source: list_file(file.path, scan_source(source, joined), file.context)


def list_project(engine: Engine, project: Project, rules: Sequence[Rule], executor_options: ExecutorOptions) -> Inventory:
    """List the unsafe code of a project.

    Files that the configuration excludes are left out; `rules` are those in `RULES`.
    """
    mapped = map_files(engine, project, InventoryJob(tuple(rules)), executor_options)
    return Inventory(tuple(code for file in mapped.files for code in file.found), mapped.packages, mapped.problems)


def list_file(path: str, scanned: Scan, context: FileContext) -> FileInventory:
    """List the unsafe code of one scanned file.

    The scan must have been made with the queries of `RULES`.
    """
    outline = Outline(scanned, test=context.test)
    lister = _Lister(path, File(scanned, outline, context, {}))
    found = sorted(lister.found(), key=lambda code: (code.line, code.column))
    return FileInventory(path, tuple(found))


class _Lister:
    """Lists the unsafe code of one file."""

    def __init__(self, path: str, file: File) -> None:
        self._path = path
        self._matches = file.scan.matches
        self._outline = file.outline
        self._comments = SafetyComments(file)

    def found(self) -> Iterator[UnsafeCode]:
        """Yield the code that queries matched, in any order."""
        for captures in self._matches.get(BLOCKS_AND_IMPLS, ()):
            word, block = captures["finding"][0], captures.get("block")
            comment = self._comments.of_block(block[0]) if block else self._comments.above(word.start_byte)
            yield self._code("block" if block else "impl", word, self._comment_text(comment))
        for captures in self._matches.get(FUNCTIONS_AND_TRAITS, ()):
            item, name = captures["item"][0], captures["finding"][0]
            yield self._code("trait" if item.type == "trait_item" else "function", name, self._justification(item))

    def _code(self, kind: str, node: Node, reason: tuple[str | None, str | None]) -> UnsafeCode:
        outline, start = self._outline, node.start_byte
        context = outline.lines.position(start)
        return UnsafeCode(self._path, *context, kind, outline.item(start), outline.is_test(start), *reason)

    def _justification(self, item: Node) -> tuple[str | None, str | None]:
        """Return where and how a function or trait states its conditions.

        That is in its documentation, by the trait of its impl, or in a comment.
        """
        text = documentation(self._outline, item.start_byte)
        if has_section(text, SAFETY):
            section = _SECTION.search(text or "")
            return "docs", _on_one_line(section[1]) if section else _SECTION_ELSEWHERE
        trait_impl = next(
            (
                outline_node.kind
                for outline_node in self._outline.ancestors(item.start_byte)
                if self._implements(outline_node.kind, outline_node.words)
            ),
            None,
        )
        return ("trait", "as its trait says") if trait_impl else self._comment_text(self._comments.above(item.start_byte))

    @staticmethod
    def _implements(kind: str, words: Iterable[str]) -> bool:
        return kind == "impl" and "trait" in words

    def _comment_text(self, start: int | None) -> tuple[str | None, str | None]:
        """Return `comment` and its text at a byte.

        The `//` lines that follow it belong to it.
        """
        if start is None:
            return None, None
        source, lines = self._outline.source, self._outline.lines
        end = next(last for first, last in self._outline.comments if first <= start < last)
        number = lines.number(start) + 1
        while source.startswith(b"//", start) and number <= lines.count and lines.text(number).lstrip().startswith("//"):
            end = lines.end(number)
            number += 1
        text = _MARKERS.sub("", source[start:end].decode(errors="replace"))
        return "comment", _on_one_line(_SAFETY_PREFIX.sub("", text))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
