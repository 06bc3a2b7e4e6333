"""A file whose declarations are read."""

from msgspec import Struct

from rustgate.filesystem.reading import read_source, size_of
from rustgate.model.file import FileContext


class DeclaringFile(Struct, frozen=True):
    """A file whose declarations are read.

    `context` is what its place says; `source` holds its bytes if they are not on disk.
    """

    path: str
    absolute: str
    max_size: int
    context: FileContext = FileContext(None)
    source: bytes | None = None

    @property
    def size(self) -> int:
        """Return its size in bytes, or 0."""
        return size_of(self.absolute) if self.source is None else len(self.source)

    def read(self) -> bytes | str:
        """Return its bytes, or a sentence saying why not."""
        return read_source(self.absolute, self.max_size) if self.source is None else self.source
