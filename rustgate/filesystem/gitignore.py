"""Compile gitignore patterns, and refuse slow ones."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathspec import PathSpec

_STARS = re.compile(r"\*+")
_MOST_STARS, _MOST_DEEP = 3, 2


def patterns(lines: Iterable[str]) -> "PathSpec[Any]":
    """Compile gitignore patterns.

    Raises `ValueError` for an invalid one, and for one that takes for ever on some paths.
    """
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  # most runs have no pattern to match

    lines = list(lines)
    for line in lines:
        _require_quick(line)
    try:
        return GitIgnoreSpec.from_lines(lines)
    except re.error as error:
        raise ValueError(f"{error.pattern!r}: {error}") from error


def _require_quick(line: str) -> None:
    """Raise `ValueError` for a pattern with too many wildcards.

    Every `*` in a name multiplies the time by the length of the name, every `**` by the depth of the path; five take hours.
    """
    *folders, last = line.strip().strip("/").split("/")
    stars = max(len(_STARS.findall(part)) for part in (*folders, last))
    if stars > _MOST_STARS or folders.count("**") > _MOST_DEEP:
        raise ValueError(f"{line!r} has more than {_MOST_STARS} `*` in a name, or more than {_MOST_DEEP} `**/`; write several patterns")
