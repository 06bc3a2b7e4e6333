"""Wording that the messages about manifests share."""

from collections.abc import Sequence


def enumerated(words: Sequence[str]) -> str:
    """Join words as in "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
