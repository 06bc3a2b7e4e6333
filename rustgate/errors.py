"""What a user can mend: every error is a sentence that says what is wrong, where, and what to do."""

from collections.abc import Iterable


class RustgateError(Exception):
    """Ends a run with exit code 2; its text is shown to the user as it stands."""


class PageError(RustgateError):
    """A rule page that cannot be used: the text names the page and the remedy."""


class ConfigError(RustgateError):
    """A configuration that cannot be used: the text names the file, the key and what is allowed."""


class ProjectError(RustgateError):
    """A tree that cannot be read: the text names the path and the remedy."""


def suggestion(name: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?` for the known name nearest to `name`, or an empty string."""
    import difflib  # noqa: PLC0415  # only a mistake needs it

    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else ""
