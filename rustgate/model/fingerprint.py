"""Fingerprints, which identify findings even when lines move.

They are made of rule, path, item and the tokens of what was found; measured rules have no tokens.
"""

from hashlib import blake2b


class Fingerprints:
    """Numbers and hashes the findings of one file.

    Every finding has a fingerprint of its own; those that are alike are numbered in order.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._counts: dict[tuple[str, str, str], int] = {}

    def next(self, rule: str, item: str, snippet: str) -> str:
        """Return the fingerprint of the next finding.

        It has 32 hexadecimal digits, and is that of the next finding of `rule` in `item` whose tokens are `snippet`.
        """
        key = (rule, item, " ".join(snippet.split()))
        count = self._counts[key] = self._counts.get(key, 0) + 1
        text = "\0".join([self._path, *key, str(count)])
        encoded = text.encode(errors="surrogatepass")  # a path need not be UTF-8
        return blake2b(encoded, digest_size=16).hexdigest()
