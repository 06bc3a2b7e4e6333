"""The token chunks of a file, which `duplicate-code` compares."""

from array import array
from pathlib import Path

import pytest
from conftest import write

from rustgate.checks.hygiene.token_chunks import TokenChunks, _normalize
from rustgate.config.loader import load_config
from rustgate.config.resolver import Selection
from rustgate.engine.check import Engine, Options
from rustgate.project.project import Project
from rustgate.rules.catalog import shipped

NONE = array("I")
CHUNKS = TokenChunks(NONE, NONE, NONE, NONE, NONE, NONE, array("I", [1, 9, 3, 5, 12, 12]), "outer\nouter::inner\nlast", 6, 100)


@pytest.mark.parametrize(
    ("line", "item"), [(1, "outer"), (2, "outer"), (3, "outer::inner"), (5, "outer::inner"), (6, "outer"), (10, ""), (12, "last"), (13, "")]
)
def test_a_line_stands_in_the_innermost_function_around_it(line: int, item: str) -> None:
    assert CHUNKS.item(line) == item


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        (b"let a1 = f(b_c, 3.5);", b"nn=n(n,n.n);"),
        ("let größe = été;".encode(), b"nn=n;"),
        (b"a\nb;\tc  d", b"nn;nn"),
        (b"a::b -> c && d..e == f", b"n\x80n\x81n\x86n\x88n\x82n"),
        (b"", b""),
    ],
)
def test_normalized_code_has_one_byte_for_each_token(text: bytes, normalized: bytes) -> None:
    assert _normalize(text) == normalized


FIRST = """pub fn first(input: &Table, limit: usize) -> Option<Report> {
    let mut report = Report::new(input.name(), limit);
    for (index, row) in input.rows().iter().enumerate() {
        if row.is_hidden() || index > limit {
            continue;
        }
        let width = row.cells().iter().map(|cell| cell.width()).max()?;
        let height = row.cells().iter().filter(|cell| cell.is_set()).count();
        report.push(Line { index, width, height, label: row.label().trim() });
    }
    report.sort_by(|left, right| left.width.cmp(&right.width));
    report.finish(limit, input.len()).map(|done| done.into())
}
"""
SECOND = """pub fn second(path: &Path, keys: &[Key]) -> Result<Index, IndexError> {
    let text = fs::read_to_string(path).map_err(|source| IndexError::Read { source })?;
    let mut index = Index::with_capacity(keys.len());
    while let Some((number, line)) = lines.next() {
        let Some((key, value)) = line.split_once('=') else {
            return Err(IndexError::Syntax { line: number + 1, path: path.into() });
        };
        if keys.contains(&key) && !index.has(key) {
            index.insert(key.trim().to_owned(), value.trim().parse()?);
        }
    }
    index.shrink();
    Ok(index)
}
"""


def duplicates(folder: Path) -> list[tuple[str, int, int | None, str]]:
    """Path, first and last line, and message of each finding."""
    options = Options(selection=Selection(select=frozenset({"duplicate-code"})))
    run = Engine(shipped(), lambda config_root: load_config(config_root, shipped()), options).run(Project([folder]))
    return [(one.path, one.line, one.last_line, one.message.partition(" (")[0]) for one in run.findings]


def test_a_run_is_found_also_where_another_file_holds_what_follows_it(tmp_path: Path) -> None:
    write(
        tmp_path, {"a.rs": SECOND, "b.rs": f"{FIRST}const B: u8 = 1;\n{SECOND}", "c.rs": f"{FIRST}static C: (u8, u8) = [1, 2];\n{SECOND}"}
    )
    assert duplicates(tmp_path) == [
        ("b.rs", 15, 28, "14 duplicated lines, same as a.rs:1-14"),
        ("c.rs", 1, 13, "13 duplicated lines, same as b.rs:1-13"),
        ("c.rs", 15, 28, "14 duplicated lines, same as b.rs:15-28"),
    ]
