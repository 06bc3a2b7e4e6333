"""What tells one finding from another when lines move: rule, path, item and the text of the line without its spaces."""

from hashlib import blake2b


class Fingerprints:
    """Gives every finding of a file a fingerprint of its own; those that are alike are numbered in order."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._seen: dict[tuple[str, str, str], int] = {}

    def next(self, rule: str, item: str, snippet: str) -> str:
        """32 hexadecimal digits for the next finding of `rule` in `item` on a line that reads `snippet`."""
        key = (rule, item, "".join(snippet.split()))
        count = self._seen[key] = self._seen.get(key, 0) + 1
        text = "\0".join([self._path, *key, str(count)])
        written = text.encode(errors="surrogatepass")  # a path need not be UTF-8
        return blake2b(written, digest_size=16).hexdigest()
