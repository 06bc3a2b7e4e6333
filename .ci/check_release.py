"""Check that a tag is the version of the package, and that the changelog has a section for it."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def mistakes(tag: str, package: str, changelog: str) -> list[str]:
    """Return a sentence for each reason against releasing `tag`."""
    version = re.findall(r'^__version__ = "(.+)"$', package, re.MULTILINE)
    found = []
    if [tag.removeprefix("v")] != version or not tag.startswith("v"):
        found.append(f"the tag is {tag}, but rustgate/__init__.py says {', '.join(version) or 'no version'}; they must agree")
    if not re.search(rf"^## \[?{re.escape(tag.removeprefix('v'))}\b", changelog, re.MULTILINE):
        found.append(f"CHANGELOG.md has no section for {tag.removeprefix('v')}; rename Unreleased")
    return found


if __name__ == "__main__":
    sentences = mistakes(
        sys.argv[1],
        (ROOT / "rustgate/__init__.py").read_text(encoding="utf-8"),
        (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
    )
    print("\n".join(sentences) or f"{sys.argv[1]} can be released")
    sys.exit(bool(sentences))
