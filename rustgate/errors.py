"""Errors that a user can fix.

Each is a sentence that says what is wrong, where, and what to do.
"""

from collections.abc import Iterable


class RustgateError(Exception):
    """An error that ends a run with exit code 2.

    The text is shown to the user.
    """


class PageError(RustgateError):
    """A rule page that cannot be used.

    The text names the page and the remedy.
    """


class ConfigError(RustgateError):
    """A configuration that cannot be used.

    The text names the file, the key and what is allowed.
    """


class ProjectError(RustgateError):
    """A path that cannot be read.

    The text names the path and the remedy.
    """


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean "x"?`, or nothing.

    "x" is the known name nearest to `name`.
    """
    import difflib  # noqa: PLC0415  # only a mistake needs it

    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else ""
