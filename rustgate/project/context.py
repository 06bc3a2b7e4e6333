"""The file that a check is given."""

from typing import Any

from msgspec import Struct

from rustgate.model.file import FileContext
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import Scan


class File(Struct, frozen=True):
    """A file as a check sees it.

    `options` are those of the rule being checked.
    """

    scan: Scan
    outline: Outline
    context: FileContext
    options: dict[str, Any]
