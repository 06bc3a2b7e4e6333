"""Measure time and memory of runs on more and more files.

`python tests/benchmarks/growth.py FOLDER` prints a table. FOLDER holds as many Rust files as there are; the first 1, 10, 100, 1,000 and
10,000 of them, mixed by a fixed seed, are copied and checked.
"""

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tree_sitter import Parser

from rustgate.syntax.grammar import LANGUAGE

COUNTS = (1, 10, 100, 1_000, 10_000)
RUNS = 3
CHECK = (sys.executable, "-m", "rustgate", "check", "--output", "json", "--quiet")


def measured(*arguments: str) -> tuple[float, float]:
    """Return the seconds and the memory of a run.

    The seconds are the median of some runs, the memory is the MiB of the largest process.
    """
    seconds, memory = [], 0.0
    for _ in range(RUNS):
        begun = time.perf_counter()
        process = subprocess.Popen((*CHECK, *arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0  # it has been waited for
        seconds.append(time.perf_counter() - begun)
        memory = max(memory, used.ru_maxrss / 1024)
    return statistics.median(seconds), memory


def floor(files: list[Path]) -> float:
    """Return the seconds that the parser alone needs for `files`."""
    sources = [file.read_bytes() for file in files]
    parser = Parser(LANGUAGE)
    begun = time.perf_counter()
    for source in sources:
        parser.parse(source)
    return time.perf_counter() - begun


def main() -> None:
    """Print the table."""
    files = sorted(file for file in Path(sys.argv[1]).rglob("*.rs") if file.is_file() and "src/tools" not in file.as_posix())
    random.Random(1).shuffle(files)  # noqa: S311  # any order will do, if it is the same each time
    print("| files | lines | parser alone | one core | all cores | again, from the cache | largest process |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for count in (count for count in COUNTS if count <= len(files)):
        with tempfile.TemporaryDirectory() as name:
            tree, cache = Path(name, "tree"), Path(name, "cache")
            tree.mkdir()
            copies = [Path(shutil.copyfile(file, tree / f"file_{number}.rs")) for number, file in enumerate(files[:count])]
            one, memory = measured("--no-cache", "--jobs", "1", str(tree))
            every, _ = measured("--no-cache", str(tree))
            measured("--cache-dir", str(cache), str(tree))
            again, _ = measured("--cache-dir", str(cache), str(tree))
            lines = sum(copy.read_bytes().count(b"\n") for copy in copies)
            times = " | ".join(f"{seconds:.2f} s" for seconds in (floor(copies), one, every, again))
            print(f"| {count:,} | {lines:,} | {times} | {memory:.0f} MiB |", flush=True)


if __name__ == "__main__":
    main()
