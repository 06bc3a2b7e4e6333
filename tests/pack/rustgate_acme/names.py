"""Checks about names."""

from collections.abc import Iterator

from rustgate.api import Captures, File, Match, match_of, text_of


def shouted_modules(file: File, matches: list[Captures]) -> Iterator[Match]:
    """Find names of modules that are all capitals."""
    for captures in matches:
        node = captures["name"][0]
        name = text_of(node, file.scan.source)
        if name.isupper():
            yield match_of(node, name=name, quiet=name.lower())
