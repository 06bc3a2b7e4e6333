"""Measure docstrings, module sizes and function sizes of rustgate.

Prints each figure beside its aim; exits with 1 if an aim is missed.
"""

import ast
import io
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

PACKAGE = Path(__file__).parents[1] / "rustgate"
QUESTION_WORDS = ("What", "Whether", "Who", "Where", "How", "Which")
NOT_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
LONGEST_MODULE, LONGEST_FUNCTION, MOST_MODULES, MOST_AT_THE_TOP, MOST_CODE = 300, 46, 20, 8, 11_760
MEDIAN_WORDS, P95_WORDS, QUESTION_SHARE = 9, 14, 0.03

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstrings(tree: ast.Module) -> Iterator[str]:
    """Yield the docstrings of the module, its classes and functions."""
    for node in ast.walk(tree):
        if isinstance(node, Documented) and (text := ast.get_docstring(node)):
            yield text


def code_lines(text: str, tree: ast.Module) -> int:
    """Count the lines with code.

    Blank lines, comments and strings that stand alone are none.
    """
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    code = {line for token in tokens if token.type not in NOT_CODE for line in range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            code -= {*range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return len(code)


def long_functions(path: str, tree: ast.Module) -> Iterator[str]:
    """Name the functions of a module that are too long."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{path}:{node.lineno} {node.name}: {lines} lines"


def report(name: str, figure: str, aim: str, *, met: bool, places: list[str] | None = None) -> bool:
    """Print a figure beside its aim; return whether it is met.

    `places` are where it is missed.
    """
    print(f"{'' if met else 'MISSED: '}{name}: {figure} (aim: {aim})")
    for place in places or ():
        print(f"    {place}")
    return met


def main() -> int:
    """Print all figures; return 1 if an aim is missed."""
    texts = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
    trees = {path: ast.parse(text) for path, text in texts.items()}
    first_lines = [text.partition("\n")[0] for tree in trees.values() for text in docstrings(tree)]
    words = [len(line.split()) for line in first_lines]
    middle, p95 = median(words), quantiles(words, n=20)[-1]
    questions = sum(line.split()[0] in QUESTION_WORDS for line in first_lines) / len(first_lines)
    folders = Counter(Path(path).parent.as_posix() for path in texts if not path.endswith("__init__.py"))
    at_the_top = [path for path in texts if "/" not in path]
    crowded = [f"{folder}: {count} modules" for folder, count in folders.items() if count > MOST_MODULES]
    long_modules = [f"{path}: {lines} lines" for path, text in texts.items() if (lines := text.count("\n")) > LONGEST_MODULE]
    too_long = [name for path, tree in trees.items() for name in long_functions(path, tree)]
    code = sum(code_lines(text, trees[path]) for path, text in texts.items())
    print(f"first docstring lines: {len(first_lines):,}")
    met = [
        report("median of their words", f"{middle:g}", f"{MEDIAN_WORDS} or fewer", met=middle <= MEDIAN_WORDS),
        report("95th percentile of their words", f"{p95:g}", f"{P95_WORDS} or fewer", met=p95 <= P95_WORDS),
        report("begin with a question word", f"{questions:.1%}", f"under {QUESTION_SHARE:.0%}", met=questions < QUESTION_SHARE),
        report("files right in rustgate/", f"{len(at_the_top)}", f"at most {MOST_AT_THE_TOP}", met=len(at_the_top) <= MOST_AT_THE_TOP),
        report(f"folders over {MOST_MODULES} modules", f"{len(crowded)}", "none", met=not crowded, places=crowded),
        report(f"modules over {LONGEST_MODULE} lines", f"{len(long_modules)}", "none", met=not long_modules, places=long_modules),
        report(f"functions over {LONGEST_FUNCTION} lines", f"{len(too_long)}", "none", met=not too_long, places=too_long),
        report("lines of code", f"{code:,}", f"at most {MOST_CODE:,}", met=code <= MOST_CODE),
    ]
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())
