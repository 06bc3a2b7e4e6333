"""Checks about names."""

from collections.abc import Iterator

from rustgate.api import Captures, File, Match


def shouted_modules(file: File, matches: list[Captures]) -> Iterator[Match]:
    """The names of modules that are all capitals."""
    for captures in matches:
        node = captures["name"][0]
        name = file.scan.source[node.start_byte : node.end_byte].decode()
        if name.isupper():
            yield Match(node.start_byte, node.end_byte, {"name": name, "quiet": name.lower()})
