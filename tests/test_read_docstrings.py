"""The script by which CI measures how rustgate reads."""

import ast
import runpy
from pathlib import Path

SCRIPT = runpy.run_path(str(Path(__file__).parents[1] / ".ci/read_docstrings.py"))
SOURCE = '''"""A module.

More of it.
"""

X = """one
two"""  # a value, and code
"""What X is."""


def f() -> int:
    """Return one."""
    # why
    return 1
'''


def test_code_is_counted_without_docstrings_comments_and_blank_lines() -> None:
    assert SCRIPT["code_lines"](SOURCE, ast.parse(SOURCE)) == 4


def test_docstrings_of_modules_classes_and_functions_are_read() -> None:
    assert [text.partition("\n")[0] for text in SCRIPT["docstrings"](ast.parse(SOURCE))] == ["A module.", "Return one."]


def test_a_function_is_too_long_from_one_line_over_the_limit() -> None:
    fits, too_long = (ast.parse("def f():\n" + "    pass\n" * lines) for lines in (45, 46))
    assert list(SCRIPT["long_functions"]("a.py", fits)) == []
    assert list(SCRIPT["long_functions"]("a.py", too_long)) == ["a.py:1 f: 47 lines"]


def test_a_missed_aim_is_named_with_its_places() -> None:
    assert SCRIPT["report"]("lines", "1", "at most 2", met=True)
    assert not SCRIPT["report"]("lines", "3", "at most 2", met=False, places=["a.py"])
