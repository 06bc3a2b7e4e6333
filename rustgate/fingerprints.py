"""What tells one finding from another when lines move: rule, path, item and the text of the line without its spaces."""

from collections import Counter
from hashlib import blake2b


class Fingerprints:
    """Gives every finding of a file a fingerprint of its own; those that are alike are numbered in order."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._seen: Counter[tuple[str, str, str]] = Counter()

    def next(self, rule: str, item: str, snippet: str) -> str:
        """32 hexadecimal digits for the next finding of `rule` in `item` on a line that reads `snippet`."""
        key = (rule, item, "".join(snippet.split()))
        self._seen[key] += 1
        text = "\0".join([self._path, *key, str(self._seen[key])])
        written = text.encode(errors="surrogatepass")  # a path need not be UTF-8
        return blake2b(written, digest_size=16).hexdigest()
