"""Find CI files and the scripts that they call."""

import fnmatch
import glob
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from rustgate.filesystem.containment import leads_out
from rustgate.filesystem.reading import names_in, read_source

_CI_FILES = (
    *(".github/workflows/*.yml", ".github/workflows/*.yaml", ".forgejo/workflows/*.y*ml", ".gitea/workflows/*.y*ml", ".gitlab-ci.yml"),
    *(".circleci/*.yml", ".travis.yml", ".cirrus.yml", ".drone.yml", ".woodpecker.y*ml", ".woodpecker/*.y*ml", ".buildkite/*.y*ml"),
    *(".builds/*.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", "appveyor.yml", ".appveyor.yml", "Jenkinsfile"),
)
_CALLED = {
    "make": ("Makefile", "makefile", "GNUmakefile", "Makefile.toml"),
    "just": ("justfile", "Justfile", ".justfile"),
    "pre-commit": (".pre-commit-config.yaml",),
    "task": ("Taskfile.yml", "Taskfile.yaml"),
    "nix": ("flake.nix",),
    "earthly": ("Earthfile",),
    "mise": ("mise.toml", ".mise.toml"),
    "xtask": ("xtask/src/*.rs", "*/xtask/src/*.rs"),
    "cargo": (".cargo/config.toml", ".cargo/config"),
}
"""Files that a word in a script or a CI file calls."""
_DOCUMENTS = (".md", ".markdown", ".rst", ".adoc", ".txt", ".html", ".svg", ".lock", ".git", ".gitignore")
"""Ends of names that nothing runs: a README says which commands there are, and calls none of them."""
_WORD = re.compile(r"[\w./-]+")
_MOST_FILES = 100
_LARGEST = 256 * 1024


def ci_texts(folders: Sequence[Path]) -> dict[str, str]:
    """Read CI files and the scripts that they call.

    `folders` are those of a workspace and above, the root of the run last; nothing outside of that is read.
    """
    listing = _Listing(folders[-1])
    texts: dict[str, str] = {}
    pending = [file for folder in folders for pattern in _CI_FILES for file in listing.files(str(folder), pattern)]
    while pending and len(texts) < _MOST_FILES:
        file = pending.pop()
        if file not in texts:
            texts[file] = text_below(Path(file), folders[-1])
            pending += _called(texts[file], folders, listing)
    return {path: text for path, text in texts.items() if text}


def text_below(file: Path, root: Path) -> str:
    """Read a file below `root`.

    Empty if there is none, or it is too large.
    """
    source = "" if leads_out(file, root) else read_source(str(file), _LARGEST)
    return "" if isinstance(source, str) else source.decode(errors="replace")


def _called(text: str, folders: Sequence[Path], listing: "_Listing") -> Iterator[str]:
    """Yield the files that a text calls.

    It names them, or calls a tool that reads them.
    """
    for word in sorted({*_WORD.findall(text)}):
        path = word.removeprefix("./")
        files = (
            (path, f"{path}/action.yml", f"{path}/action.yaml") if ("/" in word or "." in word) and not word.endswith(_DOCUMENTS) else ()
        )
        for folder in folders:
            yield from (file for pattern in _CALLED.get(word, files) for file in listing.files(str(folder), pattern))


class _Listing:
    """Names in folders; each folder below `root` is read once.

    A text holds thousands of words that could be files, and each then costs a look into a set.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._names: dict[str, frozenset[str]] = {}

    def files(self, folder: str, pattern: str) -> list[str]:
        """List the files in `folder` that a pattern matches."""
        if pattern.startswith(("/", "..")):
            return []
        found = [folder]
        for part in pattern.split("/"):
            if part not in {"", "."}:
                found = [os.path.join(one, name) for one in found for name in self._matching(one, part)]
        return sorted(filter(os.path.isfile, found))

    def _matching(self, folder: str, part: str) -> list[str]:
        if folder not in self._names:
            self._names[folder] = frozenset() if leads_out(folder, self._root) else frozenset(names_in(folder))
        if glob.has_magic(part):
            return fnmatch.filter(self._names[folder], part)
        return [part] if part in self._names[folder] or part == ".." else []
