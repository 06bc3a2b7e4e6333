"""Addresses of the project and of each rule's page.

They come from the project URLs of the installed distribution.
"""

from functools import cache
from pathlib import Path

from rustgate.model.rule import Rule
from rustgate.rules.catalog import shipped_pages


def home() -> str:
    """Return the address of the project, or an empty string."""
    urls = _project_urls()
    return next((urls[label] for label in ("homepage", "repository", "documentation") if label in urls), "")


def rule_url(rule: Rule) -> str | None:
    """Return the address of a shipped rule's page in the documentation, if the distribution names one."""
    documentation = _project_urls().get("documentation")
    shipped = not rule.pack and Path(rule.path).is_relative_to(shipped_pages())
    return f"{documentation.rstrip('/')}/rules/{rule.category}/{rule.name}/" if documentation and shipped else None


@cache
def _project_urls() -> dict[str, str]:
    """Return the project URLs by their labels in small letters."""
    from importlib.metadata import PackageNotFoundError, metadata  # noqa: PLC0415  # takes 10 ms, which most runs are spared

    try:
        entries = metadata("rustgate").get_all("Project-URL") or []
    except PackageNotFoundError:
        return {}
    return {label.strip().lower(): url.strip() for label, _, url in (entry.partition(",") for entry in entries)}
