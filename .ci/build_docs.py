"""Build the site of the documentation into build/site, strictly, and check its links.

The pages are those of docs/, the README, the changelog, and one for each rule, as `rustgate explain` shows it.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from posixpath import join, normpath, relpath
from urllib.parse import unquote, urlsplit

from rustgate.cli.commands.explain import explained
from rustgate.rules.catalog import shipped

ROOT = Path(__file__).parent.parent
SOURCE, SITE = ROOT / "build/docs", ROOT / "build/site"
TOP = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "reporting.md",
    ".github/CONTRIBUTING.md": "contributing.md",
    "tests/fuzz/README.md": "fuzzing.md",
}
"""Pages that lie outside of docs/, and their names on the site."""
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
_CODE = re.compile(r"(^ *(?P<fence>`{3,}).*?^ *(?P=fence)`*$)", re.MULTILINE | re.DOTALL)


def page_names() -> dict[str, str]:
    """Return the name on the site of each page, by its path in the repository."""
    pages = {file.relative_to(ROOT).as_posix(): file.relative_to(ROOT / "docs").as_posix() for file in (ROOT / "docs").rglob("*.md")}
    rules = {path: path for rule in shipped().values() if (path := f"rules/{rule.category}/{rule.name}.md")}
    return {**pages, **TOP, **rules}


def moved_links(text: str, path: str, pages: dict[str, str]) -> str:
    """Return the text of the page at `path` with links as they are on the site.

    A link to a file that the site does not have becomes its text. Raises `SystemExit` for one to a file that there is not.
    """

    def moved(link: re.Match[str]) -> str:
        target, hash_, anchor = link[2].partition("#")
        if not target or urlsplit(target).scheme:
            return link[0]
        found = pages.get(normpath(join(path, "..", target)))
        if not found and not (ROOT / path).parent.joinpath(target).exists():
            raise SystemExit(f"{path}: the link to {target} leads nowhere; correct it")
        return f"[{link[1]}]({relpath(found, join(pages[path], '..'))}{hash_}{anchor})" if found else link[1]

    said, *code = _CODE.split(text)  # then, again and again, a block of code, its fence, and what follows
    blocks = zip(code[::3], code[2::3], strict=True)
    return "".join([_LINK.sub(moved, said), *(f"{block}{_LINK.sub(moved, after)}" for block, after in blocks)])


def sources() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each page of the site."""
    pages = page_names()
    for path, name in pages.items():
        if not path.startswith("rules/"):
            text = moved_links((ROOT / path).read_text(encoding="utf-8"), path, pages)
            yield name, text.replace('"docs/pictures/', '"pictures/')
    for rule in shipped().values():
        path = f"rules/{rule.category}/{rule.name}.md"
        yield path, moved_links(explained(rule), path, pages)


class _Page(HTMLParser):
    """Links and anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag leads to, and its own address."""
        for name, value in attrs:
            if value and name in {"href", "src", "srcset"}:
                self.links.add(value)
            if value and name == "id":
                self.anchors.add(value)


def broken_links(site: Path) -> Iterator[str]:
    """Yield each link inside the site that leads nowhere."""
    pages = {file: _Page(file.read_text(encoding="utf-8")) for file in site.rglob("*.html") if file.name != "404.html"}
    for file, page in sorted(pages.items()):
        for link in sorted(page.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link.startswith("data:"):
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            target = target / "index.html" if target.is_dir() else target
            anchored = target in pages and parts.fragment and unquote(parts.fragment) not in {*pages[target].anchors, "__top"}
            if not target.exists() or anchored:
                yield f"{file.relative_to(site)}: {link}"


def main() -> None:
    """Build the site; exit with 1 for a link that leads nowhere or a rule without its address."""
    for folder in (SOURCE, SITE):
        shutil.rmtree(folder, ignore_errors=True)
    for name, text in sources():
        (SOURCE / name).parent.mkdir(parents=True, exist_ok=True)
        (SOURCE / name).write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "docs/pictures", SOURCE / "pictures")
    subprocess.run((Path(sys.executable).with_name("zensical"), "build", "--strict"), cwd=ROOT, check=True)
    broken = [*broken_links(SITE)]
    missing = [rule.name for rule in shipped().values() if not (SITE / f"rules/{rule.category}/{rule.name}/index.html").is_file()]
    print("\n".join([*(f"this link leads nowhere: {link}" for link in broken), *(f"this rule has no page: {name}" for name in missing)]))
    print(f"{len([*SITE.rglob('*.html')])} pages, {len(broken)} broken links, {len(missing)} rules without a page")
    sys.exit(bool(broken or missing))


if __name__ == "__main__":
    main()
