"""Count the instructions that a run executes.

`python tests/benchmarks/instructions.py FOLDER [ARGUMENT]...` prints multiples of what the parser alone executes for the same files: for
the first process, and for the one that checks, which has all that the first did before it was forked. A busy machine does not change them.
It needs valgrind, and half a minute for 100,000 lines. The arguments are those of `rustgate check`, such as `--ignore duplicate-code`.
"""

import re
import subprocess
import sys

VALGRIND = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
CHECK = ("-m", "rustgate", "check", "--jobs", "1", "--no-cache", "--output", "json", "--quiet")
FLOOR = """
import sys, pathlib
from tree_sitter import Parser
from rustgate.syntax.grammar import LANGUAGE
sources = [file.read_bytes() for file in pathlib.Path(sys.argv[1]).rglob("*.rs") if file.is_file()]
parser, trees = Parser(LANGUAGE), []
for source in sources * int(sys.argv[2]):
    trees.append(parser.parse(source))
"""
COUNT = re.compile(r"I\s+refs:\s+([\d,]+)")


def executed(*arguments: str) -> list[int]:
    """Return the instructions of each process of a run of Python.

    They are in ascending order.
    """
    run = subprocess.run((*VALGRIND, sys.executable, *arguments), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    return sorted(int(count.replace(",", "")) for count in COUNT.findall(run.stderr))


def main() -> None:
    """Print the multiples."""
    folder, *more = sys.argv[1:]
    (with_parsing,), (without,) = executed("-c", FLOOR, folder, "1"), executed("-c", FLOOR, folder, "0")
    floor = with_parsing - without
    run = executed(*CHECK, *more, folder)
    print(f"parser alone: {floor / 1e6:,.0f} million instructions; " + ", ".join(f"{count / floor:.2f}" for count in run))


if __name__ == "__main__":
    main()
