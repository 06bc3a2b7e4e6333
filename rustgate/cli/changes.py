"""The lines that the change under review touches, on GitHub Actions."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from rustgate.filesystem.git import git

_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")
_FILE = re.compile(r"^\+\+\+ b/(.*)$")
_DIFF = ("diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "--src-prefix=a/", "--dst-prefix=b/")


def changes_under_review(root: Path) -> tuple[dict[str, list[range]] | None, str]:
    """Return the changed lines by path, and a sentence for stderr.

    The lines are None, without a sentence, where no event names a base; with one where git cannot compare with it.
    """
    base = _base(os.environ)
    if not base:
        return None, ""
    answer = git(root, "-c", "core.quotepath=off", *_DIFF, "--end-of-options", f"{base}...HEAD", "--")
    if answer is None:
        return None, f"git cannot compare with {base}, so annotations go by severity alone; fetch it (actions/checkout: fetch-depth: 0)"
    return _read_diff(answer.stdout.decode(errors="surrogateescape")), ""


def _base(environment: Mapping[str, str]) -> str:
    """Return the revision that the event of a workflow compares with, or an empty string."""
    event: object = {}
    path = environment.get("GITHUB_EVENT_PATH")
    if path and os.path.isfile(path):
        try:
            event = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            event = {}
    pull_request, before = (event.get("pull_request"), event.get("before")) if isinstance(event, dict) else (None, None)
    if isinstance(pull_request, dict) and isinstance(pull_request.get("base"), dict):
        return str(pull_request["base"].get("sha") or "")
    if environment.get("GITHUB_BASE_REF"):
        return f"origin/{environment['GITHUB_BASE_REF']}"
    return before if isinstance(before, str) and before.strip("0") else ""


def _read_diff(text: str) -> dict[str, list[range]]:
    """Read a diff without context: changed lines of the new files."""
    changed: dict[str, list[range]] = {}
    path = ""
    for line in text.split("\n"):
        if file := _FILE.match(line):
            path = file[1].rstrip("\t")
            changed[path] = []
        elif path and (hunk := _HUNK.match(line)):
            start, count = int(hunk[1]), int(hunk[2] or "1")
            changed[path].append(range(start, start + count))
    return changed
